using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Taking back what one asked for, as long as nobody decided.</summary>
public sealed class WithdrawAsk(Db db)
{
    /// <param name="kind"><c>askWaiver</c> or <c>askDue</c>.</param>
    /// <exception cref="NotFound">Not there, or asked by somebody else.</exception>
    /// <exception cref="Refusal">Nobody asks any more.</exception>
    public async Task RunAsync(CurrentUser user, long collection, string kind, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        var ask = await CollectionNotes.OpenAsync(work, collection, kind, ct) ?? throw Refusal.Of<Words>("NobodyAsks");
        if (!ask.IsBy(user))
        {
            throw new NotFound();
        }
        await CollectionNotes.AddAsync(work, user, collection, new NewNote("dropAsk", Answers: ask.Id), ct);
        await WorkingMails.SettleAskAsync(work, collection, ct);
        await work.ActAsync("collection.askWithdrawn", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["ask"] = $"{ask.Id}" }, ct: ct);
        await work.CommitAsync(ct);
    }
}
