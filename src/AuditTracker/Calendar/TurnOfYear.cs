namespace AuditTracker.Calendar;

/// <summary>The closure over the turn of the year (年末年始, mostly 12-29…01-03), which no list of public holidays has.</summary>
public static class TurnOfYear
{
    /// <summary>The usual one in each year from <paramref name="firstYear"/> to <paramref name="lastYear"/>, for a company that has said nothing yet.</summary>
    public static IEnumerable<Closure> Usual(int firstYear, int lastYear) => Closure.EveryYear((12, 29), (1, 3), "年末年始休業", "Year-end closure", firstYear, lastYear);

    /// <summary>
    /// The turns of later years, closed as that of <paramref name="knownYear"/>: a company that changed its closure or took it away keeps that. A turn where something is closed already is left as it is.
    /// </summary>
    /// <param name="closures">All that the company has.</param>
    /// <param name="knownYear">The last year whose days were brought in.</param>
    public static IEnumerable<Closure> Onward(IReadOnlyCollection<Closure> closures, int knownYear, int firstYear, int lastYear)
    {
        var kept = closures.Where(closure => Touches(closure, knownYear)).ToList();
        return Enumerable.Range(firstYear, Math.Max(0, lastYear - firstYear + 1)).Where(year => !closures.Any(closure => Touches(closure, year)))
            .SelectMany(year => kept.Select(closure => closure with { From = closure.From.AddYears(year - knownYear), To = closure.To.AddYears(year - knownYear) }));
    }

    private static bool Touches(Closure closure, int year) => closure.From <= new DateOnly(year + 1, 1, 3) && closure.To >= new DateOnly(year, 12, 29);
}
