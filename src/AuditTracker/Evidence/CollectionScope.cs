using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>
/// Which collections somebody may see, as a condition for every WHERE (design §7a): all for compliance manager, internal auditor and
/// management; else those assigned to them, those they stand in for, those of a department they head, those that name them as reviewer, and those of frameworks
/// they review. The alias of <c>collections</c> is <c>c</c>.
/// </summary>
public static class CollectionScope
{
    /// <summary>What a collection is called: its request's title, and whom it is about when it is asked for because of what happened to somebody. Aliases <c>c</c>, <c>v</c>.</summary>
    public const string Title = "case when c.event_id is null then v.title else collection_title(v.title, c.event_id) end";

    // Read once per statement, and then looked up by index; a correlated subquery would be asked for every row.
    internal const string Headed = """
        array(select o.person_id from posts o join department_versions v on v.department_id = o.department_id
            where v.head_id = @person
              and tokyo_date(business_now()) between o.from_on and coalesce(o.to_on, 'infinity')
              and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity'))
        """;

    private const string HeadsTheAssignee = $"c.assignee_id = any({Headed})";

    private const string ReviewsTheFramework = """
        exists (select 1 from request_items i where i.request_id = c.request_id and i.version = c.version
            and i.framework = any(array(select g.framework from role_grants g
                where g.account_id = @account and g.role = 'reviewer' and tokyo_date(business_now()) between g.from_on and coalesce(g.to_on, 'infinity'))))
        """;

    public const string Condition = $"""
        (@seesAll or c.assignee_id = @person or c.deputy_id = @person or c.reviewer_id = @person
         or {HeadsTheAssignee}
         or {ReviewsTheFramework})
        """;

    /// <summary>
    /// <see cref="Condition"/> for lists of those who do not see all: the people and requests the reader reaches today are read first
    /// (<c>@headed</c>, <c>@reviewed</c>), so that indexes answer in the place of a scan.
    /// </summary>
    public const string Reached = $"({ReachedInPerson} or ({ReachedByFramework}))";

    /// <summary>The part of <see cref="Reached"/> that people decide.</summary>
    public const string ReachedInPerson = "(c.assignee_id = @person or c.deputy_id = @person or c.reviewer_id = @person or c.assignee_id = any(@headed))";

    /// <summary>The part of <see cref="Reached"/> that frameworks decide.</summary>
    // What the frameworks ask for is read once and looked up in; asked for each row, it would cost more than the row.
    public const string ReachedByFramework = """
        c.request_id = any(@reviewed) and coalesce((c.request_id, c.version) in (select i.request_id, i.version from request_items i
            where i.framework = any(array(select g.framework from role_grants g
                where g.account_id = @account and g.role = 'reviewer' and tokyo_date(business_now()) between g.from_on and coalesce(g.to_on, 'infinity')))), false)
        """;

    /// <summary>Whose hands the evidence may come from: the assignee, whoever stands in for them, the head of their department, a compliance manager (on behalf).</summary>
    public const string MayHandIn = $"""
        (@isManager or c.assignee_id = @person or c.deputy_id = @person
         or {HeadsTheAssignee})
        """;

    /// <summary>Who may decide: the named reviewer, a reviewer of one of the frameworks, a compliance manager. Own submissions are refused by the rule.</summary>
    public const string MayReview = $"""
        (@isManager or c.reviewer_id = @person
         or {ReviewsTheFramework})
        """;

    /// <summary>What is with the reader to hand in: their own, unless somebody stands in for them, and what they stand in for.</summary>
    public const string Mine = "(c.deputy_id = @person or (c.assignee_id = @person and c.deputy_id is null))";

    /// <summary>Owed by somebody who is away until after it is due, with nobody standing in; alias <c>c</c>, parameter <c>Today</c>.</summary>
    internal const string WithoutDeputy = """
        (c.state in ('open', 'returned') and c.deputy_id is null and exists (select 1 from leaves l where l.person_id = c.assignee_id
            and @Today between l.from_on and coalesce(l.to_on, 'infinity') and c.due_on <= coalesce(l.to_on, 'infinity')))
        """;

