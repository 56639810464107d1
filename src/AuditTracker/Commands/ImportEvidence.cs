using System.Globalization;
using AuditTracker.Accounts;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using Microsoft.Extensions.Localization;
using EvidenceWords = AuditTracker.Evidence.Words;

namespace AuditTracker.Commands;

/// <summary>
/// <c>import evidence FOLDER --as MAIL [--apply] [--skip-errors]</c>: past evidence from a folder, or a ZIP, with its sheet; prints what becomes what and the
/// errors by line; exit code 1 with errors. MAIL is the sign-in of the compliance manager who states it.
/// </summary>
public static class ImportEvidence
{
    public static async Task<int> RunAsync(Arguments arguments)
    {
        var path = arguments.Alone(1) ?? throw new UsageException("Write: import evidence FOLDER --as MAIL [--apply] [--skip-errors]");
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "ja" ? "ja" : "en");
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        return await RunAsync(services, arguments, path, Console.Out);
    }

    /// <summary>The verb on rooms that are open already.</summary>
    public static async Task<int> RunAsync(IServiceProvider services, Arguments arguments, string path, TextWriter output, CancellationToken ct = default)
    {
        var words = services.GetRequiredService<IStringLocalizer<EvidenceWords>>();
        var user = await services.GetRequiredService<CallerStore>().BySignInAsync(arguments.Need("--as"), "import", ct) ?? throw new UsageException($"There is no account {arguments.Need("--as")}.");
        try
        {
            var check = services.GetRequiredService<CheckPastEvidence>();
            var past = services.GetRequiredService<PastEvidenceStore>();
            var id = await check.CheckAsync(user, await KeepAsync(services.GetRequiredService<BlobStore>(), path, ct), ct);
            foreach (var piece in await past.PiecesAsync(user, id, null, 0, PastEvidenceSheet.MaxRows, ct))
            {
                output.WriteLine($"{PastEvidenceText.Kind(words, piece.Kind)}  {piece.RequestTitle}  {piece.PeriodText}  {string.Join(", ", piece.Files.Select(file => file.Name))}");
                foreach (var problem in piece.Problems)
                {
                    output.WriteLine("  " + PastEvidenceText.Problem(words, problem));
                }
            }
            var run = (await past.FindAsync(user, id, ct))!;
            if (arguments.Has("--apply") && (run.Errors == 0 || arguments.Has("--skip-errors")))
            {
                await check.ApplyAsync(user, id, arguments.Has("--skip-errors"), ct);
                await services.GetRequiredService<BringInPastEvidence>().RunAsync(ct);
                run = (await past.FindAsync(user, id, ct))!;
            }
            output.WriteLine(words["PastTotals", run.Applied, run.Added + run.Filled, run.There, run.Errors]);
            return run.Errors > 0 ? 1 : 0;
        }
        catch (NotFound)
        {
            throw new UsageException($"{arguments.Need("--as")} is no compliance manager.");
        }
        catch (Refusal refusal)
        {
            throw new UsageException(refusal.In(services.GetRequiredService<IStringLocalizerFactory>()));
        }
    }

    private static async Task<IReadOnlyList<UploadedFile>> KeepAsync(BlobStore blobs, string path, CancellationToken ct)
    {
        var files = File.Exists(path) ? [path] : Directory.Exists(path) ? Directory.GetFiles(path, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : throw new UsageException($"There is no folder {path}.");
        var kept = new List<UploadedFile>();
        foreach (var file in files)
        {
            await using var content = File.OpenRead(file);
            // The path below the folder is what the sheet names; nothing is ever written there.
            var name = File.Exists(path) ? Path.GetFileName(file) : Path.GetRelativePath(path, file).Replace('\\', '/');
            kept.Add(new UploadedFile("file", name, MediaTypes.Of(name), await blobs.SaveAsync(content, long.MaxValue, ct)));
        }
        return kept;
    }
}
