using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Training;

/// <summary>A campaign in the list, with the reader's part of its numbers.</summary>
public sealed record CampaignRow(long Id, string Title, string Kind, int FiscalYear, DateOnly OpensOn, DateOnly DueOn, string State, int Completed, int Unexplained, int Exempt, string Place)
{
    public int Total => Completed + Unexplained + Exempt;
    public int Percent => Completed + Unexplained == 0 ? 0 : Completed * 100 / (Completed + Unexplained);
}

/// <summary>One of somebody's trainings, of whatever year.</summary>
/// <param name="State">As in the table of states: <c>training.completed</c>.</param>
/// <param name="IsOwn">The reader's own.</param>
public sealed record PersonTraining(long Id, long CampaignId, string Title, int FiscalYear, string State, DateOnly DueOn, DateOnly? CompletedOn, bool IsOwn);

/// <summary>What a list of people is narrowed to.</summary>
/// <param name="Standing">A standing, <c>open</c> (still to be done) or <c>overdue</c>.</param>
public sealed record StandingFilter(string? Standing, string? Department, string? EmploymentType, string? Search);

/// <summary>Somebody still to go, on a page that does something to several.</summary>
public sealed record PickedPerson(long Id, string Name, string Department, string Standing, DateOnly DueOn);

/// <summary>Somebody who joined and whom no campaign for joiners has taken in yet.</summary>
/// <param name="Total">How many wait.</param>
public sealed record WaitingJoiner(string EmployeeNo, string Name, DateOnly HiredOn, int Total);

/// <summary>Reads of campaigns and rosters, each within what the reader may see.</summary>
public sealed partial class CampaignStore(Db db)
{
    public static readonly ListOrder[] Orders = [new("opens", new("c.opens_on", IsDate: true), new("c.id")) { IsNewestFirst = true }, new("due", new("c.due_on", IsDate: true), new("c.id"))];

    public static readonly ListOrder[] PeopleOrders = [new("no", new SortKey("r.id")), new("due", new("r.own_due_on", IsDate: true), new("r.id"))];

    internal const string Columns = """
        c.id, c.title, c.kind, c.fiscal_year, c.course, c.course_version, c.purpose, c.cutoff_on, c.opens_on, c.due_on, c.joiner_days,
        c.responsible_id, rp.employee_no as responsible_no, rp.name as responsible, c.state, c.version, c.by_account, coalesce(bp.name, ba.name) as by, c.at,
        coalesce(ap.name, aa.name) as approved_by, c.approved_at, c.started_at, c.report, c.reported_by as reported_account, coalesce(wp.name, wa.name) as reported_by, c.reported_at,
        coalesce(zp.name, za.name) as closed_by, c.closed_at
        from training_campaigns c join people rp on rp.id = c.responsible_id
        join accounts ba on ba.id = c.by_account left join people bp on bp.id = ba.person_id
        left join accounts aa on aa.id = c.approved_by left join people ap on ap.id = aa.person_id
        left join accounts wa on wa.id = c.reported_by left join people wp on wp.id = wa.person_id
        left join accounts za on za.id = c.closed_by left join people zp on zp.id = za.person_id
        """;

