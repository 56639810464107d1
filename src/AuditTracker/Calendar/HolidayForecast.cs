namespace AuditTracker.Calendar;

/// <summary>
/// The holidays of years that are not announced yet, by the rules of the Act on National Holidays (祝日法; domain.md §13.2). A forecast: the
/// equinoxes are announced by the gazette of 1 February of the year before, and the law itself may change (it did for 2019–2021).
/// </summary>
public static class HolidayForecast
{
    private static readonly (int Month, int Day, string Ja, string En)[] Fixed =
    [
        (1, 1, "元日", "New Year's Day"), (2, 11, "建国記念の日", "National Foundation Day"), (2, 23, "天皇誕生日", "Emperor's Birthday"),
        (4, 29, "昭和の日", "Showa Day"), (5, 3, "憲法記念日", "Constitution Memorial Day"), (5, 4, "みどりの日", "Greenery Day"),
        (5, 5, "こどもの日", "Children's Day"), (8, 11, "山の日", "Mountain Day"), (11, 3, "文化の日", "Culture Day"),
        (11, 23, "勤労感謝の日", "Labor Thanksgiving Day"),
    ];

    private static readonly (int Month, int Nth, string Ja, string En)[] Mondays =
    [
        (1, 2, "成人の日", "Coming of Age Day"), (7, 3, "海の日", "Marine Day"), (9, 3, "敬老の日", "Respect for the Aged Day"),
        (10, 2, "スポーツの日", "Sports Day"),
    ];

    /// <summary>The holidays of a year in order, substitute and sandwiched ones included.</summary>
    /// <param name="year">2021 (the last change of the law) to 2099 (the end of the formula for the equinoxes).</param>
    /// <exception cref="ArgumentOutOfRangeException">The rules here do not describe that year.</exception>
    public static IReadOnlyList<Holiday> OfYear(int year)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(year, 2021);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(year, 2099);

        var named = Fixed.Select(day => new Holiday(new DateOnly(year, day.Month, day.Day), day.Ja, day.En))
            .Concat(Mondays.Select(day => new Holiday(NthMonday(year, day.Month, day.Nth), day.Ja, day.En)))
            .Append(new Holiday(Equinox(year, 3, 20.8431), "春分の日", "Vernal Equinox Day"))
            .Append(new Holiday(Equinox(year, 9, 23.2488), "秋分の日", "Autumnal Equinox Day"))
            .ToDictionary(holiday => holiday.On);

        // Article 3 (2): a holiday on a Sunday moves to the nearest day after it that is none itself.
        var substitutes = named.Keys.Where(day => day.DayOfWeek == DayOfWeek.Sunday).ToList()
            .ConvertAll(sunday => new Holiday(FirstFree(sunday, named), "振替休日", "Substitute holiday"));

        // Article 3 (3): a day between two holidays is one, unless it is a Sunday or a substitute holiday already.
        var between = named.Keys.Where(day => named.ContainsKey(day.AddDays(2)) && !named.ContainsKey(day.AddDays(1)))
            .Select(day => day.AddDays(1))
            .Where(day => day.DayOfWeek != DayOfWeek.Sunday && substitutes.TrueForAll(holiday => holiday.On != day))
            .Select(day => new Holiday(day, "国民の休日", "National holiday"));

        return [.. named.Values.Concat(substitutes).Concat(between).OrderBy(holiday => holiday.On)];
    }

    private static DateOnly FirstFree(DateOnly day, Dictionary<DateOnly, Holiday> named)
    {
        while (named.ContainsKey(day))
        {
            day = day.AddDays(1);
        }

        return day;
    }

    private static DateOnly NthMonday(int year, int month, int nth)
    {
        var first = new DateOnly(year, month, 1);
        return first.AddDays((8 - (int)first.DayOfWeek) % 7 + 7 * (nth - 1));
    }

    // The usual approximation for 1980–2099: the mean day of 1980, 0.242194 days later each year, one day less for each leap year.
    private static DateOnly Equinox(int year, int month, double dayOf1980)
    {
        var since = year - 1980;
        return new DateOnly(year, month, (int)(dayOf1980 + 0.242194 * since) - since / 4);
    }
}
