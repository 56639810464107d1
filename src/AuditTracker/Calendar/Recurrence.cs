using System.Globalization;

namespace AuditTracker.Calendar;

/// <summary>How often something comes.</summary>
public enum Frequency
{
    Day,
    Week,
    Month,
    Quarter,
    Half,
    Year,

    /// <summary>Every so many months, counted from the month of the start.</summary>
    Months,

    /// <summary>Each time something happens to a person; no calendar gives its days.</summary>
    Event,
}

/// <summary>
/// When something comes again (domain.md §13.3): the periods it cuts time into, and the day within each from which opening and due day are counted. Pure; stored
/// and sent as <see cref="Wire"/>, <see cref="Months"/> and <see cref="On"/>.
/// </summary>
public sealed record Recurrence
{
    public const int FewestMonths = 2, MostMonths = 60;
    private static readonly string[] Events = ["joined", "left", "transferred"];

    private Recurrence(Frequency every, string on, int months, Anchor anchor) => (Every, On, Months, this.anchor) = (every, on, months, anchor);

    private readonly Anchor anchor;

    public Frequency Every { get; }

    /// <summary>
    /// Empty: the period's last day. Of days: <c>business</c> or <c>all</c>. Of weeks: <c>friday</c>. Of months and longer, within the period's last month: <c>25</c> (or that
    /// month's last day), <c>lastBusinessDay</c>, <c>2 tuesday</c>, <c>last friday</c>. Of events: <c>joined</c>, <c>left</c>, <c>transferred</c>.
    /// </summary>
    public string On { get; }

    /// <summary>2 to 60 when <see cref="Every"/> is Months, else 0.</summary>
    public int Months { get; }

    /// <summary><see cref="Every"/> as tables, the wire and files spell it.</summary>
    public string Wire => Every.ToString().ToLowerInvariant();

    /// <summary>Only months, quarters, halves and years are periods of the fiscal year.</summary>
    public PeriodKind? Kind => Every switch
    {
        Frequency.Month => PeriodKind.Month,
        Frequency.Quarter => PeriodKind.Quarter,
        Frequency.Half => PeriodKind.Half,
        Frequency.Year => PeriodKind.Year,
        _ => null,
    };

    /// <summary>It comes once in twelve months.</summary>
    public bool IsYearly => Every == Frequency.Year || (Every == Frequency.Months && Months == 12);

    /// <summary>A month, quarter, half or year, counted from its last day.</summary>
    public static implicit operator Recurrence(PeriodKind kind) => Read(kind.ToString().ToLowerInvariant())!;

    /// <summary>Reads what tables, the wire, files and forms hold; white space around the words and their case do not matter.</summary>
    /// <returns>Null when it is no recurrence.</returns>
    public static Recurrence? Read(string? every, string? on = null, int? months = null)
    {
        if (!Enum.TryParse<Frequency>(every?.Trim(), ignoreCase: true, out var frequency) || !Enum.IsDefined(frequency) || int.TryParse(every, out _))
        {
            return null;
        }
        if (frequency == Frequency.Months ? months is not (>= FewestMonths and <= MostMonths) : months is not (null or 0))
        {
            return null;
        }
        var words = (on ?? "").Trim().ToLowerInvariant();
        Anchor? anchor = frequency switch
        {
            Frequency.Day => words is "" or "business" or "all" ? new Anchor(words == "all" ? "all" : "business") : null,
            Frequency.Week => words.Length == 0 ? Anchor.End : Weekday(words) is { } day ? new Anchor(words, Weekday: day) : null,
            Frequency.Event => Events.Contains(words) ? new Anchor(words) : null,
            _ => InMonth(words),
        };
        return anchor is { } found ? new Recurrence(frequency, found.Text, months ?? 0, found) : null;
    }

    /// <summary>Every period that has a day in <paramref name="from"/>…<paramref name="through"/>, in order, without gaps but for closed days of a recurrence by business days.</summary>
    /// <param name="start">The day on which it began: blocks of months are counted from its month. Left out: <paramref name="from"/>.</param>
    public IEnumerable<Period> Periods(DateOnly from, DateOnly through, BusinessCalendar calendar, DateOnly? start = null)
    {
        if (Kind is { } kind)
        {
            return calendar.Periods.Enumerate(kind, from, through);
        }
        return Every switch
        {
            Frequency.Day => Days(from, through).Where(day => On == "all" || calendar.IsBusinessDay(day)).Select(day => new Period(day, day)),
            Frequency.Week => Steps(from.AddDays(-(((int)from.DayOfWeek + 6) % 7)), through, day => day.AddDays(7)),
            Frequency.Months => Steps(Block(start ?? from, from), through, day => day.AddMonths(Months)),
            _ => [],
        };
    }

