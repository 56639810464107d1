namespace AuditTracker.Calendar;

/// <summary>A Japanese era. Years count from 1 in the calendar year in which it begins; the first one is written 元.</summary>
public sealed record Era(string Name, char Letter, DateOnly From, DateOnly To)
{
    /// <summary>Newest first. Meiji from 1873, when the Gregorian calendar came into use in Japan as Meiji 6.</summary>
    public static IReadOnlyList<Era> All { get; } =
    [
        new("令和", 'R', new(2019, 5, 1), DateOnly.MaxValue),
        new("平成", 'H', new(1989, 1, 8), new(2019, 4, 30)),
        new("昭和", 'S', new(1926, 12, 25), new(1989, 1, 7)),
        new("大正", 'T', new(1912, 7, 30), new(1926, 12, 24)),
        new("明治", 'M', new(1873, 1, 1), new(1912, 7, 29)) { YearBeforeFirst = 1867 },
    ];

    /// <summary>The era of today.</summary>
    public static Era Reiwa => All[0];

    /// <summary>The calendar year before its year 1.</summary>
    public int YearBeforeFirst { get; private init; } = From.Year - 1;

    /// <summary>The era of a day, or null before 1873.</summary>
    public static Era? Of(DateOnly day) => All.FirstOrDefault(era => era.From <= day && day <= era.To);

    /// <summary>The era with this name (令和) or letter (R, r), or null.</summary>
    public static Era? Named(string name) =>
        All.FirstOrDefault(era => era.Name == name || (name.Length == 1 && char.ToUpperInvariant(name[0]) == era.Letter));
}
