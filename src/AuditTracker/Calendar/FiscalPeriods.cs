namespace AuditTracker.Calendar;

/// <summary>
/// The months, quarters, halves and years of a fiscal year that begins on the first of <see cref="StartMonth"/>.
/// A fiscal year bears the number of the calendar year in which it begins.
/// </summary>
public sealed record FiscalPeriods
{
    /// <param name="startMonth">1 to 12.</param>
    public FiscalPeriods(int startMonth = 4)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(startMonth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(startMonth, 12);
        StartMonth = startMonth;
    }

    public int StartMonth { get; }

    /// <summary>The fiscal year of a day: 2026 for 2027-03-31 when years begin in April.</summary>
    public int YearOf(DateOnly day) => day.Month >= StartMonth ? day.Year : day.Year - 1;

    /// <summary>The whole fiscal year with this number.</summary>
    public Period Year(int number) => Starting(new DateOnly(number, StartMonth, 1), PeriodKind.Year);

    /// <summary>The period of this kind in which the day lies.</summary>
    public Period Containing(PeriodKind kind, DateOnly day)
    {
        var intoYear = (day.Month - StartMonth + 12) % 12;
        var firstOfMonth = new DateOnly(day.Year, day.Month, 1);
        return Starting(firstOfMonth.AddMonths(-(intoYear % Months(kind))), kind);
    }

    /// <summary>The period of this kind after the one given.</summary>
    public Period Next(PeriodKind kind, Period period) => Containing(kind, period.To.AddDays(1));

    /// <summary>The period of this kind before the one given.</summary>
    public Period Previous(PeriodKind kind, Period period) => Containing(kind, period.From.AddDays(-1));

    /// <summary>Every period, whole, that has a day in <paramref name="from"/>…<paramref name="to"/>; the first one contains <paramref name="from"/>.</summary>
    public IEnumerable<Period> Enumerate(PeriodKind kind, DateOnly from, DateOnly to)
    {
        for (var period = Containing(kind, from); from <= to && period.From <= to; period = Next(kind, period))
        {
            yield return period;
        }
    }

    /// <summary>Which regular period this is, or null when it is none (begins or ends elsewhere).</summary>
    public PeriodKind? KindOf(Period period)
    {
        foreach (var kind in Enum.GetValues<PeriodKind>())
        {
            if (Containing(kind, period.From) == period)
            {
                return kind;
            }
        }

        return null;
    }

    /// <summary>True for the first half of a fiscal year (上期).</summary>
    public bool IsFirstHalf(Period half) => half.From.Month == StartMonth;

    private static Period Starting(DateOnly from, PeriodKind kind) => new(from, from.AddMonths(Months(kind)).AddDays(-1));

    private static int Months(PeriodKind kind) => kind switch
    {
        PeriodKind.Month => 1,
        PeriodKind.Quarter => 3,
        PeriodKind.Half => 6,
        _ => 12,
    };
}
