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
    public static CollectionDates For(Period period, int opensOffset, int dueOffset, OffsetUnit dueUnit, BusinessCalendar calendar)
    {
        var opensOn = period.To.AddDays(opensOffset);
        var counted = dueUnit == OffsetUnit.BusinessDays
            ? calendar.AddBusinessDays(period.To, dueOffset)
            : period.To.AddDays(dueOffset);
        var dueOn = calendar.ShiftToPrevious(counted);
        return new(opensOn, dueOn >= opensOn ? dueOn : calendar.ShiftToNext(counted > opensOn ? counted : opensOn));
    }
}
