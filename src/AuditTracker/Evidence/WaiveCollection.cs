using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Waivers (免除) of one period: a compliance manager waives with a reason, or decides on what the owner asked for; who asks never decides.
/// A waiver is taken back to the state before it. Rows, trail and notices in one transaction.
/// </summary>
public sealed class WaiveCollection(Db db)
{
    /// <summary>Waives, and so grants what was asked for.</summary>
    /// <param name="reason">Needed, except where an ask gives it.</param>
    /// <exception cref="NotFound">Not there, or not the user's to waive.</exception>
    /// <exception cref="Refusal">Handed in, accepted or waived already, one's own, or asked for by oneself.</exception>
    public async Task<CollectionState> WaiveAsync(CurrentUser user, long collection, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var after = await WaiveAsync(work, user, collection, reason, ct);
        await work.CommitAsync(ct);
        return after;
    }

    /// <summary>The same within an operation of the caller's, for many at once.</summary>
    public static async Task<CollectionState> WaiveAsync(UnitOfWork work, CurrentUser user, long collection, string? reason, CancellationToken ct)
    {
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayWaive, ct) ?? throw new NotFound();
        var after = found.Waive(user.PersonId);
        var ask = await CollectionNotes.OpenAsync(work, collection, "askWaiver", ct);
        CheckNotAsker(ask, user);
        reason = ask is not null && string.IsNullOrWhiteSpace(reason) ? ask.Words : CollectionNotes.Reason(reason);
        if (ask is not null)
        {
            await CollectionNotes.AddAsync(work, user, collection, new NewNote("grantWaiver", Answers: ask.Id), ct);
        }
        await CollectionStore.RecordAsync(work, user, collection, "waive", after, null, reason, ct);
        await WorkingMails.TellAnsweredAsync(work, user, collection, "waived", reason, null, ask, ct);
        await work.ActAsync("collection.waived", EvidenceMails.Subject(collection), ask is null ? null : new Dictionary<string, string?> { ["ask"] = $"{ask.Id}" }, reason, ct);
        return after;
    }

    /// <summary>The owner, or the head of their department, asks for a waiver; compliance managers are told.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to hand in.</exception>
    /// <exception cref="Refusal">Nothing is owed any more, or a waiver was asked for already.</exception>
    public async Task AskAsync(CurrentUser user, long collection, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        found.CheckStillOwed();
        if (await CollectionNotes.OpenAsync(work, collection, "askWaiver", ct) is not null)
        {
            throw Refusal.Of<Words>("WaiverAskedAlready");
        }
        var words = CollectionNotes.Reason(reason);
        var ask = await CollectionNotes.AddAsync(work, user, collection, new NewNote("askWaiver", words), ct);
        await WorkingMails.TellAskedAsync(work, user, collection, ask, words, null, ct);
        await work.ActAsync("collection.waiverAsked", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["ask"] = $"{ask}" }, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>A compliance manager says no, and why.</summary>
    /// <exception cref="Refusal">Nobody asks, or the user did.</exception>
    public async Task DeclineAsync(CurrentUser user, long collection, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayWaive, ct) ?? throw new NotFound();
        var ask = await CollectionNotes.OpenAsync(work, collection, "askWaiver", ct) ?? throw Refusal.Of<Words>("NobodyAsks");
        CheckNotAsker(ask, user);
        var words = CollectionNotes.Reason(reason);
        await CollectionNotes.AddAsync(work, user, collection, new NewNote("declineWaiver", words, ask.Id), ct);
        await WorkingMails.TellAnsweredAsync(work, user, collection, "waiverDeclined", words, null, ask, ct);
        await work.ActAsync("collection.waiverDeclined", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["ask"] = $"{ask.Id}" }, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Takes a waiver back: the collection is what it was before.</summary>
    /// <exception cref="Refusal">It is not waived.</exception>
    public async Task<CollectionState> UndoAsync(CurrentUser user, long collection, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayWaive, ct) ?? throw new NotFound();
        var before = await work.FirstAsync<string>("""
            select coalesce((select state_after from collection_acts where collection_id = @collection
                and id < (select max(id) from collection_acts where collection_id = @collection and act = 'waive') order by id desc limit 1), 'planned')
            """, new { collection }, ct);
        var after = found.Unwaive(Enum.Parse<CollectionState>(before!, ignoreCase: true));
        var words = CollectionNotes.Reason(reason);
        await CollectionStore.RecordAsync(work, user, collection, "unwaive", after, null, words, ct);
        await WorkingMails.TellAnsweredAsync(work, user, collection, "waiverUndone", words, null, null, ct);
        await work.ActAsync("collection.waiverUndone", EvidenceMails.Subject(collection), null, words, ct);
        await work.CommitAsync(ct);
        return after;
    }

    private static void CheckNotAsker(OpenAsk? ask, CurrentUser user)
    {
        if (ask?.IsBy(user) == true)
        {
            throw Refusal.Of<Words>("OwnAsk");
        }
    }
}
