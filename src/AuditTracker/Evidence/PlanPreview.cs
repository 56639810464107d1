using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>One occurrence of a request that does not exist yet, and why it falls where it falls.</summary>
/// <param name="CountedOn">The day that was counted to; another one than <see cref="DueOn"/> when that is closed.</param>
/// <param name="CountedClosed">Why nobody works on the counted day.</param>
/// <param name="Skipped">Holidays and closures that counting in business days passed over, each name once.</param>
/// <param name="IsForecast">The holidays of that year are not announced yet.</param>
public sealed record PreviewedDate(Period Period, DateOnly OpensOn, DateOnly DueOn, DateOnly CountedOn, ClosedDay? CountedClosed, IReadOnlyList<(DateOnly On, ClosedDay Day)> Skipped, bool IsForecast);

/// <summary>What a request would ask for, before it is saved: the next dates, and how many periods lie behind.</summary>
/// <param name="Rule">What they follow from.</param>
public sealed record PlanPreview(PlanRule Rule, IReadOnlyList<PreviewedDate> Next, int Past)
{
    public const int Shown = 6;
    private const int YearsAhead = 8;

    /// <param name="endOn">Last day of the request, or null.</param>
    public static PlanPreview Of(Recurrence every, int opensOffset, int dueOffset, OffsetUnit dueUnit, DateOnly startOn, DateOnly? endOn, DateOnly today, BusinessCalendar calendar, DeadlineShift shift = DeadlineShift.Previous)
    {
        var rule = new PlanRule(every, opensOffset, dueOffset, dueUnit, shift, startOn);
        if (every.Every == Frequency.Event)
        {
            // What happens to people has no dates yet: those it would have, did it happen today.
            return new PlanPreview(rule, [Explain(rule, rule.At(new Period(today, today), calendar), calendar)], 0);
        }
        var from = startOn > today ? startOn : today;
        var through = every.Every == Frequency.Months ? from.AddMonths(every.Months * (Shown + 2)) : from.AddYears(YearsAhead);
        var all = rule.Expand(startOn, endOn < through ? endOn.Value : through, calendar).ToList();
        return new PlanPreview(
            rule, [.. all.Where(planned => planned.DueOn >= today).Take(Shown).Select(planned => Explain(rule, planned, calendar))],
            all.Count(planned => planned.DueOn < today));
    }

    private static PreviewedDate Explain(PlanRule rule, PlannedPeriod planned, BusinessCalendar calendar)
    {
        var start = rule.Every.BaseOf(planned.Period, calendar);
        var counted = CollectionDates.Counted(start, rule.DueOffset, rule.DueUnit, calendar);
        var skipped = new List<(DateOnly, ClosedDay)>();
        for (var day = start.AddDays(1); rule.DueUnit == OffsetUnit.BusinessDays && day < counted; day = day.AddDays(1))
        {
            if (calendar.WhyClosed(day) is { Because: not ClosedBecause.Weekend } why && skipped.All(known => known.Item2.NameJa != why.NameJa))
            {
                skipped.Add((day, why));
            }
        }
        return new PreviewedDate(planned.Period, planned.OpensOn, planned.DueOn, counted, counted == planned.DueOn ? null : calendar.WhyClosed(counted), skipped, !calendar.IsKnown(planned.DueOn));
    }
}
