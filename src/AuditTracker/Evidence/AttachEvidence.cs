using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>What is said of accepted evidence and a further item.</summary>
public enum AttachAct { Confirm, Reject, TakeBack }

/// <summary>
/// One evidence serves many items: the mapping proposes, a compliance manager confirms, or says that it does not serve them; a confirmation can be taken back. Always
/// with a reason, never by who handed it in.
/// </summary>
public sealed class AttachEvidence(Db db)
{
    /// <summary>So many items at once.</summary>
    public const int Most = 100;

    private sealed record Known(string Framework, string Ref, bool IsServed, string? Act);

    /// <param name="items"><c>framework:ref</c>. What holds already is left as it is.</param>
    /// <returns>How many were said anew.</returns>
    /// <exception cref="NotFound">Not there, or the user is no compliance manager.</exception>
    /// <exception cref="Refusal">Not accepted, handed in by the user, or to be taken back first.</exception>
    /// <exception cref="InvalidInput">At <c>items</c> or <c>reason</c>.</exception>
    public async Task<int> RunAsync(CurrentUser user, long collection, AttachAct act, IReadOnlyList<string> items, string? reason, CancellationToken ct = default)
    {
        var keys = items.Where(key => !string.IsNullOrWhiteSpace(key)).Select(key => key.Replace("\0", "").Trim()).Distinct().ToArray();
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, "@isManager", ct) ?? throw new NotFound();
        found.CheckAttach(user.AccountId, user.PersonId);
        if (keys.Length is 0 or > Most)
        {
            throw keys.Length == 0 ? InvalidInput.At<Words>("items", "AttachNothing") : InvalidInput.At<Words>("items", "AttachTooMany", Most);
        }
        var words = CollectionNotes.Reason(reason);
        var submission = await work.FirstAsync<long>("select max(submission_id) from collection_acts where collection_id = @collection and act = 'accept'", new { collection }, ct);
        var known = (await work.QueryAsync<Known>($"""
            select i.framework, i.ref, exists (select 1 from collections c join request_items s on s.request_id = c.request_id and s.version = c.version where c.id = @collection and s.framework = i.framework and s.ref = i.ref) as is_served,
                   (select case when x.submission_id = @submission then x.act end from item_attachments x where x.collection_id = @collection and x.framework = i.framework and x.ref = i.ref order by x.id desc limit 1) as act
            from items i join frameworks f on f.key = i.framework
            where i.framework || ':' || i.ref = any (@keys) and (@isBack or {AttachmentStore.May}) order by f.position, i.position
            """, new { collection, submission, keys, isBack = act == AttachAct.TakeBack }, ct)).ToList();
        if (keys.Except(known.Select(item => $"{item.Framework}:{item.Ref}")).FirstOrDefault() is { } unknown)
        {
            throw InvalidInput.At<Words>("items", "AttachUnknown", unknown.Length > 80 ? unknown[..80] : unknown);
        }
        if (known.Find(item => item.IsServed) is { } served)
        {
            throw InvalidInput.At<Words>("items", "AttachServed", served.Ref);
        }
        var anew = known.Where(item => IsAnew(act, item)).ToList();
        foreach (var item in anew)
        {
            await work.ExecuteAsync("""
                insert into item_attachments (collection_id, framework, ref, act, submission_id, by_account, by_person, at, reason)
                values (@collection, @Framework, @Ref, @said, @submission, @AccountId, @PersonId, @Now, @words)
                """, new { collection, item.Framework, item.Ref, said = Said(act), submission, user.AccountId, user.PersonId, work.Now, words }, ct);
        }
        if (anew.Count > 0)
        {
            await work.ActAsync(act switch { AttachAct.Confirm => "collection.itemsConfirmed", AttachAct.Reject => "collection.itemsRejected", _ => "collection.itemsTakenBack" }, EvidenceMails.Subject(collection),
                new Dictionary<string, string?> { ["items"] = string.Join(", ", anew.Select(item => $"{item.Framework}:{item.Ref}")) }, words, ct);
        }
        await work.CommitAsync(ct);
        return anew.Count;
    }

    private static string Said(AttachAct act) => act switch { AttachAct.Confirm => "confirm", AttachAct.Reject => "reject", _ => "takeBack" };

    /// <summary>Saying it twice is saying it once; what is confirmed is taken back, never turned into its opposite.</summary>
    private static bool IsAnew(AttachAct act, Known item) => (act, item.Act) switch
    {
        (AttachAct.Confirm, "confirm") or (AttachAct.Reject, "reject") or (AttachAct.TakeBack, "takeBack") => false,
        (AttachAct.Reject, "confirm") => throw Refusal.Of<Words>("AttachedAlready", item.Ref),
        (AttachAct.TakeBack, not "confirm") => throw Refusal.Of<Words>("NotAttached", item.Ref),
        _ => true,
    };
}
