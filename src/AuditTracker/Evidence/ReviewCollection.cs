using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Accepting, returning and reopening: the rule, the rows, the act in the trail and the notice in one transaction.</summary>
public sealed class ReviewCollection(Db db)
{
    /// <param name="seen">The submission the decision is about; null: whichever is the newest.</param>
    /// <exception cref="NotFound">Not there, or not the user's to review.</exception>
    /// <exception cref="Refusal">The rule says no, or another submission has come since.</exception>
    /// <exception cref="InvalidInput">Return and reopen need a comment.</exception>
    public async Task<CollectionState> DecideAsync(CurrentUser user, long collection, Decision decision, string comment, long? seen = null, CancellationToken ct = default)
    {
        if (comment.Length > 4000)
        {
            throw InvalidInput.At<Words>("comment", "NoteLength", 4000);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayReview, ct) ?? throw new NotFound();
        var after = found.Decide(decision, comment, user.AccountId, user.PersonId, user.Is(Role.ComplianceManager));
        comment = comment.Trim();
        await TakeReview.EndAsync(work, collection, ct);
        var submission = await work.FirstAsync<long>("select max(id) from submissions where collection_id = @collection", new { collection }, ct);
        if (seen is { } one && one != submission)
        {
            throw Refusal.Of<Words>("SubmissionChanged");
        }
        if (after == CollectionState.Accepted && await work.FirstAsync<bool>("""
            select count(*) > 0 and bool_and(coalesce(f.state in ('quarantined', 'destroyed'), false))
            from counted_evidence e left join file_states f on f.evidence_id = e.id where e.counted_for = @submission
            """, new { submission }, ct))
        {
            throw Refusal.Of<Words>("AcceptOutOfReach");
        }
        await CollectionStore.RecordAsync(work, user, collection, decision.ToString().ToLowerInvariant(), after, submission, comment.Length == 0 ? null : comment, ct);
        if (after == CollectionState.Returned)
        {
            var act = await work.FirstAsync<long>("select max(id) from collection_acts where collection_id = @collection", new { collection }, ct);
            await EvidenceMails.TellReturnedAsync(work, collection, act, comment, ct);
        }
        else
        {
            await work.SettleAsync(EvidenceMails.Subject(collection), ct: ct);
        }
        if (after is CollectionState.Accepted or CollectionState.Returned)
        {
            await CollectionEvents.AnnounceAsync(work, after == CollectionState.Accepted ? "collection.accepted" : "collection.returned", [collection], ct);
        }
        await work.ActAsync($"collection.{after switch { CollectionState.Accepted => "accepted", CollectionState.Returned => "returned", _ => "reopened" }}",
            EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["submission"] = $"{submission}" }, comment.Length == 0 ? null : comment, ct);
        await work.CommitAsync(ct);
        return after;
    }
}
