using AuditTracker.Accounts;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: brings in the past evidence that somebody has seen and asked for, a transaction each period, so that a worker killed anywhere is followed by
/// one that goes on behind the last. Submitted now, by who asked; when and by whom it is said to have been handed in and accepted stands beside it.
/// It waits for the review of somebody else like everything that is handed in.
/// </summary>
public sealed class BringInPastEvidence(Db db, BlobStore blobs, PastEvidenceStore past, SubmissionStore submissions, CallerStore callers, ILogger<BringInPastEvidence> log)
{
    private readonly LeasedRuns runs = new(db, "past_evidence_runs", nameof(BringInPastEvidence), (work, id, _, ct) => work.ActAsync("pastEvidence.failed", $"past:{id}", ct: ct), log);

    private sealed record Asked(string SignIn, long Open);

    /// <returns>How many runs have ended.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await runs.GiveUpAsync("'PastFailed'", ct);
        var ended = 0;
        while (await runs.ClaimAsync(ct) is { } run)
        {
            var progress = RunProgress.None;
            if (!await runs.HoldAsync(run, () => progress, stop => BringInAsync(run, now => progress = now, stop), total => FinishAsync(run, total, ct),
                (problem, isLast) => problem is Refusal refusal ? refusal.Key : isLast ? "PastFailed" : null, ct))
            {
                return ended; // the next round goes on
            }
            ended++;
        }
        return ended;
    }

    private async Task<long> BringInAsync(HeldRun run, Action<RunProgress> tell, CancellationToken ct)
    {
        Asked asked;
        List<string> sources;
        await using (var connection = await db.OpenAsync(ct))
        {
            asked = (await connection.FirstAsync<Asked>("""
                select a.sign_in, (select count(*) from past_evidence_pieces x where x.run_id = r.id and x.kind in ('added', 'filled')) as open
                from past_evidence_runs r join accounts a on a.id = r.by_account where r.id = @Id
                """, run, ct))!;
            sources = [.. await connection.ListAsync<string>("select sha256 from past_evidence_sources where run_id = @Id order by position", run, ct)];
        }
        if (await callers.BySignInAsync(asked.SignIn, $"past-{run.Id}", ct) is not { } user || !user.Is(Role.ComplianceManager))
        {
            throw Refusal.Of<Words>("PastNoLongerAllowed");
        }
        while (await past.NextAsync(run.Id, ct) is { } piece)
        {
            await BringInAsync(run, user, piece, sources, ct);
            await using var connection = await db.OpenAsync(ct);
            tell(new RunProgress("bringing", await connection.FirstAsync<long>("select count(*) from past_evidence_pieces where run_id = @Id and (submission_id is not null or passed_over is not null)", run, ct), asked.Open));
        }
        return asked.Open;
    }

    private async Task BringInAsync(HeldRun run, CurrentUser user, PastPieceRow piece, List<string> sources, CancellationToken ct)
    {
        // Durable before the rows commit; what a killed worker leaves without a row is swept.
        var pieces = new List<NewEvidence>();
        foreach (var file in piece.Files)
        {
            await using var content = blobs.Open(sources[file.Source]);
            var blob = file.Entry is { } entry
                ? await ZipFolder.ReadAsync(content, entry, bytes => blobs.SaveAsync(bytes, file.Size, ct))
                : new Blob(sources[file.Source], file.Size);
            var name = FileNames.Safe(file.Name);
            pieces.Add(new NewEvidence("file", name, MediaTypes.Of(name), blob.Size, blob.Sha256, null));
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.FirstAsync<long?>($"select id from past_evidence_runs where {LeasedRuns.Held} for update", run, ct) is null)
        {
            throw new OperationCanceledException(); // taken over meanwhile
        }
        var (submission, passedOver) = await SubmitAsync(work, user, run, piece, pieces, ct);
        await work.ExecuteAsync("update past_evidence_pieces set submission_id = @submission, passed_over = @passedOver where run_id = @Id and position = @Position", new { submission, passedOver, run.Id, piece.Position }, ct);
        await work.CommitAsync(ct);
    }

    private async Task<(long? Submission, string? PassedOver)> SubmitAsync(UnitOfWork work, CurrentUser user, HeldRun run, PastPieceRow piece, IReadOnlyList<NewEvidence> files, CancellationToken ct)
    {
        var collection = await CollectionAsync(work, piece, ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new InvalidOperationException($"Collection {collection} is not there.");
        if (found.State == CollectionState.Planned && found.OpensOn <= work.Today)
        {
            await CollectionStore.RecordAsync(work, user, collection, "open", CollectionState.Open, null, null, ct);
            found = found with { State = CollectionState.Open };
        }
        CollectionState after;
        try
        {
            after = found.Submit();
        }
        catch (Refusal since)
        {
            return (null, since.Key);
        }
        var id = await submissions.AddAsync(work, user, collection, found.AssigneeId == user.PersonId ? null : found.AssigneeId, piece.CapturedOn, piece.Remark.Length > 4000 ? piece.Remark[..4000] : piece.Remark, ($"past:{run.Id}:{piece.Position}", null), files, ct,
            parts: await SubmissionStore.LivePartsAsync(work, collection, ct));
        await CollectionStore.RecordAsync(work, user, collection, "submit", after, id, null, ct);
        await work.SettleAsync(EvidenceMails.Subject(collection), ct: ct);
        await work.ActAsync("collection.broughtIn", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["submission"] = $"{id}", ["pieces"] = $"{files.Count}" }, ct: ct);
        return (id, null);
    }

    /// <summary>The period's collection; one that is not there yet, perhaps before the request began, is made with its true dates.</summary>
    private static async Task<long> CollectionAsync(UnitOfWork work, PastPieceRow piece, CancellationToken ct)
    {
        var rule = (await work.FirstAsync<KeyedRule>($"""
            select {PlannedRows.RuleColumns}, v.start_on, v.start_on as first, v.start_on as last
            from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version where r.id = @RequestId for update of r
            """, piece, ct))!.Rule;
        var (period, opensOn, dueOn) = rule.At(new Period(piece.PeriodFrom!.Value, piece.PeriodTo!.Value), await BusinessCalendars.LoadAsync(work.Connection, ct));
        await work.ExecuteAsync("""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id)
            select id, version, @From, @To, @opensOn, @dueOn, @dueOn, owner_id, reviewer_id from evidence_requests where id = @RequestId
            on conflict do nothing
            """, new { piece.RequestId, period.From, period.To, opensOn, dueOn }, ct);
        return await work.FirstAsync<long>("select id from collections where request_id = @RequestId and period_from = @PeriodFrom and period_to = @PeriodTo and event_id is null", piece, ct);
    }

    private async Task<bool> FinishAsync(HeldRun run, long total, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(BringInPastEvidence)), ct);
        if (await work.ExecuteAsync($"update past_evidence_runs set state = 'done', stage = '', done = @total, total = @total, lease_until = null, finished_at = @Now where {LeasedRuns.Held}", new { run.Id, run.Attempts, total, work.Now }, ct) == 0)
        {
            return false;
        }
        await work.ActAsync("pastEvidence.applied", $"past:{run.Id}", new Dictionary<string, string?> { ["pieces"] = $"{total}" }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }
}
