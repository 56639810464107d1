using System.Globalization;
using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>Why the service itself waived a period: kept as a fact, and worded in the reader's language when it is shown.</summary>
public static class WaiverReason
{
    private const string BehindEnd = "behindEnd:";

    /// <summary>The period lies behind the request's last day.</summary>
    public static string Of(DateOnly endOn) => BehindEnd + DateText.Iso(endOn);

    /// <summary>The request's last day, when that is the reason; null for what a person wrote.</summary>
    public static DateOnly? EndIn(string? reason) => reason?.StartsWith(BehindEnd, StringComparison.Ordinal) == true
        && DateOnly.TryParseExact(reason[BehindEnd.Length..], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}
