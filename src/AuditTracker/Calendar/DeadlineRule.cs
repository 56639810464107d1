namespace AuditTracker.Calendar;

/// <summary>What a deadline counts from its basis.</summary>
public enum DeadlineUnit
{
    Days,
    BusinessDays,
    Weeks,

    /// <summary>The same day of another month, or that month's last day when it has no such day.</summary>
    Months,

    /// <summary>The last day of another month, whatever day the basis is.</summary>
    MonthEnds,
    Years,
}

/// <summary>Where a deadline goes that falls on a closed day.</summary>
public enum DeadlineShift { None, Previous, Next }

/// <summary>Whose closed days count.</summary>
public enum ClosedDays
{
    /// <summary>Weekends, holidays and the company's own closures; make-up days are worked.</summary>
    Company,

    /// <summary>Saturdays, Sundays and public holidays only.</summary>
    Public,

    /// <summary>Those of an administrative organ: public ones and 29 December to 3 January (行政機関の休日に関する法律 1条).</summary>
    Government,
}

/// <summary>
/// One dated version of a rule that gives a day from another day (domain.md §3.2, §11.2, §13.3): an amount of a unit from the basis, the basis counted as
/// day one or not, some days more, and a shift off closed days. Pure; which rule applies is data in <c>templates/deadlines</c>.
/// </summary>
/// <param name="Amount">Negative counts back.</param>
/// <param name="FirstDayCounts">True: the day of the basis is day one, so that day 30 is 29 days later. For days, weeks and business days only.</param>
/// <param name="ExtraDays">Calendar days added at the end: 1 makes "from the day after".</param>
/// <param name="ValidFrom">The first basis to which this version applies.</param>
/// <param name="Source">Where the rule stands, in words for people.</param>
/// <param name="Verified">False: from practice or second hand; whoever shows the date says so.</param>
public sealed record DeadlineRule(
    int Amount, DeadlineUnit Unit, bool FirstDayCounts, int ExtraDays, DeadlineShift Shift, ClosedDays Closed, DateOnly ValidFrom, string Source, bool Verified)
{
    private static readonly (int Month, int Day) YearEnd = (12, 29), NewYear = (1, 3);

    /// <summary>The day that this rule gives, and the day before any shift.</summary>
    public Deadline From(DateOnly basis, BusinessCalendar calendar)
    {
        var counting = Closed switch
        {
            ClosedDays.Company => calendar,
            ClosedDays.Public => calendar.PublicOnly([]),
            _ => calendar.PublicOnly(Closure.EveryYear(YearEnd, NewYear, "行政機関の休日", "Government closed", basis.Year - 3, basis.Year + 11)),
        };
        var counted = Count(basis, counting).AddDays(ExtraDays);
        var on = Shift switch
        {
            DeadlineShift.Previous => counting.ShiftToPrevious(counted),
            DeadlineShift.Next => counting.ShiftToNext(counted),
            _ => counted,
        };
        return new Deadline(on, counted, counting.WhyClosed(counted), calendar.IsKnown(on));
    }

    private DateOnly Count(DateOnly basis, BusinessCalendar calendar)
    {
        var amount = FirstDayCounts ? Amount - Math.Sign(Amount) : Amount;
        return Unit switch
        {
            DeadlineUnit.Days => basis.AddDays(amount),
            DeadlineUnit.BusinessDays => calendar.AddBusinessDays(basis, amount),
            DeadlineUnit.Weeks => basis.AddDays(7 * Amount - (FirstDayCounts ? Math.Sign(Amount) : 0)),
            DeadlineUnit.Months => basis.AddMonths(Amount),
            DeadlineUnit.Years => basis.AddYears(Amount),
            _ => new DateOnly(basis.Year, basis.Month, 1).AddMonths(Amount + 1).AddDays(-1),
        };
    }
}

/// <summary>A computed deadline that can explain itself.</summary>
/// <param name="CountedOn">Before the shift.</param>
/// <param name="CountedClosed">Why the counted day is closed; null on an open day.</param>
/// <param name="Known">False: the day lies beyond the announced holidays and is a forecast.</param>
public sealed record Deadline(DateOnly On, DateOnly CountedOn, ClosedDay? CountedClosed, bool Known)
{
    /// <summary>True when the day was moved off a closed day.</summary>
    public bool Shifted => On != CountedOn;
}
