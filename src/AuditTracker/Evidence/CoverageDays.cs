using AuditTracker.Calendar;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>Items of a framework that stood in one state at the end of a day.</summary>
public sealed record CoverageDay(DateOnly Day, string Framework, CoverageState State, int Items);

/// <summary>In which state an item stood at the end of a day.</summary>
public sealed record ItemDay(DateOnly Day, string Ref, CoverageState State);

/// <summary>Coverage by day, kept so that a year of it is read at once instead of computed thirteen times. Company-wide: only for readers who see all evidence.</summary>
public sealed class CoverageDays(Db db)
{
    private sealed record Row(DateOnly Day, string Key, string State, long Items);

    /// <summary>What was kept of these days.</summary>
    public async Task<IReadOnlyList<CoverageDay>> ListAsync(IEnumerable<DateOnly> days, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return [.. (await connection.ListAsync<Row>("select day, framework as key, state, count(*) as items from coverage_item_days where day = any (@days) group by day, framework, state order by day, framework, state", new { days = days.ToArray() }, ct))
            .Select(row => new CoverageDay(row.Day, row.Key, StateOf(row.State), (int)row.Items))];
    }

    /// <summary>The same of one framework, item by item.</summary>
    public async Task<IReadOnlyList<ItemDay>> ItemsAsync(string framework, IEnumerable<DateOnly> days, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return [.. (await connection.ListAsync<Row>("select day, ref as key, state, 1::bigint as items from coverage_item_days where framework = @framework and day = any (@days)", new { framework, days = days.ToArray() }, ct))
            .Select(row => new ItemDay(row.Day, row.Key, StateOf(row.State)))];
    }

    private static CoverageState StateOf(string state) => Enum.Parse<CoverageState>(state, ignoreCase: true);
}

/// <summary>
/// Job: keeps the coverage of yesterday and of the month-ends of the last year, computed as of the end of those days. A day that was kept is
/// left alone, so the job may run as often as it likes; days it missed are made up, a month of them and the month-ends of a year.
/// </summary>
public sealed class KeepCoverageDays(Db db, CoverageStore coverage)
{
    /// <summary>Month-ends that are kept behind the running month; with today they make the thirteen points of the trend.</summary>
    public const int Months = 12;

    /// <summary>Days that are made up after a downtime, besides the month-ends.</summary>
    public const int MostMadeUp = 31;

    /// <summary>The last instant of a day in Japan, UTC, as of which it is computed.</summary>
    public static DateTime EndOf(DateOnly day) => JapanTime.StartOf(day.AddDays(1)).AddTicks(-10);

    /// <returns>How many days were kept.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (days, frameworks) = await WantedAsync(ct);
        foreach (var day in days)
        {
            var kept = new List<(string Framework, string Ref, CoverageState State)>();
            foreach (var framework in frameworks)
            {
                kept.AddRange((await coverage.OfFrameworkAsync(framework, EndOf(day), ct)).Select(item => (framework, item.Key, item.Value.State)));
            }
            await using var work = await db.BeginAsync(Actor.Job(nameof(KeepCoverageDays)), ct);
            await work.ExecuteAsync("""
                insert into coverage_item_days (day, framework, ref, state)
                select @day, framework, ref, state from unnest(@frameworks, @refs, @states) as kept (framework, ref, state) on conflict do nothing
                """, new
            {
                day,
                frameworks = kept.Select(row => row.Framework).ToArray(),
                refs = kept.Select(row => row.Ref).ToArray(),
                states = kept.Select(row => row.State.ToString().ToLowerInvariant()).ToArray(),
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
            wanted as (
                select today - 1 as day from clock union select (date_trunc('month', today) - make_interval(months => n))::date - 1 from clock, generate_series(0, @Months - 1) n
                union select today - n from clock, generate_series(2, @MostMadeUp) n where today - n > (select max(day) from coverage_item_days))
            select day from wanted
            where day >= (select tokyo_date(min(at)) from request_versions) and not exists (select from coverage_item_days k where k.day = wanted.day) order by day
            """, new { Months, MostMadeUp }, ct), await connection.ListAsync<string>("select key from frameworks where not archived and not reference order by position", ct: ct));
    }
}
