namespace AuditTracker.Training;

/// <summary>A day of the burn-up.</summary>
/// <param name="Done">Completed by its end; null behind the last day that is known.</param>
/// <param name="Plan">Completed by its end if everybody goes on evenly to the due date.</param>
/// <param name="Forecast">From the last known day on, at the pace of its last seven days; null before, and where there is no forecast.</param>
public sealed record PaceDay(DateOnly On, int? Done, int Plan, int? Forecast);

/// <summary>How fast a campaign goes, against an even pace and with a forecast; pure.</summary>
/// <param name="Days">At most <see cref="Most"/> days from the opening to the due date, or to the last known day if that is later; both are among them.</param>
/// <param name="Done">Completed by the last known day.</param>
/// <param name="Plan">What an even pace would have brought by then.</param>
/// <param name="All">Who has to take part now.</param>
/// <param name="EndsOn">The day on which everybody would be done; null: nobody completed in the last seven days, nobody is left, or it is over.</param>
public sealed record Pace(IReadOnlyList<PaceDay> Days, int Done, int Plan, int All, DateOnly? EndsOn)
{
    public const int Most = 16;

    /// <summary>Days of which the forecast is made.</summary>
    public const int Window = 7;

    // Further ahead a forecast says nothing but "never".
    private const int Furthest = 3650;

    /// <param name="done">How many completed on each day, in any order.</param>
    /// <param name="last">The last known day: today, or the day of the closing.</param>
    /// <param name="isRunning">False: nothing is forecast.</param>
    public static Pace Of(DateOnly opensOn, DateOnly dueOn, Numbers numbers, IReadOnlyList<DayDone> done, DateOnly last, bool isRunning)
    {
        var all = numbers.Total - numbers.Exempt;
        var to = last > dueOn ? last : dueOn;
        int DoneBy(DateOnly on) => done.Where(day => day.On <= on).Sum(day => day.Done);
        int PlanBy(DateOnly on) => on >= dueOn ? all : (int)((long)all * Math.Max(0, on.DayNumber - opensOn.DayNumber) / (dueOn.DayNumber - opensOn.DayNumber));
        var inWindow = DoneBy(last) - DoneBy(last.AddDays(-Window));
        DateOnly? ends = isRunning && numbers.Unexplained > 0 && inWindow > 0
            ? last.AddDays((int)Math.Min(Furthest, Math.Ceiling(numbers.Unexplained * (double)Window / inWindow))) : null;
        int? ForecastOf(DateOnly on) => ends is null || on < last ? null : Math.Min(all, DoneBy(last) + inWindow * (on.DayNumber - last.DayNumber) / Window);
        return new(
            [.. Between(opensOn, to, [last, dueOn]).Select(on => new PaceDay(on, on <= last ? DoneBy(on) : null, PlanBy(on), ForecastOf(on)))],
            DoneBy(last), PlanBy(last), all, ends);
    }

    /// <summary>Percent of those who have to take part, rounded down, as everywhere.</summary>
    public int? Percent(int? number) => number is { } known ? All > 0 ? Math.Min(100, known * 100 / All) : 0 : null;

    /// <summary>Where a day stands between the first and the last, from 0 to 1.</summary>
    public double Place(PaceDay day) => Days.Count < 2 ? 0 : (double)(day.On.DayNumber - Days[0].On.DayNumber) / (Days[^1].On.DayNumber - Days[0].On.DayNumber);

    /// <summary>Days spread evenly, with those that must be among them.</summary>
    private static IEnumerable<DateOnly> Between(DateOnly from, DateOnly to, IEnumerable<DateOnly> must)
    {
        var length = to.DayNumber - from.DayNumber;
        var parts = Math.Clamp(length, 1, Most - 3);
        return Enumerable.Range(0, parts + 1).Select(part => from.AddDays(length * part / parts)).Concat(must.Where(day => day > from)).Distinct().Order();
    }
}
