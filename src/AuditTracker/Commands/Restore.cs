using System.Globalization;
using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Commands;

/// <summary>
/// <c>restore --from DIR --data NEW</c>: makes an installation from a backup, in an empty folder and an empty database. Everything is checked before anything is
/// made. Afterwards mails are held, because the installation that was lost may have sent them, and nobody is signed in.
/// </summary>
public sealed class Restore(Settings settings, Action<string> say)
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        var from = arguments.Need("--from");
        _ = arguments.Need("--data");
        await new Restore(arguments.Settings(), Console.WriteLine).RunAsync(from, CancellationToken.None);
        return 0;
    }

    /// <param name="from">One backup, or a folder of backups: then the newest.</param>
    /// <exception cref="UsageException">It cannot be restored here; the message says why and what to do.</exception>
    public async Task RunAsync(string from, CancellationToken ct)
    {
        var (backup, blobs, manifest) = await OpenAsync(from, ct);

        ClusterFolder.MakeData(settings.Data);
        var unfinished = Path.Combine(settings.Data, Installation.RestoringFile);
        await File.WriteAllTextAsync(unfinished, backup, ct);
        await CopyAsync(backup, blobs, manifest, ct);
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true, restoring: true, ct);
        await LoadAsync(installation, backup, manifest, ct);
        await installation.MigrateAsync(ct: ct);
        await SettleAsync(installation, Path.GetFileName(backup), manifest, ct);
        await Migrator.GuardAsync(installation.Owner, "restored", ct);
        File.Delete(unfinished);
        DurableFiles.SyncDirectory(settings.Data);
        say($"""
            Restored into {settings.Data}.
            Mails are held: what waited at the backup may have been sent since. Decide with `mails release --waiting send|settle`, or on /health.
            Everybody signs in again. Passwords, tokens, roles and links stand as they were {Text(manifest.TakenAt)}: what was taken away since, take away again.
            """);
        foreach (var sha256 in manifest.Damaged)
        {
            say($"MISSING: the file {sha256} was damaged or gone when the backup was taken.");
        }
    }

    /// <summary>The database alone, for looking at: its files are checked and not copied, nothing is settled, and it is no installation anybody may start.</summary>
    /// <exception cref="UsageException">It cannot be loaded here; the message says why and what to do.</exception>
    public async Task<Installation> LoadAsync(string from, CancellationToken ct)
    {
        var (backup, _, manifest) = await OpenAsync(from, ct);
        ClusterFolder.MakeData(settings.Data);
        await File.WriteAllTextAsync(Path.Combine(settings.Data, Installation.RestoringFile), backup, ct);
        var installation = await Installation.OpenAsync(settings, mayCreate: true, restoring: true, ct);
        try
        {
            await LoadAsync(installation, backup, manifest, ct);
            await installation.MigrateAsync(ct: ct);
            return installation;
        }
        catch
        {
            await installation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Finds the backup and checks every byte of it.</summary>
    private async Task<(string Backup, string Blobs, BackupManifest Manifest)> OpenAsync(string from, CancellationToken ct)
    {
        var backup = Find(Path.TrimEndingDirectorySeparator(Path.GetFullPath(from)));
        RefuseUsedFolder();
        var manifest = await BackupManifest.ReadAsync(backup, ct);
        RefuseOtherSchema(manifest);
        if (settings.Main is null)
        {
            RefuseOlderServer(manifest, PostgresBinaries.Find().Version, "is installed here");
        }
        var blobs = Path.Combine(Path.GetDirectoryName(backup)!, "blobs");
        await CheckAsync(backup, blobs, manifest, ct);
        say($"{backup} is whole: {manifest.Tables.Values.Sum()} rows, {manifest.Blobs.Count} files, taken {Text(manifest.TakenAt)} by version {manifest.Product}.");
        return (backup, blobs, manifest);
    }

    private static string Find(string from)
    {
        if (File.Exists(Path.Combine(from, BackupManifest.FileName)))
        {
            return from;
        }
        return Directory.Exists(from) && BackupFolder.List(from) is [var newest, ..] ? newest
            : throw new UsageException($"There is no backup in {from}: no {BackupManifest.FileName} in it or in a folder of it. One that was interrupted has none.");
    }

    private void RefuseUsedFolder()
    {
        if (Directory.Exists(settings.Data) && Directory.EnumerateFileSystemEntries(settings.Data).Any())
        {
            throw new UsageException($"{settings.Data} is not empty. A restore takes an empty folder, so that it can destroy nothing.");
        }
    }

    private static void RefuseOtherSchema(BackupManifest manifest)
    {
        var known = Migrator.Shipped();
        var (first, last) = (manifest.Schema.Keys.Order(StringComparer.Ordinal).FirstOrDefault(name => known.GetValueOrDefault(name) != manifest.Schema[name]), manifest.Schema.Keys.Max(StringComparer.Ordinal));
        if (first is not null)
        {
            throw new UsageException(known.ContainsKey(first)
                ? $"The backup's {first} is not this program's: another build took it. Restore with version {manifest.Product} as it was then."
                : $"The backup has a newer schema ({last}) than this program ({known.Keys.Max(StringComparer.Ordinal)}). Restore with version {manifest.Product} or later.");
        }
    }

    private void RefuseOlderServer(BackupManifest manifest, int server, string where)
    {
        if (server < manifest.Postgres)
        {
            throw new UsageException($"The backup was taken from PostgreSQL {manifest.Postgres}, and only {server} {where}. A dump loads into the same version or a later one: install the Debian package postgresql-{manifest.Postgres}, or restore to a server of that version.");
        }
        if (server > manifest.Postgres)
        {
            say($"The backup was taken from PostgreSQL {manifest.Postgres}; the new database is of version {server}. A dump loads into a later version, nothing is to be done.");
        }
    }

    /// <summary>Reads every byte of the backup.</summary>
    private static async Task CheckAsync(string backup, string blobs, BackupManifest manifest, CancellationToken ct)
    {
        var wrong = new List<string>();
        if (manifest.Templates?.FirstOrDefault(file => file.Name.Split('/').Any(part => part is "" or "." or "..") || !file.Name.EndsWith(".hbs", StringComparison.Ordinal)) is { } foreign)
        {
            throw new UsageException($"{backup} names a mail text that lies elsewhere: {foreign.Name}.");
        }
        foreach (var (path, file) in manifest.Keys.Select(key => (Path.Combine(backup, "keys", key.Name), key)).Concat((manifest.Templates ?? []).Select(text => (Path.Combine(backup, "templates", text.Name), text))).Prepend((Path.Combine(backup, manifest.Database.Name), manifest.Database)))
        {
            if (!await IsAsync(path, file.Size, file.Sha256, ct))
            {
                wrong.Add(path);
            }
        }
        foreach (var blob in manifest.Blobs.Where(blob => !manifest.Damaged.Contains(blob.Sha256)))
        {
            var path = BlobPath(blobs, blob.Sha256);
            if (!await IsAsync(path, blob.Size, blob.Sha256, ct))
            {
                wrong.Add(path);
            }
        }
        if (wrong.Count > 0)
        {
            throw new UsageException($"{backup} is damaged. Gone, or not the bytes that were written: {string.Join(", ", wrong.Take(10))}{(wrong.Count > 10 ? $" and {wrong.Count - 10} more" : "")}. Restore another backup; a file whose original still exists is brought back into this one by `backup --verify`.");
        }
    }

    private static string BlobPath(string blobs, string sha256) => Path.Combine(blobs, "sha256", sha256[..2], sha256[2..4], sha256);

    private static async Task<bool> IsAsync(string path, long size, string sha256, CancellationToken ct)
    {
        if (new FileInfo(path) is not { Exists: true } file || file.Length != size)
        {
            return false;
        }
        await using var bytes = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(bytes, ct)) == sha256;
    }

    private async Task CopyAsync(string backup, string blobs, BackupManifest manifest, CancellationToken ct)
    {
        var keys = Directory.CreateDirectory(Path.Combine(settings.Data, "keys"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;
        foreach (var key in manifest.Keys)
        {
            await using var from = File.OpenRead(Path.Combine(backup, "keys", key.Name));
            Expect(await BackupFolder.CopyAsync(from, keys, key.Name, ct) == key, key.Name);
        }
        foreach (var text in manifest.Templates ?? [])
        {
            DurableFiles.CreateDirectory(Path.GetDirectoryName(Path.Combine(settings.Data, "templates", text.Name))!);
            await using var from = File.OpenRead(Path.Combine(backup, "templates", text.Name));
            Expect(await BackupFolder.CopyAsync(from, Path.Combine(settings.Data, "templates"), text.Name, ct) == text, text.Name);
        }
        var store = new BlobStore(Path.Combine(settings.Data, "blobs"));
        foreach (var blob in manifest.Blobs.Where(blob => !manifest.Damaged.Contains(blob.Sha256)))
        {
            await using var from = File.OpenRead(BlobPath(blobs, blob.Sha256));
            Expect(await store.SaveAsync(from, long.MaxValue, ct) == blob, blob.Sha256);
        }

        static void Expect(bool same, string name)
        {
            if (!same)
            {
                throw new UsageException($"{name} changed while it was copied: is the disk sound? Remove the new folder and restore again.");
            }
        }
    }

    private async Task LoadAsync(Installation installation, string backup, BackupManifest manifest, CancellationToken ct)
    {
        await using var owner = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(installation.Owner) { Pooling = false, CommandTimeout = 0 }.ConnectionString);
        await using var connection = await new Db(owner).OpenAsync(ct);
        var server = await DatabaseDump.MajorAsync(connection, ct);
        if (settings.Main is not null)
        {
            RefuseOlderServer(manifest, server, "is what the server is");
        }
        if (installation.AppRole != manifest.AppRole)
        {
            throw new UsageException($"The backup's tables are granted to the role {manifest.AppRole}, and this database is used as {installation.AppRole}. Name the role of ConnectionStrings__Main {manifest.AppRole}.");
        }
        if (await connection.FirstAsync<bool>("select exists (select from pg_tables where schemaname in ('public', 'trail'))", ct: ct))
        {
            throw new UsageException("The database is not empty. A restore takes an empty database, so that it can destroy nothing.");
        }
        await new DatabaseDump(installation.Owner, PostgresBinaries.ForServer(server)).ReadAsync(Path.Combine(backup, manifest.Database.Name), ct);
        var tables = await BackupFacts.CountAsync(connection, ct);
        var differ = manifest.Tables.Where(table => tables.GetValueOrDefault(table.Key, -1) != table.Value).Select(table => table.Key).ToList();
        if (differ.Count > 0 || await BackupFacts.TrailHeadAsync(connection, ct) != manifest.Trail)
        {
            throw new UsageException($"The database came back otherwise than the manifest says ({(differ.Count > 0 ? string.Join(", ", differ) : "the trail's newest entry")}). Restore another backup.");
        }
    }

    private static async Task SettleAsync(Installation installation, string name, BackupManifest manifest, CancellationToken ct)
    {
        await using var work = await new Db(installation.App).BeginAsync(Actor.Operator("restore"), ct);
        await work.ExecuteAsync("""
            update installation set mail_held_at = clock_timestamp(), mail_held_from = @BusinessNow;
            update sessions set ended_at = clock_timestamp() where ended_at is null;
            delete from processes;
            """, new { manifest.BusinessNow }, ct);
        await work.ActAsync("installation.restored", $"backup:{name}", ct: ct);
        await work.CommitAsync(ct);
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture);
}
