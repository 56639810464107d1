using AuditTracker.Calendar;
using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>Resources of the room's words.</summary>
public sealed class Words;

/// <summary>A recurring demand for evidence, as one of its versions says (design §6). Past collections keep the version they were planned from.</summary>
/// <param name="Minutes">What it usually takes the owner.</param>
/// <param name="OpensOffset">Days after the period's end; may be negative.</param>
/// <param name="DueOffset">Units after the period's end.</param>
public sealed record RequestTerms(
    string Title, string Guidance, int Minutes, PeriodKind Every, int OpensOffset, int DueOffset, OffsetUnit DueUnit,
    long OwnerId, long ReviewerId, DateOnly StartOn, DateOnly? EndOn)
{
    /// <summary>The rules that need no database.</summary>
    /// <exception cref="InvalidInput">At the first field that cannot be taken.</exception>
    public void Check()
    {
        if (Title.Trim().Length is 0 or > 200)
        {
            throw InvalidInput.At<Words>("title", "TitleLength", 200);
        }
        if (Guidance.Length > 10_000)
        {
            throw InvalidInput.At<Words>("guidance", "GuidanceLength", 10_000);
        }
        if (Minutes is < 1 or > 10_000)
        {
            throw InvalidInput.At<Words>("minutes", "MinutesRange");
        }
        if (OpensOffset is < -366 or > 366)
        {
            throw InvalidInput.At<Words>("opens", "OffsetRange");
        }
        if (DueOffset is < -366 or > 366)
        {
            throw InvalidInput.At<Words>("due", "OffsetRange");
        }
        if (EndOn < StartOn)
        {
            throw InvalidInput.At<Words>("endOn", "EndBeforeStart");
        }
        if (StartOn.Year is < 2000 or > 2100)
        {
            throw InvalidInput.At<Words>("startOn", "StartRange");
        }
        if (OwnerId == ReviewerId)
        {
            throw InvalidInput.At<Words>("reviewer", "ReviewerIsOwner");
        }
    }

    /// <summary>The same plan: only these decide which periods there are and when they open and fall due.</summary>
    public bool PlansLike(RequestTerms other) =>
        (Every, OpensOffset, DueOffset, DueUnit, StartOn, EndOn) == (other.Every, other.OpensOffset, other.DueOffset, other.DueUnit, other.StartOn, other.EndOn);
}

/// <summary>A period with its dates, before anything is stored.</summary>
public readonly record struct PlannedPeriod(Period Period, DateOnly OpensOn, DateOnly DueOn);

/// <summary>Which periods a request has (design §6): the one that holds its start first, ahead as far as the horizon.</summary>
public static class Plan
{
    /// <summary>How far ahead of the business date every request is planned.</summary>
    public static DateOnly Horizon(DateOnly today) => today.AddMonths(12);

    public static IEnumerable<PlannedPeriod> Of(PeriodKind every, int opensOffset, int dueOffset, OffsetUnit dueUnit, DateOnly from, DateOnly through, BusinessCalendar calendar) =>
        calendar.Periods.Enumerate(every, from, through).Select(period =>
        {
            var dates = CollectionDates.For(period, opensOffset, dueOffset, dueUnit, calendar);
            return new PlannedPeriod(period, dates.OpensOn, dates.DueOn);
        });
}
