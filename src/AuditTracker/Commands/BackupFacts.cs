using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using Npgsql;

namespace AuditTracker.Commands;

/// <summary>One snapshot of the database, held open while it is written out, and what its manifest says of it.</summary>
public sealed class BackupFacts : IAsyncDisposable
{
    private readonly NpgsqlDataSource source;
    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction transaction;

    private BackupFacts(NpgsqlDataSource source, NpgsqlConnection connection, NpgsqlTransaction transaction) => (this.source, this.connection, this.transaction) = (source, connection, transaction);

    private sealed record Instants(DateTime Installation, DateTime TakenAt, DateTime BusinessNow);

    /// <summary>Its name for other sessions.</summary>
    public string Snapshot { get; private set; } = "";

    public int Postgres { get; private set; }
    public DateTime Installation { get; private set; }
    public DateTime TakenAt { get; private set; }
    public DateTime BusinessNow { get; private set; }
    public IReadOnlyDictionary<string, string> Schema { get; private set; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, long> Tables { get; private set; } = new Dictionary<string, long>();
    public BackupTrail? Trail { get; private set; }
    public IReadOnlyList<Blob> Blobs { get; private set; } = [];

    /// <param name="owner">Connection string of the owner role.</param>
    public static async Task<BackupFacts> TakeAsync(string owner, CancellationToken ct)
    {
        // The snapshot stays open for as long as the dump takes; nothing may end it for being idle.
        var source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(owner) { Pooling = false, CommandTimeout = 0, KeepAlive = 30 }.ConnectionString);
        var connection = await new Db(source).OpenAsync(ct);
        var transaction = await connection.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, ct);
        var facts = new BackupFacts(source, connection, transaction) { Snapshot = (await connection.FirstAsync<string>("select pg_export_snapshot()", ct: ct))! };
        facts.Postgres = await DatabaseDump.MajorAsync(connection, ct);
        (facts.Installation, facts.TakenAt, facts.BusinessNow) = (await connection.FirstAsync<Instants>("select created_at as installation, now() as taken_at, trail.business(now()) as business_now from installation", ct: ct))!;
        facts.Schema = (await connection.ListAsync<(string Name, string Sha256)>("select name, sha256 from migrations order by name", ct: ct)).ToDictionary(row => row.Name, row => row.Sha256);
        facts.Tables = await CountAsync(connection, ct);
        facts.Trail = await TrailHeadAsync(connection, ct);
        facts.Blobs = await connection.ListAsync<Blob>("select sha256, size from kept_blobs order by sha256", ct: ct);
        return facts;
    }

    /// <summary>Rows of every table but the job engine's.</summary>
    public static async Task<IReadOnlyDictionary<string, long>> CountAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var (name, sql) in await connection.ListAsync<(string, string)>("""
            select schemaname || '.' || tablename, format('select count(*) from %I.%I', schemaname, tablename) from pg_tables where schemaname in ('public', 'trail')
            """, ct: ct))
        {
            counts[name] = await connection.FirstAsync<long>(sql, ct: ct);
        }
        return counts;
    }

    public static Task<BackupTrail?> TrailHeadAsync(NpgsqlConnection connection, CancellationToken ct) =>
        connection.FirstAsync<BackupTrail>("select id, encode(sha256(canonical), 'hex') as sha256 from trail.entries order by id desc limit 1", ct: ct);

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
        await source.DisposeAsync();
    }
}
