using System.Diagnostics;

namespace AuditTracker.Platform.Database;

/// <summary>
/// The PostgreSQL that <c>serve</c> and the other verbs start for themselves when no connection is configured: files in
/// <c>&lt;data&gt;/postgres</c>, reached by Unix socket only. Several processes may use it at once: whoever comes first starts it,
/// whoever comes later adopts it, and the last one to leave stops it.
/// </summary>
public sealed class PrivateCluster : IAsyncDisposable
{
    private static readonly TimeSpan LeftoversFor = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPatience = TimeSpan.FromSeconds(30);

    private readonly ClusterFolder folder;
    private readonly ILogger log;
    private readonly string settings;
    private FileStream? inUse;

    private PrivateCluster(ClusterFolder folder, ILogger log, FileStream inUse, string settings) => (this.folder, this.log, this.inUse, this.settings) = (folder, log, inUse, settings);

    /// <summary>Role <c>audit_tracker_owner</c>: owns the database and all in it, migrates. Not a superuser.</summary>
    public string OwnerConnectionString { get; private set; } = "";

    /// <summary>Role <c>audit_tracker_app</c>: what web and worker connect as.</summary>
    public string AppConnectionString { get; private set; } = "";

    /// <summary>The superuser, for tests: let in by user over the socket, so only where the server was started by us.</summary>
    internal string SuperuserConnectionString { get; private set; } = "";

    /// <summary>True when this call started the server, false when it adopted a running one.</summary>
    public bool Started { get; private set; }

    internal int Pid { get; private set; }

    /// <summary>
    /// Makes the cluster in <paramref name="data"/> when there is none, starts it or adopts a live one, and makes the roles and the database.
    /// Waits while another process starts or stops it, and while it recovers from a crash.
    /// </summary>
    /// <exception cref="PrivateClusterException">Programs missing, folder out of reach, or the server does not start: the message says what to do.</exception>
    public static Task<PrivateCluster> StartAsync(string data, ILogger log, CancellationToken stop = default) => StartAsync(data, log, "", stop);

