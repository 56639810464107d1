using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Trail;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>
/// <c>verify</c> checks the trail of an installation, of a backup, or an exported segment or proof without one; <c>--export</c> and <c>--proof</c> write these. Exit code 1 when something
/// was found.
/// </summary>
public static class VerifyCommand
{
    public const string Usage = "[--files] [--rows] [--head HEX] [--file SEGMENT] | --backup DIR [--rows] [--scratch DIR] [--head HEX] | --export FILE [--from SEAL] [--through SEAL] | --proof ENTRY --out FILE";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--files", "--rows");
        var heads = arguments.All("--head").Select(Head).ToList();
        if (arguments.Get("--file") is { } file)
        {
            await using var text = File.OpenRead(file);
            try
            {
                return Tell(VerifySegment.Run(text, heads.FirstOrDefault()));
            }
            catch (FormatException error)
            {
                throw new UsageException($"{file}: {error.Message}");
            }
        }
        if (arguments.Get("--backup") is { } backup)
        {
            return Tell(await new VerifyBackup(arguments.Settings(), Console.WriteLine).RunAsync(backup, arguments.Get("--scratch"), heads, arguments.Has("--rows"), CancellationToken.None));
        }
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        if (arguments.Get("--export") is { } export)
        {
            await using var output = File.Create(export);
            var entries = await services.GetRequiredService<TrailSegment>().WriteAsync(Number(arguments, "--from", 1), Number(arguments, "--through", long.MaxValue), output);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{export}: {entries} entries"));
            return 0;
        }
        if (arguments.Get("--proof") is not null)
        {
            var proof = arguments.Need("--out");
            await using var output = File.Create(proof);
            if (!await services.GetRequiredService<TrailSegment>().WriteProofAsync(Number(arguments, "--proof", 0), output))
            {
                throw new UsageException("There is no sealed entry with this number.");
            }
            Console.WriteLine(proof);
            return 0;
        }
        return Tell(await services.GetRequiredService<VerifyTrail>().RunAsync(heads, arguments.Has("--files"), arguments.Has("--rows")));
    }

    private static int Tell(Verdict verdict)
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        using var services = new ServiceCollection().AddLogging().AddTexts().BuildServiceProvider();
        var words = services.GetRequiredService<IStringLocalizer<Trail.Words>>();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{verdict.Entries} entries in {verdict.Seals} seals, {verdict.Unsealed} waiting, {verdict.Anchors} time stamps, {verdict.Files} files, {verdict.Rows} rows, {verdict.Erased} erased values; head {(verdict.Head is null ? "none" : Convert.ToHexStringLower(verdict.Head))}"));
        foreach (var finding in verdict.Findings)
        {
            Console.WriteLine($"FOUND {words[$"Finding{finding.Kind}", finding.Where, finding.Detail].Value}");
        }
        Console.WriteLine(verdict.IsSound ? "Sound." : string.Create(CultureInfo.InvariantCulture, $"{verdict.Findings.Count} found."));
        return verdict.IsSound ? 0 : 1;
    }

    private static byte[] Head(string hex) => hex.Length == 64 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : throw new UsageException($"--head takes 64 hex digits, not {hex}.");

    private static long Number(Arguments arguments, string name, long otherwise) =>
        arguments.Get(name) is not { } text ? otherwise : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw new UsageException($"{name} takes a number.");
}
