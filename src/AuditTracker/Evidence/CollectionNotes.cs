using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>What was asked about a collection and waits for an answer.</summary>
/// <param name="Kind"><c>askWaiver</c> or <c>askDue</c>.</param>
/// <param name="DueOn">The due date asked for.</param>
public sealed record OpenAsk(long Id, string Kind, long? ByAccount, long? ByPerson, string By, DateTime At, string Words, DateOnly? DueOn)
{
    /// <summary>The reader asked it themselves: somebody else decides.</summary>
    public bool IsBy(CurrentUser user) => ByAccount == user.AccountId || (ByPerson is not null && ByPerson == user.PersonId);
}

/// <summary>An open ask in the list of those who decide.</summary>
public sealed record AskRow(long Id, string Kind, long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, DateOnly? AskedOn, string By, DateTime At, string Words, string Place = "");

/// <summary>One note of a collection's record, as it is read.</summary>
/// <param name="TakenBack">A later note took it back.</param>
/// <param name="For">Of a comment: names and employee numbers of whom it is for, a line each, number and name parted by a tab.</param>
/// <param name="IsNewToMe">It is for the reader, who has not opened it yet.</param>
public sealed record NoteRow(long Id, string Kind, string? By, long? ByAccount, DateTime At, string? Words, DateOnly? DueOn, DateOnly? DueBefore, DateOnly? OpensOn, DateOnly? OpensBefore, string? Person, string? PersonBefore, bool TakenBack, string? For, bool IsNewToMe)
{
    /// <summary>Employee number and name of whom a comment is for.</summary>
    public IReadOnlyList<(string Number, string Name)> Addressees => [.. (For ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t', 2)).Select(parts => (parts[0], parts[1]))];
}

/// <summary>What a note says beside its kind.</summary>
/// <param name="OpensOn">Where an occurrence that had not opened opens instead.</param>
public sealed record NewNote(string Kind, string? Words = null, long? Answers = null, DateOnly? DueOn = null, DateOnly? DueBefore = null, DateOnly? OpensOn = null, DateOnly? OpensBefore = null);

/// <summary>SQL of the notes of a collection: append-only, they change no state.</summary>
public sealed class CollectionNotes(Db db)
{
    public const int LongestWords = 4000;

    /// <summary>Nobody answered it, and nothing happened since that made it idle. Alias <c>n</c> within a collection.</summary>
    private const string IsOpenAsk = """
        n.kind in ('askWaiver', 'askDue')
        and not exists (select 1 from collection_notes l where l.answers = n.id)
        and not exists (select 1 from collection_notes l where l.collection_id = n.collection_id and l.id > n.id and n.kind = 'askDue' and l.kind = 'moveDue')
        and not exists (select 1 from collection_acts a where a.collection_id = n.collection_id and a.act in ('submit', 'waive') and a.at >= n.at)
        """;

    /// <summary>The notes of a collection the reader may see, newest first.</summary>
    public async Task<IReadOnlyList<NoteRow>> OfAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<NoteRow>($"""
            select n.id, n.kind, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, n.by_account, n.at, n.words, n.due_on, n.due_before, n.opens_on, n.opens_before, null::text as person, null::text as person_before,
                   exists (select 1 from collection_notes u where u.answers = n.id and u.kind = 'uncomment') as taken_back,
                   (select string_agg(w.employee_no || E'\t' || w.name, E'\n' order by w.name_kana, w.id) from comment_mentions m join people w on w.id = m.person_id where m.note_id = n.id) as for,
                   exists (select 1 from comment_mentions m where m.note_id = n.id and m.person_id = @person and not exists (select 1 from comment_mentions_seen s where s.note_id = m.note_id and s.person_id = m.person_id)) as is_new_to_me
            from collection_notes n join collections c on c.id = n.collection_id
            left join people p on p.id = n.by_person left join accounts a on a.id = n.by_account
            where n.collection_id = @id and n.kind <> 'changeOwner' and {CollectionScope.Condition}
            union all
            -- Who owes it is kept by the assignments; a note of the same operation says why.
            select m.id, 'changeOwner', coalesce(p.name, nullif(a.name, ''), a.sign_in), m.by_account, m.at,
                   (select n.words from collection_notes n where n.collection_id = m.collection_id and n.kind = 'changeOwner' and n.at = m.at limit 1), null, null, null, null, w.name, b.name, false, null, false
            from collection_assignments m join collections c on c.id = m.collection_id
            left join accounts a on a.id = m.by_account left join people p on p.id = a.person_id join people w on w.id = m.to_id join people b on b.id = m.from_id
            where m.collection_id = @id and {CollectionScope.Condition}
            union all
            select k.id, 'deputy', null, null, k.at, null, null, null, null, null, y.name, b.name, false, null, false
            from collection_deputies k join collections c on c.id = k.collection_id left join people y on y.id = k.deputy_id left join people b on b.id = k.before_id
            where k.collection_id = @id and {CollectionScope.Condition}
            order by 5 desc, 1 desc
            """, parameters, ct);
    }

    /// <summary>What waits for an answer on a collection the reader may see, oldest first.</summary>
    public async Task<IReadOnlyList<OpenAsk>> OpenAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<OpenAsk>($"{OpenSql} and {CollectionScope.Condition} order by n.id", parameters, ct);
    }

