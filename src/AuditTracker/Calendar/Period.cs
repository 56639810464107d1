namespace AuditTracker.Calendar;

/// <summary>A range of days, both ends included.</summary>
public readonly record struct Period(DateOnly From, DateOnly To)
{
    /// <summary>How many days it covers.</summary>
    public int Days => To.DayNumber - From.DayNumber + 1;

    public bool Contains(DateOnly day) => From <= day && day <= To;
}

/// <summary>The regular periods of a fiscal year.</summary>
public enum PeriodKind { Month, Quarter, Half, Year }
