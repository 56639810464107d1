using AuditTracker.Evidence;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Reports;

/// <summary>The cover: what the paper is about, its counts, the hash of its data, and the boxes for the stamps.</summary>
internal static class CoverSheet
{
    private const int Columns = 8;
    private static readonly CoverageState[] Coverages = [CoverageState.Covered, CoverageState.Collecting, CoverageState.Ageing, CoverageState.Stale, CoverageState.Missing];
    private static readonly string[] Collections = ["planned", "open", "submitted", "returned", "accepted", "waived"];

    public static async Task WriteAsync(WorkbookWriter workbook, Paper paper, IReadOnlyList<ItemFacts> items, IReadOnlyDictionary<string, ItemCoverage> coverage,
        IReadOnlyList<StateCount> states, EvidenceTally evidence, EvidenceSummary summary)
    {
        var sheet = await workbook.BeginSheetAsync(new SheetSetup(paper.T["SheetCover"])
        {
            Columns = [24, 18, 18, 6, 22, 13, 13, 13],
            TabOrder = 1,
            FooterLeft = paper.Company.NameIn(paper.Order.Language),
            FooterRight = EvidenceWorkbook.Generator,
        });
        await TitleAsync(sheet, paper);
        await FactsAsync(sheet, paper, items, evidence, summary);
        await CountsAsync(sheet, paper, coverage, states);
        await sheet.RowAsync();
        await sheet.RowAsync();
        sheet.TextAcross(paper.T["CoverNote"], Columns, CellStyle.Note);
    }

    private static async Task TitleAsync(SheetWriter sheet, Paper paper)
    {
        var stamps = paper.Company.StampOrder.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Take(3).ToList();
        await sheet.RowAsync(22);
        sheet.TextAcross($"{paper.T["Title"]} {paper.FrameworkShort}", Columns - 3, CellStyle.Title);
        sheet.Skip(3 - stamps.Count);
        foreach (var stamp in stamps)
        {
            sheet.Text(stamp switch { "承認" => paper.T["StampApproved"], "確認" => paper.T["StampChecked"], "作成" => paper.T["StampMade"], _ => stamp }, CellStyle.StampHead);
        }
        await sheet.RowAsync(57);
        sheet.TextAcross(paper.Company.NameIn(paper.Order.Language), Columns - 3, CellStyle.Subtitle);
        sheet.Skip(3 - stamps.Count);
        foreach (var _ in stamps)
        {
            sheet.Blank(CellStyle.StampBox);
        }
        await sheet.RowAsync(8);
    }

    private static async Task FactsAsync(SheetWriter sheet, Paper paper, IReadOnlyList<ItemFacts> items, EvidenceTally evidence, EvidenceSummary summary)
    {
        var order = paper.Order;
        var applicable = items.Count(item => item.Applicable);
        await FactAsync(sheet, paper, "Framework", paper.FrameworkTitle);
        await FactAsync(sheet, paper, "Edition", paper.Framework.Edition);
        await FactAsync(sheet, paper, "Scope", paper.T["ScopeText", items.Count, applicable, items.Count - applicable]);
        await sheet.RowAsync();
        sheet.Text(paper.T["Period"], CellStyle.Label);
        sheet.Date(order.From);
        sheet.Date(order.To);
        sheet.TextAcross(null, Columns - 3, CellStyle.Text);
        await sheet.RowAsync();
        sheet.Text(paper.T["Cutoff"], CellStyle.Label);
        sheet.Instant(order.CutoffAt);
        sheet.TextAcross(paper.T["CutoffExactly", DataHash.Exactly(order.CutoffAt)], Columns - 2, CellStyle.Text);
        await FactAsync(sheet, paper, "Pieces", paper.T["PiecesText", evidence.Accepted + evidence.Pending, evidence.Accepted, evidence.Pending]);
        await FactAsync(sheet, paper, "Gaps", paper.T["GapsText", summary.Gaps]);
        await FactAsync(sheet, paper, "DataSha256", summary.DataSha256, CellStyle.Hash);
        await FactAsync(sheet, paper, "Rules", paper.T["RulesText", EvidenceWorkbook.RulesVersion, paper.Framework.SourceSha256]);
        await FactAsync(sheet, paper, "Generator", EvidenceWorkbook.Generator);
    }

    private static async Task FactAsync(SheetWriter sheet, Paper paper, string label, string value, CellStyle style = CellStyle.Text)
    {
        await sheet.RowAsync();
        sheet.Text(paper.T[label], CellStyle.Label);
        sheet.TextAcross(value, Columns - 1, style);
    }

    private static async Task CountsAsync(SheetWriter sheet, Paper paper, IReadOnlyDictionary<string, ItemCoverage> coverage, IReadOnlyList<StateCount> states)
    {
        var items = coverage.Values.GroupBy(item => item.State).ToDictionary(group => group.Key, group => group.LongCount());
        var counted = Coverages.Sum(state => items.GetValueOrDefault(state));
        await sheet.RowAsync(8);
        await sheet.RowAsync();
        foreach (var head in new[] { "Coverage", "Items", "Share" })
        {
            sheet.Text(paper.T[head], CellStyle.Heading);
        }
        sheet.Skip();
        foreach (var head in new[] { "Collections", "Count", "OfThemOverdue" })
        {
            sheet.Text(paper.T[head], CellStyle.Heading);
        }
        for (var row = 0; row < Collections.Length; row++)
        {
            await sheet.RowAsync();
            var state = row < Coverages.Length ? Coverages[row] : CoverageState.Excluded;
            var count = items.GetValueOrDefault(state);
            paper.State(sheet, $"coverage.{state}");
            sheet.Number(count);
            // Rounded down: 100 % only when all are covered.
            sheet.Number(state == CoverageState.Excluded || counted == 0 ? null : Math.Floor(100m * count / counted) / 100m, CellStyle.Percent);
            sheet.Skip();
            var collections = states.SingleOrDefault(one => one.State == Collections[row]);
            paper.State(sheet, "collection." + Collections[row]);
            sheet.Number(collections?.Collections ?? 0);
            sheet.Number(Collections[row] is "open" or "returned" ? collections?.Overdue ?? 0 : null);
        }
        await sheet.RowAsync();
        sheet.Text(paper.T["Total"], CellStyle.Label);
        sheet.Number(counted + items.GetValueOrDefault(CoverageState.Excluded));
        sheet.Blank(CellStyle.Percent);
        sheet.Skip();
        sheet.Text(paper.T["Total"], CellStyle.Label);
        sheet.Number(states.Sum(state => state.Collections));
        sheet.Number(states.Sum(state => state.Overdue));
    }
}
