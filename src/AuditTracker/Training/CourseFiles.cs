using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;

namespace AuditTracker.Training;

/// <summary>Hands out pictures and PDFs of courses to those who may read the course; what a scanner found is kept in.</summary>
public sealed class CourseFiles(BlobStore blobs, SampleStore scans)
{
    /// <exception cref="Refusal">It is in quarantine, or was destroyed.</exception>
    public async Task<FileInline> ShowAsync(CourseMedia media, CancellationToken ct)
    {
        await CheckAsync(media, ct);
        return new FileInline(blobs, media.Sha256, media.Name);
    }

    /// <inheritdoc cref="ShowAsync"/>
    internal async Task CheckAsync(CourseMedia media, CancellationToken ct)
    {
        try
        {
            await scans.CheckAsync(media.Sha256, ct);
        }
        catch (Refusal refusal) when (refusal.Key == "SampleDestroyed")
        {
            throw Refusal.Of<Words>("MediaDestroyed", media.Name);
        }
    }
}
