using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>The business day with the company's calendar: what pages need to name periods and to say what is near.</summary>
/// <param name="Soon">Business days before the due date on which a collection is called due soon: the company's setting.</param>
public sealed record CompanyDay(DateTime Now, DateOnly Today, BusinessCalendar Calendar, int Soon)
{
    public Period FiscalYear => Calendar.Periods.Year(Calendar.Periods.YearOf(Today));

    /// <summary>Sunday of the running week; weeks begin on Monday.</summary>
    public DateOnly EndOfWeek => Today.AddDays((7 - (int)Today.DayOfWeek) % 7);

    /// <summary>2026年7～9月分, in the language of the page.</summary>
    public string Label(DateOnly from, DateOnly to) => PeriodText.LabelWithYear(new Period(from, to), Calendar.Periods);

    /// <summary>The one label of a row: the worst that is true. Due soon is laid over what is requested, overdue also over what was returned.</summary>
    public string Label(CollectionRow row) => row.Overdue ? "overdue" : IsDueSoon(row) ? "dueSoon" : row.State.ToString();

    /// <summary>How many days a row is past its due date; 0 when it is not overdue.</summary>
    public int DaysOver(CollectionRow row) => row.Overdue ? Today.DayNumber - row.DueOn.DayNumber : 0;

    /// <summary>Handed in after the due date: late for ever. Past evidence that was brought in is not.</summary>
    public static bool IsLate(CollectionRow row) => !row.BroughtIn && row.State is CollectionState.Submitted or CollectionState.Accepted && row.SubmittedAt is { } at && JapanTime.DateOf(at) > row.LateAfter;

    /// <summary>What counts is past evidence that was brought in.</summary>
    public static bool IsBroughtIn(CollectionRow row) => row.BroughtIn && row.State is (CollectionState.Submitted or CollectionState.Accepted);

    private bool IsDueSoon(CollectionRow row) =>
        row.State == CollectionState.Open && row.DueOn >= Today && row.DueOn.DayNumber - Today.DayNumber < 30 && Calendar.BusinessDaysBetween(Today, row.DueOn) <= Soon;
}

/// <summary>Loads the business day.</summary>
public sealed class CompanyDays(Db db, BusinessClock clock)
{
    public async Task<CompanyDay> LoadAsync(CancellationToken ct)
    {
        var time = clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        var (now, today) = await time;
        return new CompanyDay(now, today, calendar, (await NoticeRules.LoadAsync(connection, today, ct)).SoonDays);
    }
}
