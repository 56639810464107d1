using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Web;

/// <summary>An all-day entry of a calendar.</summary>
/// <param name="Uid">The same for the same matter for ever; calendars update it by this.</param>
/// <param name="ChangedAt">UTC.</param>
/// <param name="Url">A whole address; null: none.</param>
public sealed record CalendarEntry(string Uid, DateOnly On, DateTime ChangedAt, string Summary, string Description, string? Url);

/// <summary>Writes iCalendar (RFC 5545) as Outlook, Google and Apple read it: VEVENT only, whole days, lines folded at 75 octets between characters.</summary>
public static class CalendarText
{
    public const string MediaType = "text/calendar; charset=utf-8";

    // RFC 5545 §3.1, without the line end.
    private const int MostOctets = 75;

    /// <param name="name">What calendars call it.</param>
    /// <param name="refresh">How often a calendar should ask again.</param>
    public static byte[] Write(string name, TimeSpan refresh, IEnumerable<CalendarEntry> entries)
    {
        var text = new StringBuilder();
        var hours = string.Create(CultureInfo.InvariantCulture, $"PT{(int)refresh.TotalHours}H");
        Line(text, "BEGIN:VCALENDAR");
        Line(text, "VERSION:2.0");
        Line(text, "PRODID:-//AuditTracker//AuditTracker//JA");
        Line(text, "CALSCALE:GREGORIAN");
        Line(text, "METHOD:PUBLISH");
        Line(text, "X-WR-CALNAME:" + Escaped(name));
        Line(text, "X-WR-TIMEZONE:Asia/Tokyo");
        Line(text, "REFRESH-INTERVAL;VALUE=DURATION:" + hours);
        Line(text, "X-PUBLISHED-TTL:" + hours);
        foreach (var entry in entries)
        {
            Line(text, "BEGIN:VEVENT");
            Line(text, "UID:" + Escaped(entry.Uid));
            Line(text, "DTSTAMP:" + entry.ChangedAt.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture));
            Line(text, "DTSTART;VALUE=DATE:" + Day(entry.On));
            // The day behind the last one, as the format wants it.
            Line(text, "DTEND;VALUE=DATE:" + Day(entry.On.AddDays(1)));
            Line(text, "SUMMARY:" + Escaped(entry.Summary));
            if (entry.Description.Length > 0)
            {
                Line(text, "DESCRIPTION:" + Escaped(entry.Description));
            }
            if (entry.Url is { } url)
            {
                Line(text, "URL:" + OneLine(url));
            }
            // A due date makes nobody busy.
            Line(text, "TRANSP:TRANSPARENT");
            Line(text, "END:VEVENT");
        }
        Line(text, "END:VCALENDAR");
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string Day(DateOnly on) => on.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    private static string Escaped(string text)
    {
        var escaped = new StringBuilder(text.Length + 8);
        foreach (var letter in text.ReplaceLineEndings("\n"))
        {
            _ = letter switch
            {
                '\\' => escaped.Append(@"\\"),
                ';' => escaped.Append(@"\;"),
                ',' => escaped.Append(@"\,"),
                '\n' => escaped.Append(@"\n"),
                '\t' => escaped.Append(' '),
                < ' ' or '\u007f' => escaped,
                _ => escaped.Append(letter),
            };
        }
        return escaped.ToString();
    }

    private static string OneLine(string text) => new([.. text.Where(letter => letter > ' ')]);

    /// <summary>One content line, folded: what goes on begins with a space, and no character is cut (<see cref="Rune"/>, so no surrogate pair either).</summary>
    private static void Line(StringBuilder text, string line)
    {
        var octets = 0;
        foreach (var rune in line.EnumerateRunes())
        {
            if (octets + rune.Utf8SequenceLength > MostOctets)
            {
                text.Append("\r\n ");
                octets = 1;
            }
            text.Append(rune.ToString());
            octets += rune.Utf8SequenceLength;
        }
        text.Append("\r\n");
    }
}
