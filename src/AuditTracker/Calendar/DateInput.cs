using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AuditTracker.Calendar;

/// <summary>Why a typed date was not taken.</summary>
public enum DateProblem
{
    /// <summary>Nothing was typed.</summary>
    Empty,
    /// <summary>No form we read, or a day that does not exist.</summary>
    NotADate,
    /// <summary>A year of one or two digits without an era; <see cref="DateReading.Readings"/> holds what it may mean.</summary>
    Ambiguous,
    /// <summary>Month and day where no running year is known.</summary>
    YearMissing,
    /// <summary>The era had not begun or was over on that day.</summary>
    OutsideEra,
    /// <summary>The weekday typed is not that of the date.</summary>
    WrongWeekday,
    /// <summary>Before 1873 or after 2199.</summary>
    OutOfRange,
}

/// <summary>What a typed date was read as: a day, or a problem.</summary>
/// <param name="Day">The day, when there is no problem.</param>
/// <param name="Problem">Why there is no day.</param>
/// <param name="Readings">When ambiguous, the possible days: Reiwa first, then the western year; may be empty.</param>
/// <param name="YearAssumed">The year was not typed: show the whole date back.</param>
public sealed record DateReading(DateOnly? Day, DateProblem? Problem, IReadOnlyList<DateOnly> Readings, bool YearAssumed = false)
{
    internal static DateReading Of(DateOnly day) => new(day, null, []);

    internal static DateReading Refused(DateProblem problem, params DateOnly[] readings) => new(null, problem, readings);
}

/// <summary>
/// Reads the dates people type and systems export: 2026/11/22, 2026-11-22, 2026.11.22, 20261122, 2026年11月22日, R8.11.22, 令和8年11月22日, 令和元年5月1日,
/// 11/22 in a running year, 22 Nov 2026; a weekday in brackets behind it or a midnight time is allowed. Never guesses between two readings.
/// </summary>
public static partial class DateInput
{
    private const int FirstYear = 1873, LastYear = 2199;

