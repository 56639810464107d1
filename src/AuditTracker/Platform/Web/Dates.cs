using System.Globalization;

namespace AuditTracker.Platform.Web;

/// <summary>Writes a date in the language of the request. Forms: <c>long</c> 2026年11月22日（日）, <c>table</c> 2026/11/22（日）, <c>short</c> 11/22（日）.</summary>
public delegate string WriteDate(DateOnly on, string form);

/// <summary>Writes an instant (UTC) as time in Japan. Forms: <c>long</c> and <c>table</c> as for dates with 17:04 behind, <c>clock</c> 17:04, <c>ledger</c> with seconds.</summary>
public delegate string WriteInstant(DateTime at, string form);

/// <summary>Western dates in both languages, used until the map of rooms registers the calendar's own writers (eras).</summary>
public static class PlainDates
{
    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);

    /// <summary>The date in Japan at that instant.</summary>
    public static DateOnly DayOf(DateTime at) => DateOnly.FromDateTime(at.Add(Japan));

    /// <inheritdoc cref="WriteDate"/>
    public static string Date(DateOnly on, string form)
    {
        var english = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";
        var text = (form, english) switch
        {
            ("long", false) => on.ToString("yyyy年M月d日", CultureInfo.InvariantCulture),
            ("short", false) => on.ToString("M'/'d", CultureInfo.InvariantCulture),
            (_, false) => on.ToString("yyyy'/'M'/'d", CultureInfo.InvariantCulture),
            ("short", true) => on.ToString("d MMM", CultureInfo.InvariantCulture),
            (_, true) => on.ToString("d MMM yyyy", CultureInfo.InvariantCulture),
        };
        return english
            ? $"{text} ({on.ToString("ddd", CultureInfo.InvariantCulture)})"
            : $"{text}（{"日月火水木金土"[(int)on.DayOfWeek]}）";
    }

    /// <inheritdoc cref="WriteInstant"/>
    public static string Instant(DateTime at, string form)
    {
        var local = at.Add(Japan);
        var clock = local.ToString(form == "ledger" ? "H:mm:ss" : "H:mm", CultureInfo.InvariantCulture);
        return form == "clock" ? clock : $"{Date(DateOnly.FromDateTime(local), form == "ledger" ? "table" : form)} {clock}";
    }
}
