using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: destroys the files whose destruction was approved and which nothing holds. The proof and what is to be gone are written first, the bytes go after
/// it; a worker killed anywhere is followed by one that ends the work. Bytes that another file has too go with the last.
/// </summary>
public sealed class DestroyFiles(Db db, BlobStore blobs)
{
    private sealed record Approved(long EvidenceId, string Sha256, long CollectionId, string Class, DateOnly KeepUntil);

    /// <summary>Somebody still has these bytes: another file, a draft, a workbook, or past evidence whose source is not destroyed yet.</summary>
    private const string IsHad = """
        exists (select from evidence e where e.kind = 'file' and e.sha256 = @sha256 and not exists (select from destructions d where d.evidence_id = e.id and d.destroyed_at is not null))
        or exists (select from draft_files w where w.sha256 = @sha256)
        or exists (select from report_runs r where r.sha256 = @sha256)
        or exists (select from past_evidence_sources p join past_evidence_runs r on r.id = p.run_id where p.sha256 = @sha256 and (r.state in ('checked', 'queued', 'running')
            or exists (select from past_evidence_pieces y join evidence e on e.submission_id = y.submission_id and e.kind = 'file' where y.run_id = p.run_id
                       and not exists (select from destructions d where d.evidence_id = e.id and d.destroyed_at is not null))))
        """;

    /// <returns>How many files were destroyed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var destroyed = 0;
        while (await DestroyNextAsync(ct))
        {
            destroyed++;
        }
        while (await RemoveNextAsync(ct))
        {
        }
        return destroyed;
    }

    private async Task<bool> DestroyNextAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(DestroyFiles)), ct);
        // Looked at again: a hold or a longer class since the approval stops it.
        var file = await work.FirstAsync<Approved>("""
            select d.evidence_id, d.sha256, f.collection_id, d.class, d.keep_until from destructions d join file_terms f on f.evidence_id = d.evidence_id
            where d.destroyed_at is null and f.hold_id is null and f.keep_until < @Today order by d.evidence_id limit 1 for update of d skip locked
            """, new { work.Today }, ct);
        if (file is null)
        {
            return false;
        }
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@Sha256, 0))", file, ct);
        await work.ExecuteAsync("update destructions set destroyed_at = @Now where evidence_id = @EvidenceId", new { work.Now, file.EvidenceId }, ct);
        var gone = await LetGoAsync(work, file.Sha256, ct);
        await work.ExecuteAsync("update destructions set bytes_gone = @gone where evidence_id = @EvidenceId", new { gone, file.EvidenceId }, ct);
        foreach (var source in await work.QueryAsync<string>("""
            select distinct p.sha256 from evidence e join past_evidence_pieces y on y.submission_id = e.submission_id join past_evidence_sources p on p.run_id = y.run_id
            where e.id = @EvidenceId and p.sha256 <> @Sha256 order by 1
            """, file, ct))
        {
            await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@source, 0))", new { source }, ct);
            await LetGoAsync(work, source, ct); // the archive it came in goes with the last file of it
        }
        await work.ActAsync("file.destroyed", $"evidence:{file.EvidenceId}", new Dictionary<string, string?>
        {
            ["sha256"] = file.Sha256,
            ["class"] = file.Class,
            ["keepUntil"] = $"{file.KeepUntil:yyyy-MM-dd}",
            ["bytesGone"] = gone ? "true" : "false",
        }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }

    private static async Task<bool> LetGoAsync(UnitOfWork work, string sha256, CancellationToken ct) =>
        await work.ExecuteAsync($"insert into destroyed_blobs (sha256, decided_at) select @sha256, @Now where not ({IsHad}) on conflict do nothing", new { sha256, work.Now }, ct) > 0;

    private async Task<bool> RemoveNextAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(DestroyFiles)), ct);
        if (await work.FirstAsync<string>("select sha256 from destroyed_blobs where removed_at is null order by decided_at, sha256 limit 1", ct: ct) is not { } sha256)
        {
            return false;
        }
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@sha256, 0))", new { sha256 }, ct);
        // The same bytes may have been handed in again meanwhile; then the row is gone.
        if (await work.FirstAsync<string>("select sha256 from destroyed_blobs where sha256 = @sha256 and removed_at is null for update", new { sha256 }, ct) is not null)
        {
            blobs.Remove(sha256);
            await work.ExecuteAsync("update destroyed_blobs set removed_at = @Now where sha256 = @sha256", new { sha256, work.Now }, ct);
        }
        await work.CommitAsync(ct);
        return true;
    }
}
