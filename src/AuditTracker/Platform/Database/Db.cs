using System.Data;
using Dapper;
using Npgsql;

namespace AuditTracker.Platform.Database;

/// <summary>The door to PostgreSQL for the app role. Reads open a connection; every write goes through a <see cref="UnitOfWork"/>.</summary>
public sealed class Db(NpgsqlDataSource source)
{
    static Db() => DefaultTypeMap.MatchNamesWithUnderscores = true;

    /// <summary>An open connection for reads; the caller disposes it.</summary>
    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken ct = default) => source.OpenConnectionAsync(ct);

    /// <summary>
    /// Starts one business operation: one transaction, the actor every trail entry will name, and the business instant it happens at.
    /// </summary>
    public async Task<UnitOfWork> BeginAsync(Actor actor, CancellationToken ct = default)
    {
        var connection = await source.OpenConnectionAsync(ct);
        try
        {
            var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
            var (now, today) = await connection.QuerySingleAsync<(DateTime, DateOnly)>(new CommandDefinition("""
                select now, tokyo_date(now) from (select business_now() as now, set_config('audit.actor', @Name, true), set_config('audit.request', @Request, true)) as started
                """, actor, transaction, cancellationToken: ct));
            return new UnitOfWork(connection, transaction, actor, now, today);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }
}
