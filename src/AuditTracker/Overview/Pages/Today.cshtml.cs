using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>What must I do now? One's own open evidence, then what waits for one's review; first what is due first.</summary>
[May]
public sealed class TodayModel(CollectionStore collections, BusinessClock clock, Db db, IStringLocalizer<Words> words) : PageModel
{
    private const int Most = 50, MostWaiting = 5;
    private BusinessCalendar? calendar;

    public DateOnly On { get; private set; }

    /// <summary>Open and returned collections assigned to the reader.</summary>
    public IReadOnlyList<CollectionRow> Mine { get; private set; } = [];
    public long MineCount { get; private set; }
    public IReadOnlyList<CollectionRow> Waiting { get; private set; } = [];
    public long WaitingCount { get; private set; }

    /// <summary>The next planned collection of the reader, shown when nothing is to do.</summary>
    public CollectionRow? Next { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        (_, On) = await clock.NowAsync(ct);
        await using (var connection = await db.OpenAsync(ct))
        {
            calendar = await BusinessCalendars.LoadAsync(connection, ct);
        }
        Mine = [.. (await ListAsync(user, CollectionState.Open, ct)).Concat(await ListAsync(user, CollectionState.Returned, ct)).OrderBy(row => row.DueOn).ThenBy(row => row.Id).Take(Most)];
        MineCount = Mine.Count < Most ? Mine.Count : await CountAsync(user, CollectionState.Open, ct) + await CountAsync(user, CollectionState.Returned, ct);
        (Waiting, var more) = await collections.ListAsync(user, new CollectionFilter(Waiting: true), null, MostWaiting, ct);
        WaitingCount = more is null ? Waiting.Count : await collections.CountAsync(user, new CollectionFilter(Waiting: true), 10_000, ct);
        Next = Mine.Count == 0 ? (await collections.ListAsync(user, new CollectionFilter(CollectionState.Planned, Mine: true), null, 1, ct)).Rows is [var first, ..] ? first : null : null;
    }

    public string PeriodOf(CollectionRow row) => PeriodText.Label(new Period(row.PeriodFrom, row.PeriodTo), calendar!.Periods);

    /// <summary>The worst true state: late, sent back, due soon, asked for.</summary>
    public string StateOf(CollectionRow row) =>
        row.Overdue ? "collection.overdue" : row.State == CollectionState.Returned ? "collection.returned"
        : calendar!.BusinessDaysBetween(On, row.DueOn) <= 3 ? "collection.dueSoon" : "collection.open";

    /// <summary>Relative words, beside the date: あと3日, 12日超過.</summary>
    public string DaysOf(CollectionRow row) => (row.DueOn.DayNumber - On.DayNumber) switch
    {
        0 => words["DueToday"],
        > 0 and var left => words["DaysLeft", left],
        var late => words["DaysLate", -late],
    };

    private async Task<long> CountAsync(CurrentUser user, CollectionState state, CancellationToken ct) =>
        await collections.CountAsync(user, new CollectionFilter(state, Mine: true), 10_000, ct);

    private async Task<IReadOnlyList<CollectionRow>> ListAsync(CurrentUser user, CollectionState state, CancellationToken ct) =>
        (await collections.ListAsync(user, new CollectionFilter(state, Mine: true), null, Most, ct)).Rows;
}
