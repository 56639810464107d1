using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>What every reading of a collection begins with: which, when, and whose.</summary>
public abstract class CollectionLine
{
    public long Id { get; init; }
    public string Title { get; init; } = "";
    public DateOnly PeriodFrom { get; init; }
    public DateOnly PeriodTo { get; init; }
    public DateOnly DueOn { get; init; }
    public CollectionState State { get; init; }
    public string AssigneeName { get; init; } = "";
    public bool AssigneeLeft { get; init; }

    /// <summary>Who stands in for the owner, who is on leave.</summary>
    public string? DeputyName { get; init; }
}

/// <summary>A line of a list of collections.</summary>
public sealed class CollectionRow : CollectionLine
{
    public long RequestId { get; init; }
    public DateOnly OpensOn { get; init; }

    /// <summary>As first planned; differs when the due date was moved.</summary>
    public DateOnly PlannedDueOn { get; init; }

    /// <summary>The first due date that passed unmet and was moved afterwards.</summary>
    public DateOnly? MissedDueOn { get; init; }

    /// <summary>What is handed in after this day is late for ever.</summary>
    public DateOnly LateAfter => MissedDueOn ?? DueOn;
    public bool Overdue { get; init; }
    public string Assignee { get; init; } = "";
    public string ReviewerName { get; init; } = "";

    /// <summary>Employee number of who stands in for the owner.</summary>
    public string? Deputy { get; init; }

    /// <summary>It is the reader's to hand in, as its owner or in the owner's place.</summary>
    public bool AssigneeIsMe { get; init; }

    /// <summary>The reader stands in for the owner.</summary>
    public bool DeputyIsMe { get; init; }

    /// <summary>The reader is the named reviewer and did not hand in themselves.</summary>
    public bool ReviewerIsMe { get; init; }
    public int Minutes { get; init; }

    /// <summary>When the pending or last submission came in; after the due date it is late for ever.</summary>
    public DateTime? SubmittedAt { get; init; }

    /// <summary>The last submission is past evidence that was brought in: never late.</summary>
    public bool BroughtIn { get; init; }

    /// <summary>Parts that came in since the last whole hand-in, while it is still owed.</summary>
    public int Parts { get; init; }

    /// <summary>What is still to come, as the newest part says, and by when.</summary>
    public string? Rest { get; init; }
    public DateOnly? RestBy { get; init; }

    /// <summary>Items it serves, <c>framework:ref</c>.</summary>
    public string[] Items { get; init; } = [];

    /// <summary>Its place in the list it was read for.</summary>
    public string Place { get; init; } = "";
}

/// <summary>The terms a collection was planned from, and what the reader may do with it.</summary>
public sealed record CollectionTerms(int Version, string Guidance, string Every, int EveryMonths, string OnDay, int OpensOffset, int DueOffset, string DueUnit, string DueShift, DateOnly StartOn,
    DateOnly? PlannedOpensOn, bool MayHandIn, bool MayReview, bool RequestIsVisible, bool AssigneeHasAccount, bool MayGiveRequest, int Versions)
{
    /// <summary>The rule it was planned by.</summary>
    public PlanRule Rule => PlanRule.Of(Every, EveryMonths, OnDay, OpensOffset, DueOffset, DueUnit, DueShift, StartOn);
}

/// <summary>SQL of collections, as their readers may see them.</summary>
public sealed partial class CollectionStore(Db db)
{
    private const string Columns = $"""
        c.id, c.request_id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.opens_on, c.due_on, c.planned_due_on, c.missed_due_on, c.state,
        c.state in ('open', 'returned') and c.due_on < clock.today as overdue,
        p.employee_no as assignee, p.name as assignee_name, w.name as reviewer_name, v.minutes,
        y.employee_no as deputy, y.name as deputy_name, coalesce(c.deputy_id = @person, false) as deputy_is_me,
        coalesce(c.assignee_id = @person, false) or coalesce(c.deputy_id = @person, false) as assignee_is_me,
        coalesce(c.reviewer_id = @person, false) and not exists (select 1 from submissions s where s.id = c.pending_submission_id and {CollectionScope.Own}) as reviewer_is_me,
        coalesce(p.left_on < clock.today, false) as assignee_left,
        (select max(s.at) from submissions s where s.collection_id = c.id and not s.is_part) as submitted_at, coalesce(part.parts, 0) as parts, part.rest, part.rest_by,
        exists (select 1 from past_evidence_pieces x where x.submission_id = (select max(s.id) from submissions s where s.collection_id = c.id and not s.is_part)) as brought_in,
        (select array_agg(i.framework || ':' || i.ref order by i.framework, i.ref) from request_items i where i.request_id = c.request_id and i.version = c.version) as items
        """;

