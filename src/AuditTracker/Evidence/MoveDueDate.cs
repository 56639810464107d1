using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Another due date (期限の変更) for one period, and another opening for one that has not opened: a compliance manager or reviewer moves it with a reason, or decides on what the owner asked for.
/// Both dates stay. The one as first planned stays for coverage, and one that had passed unmet stays missed.
/// </summary>
public sealed class MoveDueDate(Db db)
{
    /// <summary>Moves, and so grants what was asked for.</summary>
    /// <param name="dueOn">Null: as asked.</param>
    /// <param name="reason">Needed, except where an ask gives it.</param>
    /// <param name="opensOn">Of an occurrence that has not opened; null: as it is.</param>
    /// <exception cref="NotFound">Not there, or not the user's to review.</exception>
    /// <exception cref="Refusal">Nothing is owed any more, one's own, or asked for by oneself.</exception>
    /// <exception cref="InvalidInput">The date or the reason cannot be taken.</exception>
    public async Task MoveAsync(CurrentUser user, long collection, DateOnly? dueOn, string? reason, DateOnly? opensOn = null, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayReview, ct) ?? throw new NotFound();
        var ask = await CollectionNotes.OpenAsync(work, collection, "askDue", ct);
        CheckNotOwn(found, ask, user);
        var to = dueOn ?? ask?.DueOn ?? throw InvalidInput.At<Words>("dueOn", "DateEmpty");
        found.CheckMove(to, work.Today, await BusinessCalendars.LoadAsync(work.Connection, ct), opensOn);
        var opens = opensOn is { } other && other != found.OpensOn ? other : (DateOnly?)null;
        var words = ask is not null && string.IsNullOrWhiteSpace(reason) ? ask.Words : CollectionNotes.Reason(reason);
        await CollectionNotes.AddAsync(work, user, collection, new NewNote("moveDue", words, ask?.Id, to, found.DueOn, opens, opens is null ? null : found.OpensOn), ct);
        await work.ExecuteAsync("""
            update collections set due_on = @to, missed_due_on = coalesce(missed_due_on, case when due_on < @Today then due_on end),
                   planned_opens_on = case when @opens::date is null then planned_opens_on else coalesce(planned_opens_on, opens_on) end, opens_on = coalesce(@opens::date, opens_on)
            where id = @collection
            """, new { to, opens, collection, work.Today }, ct);
        await EvidenceMails.SettleRemindersAsync(work, collection, ct);
        await WorkingMails.TellAnsweredAsync(work, user, collection, "dueMoved", words, found.DueOn, ask, ct);
        await work.ActAsync("collection.dueMoved", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["from"] = DateText.Iso(found.DueOn), ["to"] = DateText.Iso(to), ["opens"] = opens is { } moved ? DateText.Iso(moved) : null, ["ask"] = ask is null ? null : $"{ask.Id}" }, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The owner, or the head of their department, asks for another due date; the reviewer is told.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to hand in.</exception>
    /// <exception cref="Refusal">Nothing is owed any more, or asked for already.</exception>
    /// <exception cref="InvalidInput">The date or the reason cannot be taken.</exception>
    public async Task AskAsync(CurrentUser user, long collection, DateOnly? dueOn, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        var to = dueOn ?? throw InvalidInput.At<Words>("dueOn", "DateEmpty");
        found.CheckMove(to, work.Today, await BusinessCalendars.LoadAsync(work.Connection, ct));
        if (await CollectionNotes.OpenAsync(work, collection, "askDue", ct) is not null)
        {
            throw Refusal.Of<Words>("DueAskedAlready");
        }
        var words = CollectionNotes.Reason(reason);
        var ask = await CollectionNotes.AddAsync(work, user, collection, new NewNote("askDue", words, DueOn: to), ct);
        await WorkingMails.TellAskedAsync(work, user, collection, ask, words, to, ct);
        await work.ActAsync("collection.dueAsked", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["to"] = DateText.Iso(to), ["ask"] = $"{ask}" }, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The due date stays, and why.</summary>
    /// <exception cref="Refusal">Nobody asks, or the user did.</exception>
    public async Task DeclineAsync(CurrentUser user, long collection, string? reason, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayReview, ct) ?? throw new NotFound();
        var ask = await CollectionNotes.OpenAsync(work, collection, "askDue", ct) ?? throw Refusal.Of<Words>("NobodyAsks");
        CheckNotOwn(found, ask, user);
        var words = CollectionNotes.Reason(reason);
        await CollectionNotes.AddAsync(work, user, collection, new NewNote("declineDue", words, ask.Id), ct);
        await WorkingMails.TellAnsweredAsync(work, user, collection, "dueDeclined", words, null, ask, ct);
        await work.ActAsync("collection.dueDeclined", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["ask"] = $"{ask.Id}" }, words, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Who owes it or asked never grants.</summary>
    private static void CheckNotOwn(Collection found, OpenAsk? ask, CurrentUser user)
    {
        if (ask?.IsBy(user) == true)
        {
            throw Refusal.Of<Words>("OwnAsk");
        }
        if (found.IsOwedBy(user.PersonId))
        {
            throw Refusal.Of<Words>("OwnDue");
        }
    }
}
