using AuditTracker.Platform.Database;

namespace AuditTracker.Trail;

/// <summary>
/// Whether the role we run as could rewrite the trail: it owns the tables, may become their owner, or may write to them. That is so
/// when only one connection is configured and it is the owner's (design §7). Said in the log at start and on the trail's page.
/// </summary>
public sealed partial class TrailProtection(Db db, ILogger<TrailProtection> log) : IHostedService
{
    public async Task<bool> IsProtectedAsync(CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("""
            select not bool_or(pg_has_role(current_user, relowner, 'MEMBER') or has_table_privilege(current_user, oid, 'INSERT, UPDATE, DELETE, TRUNCATE, TRIGGER') or has_any_column_privilege(current_user, oid, 'INSERT, UPDATE'))
            from pg_class where oid in ('trail.entries'::regclass, 'trail.entry_values'::regclass)
            """, ct: ct);
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!await IsProtectedAsync(cancellationToken))
        {
            LogUnprotected(log);
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "The trail is not protected: this process connects as a role that may rewrite it. Give the app a role of its own (ConnectionStrings__Main) and keep the owner's for migrations (ConnectionStrings__Owner).")]
    private static partial void LogUnprotected(ILogger log);
}
