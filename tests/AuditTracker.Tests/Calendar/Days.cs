using System.Globalization;
using AuditTracker.Calendar;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace AuditTracker.Tests.Calendar;

/// <summary>Dates in tests, and a calendar with the holidays of the file and the closure of 12-29…01-03.</summary>
internal static class Days
{
    public static IReadOnlyList<HolidayLine> Lines { get; } = ReadLines(out knownThrough);

    public static BusinessCalendar Ours { get; } = With();

    private static DateOnly knownThrough;

    public static DateOnly KnownThrough => knownThrough;

    public static DateOnly D(string iso) => DateOnly.ParseExact(iso, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static Period P(string from, string to) => new(D(from), D(to));

    public static BusinessCalendar With(params DateOnly[] makeUpDays) => new(
        4,
        Lines.Select(line => new Holiday(D(line.Date), line.NameJa, line.NameEn)),
        Closure.EveryYear((12, 29), (1, 3), "年末年始休業", "Year-end closure", 2024, 2030),
        makeUpDays,
        KnownThrough);

    private static IReadOnlyList<HolidayLine> ReadLines(out DateOnly through)
    {
        var yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).Build();
        using var reader = File.OpenText(Path.Combine(AppContext.BaseDirectory, "templates/calendars/japan-holidays.yaml"));
        var file = yaml.Deserialize<HolidayFile>(reader);
        through = D(file.KnownThrough);
        return file.Holidays;
    }

    internal sealed class HolidayFile
    {
        public string KnownThrough { get; set; } = "";

        public List<HolidayLine> Holidays { get; set; } = [];
    }

    internal sealed class HolidayLine
    {
        public string Date { get; set; } = "";

        public string NameJa { get; set; } = "";

        public string NameEn { get; set; } = "";

        public string Source { get; set; } = "";
    }
}
