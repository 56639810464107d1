using Dapper;
using Npgsql;

namespace AuditTracker.Platform.Database;

/// <summary>
/// One business operation in one transaction. Disposing without <see cref="CommitAsync"/> undoes everything.
/// </summary>
public sealed class UnitOfWork(NpgsqlConnection connection, NpgsqlTransaction transaction, Actor actor, DateTime now, DateOnly today) : IAsyncDisposable
{
    public NpgsqlConnection Connection { get; } = connection;
    public NpgsqlTransaction Transaction { get; } = transaction;
    public Actor Actor { get; } = actor;

    /// <summary>The business instant of the operation, UTC; the same for all its rows.</summary>
    public DateTime Now { get; } = now;

    /// <summary>The business date in Asia/Tokyo.</summary>
    public DateOnly Today { get; } = today;

    public Task<int> ExecuteAsync(string sql, object? parameters = null, CancellationToken ct = default) =>
        Connection.ExecuteAsync(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct));

    public async Task<IReadOnlyList<T>> QueryAsync<T>(string sql, object? parameters = null, CancellationToken ct = default) =>
        (await Connection.QueryAsync<T>(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct))).AsList();

    public Task<T?> FirstAsync<T>(string sql, object? parameters = null, CancellationToken ct = default) =>
        Connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, Transaction, cancellationToken: ct));

    public Task CommitAsync(CancellationToken ct = default) => Transaction.CommitAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await Transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }
}

/// <summary>Short forms for reads on an open connection; the unit of work has the same names.</summary>
public static class Reads
{
    public static async Task<IReadOnlyList<T>> ListAsync<T>(this NpgsqlConnection connection, string sql, object? parameters = null, CancellationToken ct = default) =>
        (await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct))).AsList();

    public static Task<T?> FirstAsync<T>(this NpgsqlConnection connection, string sql, object? parameters = null, CancellationToken ct = default) =>
        connection.QueryFirstOrDefaultAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: ct));
}