    // What a row shows of other tables.
    private const string Shown = $"""
        join request_versions v on v.request_id = c.request_id and v.version = c.version
        join people p on p.id = c.assignee_id
        join people w on w.id = c.reviewer_id
        left join people y on y.id = c.deputy_id
        {CollectionScope.Parts}
        cross join (select tokyo_date(business_now()) as today) clock
        """;

    public async Task<CollectionRow?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<CollectionRow>($"select {Columns} from collections c {Shown} where c.id = @id and {CollectionScope.Condition}", parameters, ct);
    }

    /// <summary>What the page of one collection shows beyond its row, with what the reader may do there; null when it is not theirs to see.</summary>
    public async Task<CollectionTerms?> TermsAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<CollectionTerms>($"""
            select c.version, v.guidance, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, v.start_on, c.planned_opens_on, coalesce({CollectionScope.MayHandIn}, false) as may_hand_in, coalesce({CollectionScope.MayReview}, false) as may_review,
                   coalesce({CollectionScope.RequestCondition}, false) as request_is_visible,
                   exists (select 1 from accounts a where a.person_id = c.assignee_id and a.disabled_at is null) as assignee_has_account,
                   coalesce({CollectionScope.MayHandIn} and {CollectionScope.MayGiveRequest}, false) as may_give_request, r.version as versions
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version join evidence_requests r on r.id = c.request_id
            where c.id = @id and {CollectionScope.Condition}
            """, parameters, ct);
    }

    /// <summary>How many submissions wait for the reader's decision, and how many they could decide on were they not their own; both exact to <paramref name="cap"/> together.</summary>
    public async Task<(long Waiting, long Own)> CountWaitingAsync(CurrentUser user, int cap, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["cap"] = cap;
        await using var connection = await db.OpenAsync(ct);
        // The reader's own are looked up from the reader's side: asking of each that waits who handed it in would be thousands of look-ups.
        return await connection.FirstAsync<(long, long)>($"""
            with theirs as materialized (select c.pending_submission_id as id from collections c where c.state = 'submitted' and {CollectionScope.Condition} and {CollectionScope.MayReview} limit @cap),
                 oldest as materialized (select coalesce(min(id), 0) as id from theirs),
                 mine as (select id from submissions where by_account = @account and id >= (select id from oldest)
                          union select id from submissions where by_person = @person and id >= (select id from oldest)
                          union select id from submissions where on_behalf_of = @person and id >= (select id from oldest)
                          union select x.submission_id from submission_parts x join submissions q on q.id = x.part_id
                                where x.submission_id >= (select id from oldest) and (q.by_account = @account or q.by_person = @person or q.on_behalf_of = @person))
            select count(*) - count(*) filter (where own), count(*) filter (where own) from (select id in (select id from mine) as own from theirs) told
            """, parameters, ct);
    }

    /// <summary>The next due date of what will come to the reader for review; null when nothing is on its way.</summary>
    public async Task<DateOnly?> NextForReviewAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<DateOnly?>($"""
            select min(c.due_on) from collections c where c.state in ('open', 'returned') and c.due_on >= tokyo_date(business_now()) and {CollectionScope.Condition} and {CollectionScope.MayReview}
              and c.assignee_id is distinct from @person and c.deputy_id is distinct from @person
            """, CollectionScope.Parameters(user), ct);
    }

    /// <summary>
    /// The collection as the rules need it, locked until the operation ends, if the user may do this to it.
    /// </summary>
    /// <param name="may">One of the conditions of <see cref="CollectionScope"/>.</param>
    public static Task<Collection?> LockAsync(UnitOfWork work, CurrentUser user, long id, string may, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        return work.FirstAsync<Collection>($"""
            select c.id, c.state, c.opens_on, c.due_on, c.assignee_id, c.reviewer_id, c.pending_submission_id,
                   s.by_account as submitter_account_id, s.by_person as submitter_id, s.on_behalf_of, c.missed_due_on, c.deputy_id, coalesce({CollectionScope.OwnPart}, false) as decider_handed_in_part
            from collections c left join lateral (select * from submissions where collection_id = c.id order by id desc limit 1) s on c.state in ('submitted', 'accepted')
            where c.id = @id and {may} and {CollectionScope.Condition} for update of c
            """, parameters, ct);
    }

    /// <summary>Writes what was done and the state it led to; the cache on the collection follows.</summary>
    public static Task RecordAsync(UnitOfWork work, CurrentUser user, long collection, string act, CollectionState after, long? submission, string? comment, CancellationToken ct) =>
        work.ExecuteAsync("""
            insert into collection_acts (collection_id, act, state_after, submission_id, by_account, by_person, at, comment)
            values (@collection, @act, @after, @submission, @AccountId, @PersonId, @Now, @comment);
            update collections set state = @after, state_at = case when state = @after then state_at else @Now end, pending_submission_id = case when @after = 'submitted' then @submission end where id = @collection;
            """, new { collection, act, after = after.ToString().ToLowerInvariant(), submission, user.AccountId, user.PersonId, work.Now, comment }, ct);
}