    /// <param name="text">As typed; full-width forms are read after NFKC.</param>
    /// <param name="runningYear">The running fiscal year, for dates without a year; null refuses them.</param>
    public static DateReading Parse(string? text, Period? runningYear = null)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return DateReading.Refused(DateProblem.Empty);
        }

        if (text.Length > 60 || !TryNormalise(text, out var normal))
        {
            return DateReading.Refused(DateProblem.NotADate);
        }

        var (date, weekday) = SplitWeekday(Midnight().Replace(normal, ""));
        var reading = ReadDate(date, runningYear);
        return reading.Day is { } day && weekday is not null && !IsWeekdayOf(day, weekday)
            ? DateReading.Refused(DateProblem.WrongWeekday)
            : reading;
    }

    private static DateReading ReadDate(string text, Period? runningYear)
    {
        if (WithEra().Match(text) is { Success: true } era)
        {
            return InEra(Era.Named(era.Groups["era"].Value)!, era.Groups["y"].Value, Number(era, "m"), Number(era, "d"));
        }

        if (Western().Match(text) is { Success: true } western)
        {
            return InYear(Number(western, "y"), Number(western, "m"), Number(western, "d"));
        }

        if (English().Match(text) is { Success: true } english)
        {
            var month = Array.FindIndex(DateText.MonthsEn, name => english.Groups["m"].Value.StartsWith(name, StringComparison.OrdinalIgnoreCase)) + 1;
            return InYear(Number(english, "y"), month, Number(english, "d"));
        }

        if (ShortYear().Match(text) is { Success: true } two)
        {
            return TwoReadings(Number(two, "y"), Number(two, "m"), Number(two, "d"));
        }

        return NoYear().Match(text) is { Success: true } none
            ? InRunningYear(Number(none, "m"), Number(none, "d"), runningYear)
            : DateReading.Refused(DateProblem.NotADate);
    }

    private static DateReading InYear(int year, int month, int day)
    {
        if (TryDay(year, month, day) is not { } found)
        {
            return DateReading.Refused(DateProblem.NotADate);
        }

        return year is < FirstYear or > LastYear ? DateReading.Refused(DateProblem.OutOfRange) : DateReading.Of(found);
    }

    private static DateReading InEra(Era era, string year, int month, int day)
    {
        var number = year == "元" ? 1 : int.Parse(year, CultureInfo.InvariantCulture);
        if (number == 0)
        {
            return DateReading.Refused(DateProblem.NotADate);
        }

        var reading = InYear(era.YearBeforeFirst + number, month, day);
        return reading.Day is { } found && (found < era.From || found > era.To) ? DateReading.Refused(DateProblem.OutsideEra) : reading;
    }

    private static DateReading TwoReadings(int year, int month, int day)
    {
        DateOnly?[] readings = [year == 0 ? null : TryDay(Era.Reiwa.YearBeforeFirst + year, month, day), TryDay(2000 + year, month, day)];
        return DateReading.Refused(DateProblem.Ambiguous, [.. readings.OfType<DateOnly>()]);
    }

    private static DateReading InRunningYear(int month, int day, Period? runningYear)
    {
        // 29 February is judged in a leap year: without a running year it is still a date that lacks its year.
        if (TryDay(2024, month, day) is null)
        {
            return DateReading.Refused(DateProblem.NotADate);
        }

        if (runningYear is not { } running)
        {
            return DateReading.Refused(DateProblem.YearMissing);
        }

        DateOnly?[] both = [TryDay(running.From.Year, month, day), TryDay(running.To.Year, month, day)];
        return both.FirstOrDefault(found => found is { } known && running.Contains(known)) is { } chosen
            ? DateReading.Of(chosen) with { YearAssumed = true }
            : DateReading.Refused(DateProblem.NotADate);
    }

    private static DateOnly? TryDay(int year, int month, int day) =>
        year is >= 1 and <= 9999 && month is >= 1 and <= 12 && day >= 1 && day <= DateTime.DaysInMonth(year, month)
            ? new DateOnly(year, month, day)
            : null;

    private static bool TryNormalise(string text, out string normal)
    {
        try
        {
            // NFKC leaves the minus sign, which some systems write for a hyphen.
            normal = text.Normalize(NormalizationForm.FormKC).Replace('−', '-').Trim();
            return true;
        }
        catch (ArgumentException)
        {
            normal = "";
            return false;
        }
    }

    private static (string Date, string? Weekday) SplitWeekday(string text) => Weekday().Match(text) is { Success: true } match
        ? (text[..match.Index], match.Groups["w"].Value)
        : (text, null);

    private static bool IsWeekdayOf(DateOnly day, string weekday) =>
        weekday == DateText.WeekdayJa(day) || day.DayOfWeek.ToString().StartsWith(weekday, StringComparison.OrdinalIgnoreCase);

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    // [0-9], not \d: \d takes the digits of every script, which int.Parse does not read.
    private const string Rest = @"\s*(?:[./-]|年)\s*(?<m>[0-9]{1,2})\s*(?:[./-]|月)\s*(?<d>[0-9]{1,2})\s*日?$";

    [GeneratedRegex("^(?<era>令和|平成|昭和|大正|明治|[RHSTMrhstm])\\s*(?<y>[0-9]{1,2}|元)" + Rest)]
    private static partial Regex WithEra();

    [GeneratedRegex("^(?:(?<y>[0-9]{4})" + Rest + "|(?<y>[0-9]{4})(?<m>[0-9]{2})(?<d>[0-9]{2})$)")]
    private static partial Regex Western();

    [GeneratedRegex("^(?:(?<y>[0-9]{1,2})" + Rest + "|(?<y>[0-9]{2})(?<m>[0-9]{2})(?<d>[0-9]{2})$)")]
    private static partial Regex ShortYear();

    [GeneratedRegex(@"^(?<m>[0-9]{1,2})\s*(?:/|月)\s*(?<d>[0-9]{1,2})\s*日?$")]
    private static partial Regex NoYear();

    [GeneratedRegex(
        "^(?<d>[0-9]{1,2}) (?<m>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?) (?<y>[0-9]{4})$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex English();

    [GeneratedRegex(@"\s*\((?<w>[日月火水木金土]|Sun|Mon|Tue|Wed|Thu|Fri|Sat)\)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Weekday();

    [GeneratedRegex(@"[ T]0?0:00(?::00(?:\.0+)?)?$")]
    private static partial Regex Midnight();
}
