using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace AuditTracker.Calendar;

/// <summary>
/// Reads the periods people write into lists: 2025年度, 2025年度上期, 2025年度第3四半期, FY2025 Q3, FY2025 H1, 令和7年度下期, 2025年7月分, 2025/07, 2025年7～9月分, and
/// two dates joined by ～. A quarter or half is one of the fiscal year. Never guesses: what is none of these is none.
/// </summary>
public static partial class PeriodInput
{
    /// <returns>The period, or null when the text is none that we read.</returns>
    public static Period? Parse(string? text, FiscalPeriods fiscal)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > 60)
        {
            return null;
        }
        string typed;
        try
        {
            typed = Spaces().Replace(text.Normalize(NormalizationForm.FormKC), "").Replace('〜', '~');
        }
        catch (ArgumentException)
        {
            return null;
        }
        if (OfFiscalYear().Match(typed) is { Success: true } fiscalYear && YearOf(fiscalYear) is { } year)
        {
            var whole = fiscal.Year(year);
            var (quarter, half) = (fiscalYear.Groups["q"].Value, fiscalYear.Groups["h"].Value);
            return quarter.Length > 0 ? fiscal.Containing(PeriodKind.Quarter, whole.From.AddMonths(3 * (int.Parse(quarter, CultureInfo.InvariantCulture) - 1)))
                : half.Length > 0 ? fiscal.Containing(PeriodKind.Half, whole.From.AddMonths(half is "下" or "2" ? 6 : 0))
                : whole;
        }
        if (OfMonths().Match(typed) is { Success: true } months && YearOf(months) is { } calendarYear)
        {
            return Months(calendarYear, int.Parse(months.Groups["from"].ValueSpan, CultureInfo.InvariantCulture), months.Groups["to"].Value is { Length: > 0 } to ? int.Parse(to, CultureInfo.InvariantCulture) : null);
        }
        return typed.Split('~') is [var first, var last] ? Between(first, last) : null;
    }

    /// <summary>From one typed day to another; null when one of them is none or they are the wrong way round.</summary>
    public static Period? Between(string? from, string? to) =>
        DateInput.Parse(from).Day is { } first && DateInput.Parse(to).Day is { } last && first <= last ? new Period(first, last) : null;

    private static Period? Months(int year, int from, int? to)
    {
        var last = to ?? from;
        if (from is < 1 or > 12 || last is < 1 or > 12)
        {
            return null;
        }
        var end = new DateOnly(last < from ? year + 1 : year, last, 1);
        return new Period(new DateOnly(year, from, 1), end.AddMonths(1).AddDays(-1));
    }

    private static int? YearOf(Match match)
    {
        var year = match.Groups["y"].Value == "元" ? 1 : int.Parse(match.Groups["y"].ValueSpan, CultureInfo.InvariantCulture);
        if (match.Groups["era"].Value is { Length: > 0 } era)
        {
            return Era.Named(era) is { } named ? named.YearBeforeFirst + year : null;
        }
        return year is >= 1900 and < 2200 ? year : null;
    }

    private const string Year = "(?:(?<era>令和|平成|[RH])(?<y>[0-9]{1,2}|元)|(?<y>[0-9]{4}))";

    [GeneratedRegex($"^(?:FY{Year}|{Year}年度)(?:(?:第(?<q>[1-4])四半期|Q(?<q>[1-4])|(?<q>[1-4])Q)|(?:(?<h>[上下])(?:半)?期|H(?<h>[12])))?分?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfFiscalYear();

    [GeneratedRegex($"^{Year}(?:年|[/.-])(?<from>[0-9]{{1,2}})(?:月)?(?:[~-](?<to>[0-9]{{1,2}})月?)?(?:月)?分?$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OfMonths();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