    /// <summary>The people whom <see cref="Condition"/> lets see the collection <c>@collection</c> today, as an array.</summary>
    public const string Readers = """
        array(select unnest(array[c.assignee_id, c.deputy_id, c.reviewer_id]) from collections c where c.id = @collection
            union
            select v.head_id from collections c join posts o on o.person_id = c.assignee_id join department_versions v on v.department_id = o.department_id
            where c.id = @collection and tokyo_date(business_now()) between o.from_on and coalesce(o.to_on, 'infinity') and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity')
            union
            select a.person_id from role_grants g join accounts a on a.id = g.account_id
            where a.disabled_at is null and tokyo_date(business_now()) between g.from_on and coalesce(g.to_on, 'infinity')
              and (g.role in ('complianceManager', 'internalAuditor', 'management')
                   or (g.role = 'reviewer' and exists (select 1 from collections c join request_items i on i.request_id = c.request_id and i.version = c.version where c.id = @collection and i.framework = g.framework))))
        """;

    /// <summary>Who writes comments: the owner's side and the reviewer's side.</summary>
    public const string MayComment = $"({MayHandIn} or {MayReview})";

    /// <summary>Who waives and takes waivers back.</summary>
    public const string MayWaive = "@isManager";

    /// <summary>The submission (alias <c>s</c>) is the reader's own, or was handed in for them: they never decide on it. Unknown where persons are missing: wrap it in coalesce to negate it.</summary>
    public const string Own = $"(s.by_account = @account or s.by_person = @person or s.on_behalf_of = @person or {OwnPart})";

    /// <summary>A part that the submission (alias <c>s</c>) takes up is the reader's own, or was handed in for them.</summary>
    public const string OwnPart = """
        exists (select 1 from submission_parts x join submissions q on q.id = x.part_id
                where x.submission_id = s.id and (q.by_account = @account or q.by_person = @person or q.on_behalf_of = @person))
        """;

    /// <summary>
    /// What came in part for a collection that is still owed, as <c>part</c>: how many parts since the last whole hand-in, and what the newest says is still to come.
    /// </summary>
    public const string Parts = """
        left join lateral (
            select q.rest, q.rest_by, (count(*) over ())::int as parts from submissions q
            where q.collection_id = c.id and q.is_part and c.state in ('open', 'returned')
              and not exists (select 1 from collection_acts t where t.collection_id = c.id and t.submission_id = q.id and t.act = 'withdraw')
              and not exists (select 1 from submissions f where f.collection_id = c.id and f.id > q.id and not f.is_part
                    and not exists (select 1 from collection_acts t where t.collection_id = c.id and t.submission_id = f.id and t.act = 'withdraw'))
            order by q.id desc limit 1) part on true
        """;

    /// <summary>What waits for the reader's decision: handed in, theirs to decide, and neither by nor for themselves.</summary>
    public const string Waiting = $"""
        (c.state = 'submitted' and {MayReview}
         and not exists (select 1 from submissions s where s.id = c.pending_submission_id and {Own}))
        """;

    /// <summary>The same for requests, alias <c>r</c>: all, one's own, those of one's department, those one reviews.</summary>
    public const string RequestCondition = $"(@seesAll or r.owner_id = @person or r.reviewer_id = @person or r.owner_id = any({Headed}))";

    /// <summary>
    /// Who, handing over a collection, may give the whole request (alias <c>r</c>) away with it: where the request is its assignee's, whoever may hand
    /// it over; else the head of the owner's department and compliance managers. A period on loan, or as a deputy, gives no say about the rest.
    /// </summary>
    public const string MayGiveRequest = $"""
        (@isManager or (r.owner_id = c.assignee_id and c.deputy_id is distinct from @person)
         or r.owner_id = any({Headed}))
        """;

    /// <summary>The parameters of the conditions.</summary>
    public static Dictionary<string, object?> Parameters(CurrentUser user) => new()
    {
        ["seesAll"] = user.SeesAllEvidence,
        ["isManager"] = user.Is(Role.ComplianceManager),
        ["person"] = user.PersonId,
        ["account"] = user.AccountId,
    };
}
