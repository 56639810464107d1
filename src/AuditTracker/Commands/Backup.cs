using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;

namespace AuditTracker.Commands;

/// <summary>
/// <c>backup --to DIR [--keep N] [--verify]</c>, beside a running service: one snapshot of the database first, then the files its rows refer to
/// (those that DIR has already are not copied again), then the keys; the manifest last.
/// </summary>
public sealed class Backup(Installation installation, Action<string> say)
{
    /// <param name="Folder">Where the backup stands.</param>
    public sealed record Result(string Folder, BackupManifest Manifest, long Copied);

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--verify");
        var keep = arguments.Get("--keep") is not { } given ? (int?)null
            : int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number : throw new UsageException("--keep takes how many backups stay, at least 1.");
        var to = arguments.Need("--to");
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        var result = await new Backup(installation, Console.WriteLine).TakeAsync(to, keep, arguments.Has("--verify"), CancellationToken.None);
        return result.Manifest.Damaged.Count == 0 ? 0 : 3;
    }

    /// <param name="to">The folder of backups.</param>
    /// <param name="keep">How many backups stay there; null = all.</param>
    /// <param name="verify">Whether the files that are there already are read again, and replaced where they went bad.</param>
    /// <exception cref="UsageException">The folder cannot take this backup.</exception>
    public async Task<Result> TakeAsync(string to, int? keep, bool verify, CancellationToken ct)
    {
        var watch = Stopwatch.StartNew();
        using var backups = BackupFolder.Open(to, installation.Settings.Data);
        var part = backups.Begin(DateTime.UtcNow);
        var keys = Directory.CreateDirectory(Path.Combine(part, "keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        BackupManifest manifest;
        long copied;
        await using (var facts = await BackupFacts.TakeAsync(installation.Owner, ct))
        {
            await RefuseOthersAsync(backups, facts.Installation, ct);
            var binaries = PostgresBinaries.ForServer(facts.Postgres);
            var dump = await new DatabaseDump(installation.Owner, binaries).WriteAsync(facts.Snapshot, bytes => BackupFolder.CopyAsync(bytes, part, "database.dump", ct), ct);
            say($"Database: {facts.Tables.Values.Sum()} rows in {facts.Tables.Count} tables, {dump.Size} bytes.");
            (copied, var damaged, var destroyed) = await CopyBlobsAsync(facts.Blobs, backups.Blobs, verify, ct);
            var kept = new List<BackupFile>();
            foreach (var file in KeysOf(installation.Settings.Data))
            {
                await using var from = File.OpenRead(file);
                kept.Add(await BackupFolder.CopyAsync(from, keys, Path.GetFileName(file), ct));
            }
            DurableFiles.SyncDirectory(keys);
            manifest = new BackupManifest(BackupManifest.CurrentFormat, ProductVersion, facts.Installation, facts.TakenAt, facts.BusinessNow, facts.Postgres, installation.AppRole,
                facts.Schema, facts.Tables, facts.Trail, dump, kept, [.. facts.Blobs.Where(blob => !destroyed.Contains(blob.Sha256))], damaged, await CopyTemplatesAsync(part, ct));
        }
        await manifest.WriteAsync(part, ct);
        var folder = backups.Finish(part);
        say($"Files: {manifest.Blobs.Count}, {copied} of them new. Backup: {folder} ({watch.Elapsed.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s)");
        foreach (var sha256 in manifest.Damaged)
        {
            say($"DAMAGED: the file {sha256} is not what was handed in, or gone. It is in no backup here either.");
        }
        await RememberAsync(manifest, folder, backups.Location, copied, ct);
        if (keep is { } count && await backups.PruneAsync(count, ct) is var (gone, files) && gone + files > 0)
        {
            say($"Removed {gone} older backups and {files} files that only they had.");
        }
        return new Result(folder, manifest, copied);
    }

    internal static string ProductVersion => typeof(Backup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>Backups of another installation would be taken for older ones of this, and pruned.</summary>
    private static async Task RefuseOthersAsync(BackupFolder backups, DateTime installation, CancellationToken ct)
    {
        if (BackupFolder.List(backups.Location) is [var newest, ..] && (await BackupManifest.ReadAsync(newest, ct)).Installation != installation)
        {
            throw new UsageException($"{backups.Location} holds backups of another installation. Give each installation a folder of its own.");
        }
    }

    /// <summary>Destroyed: those that were destroyed, as their term asks, since the snapshot; no backup is to have them.</summary>
    private async Task<(long Copied, IReadOnlyList<string> Damaged, IReadOnlySet<string> Destroyed)> CopyBlobsAsync(IReadOnlyList<Blob> blobs, BlobStore into, bool verify, CancellationToken ct)
    {
        var from = new BlobStore(Path.Combine(installation.Settings.Data, "blobs"));
        var (damaged, destroyed) = (new List<string>(), new HashSet<string>());
        var copied = 0L;
        foreach (var blob in blobs)
        {
            if (into.SizeOf(blob.Sha256) == blob.Size && (!verify || await into.VerifyAsync(blob.Sha256, ct)))
            {
                continue;
            }
            into.Remove(blob.Sha256);
            if (await CopyBlobAsync(from, into, blob, ct))
            {
                copied++;
            }
            else if (await IsDestroyedAsync(blob.Sha256, ct))
            {
                destroyed.Add(blob.Sha256);
            }
            else
            {
                damaged.Add(blob.Sha256);
            }
        }
        return (copied, damaged, destroyed);
    }

    /// <summary>Asks the service's database as it is now, not the snapshot.</summary>
    private async Task<bool> IsDestroyedAsync(string sha256, CancellationToken ct)
    {
        await using var connection = await new Db(installation.App).OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select from destroyed_blobs where sha256 = @sha256)", new { sha256 }, ct);
    }

    private static async Task<bool> CopyBlobAsync(BlobStore from, BlobStore into, Blob blob, CancellationToken ct)
    {
        try
        {
            await using var bytes = from.Open(blob.Sha256);
            var written = await into.SaveAsync(bytes, long.MaxValue, ct);
            if (written == blob)
            {
                return true;
            }
            into.Remove(written.Sha256);
            return false;
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
    }

    /// <summary>All but the passwords of the private cluster's roles and what is just being written.</summary>
    private static IEnumerable<string> KeysOf(string data) => Path.Combine(data, "keys") is var keys && Directory.Exists(keys)
        ? Directory.GetFiles(keys).Where(file => Path.GetFileName(file) is var name && !name.StartsWith("postgres-", StringComparison.Ordinal) && !name.EndsWith(".new", StringComparison.Ordinal) && !name.StartsWith('.') && !name.EndsWith(".tmp", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
        : [];

    /// <summary>What the company says in its mails instead of what ships.</summary>
    private async Task<IReadOnlyList<BackupFile>> CopyTemplatesAsync(string part, CancellationToken ct)
    {
        var (from, kept) = (Path.Combine(installation.Settings.Data, "templates"), new List<BackupFile>());
        foreach (var file in Directory.Exists(from) ? Directory.GetFiles(from, "*.hbs", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray() : [])
        {
            var name = Path.GetRelativePath(from, file).Replace('\\', '/');
            DurableFiles.CreateDirectory(Path.GetDirectoryName(Path.Combine(part, "templates", name))!);
            await using var bytes = File.OpenRead(file);
            kept.Add(await BackupFolder.CopyAsync(bytes, Path.Combine(part, "templates"), name, ct));
            DurableFiles.SyncDirectory(Path.GetDirectoryName(Path.Combine(part, "templates", name))!);
        }
        return kept;
    }

    private async Task RememberAsync(BackupManifest manifest, string folder, string location, long copied, CancellationToken ct)
    {
        await using var work = await new Db(installation.App).BeginAsync(Actor.Operator("backup"), ct);
        await work.ExecuteAsync("""
            insert into backups (name, folder, taken_at, ended_at, blobs, blob_bytes, copied, dump_bytes, damaged)
            values (@name, @location, @TakenAt, clock_timestamp(), @blobs, @bytes, @copied, @dump, @damaged)
            """, new
        {
            name = Path.GetFileName(folder),
            location,
            manifest.TakenAt,
            blobs = manifest.Blobs.Count,
            bytes = manifest.Blobs.Sum(blob => blob.Size),
            copied,
            dump = manifest.Database.Size,
            damaged = manifest.Damaged.Count,
        }, ct);
        await work.ActAsync("backup.taken", $"backup:{Path.GetFileName(folder)}", ct: ct);
        await work.CommitAsync(ct);
    }
}
