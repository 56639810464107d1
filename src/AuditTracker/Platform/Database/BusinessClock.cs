using Dapper;

namespace AuditTracker.Platform.Database;

/// <summary>
/// The clock of everything a person would read on a calendar: one row all processes read (design §7, "Two clocks").
/// Sessions, leases and locks use the system's clock instead.
/// </summary>
public sealed class BusinessClock(Db db)
{
    /// <summary>The business instant, UTC, and its date in Asia/Tokyo.</summary>
    public async Task<(DateTime Now, DateOnly Today)> NowAsync(CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.QuerySingleAsync<(DateTime, DateOnly)>(new CommandDefinition(
            "select now, tokyo_date(now) from business_now() as now", cancellationToken: ct));
    }

    /// <summary>
    /// Sets the clock of a demo forward; it runs on from there. False when <paramref name="to"/> lies behind the present business instant.
    /// </summary>
    /// <param name="to">The new instant, UTC.</param>
    public static async Task<bool> SetAsync(UnitOfWork work, DateTime to, CancellationToken ct = default) =>
        await work.ExecuteAsync("""
            update business_clock set offset_us = (extract(epoch from @to - clock_timestamp()) * 1000000)::bigint
            where @to >= clock_timestamp() + offset_us * interval '1 microsecond' - interval '1 second'
            """, new { to }, ct) == 1;

    /// <summary>Sets the clock to any instant, back too: only while a demo's past is being played, before anybody reads it.</summary>
    public static Task StartAtAsync(UnitOfWork work, DateTime at, CancellationToken ct = default) =>
        work.ExecuteAsync("update business_clock set offset_us = (extract(epoch from @at - clock_timestamp()) * 1000000)::bigint", new { at }, ct);
}
