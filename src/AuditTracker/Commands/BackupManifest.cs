using System.Text.Json;
using System.Text.Json.Serialization;
using AuditTracker.Platform.Files;

namespace AuditTracker.Commands;

/// <summary>
/// What one backup holds. Written last: a folder without it is no backup. Everything in it is of one snapshot of the database.
/// </summary>
/// <param name="Format">Of this file; a program refuses one that it does not know.</param>
/// <param name="Product">Version of the program that took it.</param>
/// <param name="Installation">When the installation was made: backups of two installations never mix in one folder.</param>
/// <param name="TakenAt">Of the snapshot, UTC by the system's clock.</param>
/// <param name="BusinessNow">The same instant by the business clock.</param>
/// <param name="Postgres">Major version of the server.</param>
/// <param name="AppRole">The role the tables are granted to; a restore needs one of that name.</param>
/// <param name="Schema">Every migration that was applied, with its hash.</param>
/// <param name="Tables">Rows of each table.</param>
/// <param name="Trail">The newest entry of the trail.</param>
/// <param name="Database">The dump.</param>
/// <param name="Keys">Keys of cookies and of what is stored encrypted. Passwords of database roles are not among them: a restore makes them anew.</param>
/// <param name="Blobs">Every file that a row refers to; they stand in <c>blobs</c> beside the backups, shared by all of them.</param>
/// <param name="Templates">Mail texts of one's own, by their path below <c>templates</c>; null: the backup is older than these.</param>
/// <param name="Damaged">Files that rows refer to, but whose bytes were wrong or gone when the backup was taken.</param>
public sealed record BackupManifest(
    int Format,
    string Product,
    DateTime Installation,
    DateTime TakenAt,
    DateTime BusinessNow,
    int Postgres,
    string AppRole,
    IReadOnlyDictionary<string, string> Schema,
    IReadOnlyDictionary<string, long> Tables,
    BackupTrail? Trail,
    BackupFile Database,
    IReadOnlyList<BackupFile> Keys,
    IReadOnlyList<Blob> Blobs,
    IReadOnlyList<string> Damaged,
    IReadOnlyList<BackupFile>? Templates = null)
{
    public const int CurrentFormat = 1;
    public const string FileName = "manifest.json";

    private static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web) { WriteIndented = true, RespectNullableAnnotations = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Written beside and renamed, both brought to disk.</summary>
    public async Task WriteAsync(string folder, CancellationToken ct)
    {
        var half = Path.Combine(folder, FileName + ".new");
        await using (var file = new FileStream(half, FileMode.Create, FileAccess.Write))
        {
            await JsonSerializer.SerializeAsync(file, this, Wire, ct);
            file.Flush(flushToDisk: true);
        }
        File.Move(half, Path.Combine(folder, FileName));
        DurableFiles.SyncDirectory(folder);
    }

    /// <exception cref="UsageException">It cannot be read, or a later program wrote it.</exception>
    public static async Task<BackupManifest> ReadAsync(string folder, CancellationToken ct)
    {
        var path = Path.Combine(folder, FileName);
        try
        {
            await using (var file = File.OpenRead(path))
            {
                if (await JsonSerializer.DeserializeAsync<JustFormat>(file, Wire, ct) is not { Format: CurrentFormat } other)
                {
                    throw new UsageException($"{path} has a format that this program does not know. Restore with the version that took the backup.");
                }
            }
            await using var again = File.OpenRead(path);
            return await JsonSerializer.DeserializeAsync<BackupManifest>(again, Wire, ct) ?? throw new JsonException("It is empty.");
        }
        catch (JsonException problem)
        {
            throw new UsageException($"{path} cannot be read: {problem.Message}");
        }
    }

    private sealed record JustFormat(int Format);
}

/// <summary>The newest entry of the trail: its number and the SHA-256 of its canonical bytes.</summary>
public sealed record BackupTrail(long Id, string Sha256);

/// <summary>A file of a backup, by its name in the backup's folder.</summary>
public sealed record BackupFile(string Name, long Size, string Sha256);
