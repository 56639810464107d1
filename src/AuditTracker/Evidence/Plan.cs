using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>A period with its dates, before anything is stored.</summary>
public readonly record struct PlannedPeriod(Period Period, DateOnly OpensOn, DateOnly DueOn);

/// <summary>What decides which periods a request has, when they open and when they fall due; versions that agree on it are planned alike.</summary>
/// <param name="OpensOffset">Days after the day counted from; may be negative.</param>
/// <param name="DueOffset">Units after it.</param>
/// <param name="StartOn">A day of the month from which blocks of months are counted.</param>
public sealed record PlanRule(Recurrence Every, int OpensOffset, int DueOffset, OffsetUnit DueUnit, DeadlineShift Shift, DateOnly StartOn)
{
    /// <summary>The rule as a row of <c>request_versions</c> holds it.</summary>
    public static PlanRule Of(string every, int months, string on, int opensOffset, int dueOffset, string dueUnit, string shift, DateOnly startOn) =>
        new(Recurrence.Read(every, on, months) ?? throw new InvalidOperationException($"\"{every} {on}\" is no recurrence."), opensOffset, dueOffset,
            Enum.Parse<OffsetUnit>(dueUnit, ignoreCase: true), Enum.Parse<DeadlineShift>(shift, ignoreCase: true), startOn);

    /// <summary>Every period with a day in the range, with its dates; none of a recurrence by events.</summary>
    public IEnumerable<PlannedPeriod> Expand(DateOnly from, DateOnly through, BusinessCalendar calendar) => Every.Periods(from, through, calendar, StartOn).Select(period => At(period, calendar));

    /// <summary>A period with its dates.</summary>
    public PlannedPeriod At(Period period, BusinessCalendar calendar)
    {
        var dates = CollectionDates.From(Every.BaseOf(period, calendar), OpensOffset, DueOffset, DueUnit, Shift, calendar);
        return new PlannedPeriod(period, dates.OpensOn, dates.DueOn);
    }
}

/// <summary>Which periods a request has (design §6): the one that holds its start first, ahead as far as the horizon.</summary>
public static class Plan
{
    /// <summary>How far ahead of the business date every request is planned.</summary>
    public static DateOnly Horizon(DateOnly today) => today.AddMonths(12);

    public static IEnumerable<PlannedPeriod> Of(Recurrence every, int opensOffset, int dueOffset, OffsetUnit dueUnit, DateOnly from, DateOnly through, BusinessCalendar calendar) =>
        new PlanRule(every, opensOffset, dueOffset, dueUnit, DeadlineShift.Previous, from).Expand(from, through, calendar);
}

/// <summary>Periods of many rules as the columns of one statement: each rule is expanded once, whatever the number of requests that share it.</summary>
public sealed class PlannedRows
{
    /// <summary>What a statement reads them by; alias <c>p</c>.</summary>
    internal const string Sql = "unnest(@PlanKey, @From, @To, @OpensOn, @DueOn) p (plan_key, period_from, period_to, opens_on, due_on)";

    /// <summary>The columns of <c>request_versions</c> that a rule is read from; alias <c>v</c>.</summary>
    internal const string RuleColumns = "v.plan_key, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift";

    private PlannedRows(IReadOnlyList<(string Key, PlannedPeriod Planned)> rows) => this.rows = rows;

    private readonly IReadOnlyList<(string Key, PlannedPeriod Planned)> rows;

    public string[] PlanKey => [.. rows.Select(row => row.Key)];
    public DateOnly[] From => [.. rows.Select(row => row.Planned.Period.From)];
    public DateOnly[] To => [.. rows.Select(row => row.Planned.Period.To)];
    public DateOnly[] OpensOn => [.. rows.Select(row => row.Planned.OpensOn)];
    public DateOnly[] DueOn => [.. rows.Select(row => row.Planned.DueOn)];

    /// <summary>Every rule over its own days.</summary>
    internal static PlannedRows Of(IEnumerable<KeyedRule> rules, BusinessCalendar calendar) =>
        new([.. rules.SelectMany(keyed => keyed.Rule.Expand(keyed.First, keyed.Last, calendar).Select(planned => (keyed.PlanKey, planned)))]);

    /// <summary>One day each, for what happened on it.</summary>
    internal static PlannedRows Of(IEnumerable<(KeyedRule Keyed, DateOnly On)> events, BusinessCalendar calendar) =>
        new([.. events.Select(one => (one.Keyed.PlanKey, one.Keyed.Rule.At(new Period(one.On, one.On), calendar)))]);
}

/// <summary>A distinct rule and the days it is asked for, as a statement over <see cref="PlannedRows.RuleColumns"/> gives it.</summary>
/// <param name="StartOn">Of any request with this rule: those with the same key have the same blocks.</param>
internal sealed record KeyedRule(string PlanKey, string Every, int EveryMonths, string OnDay, int OpensOffset, int DueOffset, string DueUnit, string DueShift, DateOnly StartOn, DateOnly First, DateOnly Last)
{
    public PlanRule Rule => PlanRule.Of(Every, EveryMonths, OnDay, OpensOffset, DueOffset, DueUnit, DueShift, StartOn);
}
