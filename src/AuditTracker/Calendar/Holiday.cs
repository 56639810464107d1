namespace AuditTracker.Calendar;

/// <summary>A public holiday with its name in both languages.</summary>
public sealed record Holiday(DateOnly On, string NameJa, string NameEn);

/// <summary>A range of days, first and last included, on which the company is closed.</summary>
public sealed record Closure(DateOnly From, DateOnly To, string NameJa, string NameEn)
{
    /// <summary>
    /// The same closure in each year from <paramref name="firstYear"/> to <paramref name="lastYear"/> (the years in which it begins).
    /// An end that lies before the beginning in the year is in the next year: 12-29…01-03.
    /// </summary>
    public static IEnumerable<Closure> EveryYear((int Month, int Day) from, (int Month, int Day) to, string nameJa, string nameEn, int firstYear, int lastYear)
    {
        for (var year = firstYear; year <= lastYear; year++)
        {
            var ends = to.CompareTo(from) < 0 ? year + 1 : year;
            yield return new Closure(DayOf(year, from), DayOf(ends, to), nameJa, nameEn);
        }
    }

    // 29 February is the 28th in other years.
    private static DateOnly DayOf(int year, (int Month, int Day) day) =>
        new(year, day.Month, Math.Min(day.Day, DateTime.DaysInMonth(year, day.Month)));
}

/// <summary>Why nobody works on a day.</summary>
public enum ClosedBecause { Weekend, Holiday, Closure }

/// <summary>The reason a day is closed, with its name in both languages.</summary>
public sealed record ClosedDay(ClosedBecause Because, string NameJa, string NameEn);
