using AuditTracker.Calendar;
using AuditTracker.Platform.Workbooks;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>How past evidence is worded, and the sheet to fill in.</summary>
public static class PastEvidenceText
{
    /// <summary>4行目：「…」という依頼はありません。</summary>
    public static string Problem(IStringLocalizer words, PastProblem problem)
    {
        object[] args = [.. problem.Args.Select(arg => (object)(arg.StartsWith("Past", StringComparison.Ordinal) || arg.StartsWith("Every", StringComparison.Ordinal) ? words[arg].Value : arg))];
        return problem.Line > 0 ? words["PastAtLine", problem.Line, words[problem.Key, args].Value] : words[problem.Key, args];
    }

    /// <summary>追加, 提出待ちへ, すでにあり, 誤り.</summary>
    public static string Kind(IStringLocalizer words, string kind) => words[$"PastKind{char.ToUpperInvariant(kind[0])}{kind[1..]}"];

    /// <summary>Points a thing out and stops nothing.</summary>
    public static bool IsWarning(PastProblem problem) => problem.Key == "PastSameBytes";

    /// <summary>The form: heads, and on a second sheet the requests by the names that are understood.</summary>
    public static async Task<byte[]> FormAsync(IStringLocalizer words, IReadOnlyList<PastRequest> requests, string language, DateTime now)
    {
        var at = language == "en" ? 1 : 0;
        using var bytes = new MemoryStream();
        await using (var book = await WorkbookWriter.CreateAsync(bytes, new WorkbookProperties(words["PastEvidence"], "AuditTracker", now)))
        {
            var sheet = await book.BeginSheetAsync(new SheetSetup(words["PastSheet"]) { Columns = [.. PastEvidenceSheet.Columns.Select(_ => 20d)], FrozenRows = 1, RepeatedRows = (1, 1) });
            await sheet.RowAsync();
            foreach (var column in PastEvidenceSheet.Columns)
            {
                sheet.Text(column.Heads[at]);
            }
            var names = await book.BeginSheetAsync(new SheetSetup(words["PastRequests"]) { Columns = [12, 48, 14], FrozenRows = 1 });
            await names.RowAsync();
            names.Text(words["PastNumber"]);
            names.Text(words["PastTitle"]);
            names.Text(words["PastEvery"]);
            foreach (var request in requests)
            {
                await names.RowAsync();
                names.Text(request.AdoptedFrom ?? "");
                names.Text(request.Title);
                names.Text(RecurrenceText.Short(request.Recurrence));
            }
            await book.CompleteAsync();
        }
        return bytes.ToArray();
    }
}
