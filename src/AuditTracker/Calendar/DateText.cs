using System.Globalization;

namespace AuditTracker.Calendar;

/// <summary>
/// How dates and times are written, by us and not by a culture (a ja-JP culture set to the Japanese calendar writes other years).
/// The language is "ja" or "en"; left out, it is the language of the page (<see cref="CultureInfo.CurrentUICulture"/>).
/// Japanese years are those of the eras where <see cref="EraDates"/> says so.
/// </summary>
public static class DateText
{
    internal static readonly string[] MonthsEn = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    private static readonly string[] FullMonthsEn =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

    /// <summary>Headings, records, mails: 2026年11月22日（日） · 22 Nov 2026 (Sun).</summary>
    public static string Full(DateOnly day, string? language = null) => IsEnglish(language)
        ? $"{Plain(day, "en")} ({WeekdayEn(day)})"
        : EraDates.AreOn ? InEra(day) : $"{WesternDay(day)}（{WeekdayJa(day)}）";

    /// <summary>Tables: 2026/11/22（日） · 22 Nov 2026 (Sun).</summary>
    public static string Table(DateOnly day, string? language = null) => IsEnglish(language)
        ? Full(day, "en")
        : $"{Plain(day, "ja")}（{WeekdayJa(day)}）";

    /// <summary>Tables, without the year when the day lies in the running fiscal year: 11/22（日） · 22 Nov (Sun).</summary>
    public static string Brief(DateOnly day, Period runningYear, string? language = null)
    {
        if (!runningYear.Contains(day))
        {
            return Table(day, language);
        }

        return IsEnglish(language)
            ? $"{day.Day} {MonthsEn[day.Month - 1]} ({WeekdayEn(day)})"
            : $"{day.Month}/{day.Day}（{WeekdayJa(day)}）";
    }

    /// <summary>Without the weekday, never for a due date: 2026/11/22 · 22 Nov 2026.</summary>
    public static string Plain(DateOnly day, string? language = null) => IsEnglish(language)
        ? $"{day.Day} {MonthsEn[day.Month - 1]} {day.Year}"
        : EraDates.AreOn ? InEraShort(day) : WesternShort(day);

    /// <summary>In a sentence of a mail: 11月30日（月） · Monday 30 November.</summary>
    public static string Spoken(DateOnly day, string? language = null) => IsEnglish(language)
        ? $"{day.DayOfWeek} {day.Day} {FullMonthsEn[day.Month - 1]}"
        : $"{day.Month}月{day.Day}日（{WeekdayJa(day)}）";

    /// <summary>In the subject of a mail: 11/30(月) · Mon 30 Nov.</summary>
    public static string Subject(DateOnly day, string? language = null) => IsEnglish(language)
        ? $"{WeekdayEn(day)} {day.Day} {MonthsEn[day.Month - 1]}"
        : $"{day.Month}/{day.Day}({WeekdayJa(day)})";

    /// <summary>Forms in eras: 令和8年11月22日（日）, the first year as 元年. Before 1873 the western year.</summary>
    public static string InEra(DateOnly day) => $"{EraDay(day)}（{WeekdayJa(day)}）";

    /// <summary>Without the weekday, to tell two readings of a date apart: 令和8年11月22日.</summary>
    public static string EraDay(DateOnly day) => $"{EraYear(day)}{day.Month}月{day.Day}日";

    /// <summary>Without the weekday, to tell two readings of a date apart: 2008年11月22日.</summary>
    public static string WesternDay(DateOnly day) => $"{day.Year}年{day.Month}月{day.Day}日";

    /// <summary>R8.11.22. Before 1873 the western year.</summary>
    public static string InEraShort(DateOnly day) => Era.Of(day) is { } era
        ? $"{era.Letter}{day.Year - era.YearBeforeFirst}.{day.Month}.{day.Day}"
        : WesternShort(day);

    /// <summary>The name of a month, 1 to 12: 11月 · Nov.</summary>
    public static string Month(int month, string? language = null) => IsEnglish(language) ? MonthsEn[month - 1] : $"{month}月";

    /// <summary>For machines, and the datetime attribute of time: 2026-11-22.</summary>
    public static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>The time of day in Tokyo at a UTC instant: 17:04.</summary>
    public static string Time(DateTime utc) => JapanTime.TimeOf(utc).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <summary>With seconds, for the trail and ledgers: 17:04:09.</summary>
    public static string TimeToTheSecond(DateTime utc) => JapanTime.TimeOf(utc).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    /// <summary>Date and time in Tokyo at a UTC instant: 2026/11/22 10:41 · 22 Nov 2026 10:41.</summary>
    public static string Moment(DateTime utc, string? language = null) => $"{Plain(JapanTime.DateOf(utc), language)} {Time(utc)}";

    internal static string WeekdayJa(DateOnly day) => "日月火水木金土".Substring((int)day.DayOfWeek, 1);

    /// <summary>2026年, or 令和8年 where dates are in eras.</summary>
    internal static string YearJa(DateOnly day) => EraDates.AreOn ? EraYear(day) : $"{day.Year}年";

    /// <summary>令和8年, 令和元年, or 1872年 before the eras.</summary>
    internal static string EraYear(DateOnly day)
    {
        if (Era.Of(day) is not { } era)
        {
            return $"{day.Year}年";
        }

        var year = day.Year - era.YearBeforeFirst;
        return year == 1 ? $"{era.Name}元年" : $"{era.Name}{year}年";
    }

    internal static bool IsEnglish(string? language) => (language ?? CultureInfo.CurrentUICulture.TwoLetterISOLanguageName) == "en";

    private static string WesternShort(DateOnly day) => $"{day.Year}/{day.Month}/{day.Day}";

    private static string WeekdayEn(DateOnly day) => day.DayOfWeek.ToString()[..3];
}
