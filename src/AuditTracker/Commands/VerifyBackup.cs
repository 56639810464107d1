using System.Runtime.InteropServices;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Commands;

/// <summary>
/// <c>verify --backup DIR</c>: checks every byte of a backup, loads its database into a PostgreSQL of its own in a folder for the time being, and verifies the trail there.
/// The living installation is not touched: of it only the heads noted in its data folder are read, so far as the backup reaches.
/// </summary>
public sealed class VerifyBackup(Settings settings, Action<string> say)
{
    private const string Prefix = "audit-tracker-verify-", LockOf = ".lock";

    /// <param name="from">One backup, or a folder of backups: then the newest.</param>
    /// <param name="scratch">Where there is room for the database; null: the folder for temporary files.</param>
    /// <exception cref="UsageException">It is no backup, or damaged, or cannot be loaded here.</exception>
    public async Task<Verdict> RunAsync(string from, string? scratch, IReadOnlyList<byte[]> heads, bool withRows, CancellationToken ct)
    {
        var place = Directory.CreateDirectory(scratch ?? Path.GetTempPath()).FullName;
        await ClearAsync(place);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        var folder = Path.Combine(place, $"{Prefix}{Guid.NewGuid():N}");
        // The lock comes before the folder and goes after it: what stands there without one is nobody's.
        var held = FileLock.TryExclusive(folder + LockOf) ?? throw new UsageException($"{folder}{LockOf} is locked by another program.");
        try
        {
            return await VerifyAsync(from, folder, heads, withRows, stop.Token);
        }
        finally
        {
            Remove(folder);
            await held.DisposeAsync();
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private async Task<Verdict> VerifyAsync(string from, string data, IReadOnlyList<byte[]> heads, bool withRows, CancellationToken ct)
    {
        // No connection strings: whatever server the installation has, this one is the folder's own.
        var apart = Settings.From(new ConfigurationBuilder().AddInMemoryCollection([new("AuditTracker:Data", data)]).Build());
        await using var installation = await new Restore(apart, say).LoadAsync(from, ct);
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        long last;
        await using (var connection = await services.GetRequiredService<Db>().OpenAsync(ct))
        {
            last = await connection.FirstAsync<long>("select coalesce(max(number), 0) from trail.seals", ct: ct);
        }
        var noted = new HeadJournal(Path.Combine(settings.Data, "trail", "heads")).Read().Where(line => line.Number <= last).Select(line => line.Head);
        return await services.GetRequiredService<VerifyTrail>().RunAsync([.. heads, .. noted], withRows: withRows, isLive: false, ct: ct);
    }

    /// <summary>What one that was killed has left: a lock nobody holds, a folder, and perhaps its server.</summary>
    private static async Task ClearAsync(string place)
    {
        foreach (var locked in Directory.EnumerateFiles(place, $"{Prefix}*{LockOf}"))
        {
            await using var held = FileLock.TryExclusive(locked);
            if (held is null)
            {
                continue;
            }
            var left = locked[..^LockOf.Length];
            if (File.Exists(Path.Combine(left, "postgres", "postmaster.pid")))
            {
                // Whoever adopts a server stops it when nobody else uses it.
                try
                {
                    await (await PrivateCluster.StartAsync(left, NullLogger.Instance)).DisposeAsync();
                }
                catch (PrivateClusterException)
                {
                    // It was killed while the cluster was being made: there is no server to stop.
                }
            }
            Remove(left);
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
        File.Delete(folder + LockOf);
    }
}
