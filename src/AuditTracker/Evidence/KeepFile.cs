using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Evidence;

/// <summary>Files that become part of the record: of a sample, of a course, of a report that was filed.</summary>
public static class KeepFile
{
    /// <summary>Gives a stored file its row, so that it is kept, also when the same bytes were destroyed before.</summary>
    /// <param name="isSent">Somebody sent it: it is scanned. What the product wrote itself is not.</param>
    /// <exception cref="InvalidOperationException">The file is gone; nothing may commit.</exception>
    public static async Task AddAsync(UnitOfWork work, BlobStore blobs, Blob blob, bool isSent, CancellationToken ct)
    {
        await BlobRegister.HoldAsync(work, blobs, blob.Sha256, ct);
        await work.ExecuteAsync("""
            insert into blobs (sha256, size, created_at) values (@Sha256, @Size, @Now) on conflict do nothing;
            delete from destroyed_blobs where sha256 = @Sha256;
            insert into blob_scans (sha256) select @Sha256 where @isSent on conflict do nothing;
            """, new { blob.Sha256, blob.Size, work.Now, isSent }, ct);
    }
}
