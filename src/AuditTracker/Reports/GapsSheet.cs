using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Reports;

/// <summary>What an auditor would ask about: applicable items that are not covered, then collections that were overdue, returned or waived.</summary>
internal static class GapsSheet
{
    /// <returns>How many gaps there are.</returns>
    public static async Task<long> WriteAsync(WorkbookWriter workbook, Paper paper, IReadOnlyList<ItemFacts> items, IReadOnlyDictionary<string, ItemCoverage> coverage, EvidenceFacts facts, DataHash hash, CancellationToken ct)
    {
        var sheet = await workbook.BeginSheetAsync(paper.Register("SheetGaps", 4, 3, 6, 24, 12, 44, 10, 12, 12, 12, 17, 15, 56));
        await paper.HeadAsync(sheet, "No", "GapKind", "Item", "GapAbout", "Number", "PeriodFrom", "PeriodTo", "DueOn", "State", "Owner", "Explanation");
        long count = 0;
        // Items without any request stand first: nobody has even been asked.
        foreach (var item in items.Where(item => IsGap(coverage[item.Ref])).OrderBy(item => coverage[item.Ref].State == CoverageState.Missing ? 0 : 1))
        {
            var computed = coverage[item.Ref];
            await sheet.RowAsync();
            sheet.Number(++count);
            sheet.Text(paper.T[computed.State == CoverageState.Missing ? "GapNoRequest" : "GapNotCovered"]);
            sheet.Text(item.OfficialRef, CellStyle.Code);
            sheet.Text(paper.TitleOf(item));
            sheet.Text(null);
            sheet.Date(null);
            sheet.Date(null);
            sheet.Date(computed.NextDueOn, computed.NextDueOn < paper.Order.CutoffOn ? CellStyle.DateLate : CellStyle.Date);
            paper.State(sheet, $"coverage.{computed.State}");
            sheet.Text(item.Owner);
            sheet.Text(Why(paper, computed));
            hash.Line("gap", item.Ref, computed.State);
        }
        await foreach (var missed in facts.MissedAsync().WithCancellation(ct))
        {
            var kind = missed.Overdue ? "overdue" : missed.State;
            await sheet.RowAsync();
            sheet.Number(++count);
            sheet.Text(paper.T[kind switch { "overdue" => "GapOverdue", "returned" => "GapReturned", _ => "GapWaived" }]);
            sheet.Text(Paper.Joined(missed.OfficialRefs));
            sheet.Text(missed.Request);
            sheet.Text(Paper.Number(missed.Collection), CellStyle.Code);
            sheet.Date(missed.PeriodFrom);
            sheet.Date(missed.PeriodTo);
            sheet.Date(missed.DueOn, missed.Overdue ? CellStyle.DateLate : CellStyle.Date);
            paper.State(sheet, "collection." + missed.State);
            sheet.Text(missed.Owner);
            string? why = kind switch
            {
                "overdue" => paper.T["WhyOverdue", paper.Order.CutoffOn.DayNumber - missed.DueOn.DayNumber],
                "returned" => paper.T["WhyReturned"],
                _ => WaiverReason.EndIn(missed.Reason) is { } end ? paper.T["WaivedBehindEnd", DateText.Plain(end)] : missed.Reason,
            };
            if (missed.Rest is { } rest)
            {
                why = $"{why} {paper.T["WhyPart", rest, DateText.Plain(missed.RestBy!.Value, paper.Order.Language)]}";
                hash.Line("rest", missed.Collection, rest, missed.RestBy);
            }
            sheet.Text(missed.DueOn == missed.PlannedDueOn ? why : $"{why} {paper.T["FirstDue"].Value} {DateText.Plain(missed.PlannedDueOn, paper.Order.Language)}");
            hash.Line("missed", missed.Collection, missed.State, missed.Overdue, missed.Owner, missed.Reason);
        }
        if (count == 0)
        {
            await paper.NothingAsync(sheet, 2);
        }
        return count;
    }

    private static bool IsGap(ItemCoverage item) => item.State is CoverageState.Missing or CoverageState.Stale or CoverageState.Ageing or CoverageState.Collecting;

    private static string Why(Paper paper, ItemCoverage item)
    {
        // The request that decides the state; others of the item may never have been accepted.
        var until = item.Deciding.Where(request => request.State == item.State).Min(request => request.CoveredThrough);
        return item.State switch
        {
            CoverageState.Missing => paper.T["WhyMissing"],
            CoverageState.Collecting => paper.T["WhyCollecting"],
            CoverageState.Ageing => paper.T["WhyAgeing", DateText.Plain(until!.Value, paper.Order.Language)],
            _ => until is { } covered ? paper.T["WhyStale", DateText.Plain(covered, paper.Order.Language)] : paper.T["WhyNever"],
        };
    }
}
