using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>One piece of a submission: a file, a link or a statement.</summary>
/// <param name="Nothing">A statement that there was nothing in the period.</param>
public sealed record EvidenceRow(long Id, long SubmissionId, string Kind, string? FileName, string? MediaType, long? Size, string? Sha256, string? Content, bool Nothing = false)
{
    /// <summary>What the words of a statement of nothing begin with, so that they say it wherever they are read alone.</summary>
    public const string NothingBegins = "該当なし（0件）：";

    /// <summary>Why there was nothing, or a statement's words.</summary>
    public string? Reason => Nothing && Content?.StartsWith(NothingBegins, StringComparison.Ordinal) == true ? Content[NothingBegins.Length..] : Content;
}

/// <summary>A hand-in with how it ended.</summary>
/// <param name="State">submitted, accepted, returned or withdrawn; part: one that others complete.</param>
/// <param name="ByNumber">Employee number; null when the account is nobody's. So are the other numbers.</param>
/// <param name="ByAccount">Account that handed in.</param>
/// <param name="IsBroughtIn">Past evidence: its instant says when it was brought in, and it is never late. When and by whom it is said to have been handed in and accepted follows.</param>
public sealed record SubmissionRow(long Id, string By, string? ByNumber, long ByAccount, string? OnBehalfOf, string? OnBehalfOfNumber, DateTime At, DateOnly? CapturedOn, string Note, string State,
    string? Decision, string? DecidedBy, string? DecidedByNumber, DateTime? DecidedAt, string? Comment,
    bool IsBroughtIn = false, DateOnly? ClaimedSubmittedOn = null, string ClaimedSubmittedBy = "", DateOnly? ClaimedAcceptedOn = null, string ClaimedAcceptedBy = "",
    bool IsPart = false, string? Rest = null, DateOnly? RestBy = null)
{
    /// <summary>Days from when it was taken to when it was handed in; null where nobody said when it was taken, or it is past evidence.</summary>
    public int? CaptureLag => CapturedOn is { } taken && !IsBroughtIn ? JapanTime.DateOf(At).DayNumber - taken.DayNumber : null;

    /// <summary>Handed in after this day, and so late for ever.</summary>
    public bool IsLateAfter(DateOnly day) => !IsBroughtIn && JapanTime.DateOf(At) > day;
}

/// <summary>A piece of what was accepted for the period before.</summary>
/// <param name="IsVisible">The reader may open it.</param>
public sealed record LastAccepted(long Id, string Kind, string? FileName, long? Size, string? Sha256, string? Content, long CollectionId, DateOnly PeriodFrom, DateOnly PeriodTo, bool IsVisible);

/// <summary>One line of a collection's history.</summary>
public sealed record ActRow(long Id, string Act, string? By, DateTime At, string? Comment, long? SubmissionId);

/// <summary>What was handed in before the new submission's row is written.</summary>
public sealed record NewEvidence(string Kind, string? FileName, string? MediaType, long? Size, string? Sha256, string? Content, bool Nothing = false);

