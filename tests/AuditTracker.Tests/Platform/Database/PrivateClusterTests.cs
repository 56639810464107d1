using System.Diagnostics;
using AuditTracker.Platform.Database;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AuditTracker.Tests.Platform.Database;

public sealed class PrivateClusterTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-tracker-cluster-").FullName;

    public PrivateClusterTests()
    {
        // The server's user must get past this folder; the data folder inside it is the cluster's own business.
        File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);
    }

    private string Data => Path.Combine(folder, "data");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task What_was_written_is_there_after_a_stop_and_a_start()
    {
        await using (var first = await StartAsync(Data))
        {
            Assert.True(first.Started);
            await AskAsync(first.OwnerConnectionString, "create table kept as select 42 as answer");
            await first.StopAsync();
            await EndedAsync(first.Pid);
        }
        await using var second = await StartAsync(Data);
        Assert.Equal(42, await AskAsync(second.OwnerConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task It_is_utf8_durable_and_reached_by_socket_and_password_only()
    {
        await using var cluster = await StartAsync(Data);
        Assert.Equal("UTF8 C.UTF-8", await AskAsync(cluster.AppConnectionString,
            "select pg_encoding_to_char(encoding) || ' ' || datcollate from pg_database where datname = current_database()"));
        Assert.Equal("on,on,on,", await AskAsync(cluster.AppConnectionString,
            "select concat_ws(',', current_setting('fsync'), current_setting('full_page_writes'), current_setting('synchronous_commit'), current_setting('listen_addresses'))"));
        Assert.Equal(true, await AskAsync(cluster.SuperuserConnectionString,
            "select bool_and(rolpassword like 'SCRAM-SHA-256$%' and not rolsuper) from pg_authid where rolname in ('audit_tracker_owner', 'audit_tracker_app')"));
        Assert.Equal("audit_tracker_owner", await AskAsync(cluster.AppConnectionString,
            "select pg_get_userbyid(datdba) from pg_database where datname = current_database()"));

        var wrong = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString) { Password = "guessed" }.ConnectionString;
        var refused = await Assert.ThrowsAsync<PostgresException>(() => AskAsync(wrong, "select 1"));
        Assert.Equal(PostgresErrorCodes.InvalidPassword, refused.SqlState);
        foreach (var key in Directory.GetFiles(Path.Combine(Data, "keys")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
    }

    [Fact]
    public async Task A_lost_password_file_is_made_anew()
    {
        await using (var first = await StartAsync(Data))
            await AskAsync(first.AppConnectionString, "select 1");
        File.Delete(Path.Combine(Data, "keys", "postgres-app"));
        await using var second = await StartAsync(Data);
        Assert.Equal(1, await AskAsync(second.AppConnectionString, "select 1"));
    }

    [Fact]
    public async Task After_the_server_was_killed_it_starts_again_at_once_and_nothing_committed_is_lost()
    {
        await using var first = await StartAsync(Data);
        await AskAsync(first.OwnerConnectionString, "create table kept as select 42 as answer");
        Process.GetProcessById(first.Pid).Kill();

        await using var second = await StartAsync(Data);

        Assert.True(second.Started);
        Assert.NotEqual(first.Pid, second.Pid);
        Assert.Equal(42, await AskAsync(second.OwnerConnectionString, "select answer from kept"));
    }

    [Fact]
    public async Task Watching_the_server_ends_quietly_when_its_host_goes()
    {
        await using var cluster = await StartAsync(Data);
        using var host = new CancellationTokenSource();
        var watch = cluster.KeepRunningAsync(NullLogger.Instance, host.Token);
        Assert.False(watch.IsCompleted);
        await host.CancelAsync();
        await watch;
        Assert.True(Postmaster.Lives(cluster.Pid));
    }

    [Fact]
    public async Task A_pid_file_that_names_somebody_else_does_not_bar_the_start()
    {
        await using (var first = await StartAsync(Data))
            await first.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "postgres", "postmaster.pid"), $"{Environment.ProcessId}\n{Data}/postgres\n");
        await using var second = await StartAsync(Data);
        Assert.True(second.Started);
    }

    [Fact]
    public async Task Of_two_starters_at_once_one_starts_and_the_last_to_leave_stops()
    {
        var both = await Task.WhenAll(StartAsync(Data), StartAsync(Data));
        Assert.Single(both, cluster => cluster.Started);
        Assert.Equal(both[0].Pid, both[1].Pid);

        await both.Single(cluster => cluster.Started).StopAsync();
        var other = both.Single(cluster => !cluster.Started);
        Assert.Equal(1, await AskAsync(other.AppConnectionString, "select 1"));

        await other.StopAsync();
        await EndedAsync(other.Pid);
    }

    [Fact]
    public async Task A_path_too_long_for_a_socket_gets_a_private_folder_elsewhere()
    {
        var data = Path.Combine(folder, new string('長', 40), "data, 2026");
        string socket;
        await using (var cluster = await StartAsync(data))
        {
            Assert.Equal(1, await AskAsync(cluster.AppConnectionString, "select 1"));
            socket = new NpgsqlConnectionStringBuilder(cluster.AppConnectionString).Host!;
            Assert.False(socket.StartsWith(data, StringComparison.Ordinal));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(socket));
        }
        Assert.False(Directory.Exists(socket));
    }

    [Fact]
    public async Task A_database_of_a_version_that_is_not_installed_names_the_package()
    {
        await using (var cluster = await StartAsync(Data))
            await cluster.StopAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "postgres", "PG_VERSION"), "14\n");
        var refused = await Assert.ThrowsAsync<PrivateClusterException>(() => StartAsync(Data));
        Assert.Contains("postgresql-14", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_programs_the_message_names_the_package()
    {
        Directory.CreateDirectory(Path.Combine(folder, "13", "bin"));
        File.WriteAllText(Path.Combine(folder, "13", "bin", "initdb"), "");
        var refused = Assert.Throws<PrivateClusterException>(() => PostgresBinaries.Find(root: folder));
        Assert.Contains("Debian package postgresql", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_highest_version_is_chosen_by_number()
    {
        foreach (var version in new[] { "9", "15", "16", "100" })
        {
            Directory.CreateDirectory(Path.Combine(folder, version, "bin"));
            File.WriteAllText(Path.Combine(folder, version, "bin", "initdb"), "");
        }
        Assert.Equal(100, PostgresBinaries.Find(root: folder).Version);
        Assert.Equal(15, PostgresBinaries.Find(madeBy: 15, root: folder).Version);
    }

    [Fact]
    public async Task As_root_a_folder_the_server_cannot_enter_is_named()
    {
        if (!Environment.IsPrivilegedProcess)
            return; // without root the server is ourselves, and no folder of ours is closed to it
        var home = Path.Combine(folder, "home");
        Directory.CreateDirectory(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var refused = await Assert.ThrowsAsync<PrivateClusterException>(() => StartAsync(Path.Combine(home, "data")));
        Assert.Contains($"cannot enter {home}.", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>The server removes its pid file a moment before it ends, and a process nobody has collected yet still has a folder in /proc.</summary>
    private static async Task EndedAsync(int pid)
    {
        for (var tries = 0; File.Exists($"/proc/{pid}/status") && !(await File.ReadAllTextAsync($"/proc/{pid}/status")).Contains("State:\tZ", StringComparison.Ordinal); tries++)
        {
            Assert.True(tries < 50, "the server still runs five seconds after its stop");
            await Task.Delay(100);
        }
    }

    private static Task<PrivateCluster> StartAsync(string data) => PrivateCluster.StartAsync(data, NullLogger.Instance);

    private static async Task<object?> AskAsync(string connection, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync();
    }
}
