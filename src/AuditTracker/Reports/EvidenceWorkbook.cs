using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Workbooks;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>What was written, for whoever asked.</summary>
/// <param name="DataSha256">The hash on the cover, over the data in its canonical form.</param>
public sealed record EvidenceSummary(string DataSha256, long Pieces, long Gaps);

/// <summary>
/// The workbook for the certification body: cover, index by item, one row per piece of evidence, gaps. Written in one pass with memory
/// that does not grow with the rows: evidence first, the rest from its tallies, the cover last and shown first.
/// </summary>
public sealed class EvidenceWorkbook(Db db, IStringLocalizerFactory words)
{
    /// <summary>The rules of coverage, overdue and late (design §6) the numbers were made by; raised when one of them changes.</summary>
    public const int RulesVersion = 3;

    /// <summary>This program, as the paper names it.</summary>
    public static string Generator { get; } = $"AuditTracker {typeof(EvidenceWorkbook).Assembly.GetName().Version!.ToString(3)}";

    /// <summary>The name it is handed over under: 証跡一覧_iso27001-2022_20261124.xlsx.</summary>
    public string FileName(ReportOrder order) => Speaking.In(order.Language, () => $"{words.Create(typeof(Words))["FileTitle"].Value}_{order.Framework}_{order.CutoffOn.ToString("yyyyMMdd", CultureInfo.InvariantCulture)}.xlsx");

    /// <summary>Writes the whole workbook to the stream, which stays open.</summary>
    /// <param name="progress">Told of every thousandth row.</param>
    /// <exception cref="InvalidOperationException">There is no such framework.</exception>
    /// <exception cref="WorkbookLimitException">More rows than an Excel sheet can hold.</exception>
    public async Task<EvidenceSummary> WriteAsync(ReportOrder order, Stream output, IProgress<BuildProgress>? progress = null, CancellationToken ct = default)
    {
        (CultureInfo.CurrentUICulture, CultureInfo.CurrentCulture) = (CultureInfo.GetCultureInfo(order.Language), CultureInfo.InvariantCulture); // ends with this method: cultures flow like a task
        await using var facts = await EvidenceFacts.OpenAsync(db, order, ct);
        progress?.Report(new BuildProgress("counting", 0, 0));
        var framework = await facts.FrameworkAsync(ct) ?? throw new InvalidOperationException($"There is no framework {order.Framework}.");
        var company = await facts.CompanyAsync(ct);
        using var eras = EraDates.Use(company.EraDates);
        var items = await facts.ItemsAsync(ct);
        var coverage = await facts.CoverageAsync(ct);
        var states = await facts.StatesAsync(ct);
        var total = await facts.CountPiecesAsync(ct);

        var paper = new Paper(order, framework, company, words.Create(typeof(Words)), words.Create(typeof(Platform.Web.Words)));
        var properties = new WorkbookProperties($"{paper.T["Title"]} {paper.FrameworkShort}", company.NameIn(order.Language), order.CutoffAt) { Words = paper.IsEnglish ? WorkbookWords.English : WorkbookWords.Japanese, EraDates = company.EraDates && !paper.IsEnglish };
        using var hash = new DataHash();
        hash.Line("audit-tracker", ReportOrder.Evidence, RulesVersion, order.Framework, framework.SourceSha256, order.From, order.To, order.CutoffAt);
        await using var workbook = await WorkbookWriter.CreateAsync(output, properties, ct);
        var evidence = await EvidenceSheet.WriteAsync(workbook, paper, facts, hash, done => progress?.Report(new BuildProgress("evidence", done, total)), ct);
        progress?.Report(new BuildProgress("index", total, total));
        await IndexSheet.WriteAsync(workbook, paper, items, coverage, evidence, hash);
        progress?.Report(new BuildProgress("gaps", total, total));
        var gaps = await GapsSheet.WriteAsync(workbook, paper, items, coverage, facts, hash, ct);
        foreach (var state in states.OrderBy(state => state.State, StringComparer.Ordinal))
        {
            hash.Line("state", state.State, state.Collections, state.Overdue);
        }
        var summary = new EvidenceSummary(hash.Sha256(), evidence.Accepted + evidence.Pending, gaps);
        await CoverSheet.WriteAsync(workbook, paper, items, coverage, states, evidence, summary);
        await workbook.CompleteAsync();
        return summary;
    }
}
