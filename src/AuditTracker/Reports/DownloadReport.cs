using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>Handing a finished workbook out; who took it is kept.</summary>
public sealed class DownloadReport(Db db, BlobStore blobs)
{
    private sealed record Finished(string State, string? FileName, string? Sha256);

    /// <exception cref="NotFound">Not there, or not for this user.</exception>
    /// <exception cref="Refusal">Not finished.</exception>
    public async Task<FileDownload> TakeAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var run = await work.FirstAsync<Finished>("select state, file_name, sha256 from report_runs where id = @id and @mayRead", new { id, mayRead = ReportRunStore.MayRead(user) }, ct) ?? throw new NotFound();
        if (run.State != "done")
        {
            throw Refusal.Of<Words>("RunNotFinished");
        }
        await work.ExecuteAsync("insert into report_downloads (run_id, by_account, at) values (@id, @AccountId, @Now)", new { id, user.AccountId, work.Now }, ct);
        await work.ActAsync("report.downloaded", $"report:{id}", new Dictionary<string, string?> { ["sha256"] = run.Sha256 }, ct: ct);
        await work.CommitAsync(ct);
        return new FileDownload(blobs, run.Sha256!, run.FileName!);
    }
}
