using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>One occurrence of a request that does not exist yet, and why it falls where it falls.</summary>
/// <param name="CountedOn">The day that was counted to; another one than <see cref="DueOn"/> when that is closed.</param>
/// <param name="CountedClosed">Why nobody works on the counted day.</param>
/// <param name="Skipped">Holidays and closures that counting in business days passed over, each name once.</param>
/// <param name="IsForecast">The holidays of that year are not announced yet.</param>
public sealed record PreviewedDate(Period Period, DateOnly OpensOn, DateOnly DueOn, DateOnly CountedOn, ClosedDay? CountedClosed, IReadOnlyList<(DateOnly On, ClosedDay Day)> Skipped, bool IsForecast);

/// <summary>What a request would ask for, before it is saved: the next dates, and how many periods lie behind.</summary>
public sealed record PlanPreview(IReadOnlyList<PreviewedDate> Next, int Past)
{
    public const int Shown = 6;
    private const int YearsAhead = 8;

    /// <param name="endOn">Last day of the request, or null.</param>
    public static PlanPreview Of(PeriodKind every, int opensOffset, int dueOffset, OffsetUnit dueUnit, DateOnly startOn, DateOnly? endOn, DateOnly today, BusinessCalendar calendar)
    {
        var through = (startOn > today ? startOn : today).AddYears(YearsAhead);
        var all = Plan.Of(every, opensOffset, dueOffset, dueUnit, startOn, endOn < through ? endOn.Value : through, calendar).ToList();
        return new PlanPreview(
            [.. all.Where(planned => planned.DueOn >= today).Take(Shown).Select(planned => Explain(planned, dueOffset, dueUnit, calendar))],
            all.Count(planned => planned.DueOn < today));
    }

    private static PreviewedDate Explain(PlannedPeriod planned, int dueOffset, OffsetUnit unit, BusinessCalendar calendar)
    {
        var end = planned.Period.To;
        var counted = unit == OffsetUnit.BusinessDays ? calendar.AddBusinessDays(end, dueOffset) : end.AddDays(dueOffset);
        var skipped = new List<(DateOnly, ClosedDay)>();
        for (var day = end.AddDays(1); unit == OffsetUnit.BusinessDays && day < counted; day = day.AddDays(1))
        {
            if (calendar.WhyClosed(day) is { Because: not ClosedBecause.Weekend } why && skipped.All(known => known.Item2.NameJa != why.NameJa))
            {
                skipped.Add((day, why));
            }
        }
        return new PreviewedDate(planned.Period, planned.OpensOn, planned.DueOn, counted, counted == planned.DueOn ? null : calendar.WhyClosed(counted), skipped, !calendar.IsKnown(planned.DueOn));
    }
}
