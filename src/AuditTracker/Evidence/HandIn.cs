using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>What is handed in, after its files are stored.</summary>
/// <param name="OnBehalfOf">Employee number of whose evidence it is, when somebody else hands in: the assignee, also when left out; a compliance manager may name anybody but the reviewer.</param>
/// <param name="IdempotencyKey">The same key with the same content answers the first result.</param>
public sealed record HandInInput(string Note, IReadOnlyList<string> Links, string? Statement, DateOnly? CapturedOn, string? OnBehalfOf, IReadOnlyList<UploadedFile> Files, string? IdempotencyKey = null)
{
    /// <summary>Files of the draft that are handed in with it.</summary>
    public IReadOnlyList<long> Drafts { get; init; } = [];

    /// <summary>It is a part: the collection stays open, and <see cref="Rest"/> says what is still to come, by <see cref="RestBy"/>.</summary>
    public bool IsPart { get; init; }
    public string? Rest { get; init; }
    public DateOnly? RestBy { get; init; }

    /// <summary>Earlier parts that it takes up; null: all that were not taken back.</summary>
    public IReadOnlyList<long>? UsedParts { get; init; }

    /// <summary>There was nothing in this period, and why: a statement of its own kind.</summary>
    public string? Nothing { get; init; }

    /// <summary>All that is said, as one hash.</summary>
    internal string Print => FormKey.Print(new
    {
        Note = Note.Trim(),
        Links = Links.Select(link => link.Trim()).Where(link => link.Length > 0),
        Statement = Statement?.Trim() ?? "",
        CapturedOn,
        OnBehalfOf = OnBehalfOf?.Trim() ?? "",
        Files = Files.Select(file => new[] { file.FileName, file.Blob.Sha256 }),
        Drafts = Drafts.Distinct().Order(),
        IsPart,
        Rest = Rest?.Trim() ?? "",
        RestBy,
        UsedParts = UsedParts?.Distinct().Order(),
        Nothing = Nothing?.Trim() ?? "",
    });
}

/// <summary>The stored submission.</summary>
public sealed record HandedIn(long Id, IReadOnlyList<EvidenceRow> Evidence);

/// <summary>Handing in and withdrawing. The files are durable before the rows commit.</summary>
public sealed class HandIn(Db db, SubmissionStore submissions, EvidenceFile files)
{
    public const int LongestLink = 2000;

    /// <summary>Refuses early what would be refused after reading two gigabytes.</summary>
    /// <exception cref="NotFound">Not there, or not the user's to hand in.</exception>
    /// <exception cref="Refusal">Not open.</exception>
    public async Task CheckAsync(CurrentUser user, long collection, string? idempotencyKey, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        if (idempotencyKey is null || await SubmissionStore.ByKeyAsync(work, user, collection, idempotencyKey, ct) is null)
        {
            found.Submit();
        }
    }

