using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: destroys the files whose destruction was approved and which nothing holds. The proof and what is to be gone are written first, the bytes go after
/// it; a worker killed anywhere is followed by one that ends the work. Bytes that another file has too go with the last.
/// </summary>
public sealed class DestroyFiles(Db db, BlobStore blobs, ILogger<DestroyFiles> log)
{
    private sealed record Approved(long EvidenceId, string Sha256, long CollectionId, string Class, DateOnly KeepUntil);

    /// <summary>The lock on which destroying (shared) and what stops it (alone) meet: what is decided before the job looks is what it sees.</summary>
    internal const string Meeting = "hashtextextended('retention', 0)";

    /// <summary>Somebody still has these bytes: another file, a sample, a workbook, a course, or past evidence whose source is not destroyed yet.</summary>
    private const string IsHad = """
        exists (select from evidence e where e.kind = 'file' and e.sha256 = @sha256 and not exists (select from destructions d where d.evidence_id = e.id and d.destroyed_at is not null))
        or exists (select from sample_files f join sample_rows w on w.id = f.row_id where f.sha256 = @sha256 and f.removed_at is null
                   and not exists (select from sample_destructions d where d.sample_id = w.sample_id and d.destroyed_at is not null))
        or exists (select from samples y where @sha256 in (y.file_sha256, y.original_sha256) and not exists (select from sample_destructions d where d.sample_id = y.id and d.destroyed_at is not null))
        or exists (select from report_runs r where r.sha256 = @sha256)
        or exists (select from training_media m where m.sha256 = @sha256)
        or exists (select from past_evidence_sources p join past_evidence_runs r on r.id = p.run_id where p.sha256 = @sha256 and (r.state in ('checked', 'queued', 'running')
            or exists (select from past_evidence_pieces y join evidence e on e.submission_id = y.submission_id and e.kind = 'file' where y.run_id = p.run_id
                       and not exists (select from destructions d where d.evidence_id = e.id and d.destroyed_at is not null))))
        """;

    /// <summary>A draft has them: they stay until it is handed in, which keeps them, or dropped.</summary>
    private const string IsDrafted = "exists (select from draft_files w where w.sha256 = destroyed_blobs.sha256)";