/// <summary>SQL of submissions and their evidence.</summary>
public sealed class SubmissionStore(Db db, BlobStore blobs)
{
    public async Task<(IReadOnlyList<SubmissionRow> Submissions, IReadOnlyList<EvidenceRow> Evidence, IReadOnlyList<ActRow> Acts)> OfCollectionAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        var submissions = await connection.ListAsync<SubmissionRow>($"""
            select s.id, coalesce(p.name, a.name, a.sign_in) as by, p.employee_no as by_number, s.by_account, f.name as on_behalf_of, f.employee_no as on_behalf_of_number, s.at, s.captured_on, s.note,
                   case last.act when 'accept' then 'accepted' when 'return' then 'returned' when 'withdraw' then 'withdrawn' when 'part' then 'part' else 'submitted' end as state,
                   case when last.act in ('accept', 'return', 'reopen') then last.act end as decision,
                   case when last.act in ('accept', 'return', 'reopen') then coalesce(lp.name, la.name, la.sign_in) end as decided_by,
                   case when last.act in ('accept', 'return', 'reopen') then lp.employee_no end as decided_by_number,
                   case when last.act in ('accept', 'return', 'reopen') then last.at end as decided_at, case when last.act not in ('submit', 'part') then last.comment end as comment,
                   x.submission_id is not null as is_brought_in, x.claimed_submitted_on, coalesce(x.claimed_submitted_by, '') as claimed_submitted_by, x.claimed_accepted_on, coalesce(x.claimed_accepted_by, '') as claimed_accepted_by,
                   s.is_part, s.rest, s.rest_by
            from submissions s join collections c on c.id = s.collection_id join accounts a on a.id = s.by_account
            left join people p on p.id = s.by_person left join people f on f.id = s.on_behalf_of
            left join lateral (select * from collection_acts t where t.submission_id = s.id order by t.id desc limit 1) last on true
            left join past_evidence_pieces x on x.submission_id = s.id
            left join people lp on lp.id = last.by_person left join accounts la on la.id = last.by_account
            where s.collection_id = @id and {CollectionScope.Condition} order by s.id desc
            """, parameters, ct);
        var evidence = await connection.ListAsync<EvidenceRow>($"""
            select e.id, e.submission_id, e.kind, e.file_name, e.media_type, e.size, e.sha256, e.content, e.nothing
            from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
            where s.collection_id = @id and {CollectionScope.Condition} order by e.submission_id desc, e.position
            """, parameters, ct);
        var acts = await connection.ListAsync<ActRow>($"""
            select t.id, t.act, coalesce(p.name, a.name) as by, t.at, t.comment, t.submission_id
            from collection_acts t join collections c on c.id = t.collection_id left join people p on p.id = t.by_person left join accounts a on a.id = t.by_account
            where t.collection_id = @id and {CollectionScope.Condition} order by t.id desc
            """, parameters, ct);
        return (submissions, evidence, acts);
    }

    /// <summary>Which parts each submission of a collection takes up, in the order they came in.</summary>
    public async Task<ILookup<long, long>> PartsAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<(long Submission, long Part)>($"""
            select x.submission_id, x.part_id from submissions s join submission_parts x on x.submission_id = s.id join collections c on c.id = s.collection_id
            where s.collection_id = @id and {CollectionScope.Condition} order by x.submission_id, x.part_id
            """, parameters, ct)).ToLookup(row => row.Submission, row => row.Part);
    }

    /// <summary>The parts a hand-in may take up, in the order they came in: all that were not taken back.</summary>
    public static Task<IReadOnlyList<long>> LivePartsAsync(UnitOfWork work, long collection, CancellationToken ct) => work.QueryAsync<long>("""
        select s.id from submissions s where s.collection_id = @collection and s.is_part
          and not exists (select 1 from collection_acts t where t.collection_id = @collection and t.submission_id = s.id and t.act = 'withdraw') order by s.id
        """, new { collection }, ct);

    /// <summary>
    /// What was accepted for the latest period before this collection's: the good example, and what the machine compares with. Pieces the
    /// reader may not open are marked, for their hash still tells a file that was handed in twice.
    /// </summary>
    public async Task<IReadOnlyList<LastAccepted>> LastAcceptedAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<LastAccepted>($"""
            select e.id, e.kind, e.file_name, e.size, e.sha256, e.content, c.id as collection_id, c.period_from, c.period_to, coalesce({CollectionScope.Condition}, false) as is_visible
            from (select k.* from collections k join collections this on this.id = @id and k.request_id = this.request_id
                  where k.state = 'accepted' and k.period_to < this.period_from order by k.period_to desc limit 1) c
            join counted_evidence e on e.counted_for = (select max(a.submission_id) from collection_acts a where a.collection_id = c.id and a.act = 'accept')
            where exists (select 1 from collections c where c.id = @id and {CollectionScope.Condition})
            order by e.submission_id, e.position
            """, parameters, ct);
    }

    /// <summary>A file somebody may download, or null.</summary>
    /// <exception cref="Platform.Refusal">It is in quarantine; or a paper that filed itself, which names people and is opened by those who review, compliance managers and internal auditors.</exception>
    public async Task<EvidenceRow?> FileAsync(CurrentUser user, long evidence, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = evidence;
        await using var connection = await db.OpenAsync(ct);
        var file = await connection.FirstAsync<EvidenceRow>($"""
            select e.id, e.submission_id, e.kind, e.file_name, e.media_type, e.size, e.sha256, e.content, e.nothing
            from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
            where e.id = @id and e.kind = 'file' and {CollectionScope.Condition}
            """, parameters, ct);
        if (file is not null)
        {
            await FileStates.CheckAsync(connection, evidence, ct);
            parameters["seesFiled"] = user.IsAny(Role.ComplianceManager, Role.InternalAuditor);
            if (await connection.FirstAsync<bool>($"""
                select true from submissions s join collections c on c.id = s.collection_id join filings f on s.idempotency_key = 'filing:' || f.id and s.by_account = f.by_account
                where s.id = @submission and not coalesce(@seesFiled or {CollectionScope.MayReview}, false)
                """, new Dictionary<string, object?>(parameters) { ["submission"] = file.SubmissionId }, ct))
            {
                throw Platform.Refusal.Of<Words>("FiledNamesPeople");
            }
        }
        return file;
    }

    /// <summary>The collection a visible submission belongs to, or null.</summary>
    public static Task<long?> CollectionOfAsync(UnitOfWork work, CurrentUser user, long submission, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = submission;
        return work.FirstAsync<long?>($"select c.id from submissions s join collections c on c.id = s.collection_id where s.id = @id and {CollectionScope.Condition}", parameters, ct);
    }

    /// <inheritdoc cref="CollectionOfAsync(UnitOfWork, CurrentUser, long, CancellationToken)"/>
    public async Task<long?> CollectionOfAsync(CurrentUser user, long submission, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = submission;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long?>($"select c.id from submissions s join collections c on c.id = s.collection_id where s.id = @id and {CollectionScope.Condition}", parameters, ct);
    }

    /// <summary>What an account handed in under a key, or null.</summary>
    public static async Task<(long Id, string? Print, IReadOnlyList<EvidenceRow> Evidence)?> ByKeyAsync(UnitOfWork work, CurrentUser user, long collection, string key, CancellationToken ct)
    {
        var (id, print) = await work.FirstAsync<(long?, string?)>("select id, form_print from submissions where by_account = @AccountId and collection_id = @collection and idempotency_key = @key", new { user.AccountId, collection, key }, ct);
        return id is null ? null : (id.Value, print, await EvidenceOfAsync(work, id.Value, ct));
    }

    public static Task<IReadOnlyList<EvidenceRow>> EvidenceOfAsync(UnitOfWork work, long submission, CancellationToken ct) =>
        work.QueryAsync<EvidenceRow>("select id, submission_id, kind, file_name, media_type, size, sha256, content, nothing from evidence where submission_id = @submission order by position", new { submission }, ct);

    /// <param name="form">Its key and what it says under it.</param>
    /// <param name="rest">Makes it a part, and says what is still to come.</param>
    /// <param name="parts">Earlier parts that it takes up.</param>
    public async Task<long> AddAsync(UnitOfWork work, CurrentUser user, long collection, long? onBehalfOf, DateOnly? capturedOn, string note, (string Key, string? Print)? form, IReadOnlyList<NewEvidence> pieces, CancellationToken ct,
        Rest? rest = null, IReadOnlyList<long>? parts = null)
    {
        var id = await work.FirstAsync<long>("""
            insert into submissions (collection_id, by_account, by_person, on_behalf_of, at, captured_on, note, idempotency_key, form_print, is_part, rest, rest_by)
            values (@collection, @AccountId, @PersonId, @onBehalfOf, @Now, @capturedOn, @note, @key, @print, @isPart, @rest, @restBy) returning id
            """, new { collection, user.AccountId, user.PersonId, onBehalfOf, work.Now, capturedOn, note, key = form?.Key, print = form?.Print, isPart = rest is not null, rest = rest?.Words, restBy = rest?.By }, ct);
        await work.ExecuteAsync("insert into submission_parts (submission_id, part_id) select @id, part from unnest(@parts) part", new { id, parts = parts?.ToArray() ?? [] }, ct);
        foreach (var hash in pieces.Where(piece => piece.Sha256 is not null).Select(piece => piece.Sha256!).Distinct().Order(StringComparer.Ordinal))
        {
            await BlobRegister.HoldAsync(work, blobs, hash, ct);
        }
        foreach (var (piece, position) in pieces.Select((piece, position) => (piece, position)))
        {
            await work.ExecuteAsync("""
                insert into blobs (sha256, size, created_at) select @Sha256, @Size, @Now where @Sha256 is not null on conflict do nothing;
                insert into evidence (submission_id, position, kind, file_name, media_type, size, sha256, content, nothing)
                values (@id, @position, @Kind, @FileName, @MediaType, @Size, @Sha256, @Content, @Nothing);
                delete from destroyed_blobs where sha256 = @Sha256; -- the same bytes are handed in anew
                insert into blob_scans (sha256) select @Sha256 where @Sha256 is not null on conflict do nothing;
                """, new { id, position, piece.Kind, piece.FileName, piece.MediaType, piece.Size, piece.Sha256, piece.Content, piece.Nothing, work.Now }, ct);
        }
        // Whoever hands in what is in quarantine already is told as the first one was; no scan comes in between.
        foreach (var (quarantine, found) in await work.QueryAsync<(long, string)>("""
            select distinct q.id, q.found from evidence e join quarantines q on q.sha256 = e.sha256 where e.submission_id = @id and q.decision is distinct from 'released' order by q.id
            """, new { id }, ct))
        {
            await FileMails.TellQuarantinedAsync(work, quarantine, found, ct);
        }
        return id;
    }
}
