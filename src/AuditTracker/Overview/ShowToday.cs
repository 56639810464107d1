using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Overview;

/// <summary>What is with the reader, first what is due first.</summary>
/// <param name="Rows">At most <see cref="ShowToday.Most"/>.</param>
/// <param name="Minutes">Minutes of all rows shown.</param>
/// <param name="Comments">Why rows were sent back, by collection.</param>
/// <param name="Next">The next planned one, when nothing is to do now.</param>
public sealed record MyWork(IReadOnlyList<CollectionRow> Rows, long Count, long Overdue, long ThisWeek, int Minutes, IReadOnlyDictionary<long, string> Comments, CollectionRow? Next);

/// <summary>What waits for the reader's review.</summary>
public sealed record MyReviews(IReadOnlyList<CollectionRow> Rows, long Count);

/// <summary>What others apply for and the reader decides on: waivers and other due dates.</summary>
/// <param name="Count">Exact to 10,000.</param>
public sealed record MyAsks(IReadOnlyList<AskRow> Rows, long Count);

/// <summary>A number that opens its rows.</summary>
/// <param name="Word">Key of its word.</param>
/// <param name="Count">Exact to 10,000.</param>
public sealed record Figure(string Word, Shape Shape, long Count, string Href)
{
    public string Tone => Shape.Tone();
    public string Symbol => Shape.Symbol();
    public string Text => ShowToday.Said(Count);
}

/// <summary>The numbers of a department the reader heads.</summary>
public sealed record DepartmentFigures(HeadedDepartment Department, IReadOnlyList<Figure> Figures);

/// <summary>A month of the strip.</summary>
/// <param name="InYear">It belongs to the running fiscal year; those after it are for phones, which show three months.</param>
/// <param name="Near">This month or one of the next two.</param>
public sealed record StripMonth(MonthLoad Load, bool IsNow, bool Near, bool InYear)
{
    private string Range => $"dueFrom={DateText.Iso(Load.Month)}&dueBefore={DateText.Iso(Load.Month.AddMonths(1))}";
    public Figure Due => new("StripDue", Shape.Wait, Load.Due, $"/evidence/collections?state=all&{Range}");
    public Figure Late => new("StripLate", Shape.Late, Load.Late, $"/evidence/collections?overdue=true&{Range}");
}

/// <summary>
/// Brings the first page together. Every number is counted by the list it opens, with the same filter, so that the two always agree.
/// </summary>
public sealed class ShowToday(CollectionStore collections, RequestStore requests, CollectionNotes notes, TodayStore store)
{
    public const int Most = 50;
    public const int Cap = 10_001;
    private const int MostWaiting = 5;

    public async Task<MyWork> MineAsync(CurrentUser user, CompanyDay day, CancellationToken ct)
    {
        var filter = new CollectionFilter(Mine: true, Owed: true);
        var (rows, more) = await collections.ListAsync(user, filter, null, Most, ct);
        var week = day.EndOfWeek.AddDays(1);
        if (rows.Count == 0)
        {
            var planned = (await collections.ListAsync(user, new CollectionFilter(CollectionState.Planned, Mine: true), null, 1, ct)).Rows;
            return new(rows, 0, 0, 0, 0, new Dictionary<long, string>(), planned.Count > 0 ? planned[0] : null);
        }
        var (count, overdue, thisWeek) = more is null
            ? (rows.Count, rows.Count(row => row.Overdue), rows.Count(row => !row.Overdue && row.DueOn < week))
            : (await collections.CountAsync(user, filter, Cap, ct), await collections.CountAsync(user, filter with { Overdue = true }, Cap, ct),
               await collections.CountAsync(user, filter with { DueFrom = day.Today, DueBefore = week }, Cap, ct));
        var comments = await store.ReturnCommentsAsync(user, rows.Where(row => row.State == CollectionState.Returned).Select(row => row.Id), ct);
        return new(rows, count, overdue, thisWeek, rows.Sum(row => row.Minutes), comments, null);
    }

    public async Task<MyReviews> WaitingAsync(CurrentUser user, CancellationToken ct)
    {
        var filter = new CollectionFilter(Waiting: true);
        var (rows, more) = await collections.ListAsync(user, filter, null, MostWaiting, ct);
        return new(rows, more is null ? rows.Count : await collections.CountAsync(user, filter, Cap, ct));
    }

