using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>How one file of evidence stands.</summary>
/// <param name="State">waiting, clean, notScanned, quarantined, released, or destroyed at the end of its term.</param>
/// <param name="Reason">Why it is not scanned.</param>
/// <param name="ScannedAt">By the system's clock; so is no other instant here.</param>
/// <param name="Signatures">The scanner's version and signatures.</param>
/// <param name="Found">What the scanner found, by its own name for it.</param>
public sealed record FileState(long EvidenceId, string State, string? Reason, bool? Locked, DateTime? ScannedAt, string Signatures, long? QuarantineId, string? Found, DateTime? FoundAt, string? Decision, DateTime? DestroyedAt)
{
    internal const string Columns = "f.evidence_id, f.state, f.reason, f.locked, f.scanned_at, f.signatures, f.quarantine_id, f.found, f.found_at, f.decision, f.destroyed_at";

    public bool IsOutOfReach => State is "quarantined" or "destroyed";
    public bool IsLocked => Locked == true || Reason == "locked";

    /// <summary>The word for it: <c>FileClean</c>, or for what is not scanned why: <c>FileNotScannedTooLarge</c>.</summary>
    public string WordKey => State == "notScanned" ? $"FileNotScanned{Pascal(Reason ?? "refused")}" : $"FileIs{Pascal(State)}";

    private static string Pascal(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}

/// <summary>Reads how files stand, and keeps what must not leave in.</summary>
public sealed class FileStates(Db db)
{
    public async Task<IReadOnlyDictionary<long, FileState>> OfCollectionAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<FileState>($"""
            select {FileState.Columns} from file_states f join evidence e on e.id = f.evidence_id join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
            where s.collection_id = @id and {CollectionScope.Condition}
            """, parameters, ct)).ToDictionary(state => state.EvidenceId);
    }

    /// <summary>Nobody gets a file that is out of reach; the caller has seen that it is the reader's.</summary>
    /// <exception cref="Refusal">It is in quarantine, or was destroyed.</exception>
    public static async Task CheckAsync(Npgsql.NpgsqlConnection connection, long evidence, CancellationToken ct)
    {
        if (await connection.FirstAsync<FileState>($"select {FileState.Columns} from file_states f where f.evidence_id = @evidence", new { evidence }, ct) is { IsOutOfReach: true } state)
        {
            throw state.DestroyedAt is { } at ? Refusal.Of<Words>("FileDestroyed", Calendar.DateText.Plain(Calendar.JapanTime.DateOf(at))) : Refusal.Of<Words>("FileQuarantined", state.Found!);
        }
    }
}
