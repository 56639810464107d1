using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>Asking for a filed paper as of another instant, and handing papers out; who took one is kept.</summary>
public sealed class FilingPapers(Db db, BlobStore blobs, IJobEngine jobs, ILogger<FilingPapers> log)
{
    private sealed record Finished(string State, string? FileName, string? Sha256);

    /// <param name="cutoffAt">UTC; null: now.</param>
    /// <exception cref="NotFound">Not there, or the user may not ask.</exception>
    /// <exception cref="InvalidInput">In the future, or a language there is no paper in.</exception>
    public async Task<long> AskAsync(CurrentUser user, long filing, DateTime? cutoffAt, string language, CancellationToken ct = default)
    {
        long id;
        await using (var work = await db.BeginAsync(Actor.Of(user), ct))
        {
            _ = await work.FirstAsync<long?>("select id from filings where id = @filing and @mayAsk", new { filing, mayAsk = ReportRunStore.MayAsk(user) }, ct) ?? throw new NotFound();
            if (language is not ("ja" or "en"))
            {
                throw InvalidInput.At<Words>("language", "LanguageUnknown");
            }
            var cutoff = cutoffAt ?? work.Now;
            if (cutoff > work.Now)
            {
                throw InvalidInput.At<Words>("cutoff", "CutoffInFuture");
            }
            // Asked twice while one waits is once, also at the same moment; asked as of now, within a minute.
            await work.ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('filing_papers ' || @filing::text, 0))", new { filing }, ct);
            id = await work.FirstAsync<long?>("""
                select id from filing_papers where filing_id = @filing and language = @language and state in ('queued', 'running')
                  and (cutoff_at = @cutoff or @isNow and requested_by = @AccountId and cutoff_at = created_at and created_at > @Now - interval '1 minute') order by id limit 1
                """, new { filing, cutoff, language, isNow = cutoffAt is null, user.AccountId, work.Now }, ct)
                ?? await work.FirstAsync<long>("insert into filing_papers (filing_id, cutoff_at, language, requested_by, created_at) values (@filing, @cutoff, @language, @AccountId, @Now) returning id", new { filing, cutoff, language, user.AccountId, work.Now }, ct);
            await work.ActAsync("filing.paperAsked", $"filing:{filing}", new Dictionary<string, string?> { ["cutoff"] = DataHash.Exactly(cutoff) }, ct: ct);
            await work.CommitAsync(ct);
        }
        try
        {
            await jobs.RunNowAsync(nameof(BuildPapers), ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "No worker could be woken; the next round builds the paper");
        }
        return id;
    }

    /// <summary>Has it built as it was filed and handed in to the collections that are open now and have not got it: after a fault, or because none was open then.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to do.</exception>
    /// <exception cref="Refusal">It is on its way.</exception>
    public async Task FileAgainAsync(CurrentUser user, long filing, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var state = await work.FirstAsync<string>("select state from filing_builds where filing_id = @filing and @mayFile for update", new { filing, mayFile = user.Is(Role.ComplianceManager) }, ct) ?? throw new NotFound();
        if (state == "queued")
        {
            throw Refusal.Of<Words>("FilingOnItsWay");
        }
        await work.ExecuteAsync("update filing_builds set state = 'queued', attempts = 0, lease_until = null, problem = '' where filing_id = @filing", new { filing }, ct);
        await work.ActAsync("filing.askedAgain", $"filing:{filing}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <param name="paper">Null: what was filed itself.</param>
    /// <exception cref="NotFound">Not there, or not for this user, as what names people is not for top management.</exception>
    /// <exception cref="Refusal">Not built yet, or destroyed as evidence after its term.</exception>
    public async Task<FileDownload> TakeAsync(CurrentUser user, long filing, long? paper, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await work.FirstAsync<Finished>($"""
            select k.state, k.file_name, k.sha256 from {(paper is null ? "filing_builds" : "filing_papers")} k join filings f on f.id = k.filing_id
            where k.filing_id = @filing {(paper is null ? "" : "and k.id = @paper")} and @mayRead and {FilingStore.MayTake}
            """, FilingStore.Of(user, filing, paper), ct) ?? throw new NotFound();
        if (found.State != "done")
        {
            throw Refusal.Of<Words>("RunNotFinished");
        }
        if (await work.FirstAsync<bool>("select exists (select from destroyed_blobs where sha256 = @Sha256)", found, ct))
        {
            throw Refusal.Of<Words>("FiledDestroyed");
        }
        await work.ExecuteAsync("insert into filing_downloads (filing_id, paper_id, by_account, at) values (@filing, @paper, @AccountId, @Now)", new { filing, paper, user.AccountId, work.Now }, ct);
        await work.ActAsync("filing.downloaded", $"filing:{filing}", new Dictionary<string, string?> { ["sha256"] = found.Sha256 }, ct: ct);
        await work.CommitAsync(ct);
        return new FileDownload(blobs, found.Sha256!, found.FileName!);
    }
}