    /// <summary>The applications that wait for the reader, the oldest of them.</summary>
    public async Task<MyAsks> AsksAsync(CurrentUser user, CancellationToken ct)
    {
        var page = await notes.WaitingAsync(user, new ListSlice(CollectionNotes.Asked, Descending: false, MostWaiting), ct);
        return new(page.Rows, page.After is null ? page.Rows.Count : await notes.CountWaitingAsync(user, Cap, ct));
    }

    /// <summary>A count that is exact to 10,000, as it is written.</summary>
    public static string Said(long count) => count >= Cap ? "10,000+" : count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>The whole company: late, due this week, sent back, with somebody who has left; and, where there are any, requests and reviews whose people have left.</summary>
    public async Task<IReadOnlyList<Figure>> CompanyAsync(CurrentUser user, CompanyDay day, CancellationToken ct)
    {
        Figure[] left =
        [
            new("RequestsNoOwner", Shape.Warn, await requests.CountAsync(user, new RequestFilter(Owner: RequestFilter.NoOwner), Cap, ct), $"/evidence/requests?owner={RequestFilter.NoOwner}"),
            new("RequestsNoReviewer", Shape.Warn, await requests.CountAsync(user, new RequestFilter(Reviewer: RequestFilter.NoOwner), Cap, ct), $"/evidence/requests?reviewer={RequestFilter.NoOwner}"),
            new("ReviewerAbsent", Shape.Warn, await collections.CountAsync(user, new CollectionFilter(Active: true, Reviewer: CollectionFilter.NoReviewer), Cap, ct), $"/evidence/collections?reviewer={CollectionFilter.NoReviewer}"),
        ];
        return [.. await OfCompanyAsync(user, day, ct), .. left.Where(figure => figure.Count > 0)];
    }

    private async Task<IReadOnlyList<Figure>> OfCompanyAsync(CurrentUser user, CompanyDay day, CancellationToken ct) =>
    [
        .. await FiguresAsync(user, day, new CollectionFilter(), "", ct),
        new("OwnerAbsent", Shape.Warn, await collections.CountAsync(user, new CollectionFilter(Active: true, Absent: true), Cap, ct), "/evidence/collections?absent=true"),
    ];

    /// <summary>The departments the reader heads, each with its numbers.</summary>
    public async Task<IReadOnlyList<DepartmentFigures>> DepartmentsAsync(CurrentUser user, CompanyDay day, CancellationToken ct)
    {
        var found = new List<DepartmentFigures>();
        foreach (var department in user.PersonId is null ? [] : await store.DepartmentsAsync(user, ct))
        {
            found.Add(new(department, await FiguresAsync(user, day, new CollectionFilter(Department: department.Code), $"&department={Uri.EscapeDataString(department.Code)}", ct)));
        }
        return found;
    }

    /// <summary>The running fiscal year by month, and the months after it that a phone may show.</summary>
    public async Task<IReadOnlyList<StripMonth>> YearAsync(CurrentUser user, CompanyDay day, CancellationToken ct)
    {
        var year = day.FiscalYear;
        var now = new DateOnly(day.Today.Year, day.Today.Month, 1);
        var last = now.AddMonths(2);
        var months = await store.MonthsAsync(user, year.From, last > year.To ? last : year.To, ct);
        return [.. months.Select(load => new StripMonth(load, load.Month == now, load.Month >= now && load.Month <= last, year.Contains(load.Month)))];
    }

    private async Task<IReadOnlyList<Figure>> FiguresAsync(CurrentUser user, CompanyDay day, CollectionFilter within, string query, CancellationToken ct)
    {
        var week = day.EndOfWeek.AddDays(1);
        return
        [
            new("Overdue", Shape.Late, await collections.CountAsync(user, within with { Overdue = true, Active = true }, Cap, ct), $"/evidence/collections?overdue=true{query}"),
            new("DueThisWeek", Shape.Half, await collections.CountAsync(user, within with { Owed = true, DueFrom = day.Today, DueBefore = week }, Cap, ct),
                $"/evidence/collections?state=owed&dueFrom={DateText.Iso(day.Today)}&dueBefore={DateText.Iso(week)}{query}"),
            new("Returned", Shape.Warn, await collections.CountAsync(user, within with { State = CollectionState.Returned }, Cap, ct), $"/evidence/collections?state=returned{query}"),
        ];
    }
}