    internal static async Task<PrivateCluster> StartAsync(string data, ILogger log, string extraSettings, CancellationToken stop)
    {
        try
        {
            ClusterFolder.MakeData(data = Path.GetFullPath(data));
            await using var alone = await FileLock.ExclusiveAsync(Path.Combine(data, ClusterFolder.LockFile), stop);
            var folder = await ClusterFolder.PrepareAsync(data, log, stop);
            var inUse = FileLock.TryShared(folder.InUseFile) ?? throw new PrivateClusterException($"{folder.InUseFile} is locked by another program.");
            var cluster = new PrivateCluster(folder, log, inUse, extraSettings);
            try
            {
                var roles = ClusterRoles.Load(folder.Keys);
                var postmaster = await cluster.StartOrAdoptAsync(extraSettings, stop);
                if (cluster.Started || roles.Fresh)
                    await roles.ProvisionAsync(postmaster.SocketFolder, stop);
                cluster.Pid = postmaster.Pid;
                cluster.OwnerConnectionString = ClusterRoles.ConnectionString(postmaster.SocketFolder, ClusterRoles.Owner, roles.OwnerPassword);
                cluster.AppConnectionString = ClusterRoles.ConnectionString(postmaster.SocketFolder, ClusterRoles.App, roles.AppPassword);
                cluster.SuperuserConnectionString = ClusterRoles.ConnectionString(postmaster.SocketFolder, ClusterRoles.Superuser, null, "postgres");
                return cluster;
            }
            catch
            {
                await cluster.LeaveAsync();
                throw;
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new PrivateClusterException($"{error.Message} It may have been made by another user: run as that user, or as root.", error);
        }
    }

    /// <summary>
    /// Looks every second whether the server still runs, and starts it again when it was killed, waiting longer after each start that failed. Roles,
    /// passwords and socket stay, so that connections come back by themselves. Being cancelled is its ordinary end, also where the host goes without a stop.
    /// </summary>
    public async Task KeepRunningAsync(ILogger log, CancellationToken stop)
    {
        try
        {
            await WatchAsync(log, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task WatchAsync(ILogger log, CancellationToken stop)
    {
        var patience = Patience;
        while (true)
        {
            await Task.Delay(Patience, stop);
            if (Postmaster.Lives(Pid))
            {
                continue;
            }
            log.Log(LogLevel.Error, "PostgreSQL (process {Pid}) is gone; starting it again", Pid);
            try
            {
                var since = Stopwatch.StartNew();
                await using var alone = await FileLock.ExclusiveAsync(Path.Combine(folder.Data, ClusterFolder.LockFile), stop);
                Pid = (await StartOrAdoptAsync(settings, stop)).Pid;
                patience = Patience;
                log.Log(LogLevel.Warning, "PostgreSQL is back (process {Pid}) after {Elapsed} ms", Pid, since.ElapsedMilliseconds);
            }
            catch (Exception problem) when (problem is PrivateClusterException or IOException or UnauthorizedAccessException)
            {
                patience = patience * 2 > LongestPatience ? LongestPatience : patience * 2;
                log.Log(LogLevel.Error, "PostgreSQL does not start; next try in {Seconds} s. {Reason}", (int)patience.TotalSeconds, problem.Message);
                await Task.Delay(patience, stop);
            }
        }
    }

    /// <summary>Leaves the server, and stops it cleanly when nobody else uses it. Call it after the host has stopped. May be called twice.</summary>
    public async Task StopAsync()
    {
        if (inUse is null)
            return;
        await using var alone = await FileLock.ExclusiveAsync(Path.Combine(folder.Data, ClusterFolder.LockFile), CancellationToken.None);
        await LeaveAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task<Postmaster> StartOrAdoptAsync(string extraSettings, CancellationToken stop)
    {
        var since = Stopwatch.StartNew();
        while (true)
        {
            var found = await Postmaster.FindAsync(folder.Database, stop);
            if (found is { Ready: true })
            {
                log.Log(LogLevel.Information, "PostgreSQL (process {Pid}) {How} in {Folder}", found.Pid, Started ? "started" : "was already running", folder.Database);
                return found;
            }
            if (found is not null)
            {
                await Task.Delay(100, stop); // starting, recovering or stopping under somebody who was killed
                continue;
            }
            await folder.ConfigureAsync(extraSettings, stop);
            folder.RemoveLeftovers();
            // pg_ctl puts the server into a session of its own: Ctrl+C in our terminal does not stop it under our feet.
            var start = await folder.User.RunAsUserAsync(
                [folder.Binaries["pg_ctl"], "start", "-D", folder.Database, "-l", folder.StartLog, "-w", "-t", "86400", "-s"], stop);
            if (start.ExitCode == 0)
            {
                Started = true;
                continue;
            }
            // For a second or two after a kill the old children still hold the shared memory and the pid file still counts.
            var reason = folder.LastWords();
            var leftovers = reason.Contains("postmaster.pid", StringComparison.Ordinal) || reason.Contains("shared memory block", StringComparison.Ordinal);
            if (!leftovers || since.Elapsed > LeftoversFor)
                throw new PrivateClusterException($"PostgreSQL did not start. {start.Error}\n{reason}");
            await Task.Delay(200, stop);
        }
    }

    private async Task LeaveAsync()
    {
        if (inUse is null)
            return;
        await inUse.DisposeAsync();
        inUse = null;
        await using var last = FileLock.TryExclusive(folder.InUseFile);
        if (last is null)
        {
            log.Log(LogLevel.Information, "PostgreSQL goes on: another process uses it");
            return;
        }
        if (await Postmaster.FindAsync(folder.Database, CancellationToken.None) is not null)
            (await folder.User.RunAsUserAsync([folder.Binaries["pg_ctl"], "stop", "-D", folder.Database, "-m", "fast", "-w", "-t", "600", "-s"], CancellationToken.None))
                .Expect("PostgreSQL did not stop");
        folder.RemoveForeignSocketFolder();
        log.Log(LogLevel.Information, "PostgreSQL stopped");
    }
}
