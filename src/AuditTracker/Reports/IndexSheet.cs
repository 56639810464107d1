using AuditTracker.Evidence;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Reports;

/// <summary>One row per assessable item, in clause order.</summary>
internal static class IndexSheet
{
    public static async Task WriteAsync(WorkbookWriter workbook, Paper paper, IReadOnlyList<ItemFacts> items, IReadOnlyDictionary<string, ItemCoverage> coverage, EvidenceTally evidence, DataHash hash)
    {
        var sheet = await workbook.BeginSheetAsync(paper.Register("SheetIndex", 2, 3, 6, 12, 48, 10, 26, 15, 17, 12, 12, 11, 12, 16, 18));
        await paper.HeadAsync(sheet, "No", "Item", "ItemTitle", "Applies", "ReasonNot", "Owner", "Coverage", "FreshUntil", "NextDue", "AcceptedPieces", "PendingPieces", "FirstEvidence", "Remarks");
        foreach (var (item, number) in items.Select((item, i) => (item, i + 1)))
        {
            var computed = coverage[item.Ref];
            var (accepted, pending, firstRow) = evidence.Of(item.Ref);
            await sheet.RowAsync();
            sheet.Number(number);
            sheet.Text(item.OfficialRef, CellStyle.Code);
            sheet.Text(paper.TitleOf(item));
            sheet.Text(paper.T[item.Applicable ? "AppliesYes" : "AppliesNo"], CellStyle.Centered);
            sheet.Text(item.Applicable ? null : item.Reason);
            sheet.Text(item.Owner);
            paper.State(sheet, $"coverage.{computed.State}");
            sheet.Date(computed.FreshUntil, computed.State == CoverageState.Stale && computed.FreshUntil is not null ? CellStyle.DateLate : CellStyle.Date);
            sheet.Date(computed.NextDueOn);
            sheet.Number(accepted);
            sheet.Number(pending);
            if (firstRow > 0)
            {
                sheet.LinkWithin(paper.T["Row", firstRow], evidence.Sheet, firstRow);
            }
            else
            {
                sheet.Text(null);
            }
            sheet.Text(paper.IsUnverified(item) ? paper.T["TitleUnverified"].Value : null);
            hash.Line("item", item.Ref, item.Applicable, item.Applicable ? null : item.Reason, item.Owner, computed.State, computed.FreshUntil, computed.NextDueOn, accepted, pending);
        }
    }
}
