using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Words between the owner's side and the reviewer's side. Nobody edits a sent comment; its writer takes it back within ten minutes, and that stays visible.</summary>
public sealed class CommentOnCollection(Db db)
{
    /// <summary>So long a comment can be taken back.</summary>
    public static readonly TimeSpan Regret = TimeSpan.FromMinutes(10);

    /// <summary>Whoever is named in it, by <c>@</c> or beside it, is told that it is for them.</summary>
    /// <param name="to">Employee numbers of whom it is for, beside those its words name.</param>
    /// <exception cref="NotFound">Not there, or the user only reads.</exception>
    /// <exception cref="InvalidInput">Nothing, too much, or a name that is nobody's or several people's, at <c>words</c>; nobody who may see it, at <c>to</c>.</exception>
    public async Task<long> AddAsync(CurrentUser user, long collection, string? words, IReadOnlyList<string>? to = null, CancellationToken ct = default)
    {
        var said = words?.Replace("\0", "").Trim() ?? "";
        if (said.Length is 0 or > CollectionNotes.LongestWords)
        {
            throw said.Length == 0 ? InvalidInput.At<Words>("words", "CommentEmpty") : InvalidInput.At<Words>("words", "NoteLength", CollectionNotes.LongestWords);
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayComment, ct) ?? throw new NotFound();
        var mentioned = await MentionStore.MeantAsync(work, collection, said, to ?? [], ct);
        var id = await CollectionNotes.AddAsync(work, user, collection, new NewNote("comment", said), ct);
        await MentionStore.AddAsync(work, id, mentioned, ct);
        await WorkingMails.TellCommentAsync(work, user, collection, id, said, mentioned, ct);
        await work.ActAsync("collection.commented", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["note"] = $"{id}" }, said, ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <exception cref="NotFound">Not there, or somebody else's.</exception>
    /// <exception cref="Refusal">Too late, or taken back already.</exception>
    public async Task UndoAsync(CurrentUser user, long collection, long comment, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayComment, ct) ?? throw new NotFound();
        var at = await work.FirstAsync<DateTime?>("select at from collection_notes where id = @comment and collection_id = @collection and kind = 'comment' and by_account = @AccountId", new { comment, collection, user.AccountId }, ct) ?? throw new NotFound();
        if (work.Now - at > Regret || await work.FirstAsync<bool>("select exists (select 1 from collection_notes where answers = @comment)", new { comment }, ct))
        {
            throw Refusal.Of<Words>("TooLateToUndo");
        }
        await CollectionNotes.AddAsync(work, user, collection, new NewNote("uncomment", Answers: comment), ct);
        await WorkingMails.SettleCommentAsync(work, comment, ct);
        await work.ActAsync("collection.commentUndone", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["note"] = $"{comment}" }, ct: ct);
        await work.CommitAsync(ct);
    }
}
