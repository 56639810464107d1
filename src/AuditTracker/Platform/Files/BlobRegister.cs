using AuditTracker.Platform.Database;

namespace AuditTracker.Platform.Files;

/// <summary>Rows of <c>blobs</c> against files: a blob with a row is never swept, a row never stands without its file.</summary>
public static class BlobRegister
{
    /// <summary>
    /// Holds the blob for the rest of the operation, so that the sweeper cannot take it before the row commits.
    /// </summary>
    /// <exception cref="InvalidOperationException">The file is gone; nothing may commit.</exception>
    public static async Task HoldAsync(UnitOfWork work, BlobStore blobs, string sha256, CancellationToken ct)
    {
        await work.ExecuteAsync("select pg_advisory_xact_lock_shared(hashtextextended(@sha256, 0))", new { sha256 }, ct);
        if (!blobs.Keep(sha256))
        {
            throw new InvalidOperationException($"The file {sha256} is not in the store any more.");
        }
    }
}

/// <summary>Job: removes files that no row refers to and that are older than a day.</summary>
public sealed class SweepBlobs(Db db, BlobStore blobs)
{
    public Task<int> RunAsync(CancellationToken ct) => blobs.RemoveUnreferencedAsync(async (sha256, remove, cancel) =>
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SweepBlobs)), cancel);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@sha256, 0))", new { sha256 }, cancel);
        if (!await work.FirstAsync<bool>("select exists (select 1 from kept_blobs where sha256 = @sha256) or exists (select 1 from blob_holds where sha256 = @sha256)", new { sha256 }, cancel))
        {
            remove();
        }
    }, ct);
}