    /// <summary>A campaign the reader may see, or null.</summary>
    public async Task<Campaign?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var parameters = TrainingScope.Parameters(user);
        parameters["id"] = id;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<Campaign>($"select {Columns} where c.id = @id and {TrainingScope.Campaigns}", parameters, ct);
    }

    /// <summary>A campaign, locked for a change by those who may make it; null: not there or not theirs.</summary>
    /// <param name="may">A condition on the caller.</param>
    internal static Task<Campaign?> LockAsync(UnitOfWork work, CurrentUser user, long id, bool may, CancellationToken ct) =>
        work.FirstAsync<Campaign>($"select {Columns} where c.id = @id and @may for update of c", new { id, may }, ct);

    /// <summary>A campaign in a job or a report, where nobody is asking.</summary>
    public static Task<Campaign?> OfAsync(UnitOfWork work, long id, CancellationToken ct) => work.FirstAsync<Campaign>($"select {Columns} where c.id = @id", new { id }, ct);

    public async Task<ListPage<CampaignRow>> PageAsync(CurrentUser user, ListSlice slice, CancellationToken ct)
    {
        var parameters = TrainingScope.Parameters(user);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<CampaignRow>($"""
            with page as (select c.*, {slice.Order.Place} as place from training_campaigns c where {TrainingScope.Campaigns} {behind} order by {slice.OrderBy} limit @limit)
            select c.id, c.title, c.kind, c.fiscal_year, c.opens_on, c.due_on, c.state,
                   n.completed, n.total - n.completed - n.exempt as unexplained, n.exempt, c.place
            from page c cross join lateral (
                select count(*)::int as total, count(g.completed_at)::int as completed, count(*) filter (where g.completed_at is null and x.roster_id is not null)::int as exempt
                from training_roster r left join training_progress g on g.roster_id = r.id
                left join {Standings.Exempt}
                where r.campaign_id = c.id and {TrainingScope.Counted}) n
            order by {slice.OrderBy}
            """, parameters, ct);
        return slice.Page(rows, row => row.Place);
    }

    /// <summary>The reader's part of the numbers as of an instant.</summary>
    public async Task<Numbers> NumbersAsync(CurrentUser user, long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<Numbers>($"select {Standings.Counts} from ({Standings.Sql} and {TrainingScope.Counted}) r", With(user, campaign, asOf), ct))!;
    }

    /// <summary>The reader's part of all numbers as of an instant, in one reading of the roster.</summary>
    public async Task<Progress> ProgressAsync(CurrentUser user, long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return new(await connection.ListAsync<ProgressGroup>($"""
            select r.department_code as code, max(r.department) as name, r.employment_type as type, r.standing, case when r.standing = 'exempt' then r.reason end as reason, count(*)::int as people
            from ({Standings.Sql} and {TrainingScope.Counted}) r group by 1, 3, 4, 5
            """, With(user, campaign, asOf), ct));
    }

    /// <summary>How many completed on each day; days without anybody are absent.</summary>
    public async Task<IReadOnlyList<DayDone>> DaysAsync(CurrentUser user, long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<DayDone>($"""
            select {Standings.CompletedOn} as on, count(*)::int as done from training_roster r join training_progress g on g.roster_id = r.id
            where r.campaign_id = @campaign and g.completed_at <= @asOf and {TrainingScope.Counted} group by 1 order by 1
            """, With(user, campaign, asOf), ct);
    }

    private const string Filtered = """
        (@standing::text is null or r.standing = @standing or @standing = 'open' and r.standing in ('notStarted', 'inProgress', 'retake')
            or @standing = 'overdue' and r.standing in ('notStarted', 'inProgress', 'retake') and r.own_due_on < tokyo_date(@asOf))
        and (@department::text is null or r.department_code = @department) and (@type::text is null or r.employment_type = @type)
        and (@search::text is null or r.name like @search or r.employee_no like @search)
        """;

    private const string PersonColumns = """
        r.id, r.person_id, r.employee_no, r.name, r.department_code, r.department, r.employment_type, r.standing, r.own_due_on as due_on, r.started_at, r.completed_on, r.how, r.score, r.reason,
        case when r.standing = 'exempt' then r.detail else '' end as detail, r.exempt_from as from_on, r.exempt_to as to_on,
        exists (select from training_exemptions w where w.roster_id = r.id and w.approved_at is null and w.ended_at is null) as is_asked,
        (select max(m.finished_at) from notices n join mails m on m.id = n.mail_id where n.template like 'training/%' and n.subject = 'training:' || r.id and n.person_id = r.person_id and m.state = 'accepted') as told_at
        """;

    public async Task<ListPage<StandingRow>> PeopleAsync(CurrentUser user, long campaign, StandingFilter filter, ListSlice slice, DateTime asOf, CancellationToken ct)
    {
        var parameters = With(user, campaign, asOf, filter);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<StandingRow>($"""
            select {PersonColumns}, {slice.Order.Place} as place from ({Standings.Sql} and {TrainingScope.People}) r where {Filtered} {behind} order by {slice.OrderBy} limit @limit
            """, parameters, ct);
        return slice.Page(rows, row => row.Place);
    }

    /// <summary>How many the list has, at most <see cref="Platform.Web.ListQuery.Cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, long campaign, StandingFilter filter, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select from ({Standings.Sql} and {TrainingScope.People}) r where {Filtered} limit {Platform.Web.ListQuery.Cap}) counted", With(user, campaign, asOf, filter), ct);
    }

    /// <summary>Everybody the reader may see, in the roster's order; the connection is held so long.</summary>
    public async IAsyncEnumerable<StandingRow> AllAsync(CurrentUser user, long campaign, StandingFilter filter, DateTime asOf, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in Dapper.SqlMapper.QueryUnbufferedAsync<StandingRow>(connection, $"select {PersonColumns}, '' as place from ({Standings.Sql} and {TrainingScope.People}) r where {Filtered} order by r.id",
            With(user, campaign, asOf, filter)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>Those of a list who are still to go, for doing something to them: the ones picked by id, or all that a filter means.</summary>
    /// <param name="ids">Null: everybody the filter means.</param>
    public async Task<IReadOnlyList<PickedPerson>> StillOpenAsync(CurrentUser user, long campaign, StandingFilter filter, IReadOnlyCollection<long>? ids, int limit, DateTime asOf, CancellationToken ct)
    {
        var parameters = With(user, campaign, asOf, filter);
        parameters["ids"] = ids?.ToArray();
        parameters["limit"] = limit;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PickedPerson>($"""
            select r.id, r.name, r.department, r.standing, r.own_due_on as due_on from ({Standings.Sql} and {TrainingScope.People} and (@ids::bigint[] is null or r.id = any(@ids))) r
            where r.standing in ('notStarted', 'inProgress', 'retake') and {Filtered} order by r.id limit @limit
            """, parameters, ct);
    }

    /// <summary>Somebody's trainings of all years, the newest first: one's own, and those of people the reader may see.</summary>
    public async Task<IReadOnlyList<PersonTraining>> OfPersonAsync(CurrentUser user, string employeeNo, CancellationToken ct)
    {
        var parameters = TrainingScope.Parameters(user);
        parameters["employeeNo"] = employeeNo;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PersonTraining>($"""
            select r.id, r.campaign_id, c.title, c.fiscal_year,
                   'training.' || case when g.completed_at is not null then 'completed' when x.id is not null then 'exempt' when {Standings.OwnDueOn} < tokyo_date(coalesce(c.closed_at, business_now())) then 'overdue'
                       when g.failed_at is not null then 'retake' when g.started_at is not null then 'inProgress' else 'notStarted' end as state,
                   {Standings.OwnDueOn} as due_on, {Standings.CompletedOn} as completed_on, coalesce(r.person_id = @person, false) as is_own
            from people p join training_roster r on r.person_id = p.id join training_campaigns c on c.id = r.campaign_id
            left join training_progress g on g.roster_id = r.id
            left join {Standings.Exempt}
            where p.employee_no = @employeeNo and (r.person_id = @person or {TrainingScope.People}) order by c.opens_on desc, r.id desc limit 100
            """, parameters, ct);
    }

    /// <summary>Who joined and waits for a training, the longest waiting first: no campaign for joiners runs, or it takes in later ones only. For compliance managers.</summary>
    public async Task<IReadOnlyList<WaitingJoiner>> WaitingJoinersAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<WaitingJoiner>($"""
            select p.employee_no, p.name, e.happened_on as hired_on, (count(*) over ())::int as total
            from people_events e join people p on p.id = e.person_id
            where @isManager and e.kind = 'joined' and e.happened_on <= tokyo_date(business_now()) and not {FollowPeopleEvents.JoinedBefore} and (p.left_on is null or p.left_on >= tokyo_date(business_now()))
              and not exists (select from training_event_marks m where m.event_id = e.id) and not exists (select from people_events l where l.corrects_id = e.id)
              and not exists (select from training_roster r join training_campaigns c on c.id = r.campaign_id left join training_progress g on g.roster_id = r.id
                              where r.person_id = p.id and (g.completed_at is not null or c.kind in ('joiners', 'makeUp')))
              and not exists (select from training_campaigns c where c.kind = 'joiners' and c.state = 'running' and c.cutoff_on <= e.happened_on)
            order by e.happened_on, p.employee_no limit @limit
            """, new { isManager = user.Is(Role.ComplianceManager), limit }, ct);
    }

    /// <summary>A campaign for joiners is approved or runs; there is one at a time.</summary>
    public async Task<bool> HasJoinersAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select from training_campaigns where kind = 'joiners' and state in ('approved', 'running'))", ct: ct);
    }

    private static Dictionary<string, object?> With(CurrentUser user, long campaign, DateTime asOf, StandingFilter? filter = null)
    {
        var parameters = TrainingScope.Parameters(user);
        parameters["campaign"] = campaign;
        parameters["asOf"] = asOf;
        parameters["standing"] = filter?.Standing;
        parameters["department"] = filter?.Department;
        parameters["type"] = filter?.EmploymentType;
        parameters["search"] = filter?.Search is { } search ? $"%{search.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%" : null;
        return parameters;
    }
}
