using AuditTracker.Calendar;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>How much of a framework's theme stood in which state at the end of a day.</summary>
public sealed record CoverageDay(DateOnly Day, string Framework, string Theme, CoverageState State, int Items);

/// <summary>Coverage by day, kept so that a year of it is read at once instead of computed thirteen times.</summary>
public sealed class CoverageDays(Db db)
{
    private sealed record Row(DateOnly Day, string Framework, string Theme, string State, int Items);

    /// <summary>What was kept of these days. Company-wide: only for readers who see all evidence.</summary>
    public async Task<IReadOnlyList<CoverageDay>> ListAsync(IEnumerable<DateOnly> days, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return [.. (await connection.ListAsync<Row>("select day, framework, theme, state, items from coverage_days where day = any (@days) order by day, framework, theme, state", new { days = days.ToArray() }, ct))
            .Select(row => new CoverageDay(row.Day, row.Framework, row.Theme, Enum.Parse<CoverageState>(row.State, ignoreCase: true), row.Items))];
    }
}

/// <summary>
/// Job: keeps the coverage of yesterday and of the month-ends of the last year, computed as of the end of those days. A day that was kept is
/// left alone, so the job may run as often as it likes; a day it missed is made up for as long as it is a month-end or yesterday.
/// </summary>
public sealed class KeepCoverageDays(Db db, CoverageStore coverage)
{
    /// <summary>Month-ends that are kept behind the running month; with today they make the thirteen points of the trend.</summary>
    public const int Months = 12;

    private sealed record ItemTheme(string Ref, string Theme);

    /// <summary>The last instant of a day in Japan, UTC, as of which it is computed.</summary>
    public static DateTime EndOf(DateOnly day) => JapanTime.StartOf(day.AddDays(1)).AddTicks(-10);

    /// <returns>How many days were kept.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (days, frameworks) = await WantedAsync(ct);
        foreach (var day in days)
        {
            var kept = new List<CoverageDay>();
            foreach (var framework in frameworks)
            {
                kept.AddRange(await ComputeAsync(framework, day, ct));
            }
            await using var work = await db.BeginAsync(Actor.Job(nameof(KeepCoverageDays)), ct);
            await work.ExecuteAsync("""
                insert into coverage_days (day, framework, theme, state, items)
                select @day, framework, theme, state, items from unnest(@frameworks, @themes, @states, @items) as kept (framework, theme, state, items) on conflict do nothing
                """, new
            {
                day,
                frameworks = kept.Select(row => row.Framework).ToArray(),
                themes = kept.Select(row => row.Theme).ToArray(),
                states = kept.Select(row => row.State.ToString().ToLowerInvariant()).ToArray(),
                items = kept.Select(row => row.Items).ToArray(),
            }, ct);
            await work.CommitAsync(ct);
        }
        return days.Count;
    }

    /// <summary>Days not kept yet, from the day of the first request on: before it nobody was asked for anything.</summary>
    private async Task<(IReadOnlyList<DateOnly> Days, IReadOnlyList<string> Frameworks)> WantedAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<DateOnly>("""
            with clock as (select tokyo_date(business_now()) as today),
            wanted as (select today - 1 as day from clock union select (date_trunc('month', today) - make_interval(months => n))::date - 1 from clock, generate_series(0, @Months - 1) n)
            select day from wanted
            where day >= (select tokyo_date(min(at)) from request_versions) and not exists (select from coverage_days k where k.day = wanted.day) order by day
            """, new { Months }, ct), await connection.ListAsync<string>("select key from frameworks where not archived and not reference order by position", ct: ct));
    }

    private async Task<IEnumerable<CoverageDay>> ComputeAsync(string framework, DateOnly day, CancellationToken ct)
    {
        var states = await coverage.OfFrameworkAsync(framework, EndOf(day), ct);
        await using var connection = await db.OpenAsync(ct);
        var themes = await connection.ListAsync<ItemTheme>("select ref, theme from items where framework = @framework and not is_group", new { framework }, ct);
        return themes.Where(item => states.ContainsKey(item.Ref)).CountBy(item => (item.Theme, states[item.Ref].State)).Select(count => new CoverageDay(day, framework, count.Key.Theme, count.Key.State, count.Value));
    }
}
