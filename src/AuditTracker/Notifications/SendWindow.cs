using AuditTracker.Calendar;
using AuditTracker.Company;
using Npgsql;

namespace AuditTracker.Notifications;

/// <summary>The hours, in Tokyo and on business days only, in which the mails of the day leave. Until is not included.</summary>
public sealed record SendWindow(TimeOnly From, TimeOnly Until)
{
    // A reminder that was turned away at nine may try again during the day, but not in the evening.
    private static readonly TimeOnly LastRetry = new(18, 0);

    private static readonly TimeSpan[] Pauses =
        [.. new[] { 5, 10, 20, 30, 60, 120, 240 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    /// <summary>So many attempts, over about a business week, and then it has failed.</summary>
    public const int MostAttempts = 12;

    /// <summary>The hours in force on the business day: the company's, or those the operator set.</summary>
    public static async Task<SendWindow> LoadAsync(NpgsqlConnection connection, Settings settings, CancellationToken ct)
    {
        var rules = await NoticeRules.LoadAsync(connection, null, ct);
        return new SendWindow(rules.SendFrom ?? settings.SendFrom, rules.SendUntil ?? settings.SendUntil);
    }

    /// <summary>Whether mails of the day may leave at this instant.</summary>
    public bool IsOpen(DateTime now, BusinessCalendar calendar) => Next(now, calendar) == now;

    /// <summary>When a mail that waits from <paramref name="now"/> on leaves: now, or when the window opens next. UTC.</summary>
    public DateTime Next(DateTime now, BusinessCalendar calendar)
    {
        var (day, time) = (JapanTime.DateOf(now), JapanTime.TimeOf(now));
        if (calendar.IsBusinessDay(day) && time >= From && (time < Until || Until <= From))
        {
            return now;
        }
        var opens = calendar.ShiftToNext(time < From ? day : day.AddDays(1));
        return JapanTime.InstantOf(opens, From);
    }

    /// <summary>When a mail that was turned away is tried again; null: it has been tried often enough.</summary>
    /// <param name="attempts">Attempts so far, at least 1.</param>
    /// <param name="ofTheDay">Whether it keeps to business days; a mail at once does not.</param>
    public DateTime? Retry(int attempts, DateTime now, BusinessCalendar calendar, bool ofTheDay)
    {
        if (attempts >= MostAttempts)
        {
            return null;
        }
        var next = now + Pauses[Math.Min(attempts, Pauses.Length) - 1];
        var sameDay = JapanTime.DateOf(next) == JapanTime.DateOf(now) && JapanTime.TimeOf(next) < LastRetry && calendar.IsBusinessDay(JapanTime.DateOf(now));
        return !ofTheDay || sameDay ? next : Next(JapanTime.StartOf(JapanTime.DateOf(now).AddDays(1)), calendar);
    }
}
