using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.Company;

/// <summary>A day on which the file of the Cabinet Office and the table do not say the same.</summary>
/// <param name="Before">What the table says; null: added.</param>
/// <param name="After">What the file says; null: removed.</param>
public sealed record HolidayDifference(DateOnly On, Holiday? Before, Holiday? After);

/// <summary>
/// The Cabinet Office's list of holidays (国民の祝日・休日, syukujitsu.csv; CP932 or UTF-8): a date and a name a line, from 1955 on. It calls substitute
/// and sandwiched holidays just 休日 and has no English names; those come from what is known here.
/// </summary>
public static class HolidayFile
{
    public const int MaxBytes = 1 << 20;
    private const string AnyHoliday = "休日";

    /// <summary>The days of the file, oldest first.</summary>
    /// <exception cref="InvalidInput">At <c>upload</c>: no text, or a line that is no holiday.</exception>
    public static IReadOnlyList<Holiday> Read(ReadOnlySpan<byte> bytes)
    {
        var text = DecodedText.Of(bytes);
        if (text.Problem is not null)
        {
            throw InvalidInput.At<Words>("upload", "HolidaysUnreadable", text.ProblemLine);
        }
        var table = CsvTable.Read(text.Text, maxRows: 5_000, maxCellLength: 100);
        if (table.Problems is [var problem, ..])
        {
            throw InvalidInput.At<Words>("upload", "HolidayLineWrong", problem.Line);
        }
        var days = table.Rows.Select(line => line.Cells is [var date, var name, ..] && DateInput.Parse(date).Day is { } day && name.Trim().Length > 0
            ? new Holiday(day, name.Trim(), "") : throw InvalidInput.At<Words>("upload", "HolidayLineWrong", line.Line)).OrderBy(day => day.On).ToList();
        return days.Count == 0 ? throw InvalidInput.At<Words>("upload", "HolidaysNone") : days;
    }

    /// <summary>What the file would change, by date: only in years that it has and from the first year of the table on.</summary>
    public static IReadOnlyList<HolidayDifference> Compare(IReadOnlyList<Holiday> table, IReadOnlyList<Holiday> file, int firstYear)
    {
        var years = file.Select(day => day.On.Year).Where(year => year >= firstYear).ToHashSet();
        var here = table.Where(day => years.Contains(day.On.Year)).ToDictionary(day => day.On);
        var there = file.Where(day => years.Contains(day.On.Year)).DistinctBy(day => day.On).ToDictionary(day => day.On);
        var english = table.Concat(years.Where(year => year is >= 2021 and <= 2099).SelectMany(HolidayForecast.OfYear)).DistinctBy(day => day.NameJa).ToDictionary(day => day.NameJa, day => day.NameEn);
        return
        [
            .. there.Values.Where(day => !here.ContainsKey(day.On)).Select(day => new HolidayDifference(day.On, null, Named(day, english)))
                .Concat(here.Values.Where(day => !there.ContainsKey(day.On)).Select(day => new HolidayDifference(day.On, day, null)))
                .Concat(there.Values.Where(day => day.NameJa != AnyHoliday && here.TryGetValue(day.On, out var known) && known.NameJa != day.NameJa).Select(day => new HolidayDifference(day.On, here[day.On], Named(day, english))))
                .OrderBy(difference => difference.On),
        ];
    }

    /// <summary>By the law's rules a bare 休日 is a substitute or a sandwiched holiday; a name nobody knows stays as it is, with a plain English one.</summary>
    private static Holiday Named(Holiday day, Dictionary<string, string> english)
    {
        var name = day.NameJa != AnyHoliday || day.On.Year is < 2021 or > 2099 ? day.NameJa
            : HolidayForecast.OfYear(day.On.Year).FirstOrDefault(known => known.On == day.On)?.NameJa ?? AnyHoliday;
        return day with { NameJa = name, NameEn = english.GetValueOrDefault(name, "Public holiday") };
    }
}
