namespace AuditTracker.Calendar;

/// <summary>Between UTC instants and the calendar in Tokyo: nine hours ahead, without summer time since 1951.</summary>
public static class JapanTime
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(9);

    /// <summary>The date in Tokyo at a UTC instant.</summary>
    public static DateOnly DateOf(DateTime utc) => DateOnly.FromDateTime(WallClock(utc));

    /// <summary>The time of day in Tokyo at a UTC instant.</summary>
    public static TimeOnly TimeOf(DateTime utc) => TimeOnly.FromDateTime(WallClock(utc));

    /// <summary>The UTC instant of a time of day in Tokyo.</summary>
    public static DateTime InstantOf(DateOnly day, TimeOnly time) => new DateTime(day, time, DateTimeKind.Utc) - Ahead;

    /// <summary>The UTC instant at which a day begins in Tokyo; a day ends where the next one begins.</summary>
    public static DateTime StartOf(DateOnly day) => InstantOf(day, TimeOnly.MinValue);

    private static DateTime WallClock(DateTime utc)
    {
        // A local or unspecified time would be nine hours wrong on some machines and right on others.
        if (utc.Kind != DateTimeKind.Utc)
        {
            throw new ArgumentException("The instant must be UTC.", nameof(utc));
        }

        return DateTime.SpecifyKind(utc + Ahead, DateTimeKind.Unspecified);
    }
}