    /// <summary>The day of a period from which opening and due day are counted.</summary>
    public DateOnly BaseOf(Period period, BusinessCalendar calendar)
    {
        if (Every is Frequency.Day or Frequency.Event || On.Length == 0)
        {
            return period.To;
        }
        if (Every == Frequency.Week)
        {
            return period.From.AddDays(((int)anchor.Weekday + 6) % 7);
        }
        var first = new DateOnly(period.To.Year, period.To.Month, 1);
        var last = first.AddMonths(1).AddDays(-1);
        if (anchor.Day > 0)
        {
            return anchor.Day < last.Day ? first.AddDays(anchor.Day - 1) : last;
        }
        return anchor.Nth switch
        {
            0 => calendar.ShiftToPrevious(last),
            Anchor.Last => last.AddDays(-(((int)last.DayOfWeek - (int)anchor.Weekday + 7) % 7)),
            _ => first.AddDays((((int)anchor.Weekday - (int)first.DayOfWeek + 7) % 7) + 7 * (anchor.Nth - 1)),
        };
    }

    /// <summary>Whether this is one of its periods. A closed day is one too: what the company closed later may have been worked.</summary>
    public bool Cuts(Period period, FiscalPeriods fiscal, DateOnly start) => Every switch
    {
        Frequency.Day => period.Days == 1,
        Frequency.Week => period.Days == 7 && period.From.DayOfWeek == DayOfWeek.Monday,
        Frequency.Months => period.From.Day == 1 && period.From == Block(start, period.From) && period.To == period.From.AddMonths(Months).AddDays(-1),
        Frequency.Event => false,
        _ => fiscal.Containing(Kind!.Value, period.From) == period,
    };

    private static IEnumerable<DateOnly> Days(DateOnly from, DateOnly through) => Enumerable.Range(0, Math.Max(0, through.DayNumber - from.DayNumber + 1)).Select(from.AddDays);

    private static IEnumerable<Period> Steps(DateOnly from, DateOnly through, Func<DateOnly, DateOnly> next)
    {
        for (var day = from; day <= through; day = next(day))
        {
            yield return new Period(day, next(day).AddDays(-1));
        }
    }

    /// <summary>First day of the block of months that holds a day.</summary>
    private DateOnly Block(DateOnly start, DateOnly day)
    {
        var away = (day.Year - start.Year) * 12 + day.Month - start.Month;
        return new DateOnly(day.Year, day.Month, 1).AddMonths(-(((away % Months) + Months) % Months));
    }

    private static Anchor? InMonth(string words)
    {
        if (words.Length == 0)
        {
            return Anchor.End;
        }
        if (words == "lastbusinessday")
        {
            return new Anchor("lastBusinessDay");
        }
        if (int.TryParse(words, NumberStyles.None, CultureInfo.InvariantCulture, out var day))
        {
            return day is >= 1 and <= 31 ? new Anchor($"{day}", Day: day) : null;
        }
        return words.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var nth, var name] && Weekday(name) is { } weekday
            && (nth == "last" ? Anchor.Last : nth is ['1' or '2' or '3' or '4'] ? nth[0] - '0' : 0) is var place and not 0 ? new Anchor($"{nth} {name}", Weekday: weekday, Nth: place) : null;
    }

    private static DayOfWeek? Weekday(string word) => !int.TryParse(word, out _) && Enum.TryParse<DayOfWeek>(word, ignoreCase: true, out var day) && Enum.IsDefined(day) ? day : null;

    /// <summary><see cref="On"/>, read.</summary>
    /// <param name="Day">Of the month; 0: none.</param>
    /// <param name="Nth">1 to 4, or <see cref="Last"/>; 0: none.</param>
    private readonly record struct Anchor(string Text, int Day = 0, DayOfWeek Weekday = default, int Nth = 0)
    {
        public const int Last = 5;
        public static Anchor End => new("");
    }

    /// <summary>Weekday and place within the month, for sentences; null where there is none.</summary>
    internal (int Nth, DayOfWeek Day)? Weekly => anchor.Nth > 0 || (Every == Frequency.Week && On.Length > 0) ? (anchor.Nth, anchor.Weekday) : null;

    /// <summary>Day of the month, for sentences; 0 where there is none.</summary>
    internal int DayOfMonth => anchor.Day;
}
