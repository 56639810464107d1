using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Reports;
using AuditTracker.Trail;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>
/// <c>report evidence --framework KEY --from DATE --to DATE [--cutoff INSTANT] [--language ja|en] --out FILE</c> builds a workbook at
/// once: the same bytes as the one a worker builds for the same order.
/// </summary>
public static class Report
{
    private const string Usage = "report evidence --framework KEY --from DATE --to DATE [--cutoff 2026-11-24T09:00:00+09:00] [--language ja|en] --out FILE";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        if (arguments.Alone(0) != ReportOrder.Evidence)
        {
            throw new UsageException($"Write: {Usage}");
        }
        var cutoff = arguments.Get("--cutoff") is not { } given ? (DateTime?)null
            : RunText.Instant(given) ?? throw new UsageException($"--cutoff takes an instant such as 2026-11-24T09:00:00+09:00, not {given}.");
        var input = new ReportInput(arguments.Need("--framework"), Day(arguments, "--from"), Day(arguments, "--to"), cutoff, arguments.Get("--language") ?? "ja");
        var file = Path.GetFullPath(arguments.Need("--out"));
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        var summary = await WriteAsync(services, input, file);
        Console.WriteLine($"{file}: {summary.Pieces} pieces of evidence, {summary.Gaps} gaps, data SHA-256 {summary.DataSha256}");
        return 0;
    }

    /// <summary>Under another name until it is whole: half a workbook must not lie there.</summary>
    internal static async Task<EvidenceSummary> WriteAsync(IServiceProvider services, ReportInput input, string file)
    {
        var db = services.GetRequiredService<Db>();
        var actor = Actor.Operator("report");
        ReportOrder order;
        await using (var check = await db.BeginAsync(actor))
        {
            try
            {
                order = await RequestReport.CheckAsync(check, input);
            }
            catch (Refusal refusal)
            {
                CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
                throw new UsageException(refusal.In(services.GetRequiredService<IStringLocalizerFactory>()));
            }
        }
        var partial = $"{file}.{Guid.NewGuid():N}";
        try
        {
            EvidenceSummary summary;
            await using (var output = new FileStream(partial, FileMode.CreateNew, FileAccess.Write))
            {
                summary = await services.GetRequiredService<EvidenceWorkbook>().WriteAsync(order, output);
            }
            await using var work = await db.BeginAsync(actor);
            await work.ActAsync("report.written", $"framework:{order.Framework}", new Dictionary<string, string?> { ["dataSha256"] = summary.DataSha256, ["cutoff"] = DataHash.Exactly(order.CutoffAt) });
            await work.CommitAsync();
            File.Move(partial, file, overwrite: true);
            return summary;
        }
        finally
        {
            File.Delete(partial);
        }
    }

    private static DateOnly Day(Arguments arguments, string name) =>
        DateOnly.TryParseExact(arguments.Need(name), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw new UsageException($"{name} takes a date such as 2026-04-01.");
}
