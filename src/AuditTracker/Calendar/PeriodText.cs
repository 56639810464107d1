namespace AuditTracker.Calendar;

/// <summary>How periods are written. The language is "ja" or "en"; left out, it is the language of the page.</summary>
public static class PeriodText
{
    /// <summary>
    /// Beside a date that shows the year: 7月分, 7～9月分, 上期, 2026年度 · Jul 2026, Jul–Sep 2026, FY2026 first half, FY2026.
    /// A period that is none of the fiscal year's: its two dates.
    /// </summary>
    public static string Label(Period period, FiscalPeriods fiscal, string? language = null) =>
        DateText.IsEnglish(language) ? English(period, fiscal) : Japanese(period, fiscal, withYear: false);

    /// <summary>Standing alone: 2026年7月分, 2026年7～9月分, 2026年度上期, 2026年度; English as in <see cref="Label"/>.</summary>
    public static string LabelWithYear(Period period, FiscalPeriods fiscal, string? language = null) =>
        DateText.IsEnglish(language) ? English(period, fiscal) : Japanese(period, fiscal, withYear: true);

    /// <summary>2026/4/1～2026/9/30 · 1 Apr 2026 – 30 Sep 2026.</summary>
    public static string Dates(Period period, string? language = null) =>
        DateText.Plain(period.From, language) + (DateText.IsEnglish(language) ? " – " : "～") + DateText.Plain(period.To, language);

    /// <summary>2026年度 · FY2026.</summary>
    public static string FiscalYear(int year, string? language = null) => DateText.IsEnglish(language) ? $"FY{year}" : EraDates.AreOn ? $"{DateText.EraYear(new DateOnly(year, 12, 31))}度" : $"{year}年度";

    /// <summary>2026年度（令和8年度）, by the era on the first day of the fiscal year.</summary>
    public static string FiscalYearWithEra(int year, FiscalPeriods fiscal) =>
        $"{year}年度（{DateText.EraYear(fiscal.Year(year).From)}度）";

    private static string Japanese(Period period, FiscalPeriods fiscal, bool withYear)
    {
        var year = withYear ? DateText.YearJa(period.From) : "";
        return fiscal.KindOf(period) switch
        {
            PeriodKind.Month => $"{year}{period.From.Month}月分",
            PeriodKind.Quarter => $"{year}{period.From.Month}～{period.To.Month}月分",
            PeriodKind.Half => (withYear ? YearJa(fiscal, period) : "") + (fiscal.IsFirstHalf(period) ? "上期" : "下期"),
            PeriodKind.Year => YearJa(fiscal, period),
            _ when period.Days == 1 => withYear ? DateText.Plain(period.From, "ja") + "分" : $"{period.From.Month}/{period.From.Day}分",
            _ when IsWholeMonths(period) => $"{year}{period.From.Month}月～{(withYear && period.To.Year != period.From.Year ? DateText.YearJa(period.To) : "")}{period.To.Month}月分",
            _ => Dates(period, "ja"),
        };
    }

    private static bool IsWholeMonths(Period period) => period.From.Day == 1 && period.To.AddDays(1).Day == 1;

    private static string YearJa(FiscalPeriods fiscal, Period period) =>
        EraDates.AreOn ? $"{DateText.EraYear(fiscal.Year(fiscal.YearOf(period.From)).From)}度" : $"{fiscal.YearOf(period.From)}年度";

    private static string English(Period period, FiscalPeriods fiscal)
    {
        var (from, to) = (DateText.MonthsEn[period.From.Month - 1], DateText.MonthsEn[period.To.Month - 1]);
        return fiscal.KindOf(period) switch
        {
            PeriodKind.Month => $"{from} {period.From.Year}",
            PeriodKind.Quarter when period.From.Year == period.To.Year => $"{from}–{to} {period.To.Year}",
            PeriodKind.Quarter => $"{from} {period.From.Year}–{to} {period.To.Year}",
            PeriodKind.Half => $"FY{fiscal.YearOf(period.From)} {(fiscal.IsFirstHalf(period) ? "first" : "second")} half",
            PeriodKind.Year => $"FY{fiscal.YearOf(period.From)}",
            _ when period.Days == 1 => DateText.Plain(period.From, "en"),
            _ when IsWholeMonths(period) => period.From.Year == period.To.Year ? $"{from}–{to} {period.To.Year}" : $"{from} {period.From.Year}–{to} {period.To.Year}",
            _ => Dates(period, "en"),
        };
    }
}