    /// <summary>The open ask of a kind, on a collection the operation has locked; null when nobody asks.</summary>
    public static Task<OpenAsk?> OpenAsync(UnitOfWork work, long collection, string kind, CancellationToken ct) =>
        work.FirstAsync<OpenAsk>($"{OpenSql} and n.kind = @kind order by n.id desc limit 1", new { id = collection, kind }, ct);

    /// <summary>The order of the list of asks: oldest first.</summary>
    public static readonly ListOrder Asked = new("asked", new SortKey("n.id"));

    /// <summary>Who is asked to decide at all; others are not looked for.</summary>
    public static bool MayDecide(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.Reviewer);

    /// <summary>What the reader may decide on and did not ask for; alias <c>n</c>, parameters of <see cref="CollectionScope"/>.</summary>
    public const string Waiting = $"""
        from collection_notes n join collections c on c.id = n.collection_id
        where {IsOpenAsk} and c.state in ('planned', 'open', 'returned') and n.by_account is distinct from @account and c.assignee_id is distinct from @person and c.deputy_id is distinct from @person
          and case n.kind when 'askWaiver' then {CollectionScope.MayWaive} else {CollectionScope.MayReview} end and {CollectionScope.Condition}
        """;

    /// <summary>A part of what the reader may decide on and did not ask for.</summary>
    public async Task<ListPage<AskRow>> WaitingAsync(CurrentUser user, ListSlice slice, CancellationToken ct)
    {
        if (!MayDecide(user))
        {
            return new([], null, null);
        }
        var parameters = CollectionScope.Parameters(user);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        return slice.Page(await connection.ListAsync<AskRow>($"""
            select n.id, n.kind, c.id as collection_id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on, n.due_on as asked_on, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, n.at, n.words, page.place
            from (select n.id, {slice.Order.Place} as place {Waiting} {behind} order by {slice.OrderBy} limit @limit) page
            join collection_notes n on n.id = page.id join collections c on c.id = n.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            left join people p on p.id = n.by_person left join accounts a on a.id = n.by_account
            order by {slice.OrderBy}
            """, parameters, ct), row => row.Place);
    }

    /// <summary>How many these are, exact to the cap.</summary>
    public async Task<long> CountWaitingAsync(CurrentUser user, int cap, CancellationToken ct)
    {
        if (!MayDecide(user))
        {
            return 0;
        }
        var parameters = CollectionScope.Parameters(user);
        parameters["cap"] = cap;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {Waiting} limit @cap) counted", parameters, ct);
    }

    /// <summary>Writes a note.</summary>
    public static Task<long> AddAsync(UnitOfWork work, CurrentUser user, long collection, NewNote note, CancellationToken ct) => work.FirstAsync<long>("""
        insert into collection_notes (collection_id, kind, answers, due_on, due_before, opens_on, opens_before, by_account, by_person, at, words)
        values (@collection, @Kind, @Answers, @DueOn, @DueBefore, @OpensOn, @OpensBefore, @AccountId, @PersonId, @Now, @Words) returning id
        """, new { collection, note.Kind, note.Answers, note.DueOn, note.DueBefore, note.OpensOn, note.OpensBefore, user.AccountId, user.PersonId, work.Now, note.Words }, ct);

    /// <summary>What a person has to say, trimmed.</summary>
    /// <exception cref="InvalidInput">Nothing, or too much, at <c>reason</c>.</exception>
    public static string Reason(string? typed) => typed?.Trim() switch
    {
        null or "" => throw InvalidInput.At<Words>("reason", "ReasonNeeded"),
        { Length: > LongestWords } => throw InvalidInput.At<Words>("reason", "NoteLength", LongestWords),
        var reason => reason.Replace("\0", ""),
    };

    private const string OpenSql = $"""
        select n.id, n.kind, n.by_account, n.by_person, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, n.at, n.words, n.due_on
        from collection_notes n join collections c on c.id = n.collection_id left join people p on p.id = n.by_person left join accounts a on a.id = n.by_account
        where n.collection_id = @id and {IsOpenAsk}
        """;
}
