using System.Globalization;
using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Commands;

/// <summary>
/// A folder of backups: <c>20261122T063000Z/</c> each, with <c>manifest.json</c>, <c>database.dump</c> and <c>keys/</c>; <c>blobs/</c> holds the files of
/// all of them, each once. What is being written ends in <c>.part</c>. One program at a time (<c>lock</c>).
/// </summary>
public sealed class BackupFolder : IDisposable
{
    private const string Part = ".part";
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream held;

    private BackupFolder(string path, FileStream held) => (Location, this.held, Blobs) = (path, held, new BlobStore(Path.Combine(path, "blobs")));

    public string Location { get; }

    /// <summary>The files of all backups here.</summary>
    public BlobStore Blobs { get; }

    /// <summary>Opens or makes the folder for writing, and clears away what an interrupted backup left.</summary>
    /// <exception cref="UsageException">It is (in) the data folder, or another backup is being written into it.</exception>
    public static BackupFolder Open(string path, string data)
    {
        path = Real(path);
        if ((path + '/').StartsWith(Real(data) + '/', StringComparison.Ordinal))
        {
            throw new UsageException($"{path} lies in the data folder: what destroys the one would destroy the other. Name a folder elsewhere, best on another disk.");
        }
        if (!Directory.Exists(path))
        {
            DurableFiles.CreateDirectory(Path.GetDirectoryName(path)!);
            Directory.CreateDirectory(path, Private);
        }
        var held = FileLock.TryExclusive(Path.Combine(path, "lock")) ?? throw new UsageException($"Another backup into {path} is under way.");
        foreach (var left in Directory.GetDirectories(path, "*" + Part))
        {
            Directory.Delete(left, recursive: true);
        }
        var incoming = Path.Combine(path, "blobs", "incoming");
        if (Directory.Exists(incoming))
        {
            foreach (var left in Directory.GetFiles(incoming))
            {
                File.Delete(left);
            }
        }
        return new BackupFolder(path, held);
    }

    /// <summary>A new backup's folder, not yet one.</summary>
    public string Begin(DateTime at)
    {
        var name = at.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        for (var more = 2; Directory.Exists(Path.Combine(Location, name)); more++)
        {
            name = $"{name.Split('-')[0]}-{more.ToString(CultureInfo.InvariantCulture)}";
        }
        return Directory.CreateDirectory(Path.Combine(Location, name + Part), Private).FullName;
    }

    /// <summary>Gives a backup whose manifest is written its name.</summary>
    public string Finish(string part)
    {
        var name = part[..^Part.Length];
        Directory.Move(part, name);
        DurableFiles.SyncDirectory(Location);
        return name;
    }

    /// <summary>Every whole backup, newest first.</summary>
    public static IReadOnlyList<string> List(string path) =>
        [.. Directory.GetDirectories(path).Where(folder => !folder.EndsWith(Part, StringComparison.Ordinal) && File.Exists(Path.Combine(folder, BackupManifest.FileName))).OrderDescending(StringComparer.Ordinal)];

    /// <summary>
    /// Keeps the newest and removes the others, then the files that no backup names any more. A manifest that cannot be read stops it before anything is removed.
    /// </summary>
    /// <returns>How many backups and files were removed.</returns>
    public async Task<(int Backups, int Files)> PruneAsync(int keep, CancellationToken ct)
    {
        var backups = List(Location);
        var needed = new HashSet<string>();
        foreach (var backup in backups.Take(keep))
        {
            needed.UnionWith((await BackupManifest.ReadAsync(backup, ct)).Blobs.Select(blob => blob.Sha256));
        }
        foreach (var old in backups.Skip(keep))
        {
            // Renamed first: a removal cut short leaves no half backup.
            Directory.Move(old, old + Part);
            Directory.Delete(old + Part, recursive: true);
        }
        var files = 0;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(Location, "blobs", "sha256"), "*", SearchOption.AllDirectories).Where(file => !needed.Contains(Path.GetFileName(file))))
        {
            File.Delete(file);
            files++;
        }
        return (backups.Skip(keep).Count(), files);
    }

    public void Dispose() => held.Dispose();

    /// <summary>Copies to disk and hashes on the way.</summary>
    public static async Task<BackupFile> CopyAsync(Stream from, string folder, string name, CancellationToken ct)
    {
        var path = Path.Combine(folder, name);
        await using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
        using var hash = SHA256.Create();
        await using (var both = new CryptoStream(file, hash, CryptoStreamMode.Write, leaveOpen: true))
        {
            await from.CopyToAsync(both, ct);
        }
        file.Flush(flushToDisk: true);
        return new BackupFile(name, file.Length, Convert.ToHexStringLower(hash.Hash!));
    }

    /// <summary>The path with every link resolved, whether it exists or not.</summary>
    private static string Real(string path)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
        {
            return path;
        }
        return Directory.Exists(path) && new DirectoryInfo(path).ResolveLinkTarget(returnFinalTarget: true) is { } target
            ? Real(target.FullName)
            : Path.Combine(Real(parent), Path.GetFileName(path));
    }
}