    /// <exception cref="InvalidInput">Nothing given, or a field cannot be taken.</exception>
    /// <exception cref="Refusal">Not open, or something else was received under the same key.</exception>
    public async Task<HandedIn> SubmitAsync(CurrentUser user, long collection, HandInInput input, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CollectionStore.LockAsync(work, user, collection, CollectionScope.MayHandIn, ct) ?? throw new NotFound();
        if (input.IdempotencyKey is { } key && await SubmissionStore.ByKeyAsync(work, user, collection, key, ct) is { } first)
        {
            FormKey.Check(first.Print, input.Print);
            return new HandedIn(first.Id, first.Evidence);
        }
        var rest = Remaining(input, work.Today);
        var after = rest is null ? found.Submit() : found.SubmitPart();
        if ((await files.SortAsync(input.Files, ct)).Refused is [var refused, ..])
        {
            throw refused;
        }
        var parts = rest is null ? await PartsAsync(work, collection, input.UsedParts, ct) : [];
        var pieces = Pieces(input, await DraftStore.TakeAsync(work, user, collection, input.Drafts, ct), work.Today);
        if (pieces.Count + parts.Count == 0)
        {
            throw InvalidInput.At<Words>("file", "NothingHandedIn");
        }
        var (onBehalfOf, behalfName) = await OnBehalfOfAsync(work, user, found, input.OnBehalfOf, ct);
        var id = await submissions.AddAsync(work, user, collection, onBehalfOf, input.CapturedOn, input.Note.Trim(), input.IdempotencyKey is null ? null : (input.IdempotencyKey, input.Print), pieces, ct, rest, parts);
        await DraftStore.EndAsync(work, user, collection, ct, rest is null ? null : input.Drafts);
        await CollectionStore.RecordAsync(work, user, collection, rest is null ? "submit" : "part", after, id, null, ct);
        if (rest is null)
        {
            await EvidenceMails.TellHandedInAsync(work, collection, id, user.Name, behalfName, work.Today > found.LateAfter, ct);
        }
        else
        {
            await EvidenceMails.TellRestAsync(work, collection, $"part{id}", ct);
        }
        if (rest is null)
        {
            await CollectionEvents.AnnounceAsync(work, "collection.submitted", [collection], ct);
        }
        await work.ActAsync(rest is null ? "collection.submitted" : "collection.partSubmitted", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["submission"] = $"{id}", ["pieces"] = $"{pieces.Count}", ["parts"] = parts.Count == 0 ? null : $"{parts.Count}", ["onBehalfOf"] = onBehalfOf is null ? null : $"{onBehalfOf}" }, ct: ct);
        var evidence = await SubmissionStore.EvidenceOfAsync(work, id, ct);
        await work.CommitAsync(ct);
        return new HandedIn(id, evidence);
    }

    /// <summary>Takes a pending submission, or a part, back: its submitter, or a compliance manager. All of it stays in history.</summary>
    /// <exception cref="NotFound">Not there, or not the user's.</exception>
    /// <exception cref="Refusal">Not pending.</exception>
    public async Task WithdrawAsync(CurrentUser user, long submission, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var collection = await SubmissionStore.CollectionOfAsync(work, user, submission, ct) ?? throw new NotFound();
        var found = await CollectionStore.LockAsync(work, user, collection,
            "(@isManager or exists (select 1 from submissions mine where mine.collection_id = c.id and mine.by_account = @account))", ct) ?? throw new NotFound();
        if (await work.FirstAsync<KnownPart>("""
            select s.by_account, exists (select 1 from collection_acts t where t.collection_id = @collection and t.submission_id = s.id and t.act = 'withdraw') as is_back from submissions s where s.id = @submission and s.is_part
            """, new { submission, collection }, ct) is { } part)
        {
            await WithdrawPartAsync(work, user, found, submission, part, ct);
            return;
        }
        if (found.PendingSubmissionId != submission)
        {
            throw Refusal.Of<Words>("NothingToWithdraw");
        }
        if (!user.Is(Role.ComplianceManager) && found.SubmitterAccountId != user.AccountId)
        {
            throw new NotFound();
        }
        var before = await work.FirstAsync<string>("""
            select state_after from collection_acts where collection_id = @collection and state_after in ('open', 'returned')
              and id < (select min(id) from collection_acts where submission_id = @submission) order by id desc limit 1
            """, new { collection, submission }, ct);
        var after = found.Withdraw(Enum.Parse<CollectionState>(before!, ignoreCase: true));
        await TakeReview.EndAsync(work, collection, ct);
        await CollectionStore.RecordAsync(work, user, collection, "withdraw", after, submission, null, ct);
        await work.SettleAsync(EvidenceMails.Subject(collection), ct: ct);
        await work.ActAsync("collection.withdrawn", EvidenceMails.Subject(collection), new Dictionary<string, string?> { ["submission"] = $"{submission}" }, ct: ct);
        await work.CommitAsync(ct);
    }

    private sealed record KnownPart(long ByAccount, bool IsBack);

    private static async Task WithdrawPartAsync(UnitOfWork work, CurrentUser user, Collection found, long part, KnownPart known, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager) && known.ByAccount != user.AccountId)
        {
            throw new NotFound();
        }
        var after = known.IsBack ? throw Refusal.Of<Words>("NothingToWithdraw") : found.WithdrawPart();
        await CollectionStore.RecordAsync(work, user, found.Id, "withdraw", after, part, null, ct);
        await EvidenceMails.TellRestAsync(work, found.Id, $"back{part}", ct);
        await work.ActAsync("collection.partWithdrawn", EvidenceMails.Subject(found.Id), new Dictionary<string, string?> { ["submission"] = $"{part}" }, ct: ct);
        await work.CommitAsync(ct);
    }

    private static Rest? Remaining(HandInInput input, DateOnly today) =>
        input.IsPart ? Evidence.Rest.Of(input.Rest, input.RestBy, today)
        // Said but not meant: rather asked than lost.
        : !string.IsNullOrWhiteSpace(input.Rest) ? throw InvalidInput.At<Words>("rest", "RestWithoutPart") : null;

    private static async Task<IReadOnlyList<long>> PartsAsync(UnitOfWork work, long collection, IReadOnlyList<long>? used, CancellationToken ct)
    {
        var live = await SubmissionStore.LivePartsAsync(work, collection, ct);
        return used is null ? live : used.Except(live).Any() ? throw InvalidInput.At<Words>("usedPart", "PartGone") : [.. live.Intersect(used)];
    }

    private static List<NewEvidence> Pieces(HandInInput input, IReadOnlyList<DraftFile> drafts, DateOnly today)
    {
        if (input.CapturedOn > today)
        {
            throw InvalidInput.At<Words>("capturedOn", "CapturedInFuture");
        }
        if (input.Note.Length > 4000)
        {
            throw InvalidInput.At<Words>("note", "NoteLength", 4000);
        }
        if (input.Statement?.Length > 4000)
        {
            throw InvalidInput.At<Words>("statement", "NoteLength", 4000);
        }
        var pieces = drafts.Select(file => new NewEvidence("file", file.FileName, file.MediaType, file.Size, file.Sha256, null))
            .Concat(input.Files.Select(file => new NewEvidence("file", file.FileName, file.MediaType, file.Blob.Size, file.Blob.Sha256, null))).ToList();
        foreach (var link in input.Links.Select(link => link.Trim()).Where(link => link.Length > 0))
        {
            if (link.Length > LongestLink || !Uri.TryCreate(link, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0)
            {
                throw InvalidInput.At<Words>("link", "LinkNotAddress", link.Length > 80 ? link[..80] + "…" : link);
            }
            pieces.Add(new NewEvidence("link", null, null, null, null, link));
        }
        if (input.Statement?.Trim() is { Length: > 0 } statement)
        {
            pieces.Add(new NewEvidence("statement", null, null, null, null, statement));
        }
        if (input.Nothing?.Trim() is { Length: > 0 } nothing)
        {
            pieces.Add(nothing.Length > 4000 ? throw InvalidInput.At<Words>("nothing", "NoteLength", 4000) : new NewEvidence("statement", null, null, null, null, EvidenceRow.NothingBegins + nothing, true));
        }
        return pieces;
    }

    private static async Task<(long? Id, string? Name)> OnBehalfOfAsync(UnitOfWork work, CurrentUser user, Collection collection, string? given, CancellationToken ct)
    {
        var (number, name) = await work.FirstAsync<(string, string)>("select employee_no, name from people where id = @AssigneeId", new { collection.AssigneeId }, ct);
        if (string.IsNullOrWhiteSpace(given) || given.Trim() == number)
        {
            return collection.AssigneeId == user.PersonId ? (null, null) : (collection.AssigneeId, name);
        }
        if (!user.Is(Role.ComplianceManager))
        {
            throw InvalidInput.At<Words>("onBehalfOf", "BehalfOfAssignee", number);
        }
        var person = await RequestStore.EmployedAsync(work, given.Trim().Replace("\0", ""), ct) ?? throw InvalidInput.At<Words>("onBehalfOf", "PersonUnknown", given);
        if (person == collection.ReviewerId)
        {
            throw InvalidInput.At<Words>("onBehalfOf", "BehalfOfReviewer");
        }
        return person == user.PersonId ? (null, null) : (person, await work.FirstAsync<string>("select name from people where id = @person", new { person }, ct));
    }
}
