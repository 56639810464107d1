using System.Collections.Frozen;

namespace AuditTracker.Calendar;

/// <summary>
/// The company's working days as an immutable value. A make-up day is a business day whatever else it is;
/// otherwise weekends, holidays and closures are closed.
/// </summary>
public sealed class BusinessCalendar
{
    // A range longer than a year is a slip of the keyboard, and would let a search for the next business day run for ever.
    private const int LongestClosureDays = 366;
    private const int LongestSearchDays = 3_660;
    private static readonly DayOfWeek[] SaturdayAndSunday = [DayOfWeek.Saturday, DayOfWeek.Sunday];

    private readonly FrozenSet<DayOfWeek> weekends;
    private readonly FrozenDictionary<DateOnly, Holiday> holidays;
    private readonly FrozenDictionary<DateOnly, Closure> closures;
    private readonly FrozenSet<DateOnly> makeUpDays;

    /// <param name="fiscalYearStartMonth">1 to 12; Japanese companies mostly use 4.</param>
    /// <param name="holidays">Public holidays; two on one day: the first one names it.</param>
    /// <param name="closures">Company closures of at most 366 days each.</param>
    /// <param name="makeUpDays">Days worked although they would be closed.</param>
    /// <param name="knownThrough">The last day for which the holidays are announced.</param>
    /// <param name="weekends">Saturday and Sunday unless told; never all seven.</param>
    public BusinessCalendar(
        int fiscalYearStartMonth,
        IEnumerable<Holiday> holidays,
        IEnumerable<Closure> closures,
        IEnumerable<DateOnly> makeUpDays,
        DateOnly knownThrough,
        IEnumerable<DayOfWeek>? weekends = null)
    {
        Periods = new FiscalPeriods(fiscalYearStartMonth);
        KnownThrough = knownThrough;
        this.weekends = (weekends ?? SaturdayAndSunday).ToFrozenSet();
        if (this.weekends.Count == 7)
        {
            throw new ArgumentException("A week needs a working day.", nameof(weekends));
        }

        this.holidays = holidays.DistinctBy(holiday => holiday.On).ToFrozenDictionary(holiday => holiday.On);
        this.closures = closures.SelectMany(EachDay).DistinctBy(day => day.On).ToFrozenDictionary(day => day.On, day => day.Closure);
        this.makeUpDays = makeUpDays.ToFrozenSet();
    }

    /// <summary>The months, quarters, halves and years of the company's fiscal year.</summary>
    public FiscalPeriods Periods { get; }

    /// <summary>The last day for which the holidays are announced; schedules beyond it are a forecast and should say so.</summary>
    public DateOnly KnownThrough { get; }

    /// <summary>False on days for which the holidays are not announced yet.</summary>
    public bool IsKnown(DateOnly day) => day <= KnownThrough;

    /// <summary>The same holidays and weekends without what the company decided, but with the closures given: the days of others.</summary>
    public BusinessCalendar PublicOnly(IEnumerable<Closure> otherClosures) =>
        new(Periods.StartMonth, holidays.Values, otherClosures, [], KnownThrough);

    public bool IsBusinessDay(DateOnly day) => makeUpDays.Contains(day)
        || !(weekends.Contains(day.DayOfWeek) || holidays.ContainsKey(day) || closures.ContainsKey(day));

    /// <summary>The most telling reason that the day is closed (holiday, then closure, then weekend), or null on a business day.</summary>
    public ClosedDay? WhyClosed(DateOnly day)
    {
        if (IsBusinessDay(day))
        {
            return null;
        }

        if (holidays.TryGetValue(day, out var holiday))
        {
            return new ClosedDay(ClosedBecause.Holiday, holiday.NameJa, holiday.NameEn);
        }

        return closures.TryGetValue(day, out var closure)
            ? new ClosedDay(ClosedBecause.Closure, closure.NameJa, closure.NameEn)
            : new ClosedDay(ClosedBecause.Weekend, DateText.WeekdayJa(day) + "曜日", day.DayOfWeek.ToString());
    }

    /// <summary>The n-th business day after <paramref name="day"/>, before it when n is negative, the day itself (closed or not) when n is 0.</summary>
    public DateOnly AddBusinessDays(DateOnly day, int n)
    {
        var step = Math.Sign(n);
        for (var left = Math.Abs(n); left > 0; left--)
        {
            day = Search(day.AddDays(step), step);
        }

        return day;
    }

    /// <summary>The day itself when it is a business day, else the last one before it.</summary>
    public DateOnly ShiftToPrevious(DateOnly day) => Search(day, -1);

    /// <summary>The day itself when it is a business day, else the first one after it.</summary>
    public DateOnly ShiftToNext(DateOnly day) => Search(day, +1);

    /// <summary>
    /// Undoes <see cref="AddBusinessDays"/>: the business days after <paramref name="from"/> through <paramref name="to"/>;
    /// when <paramref name="to"/> is earlier, minus the business days from <paramref name="to"/> up to but not including <paramref name="from"/>.
    /// </summary>
    public int BusinessDaysBetween(DateOnly from, DateOnly to)
    {
        var step = Math.Sign(to.DayNumber - from.DayNumber);
        var count = 0;
        for (var day = from; day != to;)
        {
            day = day.AddDays(step);
            count += IsBusinessDay(day) ? step : 0;
        }

        return count;
    }

    private DateOnly Search(DateOnly day, int step)
    {
        for (var left = LongestSearchDays; !IsBusinessDay(day); left--)
        {
            if (left == 0)
            {
                throw new InvalidOperationException("No business day within ten years.");
            }

            day = day.AddDays(step);
        }

        return day;
    }

    private static IEnumerable<(DateOnly On, Closure Closure)> EachDay(Closure closure)
    {
        var days = closure.To.DayNumber - closure.From.DayNumber + 1;
        if (days is < 1 or > LongestClosureDays)
        {
            throw new ArgumentException($"A closure lasts 1 to {LongestClosureDays} days.", nameof(closure));
        }

        return Enumerable.Range(0, days).Select(offset => (closure.From.AddDays(offset), closure));
    }
}
