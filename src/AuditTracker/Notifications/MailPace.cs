using AuditTracker.Platform.Database;
using Dapper;

namespace AuditTracker.Notifications;

/// <summary>Mails a minute, evenly spread, all workers together: who takes a place in the row waits until it is there.</summary>
public sealed class MailPace(Db db, Settings settings)
{
    /// <summary>Null: no limit.</summary>
    public int? PerMinute => settings.MailsPerMinute;

    /// <summary>Waits until a mail may leave.</summary>
    /// <param name="patience">How long at the most.</param>
    /// <returns>False: not within that time, and no place is taken.</returns>
    public async Task<bool> TakeAsync(TimeSpan patience, CancellationToken ct)
    {
        if (PerMinute is not { } perMinute)
        {
            return true;
        }
        TimeSpan? wait;
        await using (var connection = await db.OpenAsync(ct))
        {
            wait = await connection.QuerySingleOrDefaultAsync<TimeSpan?>(new CommandDefinition("""
                update mail_pace set next_at = greatest(next_at, clock_timestamp()) + @gap
                where next_at <= clock_timestamp() + @patience returning next_at - @gap - clock_timestamp()
                """, new { gap = TimeSpan.FromMinutes(1) / perMinute, patience }, cancellationToken: ct));
        }
        if (wait is null)
        {
            return false;
        }
        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait.Value, ct);
        }
        return true;
    }
}
