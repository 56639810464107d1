using AuditTracker.Platform.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AuditTracker.Tests.Support;

/// <summary>
/// One throw-away PostgreSQL for the whole test process, started by the first test that asks and stopped and deleted when the process
/// ends, also when it is killed. It is the product's own private cluster with durability off.
/// </summary>
public sealed class TestPostgres
{
    private const string Prefix = "audit-tracker-test-";

    private const string Settings = """
        fsync = off
        synchronous_commit = off
        full_page_writes = off
        max_connections = 300
        shared_buffers = 256MB
        max_wal_size = 4GB
        autovacuum_naptime = 1h
        """;

    private static readonly Lazy<Task<TestPostgres>> One = new(() => Task.Run(StartAsync));
    private static int databases;

    private readonly PrivateCluster cluster;

    /// <summary>Kept so that it is not finalised, which would end the server under the tests.</summary>
    private readonly FileStream held;

    private TestPostgres(PrivateCluster cluster, FileStream held) => (this.cluster, this.held) = (cluster, held);

    /// <summary>The server; the first call starts it (about two seconds).</summary>
    public static Task<TestPostgres> GetAsync() => One.Value;

    /// <summary>The superuser, in the database <c>postgres</c> unless another is named.</summary>
    public string Superuser(string database = "postgres") => In(cluster.SuperuserConnectionString, database);

    /// <summary>The role that owns and migrates.</summary>
    public string Owner(string database) => In(cluster.OwnerConnectionString, database);

    /// <summary>The role web and worker have.</summary>
    public string App(string database) => In(cluster.AppConnectionString, database);

    /// <summary>
    /// Makes a database owned by the owner role and returns its name. A template must have no open connection: clear its pools first.
    /// </summary>
    public async Task<string> CreateDatabaseAsync(string template = "template0")
    {
        var name = $"test_{Interlocked.Increment(ref databases)}";
        await ExecuteAsync($"""create database {name} owner {ClusterRoles.Owner} template "{template}" """);
        await ExecuteAsync($"revoke all on database {name} from public; grant connect, temporary on database {name} to {ClusterRoles.App}");
        return name;
    }

    /// <summary>Drops a database, ending the connections it still has.</summary>
    public Task DropDatabaseAsync(string name) => ExecuteAsync($"drop database if exists {name} with (force)");

    private static async Task<TestPostgres> StartAsync()
    {
        var data = Directory.CreateTempSubdirectory(Prefix).FullName;
        var held = FileLock.TryShared(Path.Combine(data, "in-use"));
        // The test runner kills its process a tenth of a second after the last test, so nothing here could stop the server. A watcher in a
        // session of its own waits for the lock that the kernel takes from us, however we end.
        const string WhenWeAreGone = """
            setsid flock --exclusive "$0/in-use" sh -c '
                pid=$(head -n 1 "$0/postgres/postmaster.pid") && kill -QUIT "$pid" && while [ -e "$0/postgres/postmaster.pid" ] && [ -e "/proc/$pid" ]; do sleep 0.1; done
                rm -rf "$0"' "$0" </dev/null >/dev/null 2>&1 &
            """;
        (await ServerUser.RunAsync(["sh", "-c", WhenWeAreGone, data], CancellationToken.None)).Expect("No watcher for the test server");
        var cluster = await PrivateCluster.StartAsync(data, NullLogger.Instance, Settings, CancellationToken.None);
        return new TestPostgres(cluster, held!);
    }

    private static string In(string connection, string database) =>
        new NpgsqlConnectionStringBuilder(connection) { Database = database }.ConnectionString;

    private async Task ExecuteAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Superuser() + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
