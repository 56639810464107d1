using AuditTracker.Platform.Database;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>A cell of the matrix: what falls due for a request in a month.</summary>
/// <param name="Worst">The occurrence whose state is the cell's; late ones first, then those with somebody.</param>
public sealed record YearCell(IReadOnlyList<Occurrence> All, Occurrence Worst)
{
    /// <summary>Those that are not where they were first planned.</summary>
    public int Moved => All.Count(one => one.IsMoved);
    public int Accepted => All.Count(one => one.State is "accepted" or "waived");

    /// <summary>The state of an occurrence as labels name it.</summary>
    public static string StateOf(Occurrence one) => one.IsOverdue ? "overdue" : one.State;

    private static readonly string[] WorstFirst = ["overdue", "returned", "open", "submitted", "planned", "accepted", "waived"];

    public static YearCell Of(IReadOnlyList<Occurrence> all) => new(all, all.MinBy(one => Array.IndexOf(WorstFirst, StateOf(one)))!);
}

/// <summary>A row of the matrix, its cells by the first day of the month.</summary>
public sealed record YearRow(PlannedRequest Request, IReadOnlyDictionary<DateOnly, YearCell> Cells)
{
    public int Count => Cells.Values.Sum(cell => cell.All.Count);
    public int Late => Cells.Values.Sum(cell => cell.All.Count(one => one.IsOverdue));
}

/// <summary>Is the year planned, and where is it slipping?</summary>
public sealed class ShowYear(YearStore store)
{
    /// <summary>A page of rows with their occurrences.</summary>
    public async Task<ListPage<YearRow>> PageAsync(CurrentUser user, YearFilter filter, string? after, string? before, int limit, CancellationToken ct)
    {
        var requests = await store.RequestsAsync(user, filter, after, before, limit, ct);
        var occurrences = (await store.OccurrencesAsync(user, filter, requests.Rows.Select(request => request.Id), ct)).ToLookup(one => one.RequestId);
        return new([.. requests.Rows.Select(request => new YearRow(request, occurrences[request.Id].GroupBy(one => MonthOf(one.DueOn)).ToDictionary(month => month.Key, month => YearCell.Of([.. month]))))],
            requests.Before, requests.After);
    }

    /// <summary>Every row, page by page, for a workbook.</summary>
    public async IAsyncEnumerable<YearRow> AllAsync(CurrentUser user, YearFilter filter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        string? after = null;
        do
        {
            var page = await PageAsync(user, filter, after, null, 500, ct);
            foreach (var row in page.Rows)
            {
                yield return row;
            }
            after = page.After;
        }
        while (after is not null);
    }

    /// <summary>The load of each month of the year, those without any included.</summary>
    public async Task<IReadOnlyList<MonthLoad>> MonthsAsync(CurrentUser user, YearFilter filter, CancellationToken ct)
    {
        var known = (await store.MonthsAsync(user, filter, ct)).ToDictionary(month => month.Month);
        return [.. Enumerable.Range(0, 12).Select(n => filter.Year.From.AddMonths(n)).Select(month => known.GetValueOrDefault(month, new MonthLoad(month, 0, 0)))];
    }

    public Task<IReadOnlyList<PersonLoad>> PeopleAsync(CurrentUser user, YearFilter filter, CancellationToken ct) => store.PeopleAsync(user, filter, 10, ct);

    private static DateOnly MonthOf(DateOnly day) => new(day.Year, day.Month, 1);
}