    /// <returns>How many files and samples were destroyed.</returns>
    /// <exception cref="IOException">Bytes could not be removed; all others were, and these are tried again.</exception>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var destroyed = 0;
        while (await DestroyNextAsync(ct) || await DestroyNextSampleAsync(ct))
        {
            destroyed++;
        }
        var failed = new List<string>();
        while (await RemoveNextAsync(failed, ct))
        {
        }
        return failed.Count == 0 ? destroyed : throw new IOException($"{failed.Count} destroyed files could not be removed from the disk: {string.Join(", ", failed.Take(5))}");
    }

    private async Task<bool> DestroyNextAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(DestroyFiles)), ct);
        await work.ExecuteAsync($"select pg_advisory_xact_lock_shared({Meeting})", ct: ct);
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
        // Whether they are gone is said when they are.
        await work.ExecuteAsync("update destructions set bytes_gone = case when not @gone then false end where evidence_id = @EvidenceId", new { gone, file.EvidenceId }, ct);
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
        }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }

    private sealed record ApprovedSample(long SampleId, string Sha256, long CollectionId, string Class, DateOnly KeepUntil);

    /// <summary>The same of a population: the kept file, the one that was sent and those of its rows go together.</summary>
    private async Task<bool> DestroyNextSampleAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(DestroyFiles)), ct);
        await work.ExecuteAsync($"select pg_advisory_xact_lock_shared({Meeting})", ct: ct);
        var sample = await work.FirstAsync<ApprovedSample>("""
            select d.sample_id, d.sha256, f.collection_id, d.class, d.keep_until from sample_destructions d join sample_terms f on f.sample_id = d.sample_id
            where d.destroyed_at is null and f.hold_id is null and f.keep_until < @Today order by d.sample_id limit 1 for update of d skip locked
            """, new { work.Today }, ct);
        if (sample is null)
        {
            return false;
        }
        var contents = await work.QueryAsync<string>("""
            select x.sha256 from (select file_sha256 as sha256 from samples where id = @SampleId union select original_sha256 from samples where id = @SampleId
                union select f.sha256 from sample_files f join sample_rows r on r.id = f.row_id where r.sample_id = @SampleId) x where x.sha256 is not null order by 1
            """, sample, ct);
        foreach (var sha256 in contents)
        {
            await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@sha256, 0))", new { sha256 }, ct);
        }
        await work.ExecuteAsync("update sample_destructions set destroyed_at = @Now where sample_id = @SampleId", new { work.Now, sample.SampleId }, ct);
        var gone = new HashSet<string>();
        foreach (var sha256 in contents)
        {
            _ = await LetGoAsync(work, sha256, ct) && gone.Add(sha256);
        }
        await work.ExecuteAsync("update sample_destructions set bytes_gone = case when not @isGone then false end where sample_id = @SampleId", new { isGone = gone.Contains(sample.Sha256), sample.SampleId }, ct);
        await work.ActAsync("sample.destroyed", TakePopulation.Subject(sample.SampleId), new Dictionary<string, string?>
        {
            ["sha256"] = sample.Sha256,
            ["class"] = sample.Class,
            ["keepUntil"] = $"{sample.KeepUntil:yyyy-MM-dd}",
        }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }

    private static async Task<bool> LetGoAsync(UnitOfWork work, string sha256, CancellationToken ct) =>
        await work.ExecuteAsync($"insert into destroyed_blobs (sha256, decided_at) select @sha256, @Now where not ({IsHad}) on conflict do nothing", new { sha256, work.Now }, ct) > 0;

    /// <param name="failed">What is left for the next run; grows.</param>
    private async Task<bool> RemoveNextAsync(List<string> failed, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(DestroyFiles)), ct);
        if (await work.FirstAsync<string>($"select sha256 from destroyed_blobs where removed_at is null and sha256 <> all(@left) and not {IsDrafted} order by decided_at, sha256 limit 1", new { left = failed.ToArray() }, ct) is not { } sha256)
        {
            return false;
        }
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended(@sha256, 0))", new { sha256 }, ct);
        // The same bytes may have been drafted or handed in again meanwhile; then they stay, and the row is gone.
        await work.ExecuteAsync($"""
            with had as (delete from destroyed_blobs where sha256 = @sha256 and removed_at is null and ({IsHad}) returning sha256),
            said as (update sample_destructions d set bytes_gone = false from had where d.sha256 = had.sha256 and d.destroyed_at is not null and d.bytes_gone is null)
            update destructions d set bytes_gone = false from had where d.sha256 = had.sha256 and d.destroyed_at is not null and d.bytes_gone is null
            """, new { sha256 }, ct);
        if (await work.FirstAsync<string>($"select sha256 from destroyed_blobs where sha256 = @sha256 and removed_at is null and not {IsDrafted} for update", new { sha256 }, ct) is not null)
        {
            try
            {
                blobs.Remove(sha256);
            }
            catch (Exception kept) when (kept is IOException or UnauthorizedAccessException)
            {
                log.LogError(kept, "The destroyed file {Sha256} cannot be removed", sha256);
                failed.Add(sha256);
                return true;
            }
            await work.ExecuteAsync("""
                update destroyed_blobs set removed_at = @Now where sha256 = @sha256;
                update destructions set bytes_gone = true where sha256 = @sha256 and destroyed_at is not null and bytes_gone is null;
                update sample_destructions set bytes_gone = true where sha256 = @sha256 and destroyed_at is not null and bytes_gone is null;
                """, new { sha256, work.Now }, ct);
        }
        await work.CommitAsync(ct);
        return true;
    }
}
