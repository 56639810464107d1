namespace AuditTracker.Calendar;

/// <summary>What a due offset counts.</summary>
public enum OffsetUnit { Days, BusinessDays }

/// <summary>When a collection opens and when it is due.</summary>
public readonly record struct CollectionDates(DateOnly OpensOn, DateOnly DueOn)
{
    /// <summary>
    /// Opens <paramref name="opensOffset"/> days after the period's end (may be negative). Due <paramref name="dueOffset"/> units after it, on that day
    /// or the business day before; when that would be before the opening, on the next business day instead.
    /// </summary>
    public static CollectionDates For(Period period, int opensOffset, int dueOffset, OffsetUnit dueUnit, BusinessCalendar calendar) =>
        From(period.To, opensOffset, dueOffset, dueUnit, DeadlineShift.Previous, calendar);

    /// <summary>The same from any day, with what becomes of a due date on a closed day; it never falls before the opening.</summary>
    public static CollectionDates From(DateOnly day, int opensOffset, int dueOffset, OffsetUnit dueUnit, DeadlineShift shift, BusinessCalendar calendar)
    {
        var opensOn = day.AddDays(opensOffset);
        var counted = Counted(day, dueOffset, dueUnit, calendar);
        var dueOn = shift switch
        {
            DeadlineShift.Previous => calendar.ShiftToPrevious(counted),
            DeadlineShift.Next => calendar.ShiftToNext(counted),
            _ => counted,
        };
        if (dueOn >= opensOn)
        {
            return new(opensOn, dueOn);
        }
        var notBefore = counted > opensOn ? counted : opensOn;
        return new(opensOn, shift == DeadlineShift.None ? notBefore : calendar.ShiftToNext(notBefore));
    }

    /// <summary>The due date before any shift.</summary>
    public static DateOnly Counted(DateOnly day, int dueOffset, OffsetUnit dueUnit, BusinessCalendar calendar) =>
        dueUnit == OffsetUnit.BusinessDays ? calendar.AddBusinessDays(day, dueOffset) : day.AddDays(dueOffset);
}
