using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>Job: builds filed papers again as of the instants people asked for, one at a time, each held by a lease (<see cref="LeasedRuns"/>). Nothing is handed in.</summary>
public sealed class BuildPapers(Db db, BlobStore blobs, FiledReports reports, ILogger<BuildPapers> log)
{
    private sealed record Order(long FilingId, string Report, string Subject, DateTime CutoffAt, string Language);

    private readonly LeasedRuns runs = new(db, "filing_papers", nameof(BuildPapers), (work, id, _, ct) => work.ActAsync("filing.paperFailed", $"filingPaper:{id}", ct: ct), log);

    /// <returns>How many were built.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await runs.GiveUpAsync("'BuildFailed:'", ct);
        var built = 0;
        while (await runs.ClaimAsync(ct) is { } held)
        {
            var order = await OrderAsync(held, ct);
            if (!await runs.HoldAsync(held, () => RunProgress.None, stop => reports.SaveAsync(blobs, order.Report, order.Subject, order.CutoffAt, order.Language, stop), file => FinishAsync(held, order, file, ct), (_, isLast) => isLast ? "BuildFailed:" : null, ct))
            {
                return built; // the next round tries again
            }
            built++;
        }
        return built;
    }

    private async Task<Order> OrderAsync(HeldRun held, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<Order>("select f.id as filing_id, f.report, f.subject, r.cutoff_at, r.language from filing_papers r join filings f on f.id = r.filing_id where r.id = @Id", held, ct))!;
    }

    private async Task<bool> FinishAsync(HeldRun held, Order order, (string Name, Blob Blob) file, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(BuildPapers)), ct);
        await KeepFile.AddAsync(work, blobs, file.Blob, isSent: false, ct);
        if (await work.ExecuteAsync($"update filing_papers set state = 'done', stage = '', lease_until = null, file_name = @Name, sha256 = @Sha256, size = @Size, finished_at = @Now where {LeasedRuns.Held}",
            new { held.Id, held.Attempts, file.Name, file.Blob.Sha256, file.Blob.Size, work.Now }, ct) == 0)
        {
            return false;
        }
        await work.ActAsync("filing.paperBuilt", $"filing:{order.FilingId}", new Dictionary<string, string?> { ["sha256"] = file.Blob.Sha256, ["size"] = $"{file.Blob.Size}" }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }
}
