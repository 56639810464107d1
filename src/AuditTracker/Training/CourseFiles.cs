using AuditTracker.Evidence;
using AuditTracker.Platform.Files;

namespace AuditTracker.Training;

/// <summary>Hands out pictures and PDFs of courses to those who may read the course; what a scanner found is kept in.</summary>
public sealed class CourseFiles(BlobStore blobs, SampleStore scans)
{
    /// <exception cref="Platform.Refusal">It is in quarantine.</exception>
    public async Task<FileInline> ShowAsync(CourseMedia media, CancellationToken ct)
    {
        await scans.CheckAsync(media.Sha256, ct);
        return new FileInline(blobs, media.Sha256, media.Name);
    }
}
