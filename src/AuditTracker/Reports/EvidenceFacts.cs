using System.Data;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using Dapper;
using Npgsql;

namespace AuditTracker.Reports;

/// <summary>
/// What a workbook of evidence is made from, read in one snapshot and as of the cut-off: the newest act, control version and request
/// version of that instant. The rows that may be a million come one by one.
/// </summary>
public sealed class EvidenceFacts : IAsyncDisposable
{
    /// <summary>Stands between the refs of several items.</summary>
    public const char Between = '\u001f';

    private const string ActedCollections = """
        with served as (
            select s.request_id, s.version, string_agg(i.ref, chr(31) order by i.position) as refs, string_agg(i.official_ref, chr(31) order by i.position) as official_refs, min(i.position) as first_item
            from request_items s join items i on i.framework = s.framework and i.ref = s.ref
            where s.framework = @framework and not i.is_group
            group by s.request_id, s.version),
        acted as (
            select c.id, c.request_id, c.version, c.event_id, c.assignee_id, c.period_from, c.period_to, coalesce(moved.due_on, c.planned_due_on) as due_on, c.planned_due_on, missed.due_before as missed_due_on, s.refs, s.official_refs, s.first_item,
                   a.state_after as state, a.submission_id, a.at as state_at, a.by_account, a.by_person, a.comment
            from served s join collections c on c.request_id = s.request_id and c.version = s.version
            cross join lateral (select * from collection_acts a where a.collection_id = c.id and a.at <= @cutoffAt order by a.id desc limit 1) a
            -- The due date in force at the cut-off; one that was moved after it had passed stays missed.
            left join lateral (select n.due_on from collection_notes n where n.collection_id = c.id and n.kind = 'moveDue' and n.at <= @cutoffAt order by n.id desc limit 1) moved on true
            left join lateral (select n.due_before from collection_notes n where n.collection_id = c.id and n.kind = 'moveDue' and n.at <= @cutoffAt and n.due_before < tokyo_date(n.at) order by n.id limit 1) missed on true
            where c.period_from <= @to and c.period_to >= @from),
        -- Evidence of other requests that was confirmed for items of this framework, as of the cut-off.
        lent as (
            select x.collection_id, string_agg(i.ref, chr(31) order by i.position) as refs, string_agg(i.official_ref, chr(31) order by i.position) as official_refs, min(i.position) as first_item
            from attached_as_of(@cutoffAt) x join items i on i.framework = x.framework and i.ref = x.ref join collections c on c.id = x.collection_id
            where x.framework = @framework and not i.is_group and c.period_from <= @to and c.period_to >= @from
              and not exists (select 1 from request_items s where s.request_id = c.request_id and s.version = c.version and s.framework = x.framework and s.ref = x.ref)
            group by x.collection_id),
        counted as (
            select c.id, c.request_id, c.version, c.event_id, c.period_from, c.period_to, c.due_on, c.planned_due_on, c.missed_due_on, concat_ws(chr(31), c.refs, l.refs) as refs, concat_ws(chr(31), c.official_refs, l.official_refs) as official_refs,
                   l.official_refs as lent_refs, c.first_item, c.state, c.submission_id, c.state_at, c.by_account, c.by_person
            from acted c left join lent l on l.collection_id = c.id
            where c.state in ('submitted', 'accepted')
            union all
            select c.id, c.request_id, c.version, c.event_id, c.period_from, c.period_to, coalesce(moved.due_on, c.planned_due_on), c.planned_due_on, missed.due_before, l.refs, l.official_refs,
                   l.official_refs, l.first_item, a.state_after, a.submission_id, a.at, a.by_account, a.by_person
            from lent l join collections c on c.id = l.collection_id
            cross join lateral (select * from collection_acts a where a.collection_id = c.id and a.at <= @cutoffAt order by a.id desc limit 1) a
            left join lateral (select n.due_on from collection_notes n where n.collection_id = c.id and n.kind = 'moveDue' and n.at <= @cutoffAt order by n.id desc limit 1) moved on true
            left join lateral (select n.due_before from collection_notes n where n.collection_id = c.id and n.kind = 'moveDue' and n.at <= @cutoffAt and n.due_before < tokyo_date(n.at) order by n.id limit 1) missed on true
            where not exists (select 1 from acted k where k.id = c.id))

        """;

    private readonly NpgsqlConnection connection;
    private readonly NpgsqlTransaction snapshot;
    private readonly ReportOrder order;
    private readonly object parameters;

    private EvidenceFacts(NpgsqlConnection connection, NpgsqlTransaction snapshot, ReportOrder order)
    {
        (this.connection, this.snapshot, this.order) = (connection, snapshot, order);
        parameters = new { framework = order.Framework, from = order.From, to = order.To, cutoffAt = order.CutoffAt, cutoffOn = order.CutoffOn };
    }

    public static async Task<EvidenceFacts> OpenAsync(Db db, ReportOrder order, CancellationToken ct)
    {
        var connection = await db.OpenAsync(ct);
        try
        {
            await WaitForEarlierWritesAsync(connection, order.CutoffAt, ct);
            return new EvidenceFacts(connection, await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct), order);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    public Task<CompanyProfile> CompanyAsync(CancellationToken ct) => CompanyStore.LoadAsync(connection, order.CutoffOn, ct);

    /// <summary>Null when there is no such framework.</summary>
    public Task<FrameworkFacts?> FrameworkAsync(CancellationToken ct) =>
        connection.FirstAsync<FrameworkFacts>("select key, title_ja, title_en, short_ja, short_en, edition, source_sha256 from frameworks where key = @framework", parameters, ct);

    /// <summary>Every assessable item, in clause order.</summary>
    public Task<IReadOnlyList<ItemFacts>> ItemsAsync(CancellationToken ct) => connection.ListAsync<ItemFacts>("""
        select i.ref, i.official_ref, i.title_ja, i.title_en, i.unverified_ja, i.unverified_en, coalesce(k.applicable, true) as applicable, coalesce(k.reason, '') as reason, p.name as owner
        from items i
        left join lateral (
            select applicable, reason, owner_id from control_versions k
            where k.framework = i.framework and k.ref = i.ref and (k.at <= @cutoffAt or k.version = 1) order by k.version desc limit 1) k on true
        left join people p on p.id = k.owner_id
        where i.framework = @framework and not i.is_group
        order by i.position
        """, parameters, ct);

    /// <summary>Coverage by ref, of the same snapshot.</summary>
    public Task<IReadOnlyDictionary<string, ItemCoverage>> CoverageAsync(CancellationToken ct) => CoverageStore.OfFrameworkAsync(connection, order.Framework, order.CutoffAt, ct);

    /// <summary>Collections of the period by state. Planned ones are counted from the plan of then, because a later change plans them anew.</summary>
    public async Task<IReadOnlyList<StateCount>> StatesAsync(CancellationToken ct)
    {
        var acted = await connection.ListAsync<StateCount>(ActedCollections + """
            select state, count(*) as collections, count(*) filter (where state in ('open', 'returned') and due_on < @cutoffOn) as overdue from acted group by state
            """, parameters, ct);
        // A waiver of a period not yet opened, taken back, leaves an act on a planned collection.
        return [.. acted.Where(count => count.State != "planned"), new StateCount("planned", await PlannedAsync(ct) + acted.Where(count => count.State == "planned").Sum(count => count.Collections), 0)];
    }

    /// <summary>How many rows <see cref="PiecesAsync"/> will give.</summary>
    public Task<long> CountPiecesAsync(CancellationToken ct) => connection.FirstAsync<long>(ActedCollections + """
        select count(*) from counted c join counted_evidence e on e.counted_for = c.submission_id
        """, parameters, ct);

    /// <summary>Every piece of evidence, by item, request, period and place in its submission; unbuffered.</summary>
    public IAsyncEnumerable<PieceFacts> PiecesAsync() => connection.QueryUnbufferedAsync<PieceFacts>(ActedCollections + $"""
        select c.id as collection, c.refs, c.official_refs, {CollectionScope.Title} as request, c.period_from, c.period_to, h.captured_on, c.due_on, c.planned_due_on,
               h.at as submitted_at, not exists (select from past_evidence_pieces y where y.submission_id = s.id) and tokyo_date(s.at) > coalesce(c.missed_due_on, c.due_on) as late, c.state, case c.state when 'accepted' then c.state_at end as accepted_at,
               coalesce(by_person.name, nullif(by_account.name, ''), by_account.sign_in) as submitted_by, behalf.name as on_behalf_of,
               case c.state when 'accepted' then coalesce(reviewer.name, nullif(reviewing.name, ''), reviewing.sign_in) end as accepted_by,
               case when e.nothing then 'nothing' else e.kind end as kind, e.file_name, e.size, e.sha256, e.content,
               x.submission_id is not null as brought_in, x.claimed_submitted_on, coalesce(x.claimed_submitted_by, '') as claimed_submitted_by, x.claimed_accepted_on, coalesce(x.claimed_accepted_by, '') as claimed_accepted_by,
               e.kind = 'file' and exists (select from quarantines q where q.sha256 = e.sha256 and q.found_at <= @cutoffAt and not (coalesce(q.decision, '') = 'released' and q.decided_at <= @cutoffAt)) as quarantined,
               exists (select from destructions d where d.evidence_id = e.id and d.destroyed_at <= @cutoffAt) as destroyed,
               case when h.id <> s.id then s.at end as completed_at, c.lent_refs
        from counted c
        join request_versions v on v.request_id = c.request_id and v.version = c.version
        join submissions s on s.id = c.submission_id
        -- Each piece with the hand-in it came in: a part that the submission takes up, or the submission itself.
        join counted_evidence e on e.counted_for = s.id join submissions h on h.id = e.submission_id
        left join past_evidence_pieces x on x.submission_id = h.id
        join accounts by_account on by_account.id = h.by_account
        left join people by_person on by_person.id = h.by_person
        left join people behalf on behalf.id = h.on_behalf_of
        left join accounts reviewing on reviewing.id = c.by_account
        left join people reviewer on reviewer.id = c.by_person
        order by c.first_item, c.request_id, c.period_from, c.period_to, c.id, e.submission_id, e.position
        """, parameters, snapshot, commandTimeout: 0);

    /// <summary>What was overdue, returned or waived at the cut-off, in this order, then by due date; unbuffered. Who was made to owe it last until then does; else who had it before it first went to somebody else.</summary>
    public IAsyncEnumerable<MissedFacts> MissedAsync() => connection.QueryUnbufferedAsync<MissedFacts>(ActedCollections + $"""
        select c.id as collection, c.official_refs, {CollectionScope.Title} as request, c.period_from, c.period_to, c.due_on, c.planned_due_on, c.state, c.state <> 'waived' and c.due_on < @cutoffOn as overdue,
               p.name as owner, case c.state when 'waived' then c.comment end as reason, part.rest, part.rest_by
        from acted c
        join request_versions v on v.request_id = c.request_id and v.version = c.version
        left join lateral (select k.to_id from collection_assignments k where k.collection_id = c.id and k.at <= @cutoffAt order by k.id desc limit 1) until on true
        left join lateral (select k.from_id from collection_assignments k where k.collection_id = c.id and k.at > @cutoffAt order by k.id limit 1) after on true
        join people p on p.id = coalesce(until.to_id, after.from_id, c.assignee_id)
        -- What had come in part since the last whole hand-in; what was taken back until then does not count.
        left join lateral (
            select q.rest, q.rest_by from submissions q
            where q.collection_id = c.id and q.is_part and q.at <= @cutoffAt and c.state in ('open', 'returned')
              and not exists (select 1 from collection_acts t where t.collection_id = c.id and t.submission_id = q.id and t.act = 'withdraw' and t.at <= @cutoffAt)
              and not exists (select 1 from submissions f where f.collection_id = c.id and f.id > q.id and not f.is_part and f.at <= @cutoffAt
                    and not exists (select 1 from collection_acts t where t.collection_id = c.id and t.submission_id = f.id and t.act = 'withdraw' and t.at <= @cutoffAt))
            order by q.id desc limit 1) part on true
        where c.state in ('returned', 'waived') or (c.state = 'open' and c.due_on < @cutoffOn)
        order by case when c.state = 'waived' then 3 when c.due_on < @cutoffOn then 1 else 2 end, c.due_on, c.id
        """, parameters, snapshot, commandTimeout: 0);

    public async ValueTask DisposeAsync()
    {
        await snapshot.DisposeAsync();
        await connection.DisposeAsync();
    }

    private async Task<long> PlannedAsync(CancellationToken ct)
    {
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        var horizon = Plan.Horizon(order.CutoffOn);
        var rules = await connection.ListAsync<KeyedRule>($"""
            select {PlannedRows.RuleColumns}, min(v.start_on) as start_on, @first as first, @last as last from request_versions v where {InForce} and v.every <> 'event' group by {PlannedRows.RuleColumns}
            """, Asked(), ct);
        var planned = PlannedRows.Of(rules, calendar);
        var asked = Asked();
        (asked["PlanKey"], asked["From"], asked["To"], asked["OpensOn"], asked["DueOn"]) = (planned.PlanKey, planned.From, planned.To, planned.OpensOn, planned.DueOn);
        return await connection.FirstAsync<long>($"""
            select (select count(*)
                from request_versions v join {PlannedRows.Sql} on p.plan_key = v.plan_key
                where {InForce} and p.period_to >= v.start_on and p.period_from <= coalesce(v.end_on, 'infinity')
                  and not exists (
                      select 1 from collections c
                      where c.request_id = v.request_id and c.event_id is null and c.period_from <= p.period_to and c.period_to >= p.period_from
                        and exists (select 1 from collection_acts a where a.collection_id = c.id and a.at <= @cutoffAt)))
              + (select count(*)
                from request_versions v join people_events e on e.kind = v.on_day and e.happened_on >= v.start_on and e.happened_on <= coalesce(v.end_on, 'infinity')
                where {InForce} and v.every = 'event' and e.happened_on between @first and @last and e.at <= @cutoffAt
                  and not exists (select 1 from people_events l where l.corrects_id = e.id and l.at <= @cutoffAt)
                  and not exists (select 1 from collections c where c.request_id = v.request_id and c.event_id = e.id and exists (select 1 from collection_acts a where a.collection_id = c.id and a.at <= @cutoffAt)))
            """, asked, ct);

        Dictionary<string, object?> Asked() => new() { ["framework"] = order.Framework, ["cutoffAt"] = order.CutoffAt, ["first"] = order.From, ["last"] = order.To < horizon ? order.To : horizon };
    }

    /// <summary>The version of a request at the cut-off, when it serves the framework.</summary>
    private const string InForce = """
        v.version = (select max(n.version) from request_versions n where n.request_id = v.request_id and n.at <= @cutoffAt)
        and exists (select 1 from request_items s where s.request_id = v.request_id and s.version = v.version and s.framework = @framework)
        """;

    /// <summary>
    /// A hand-in that began before a cut-off of a moment ago may commit after it; built without it, the paper could not be built again.
    /// Waits, at most ten seconds, until no such operation is under way; what runs longer than that is no hand-in but a long read.
    /// </summary>
    private static async Task WaitForEarlierWritesAsync(NpgsqlConnection connection, DateTime cutoffAt, CancellationToken ct)
    {
        for (var turn = 0; turn < 100; turn++)
        {
            var waiting = await connection.FirstAsync<bool>("""
                select business_now() - @cutoffAt < interval '1 minute' and exists (
                    select 1 from pg_stat_activity
                    where datname = current_database() and pid <> pg_backend_pid() and xact_start > clock_timestamp() - interval '15 seconds'
                      and xact_start + (business_now() - clock_timestamp()) <= @cutoffAt)
                """, new { cutoffAt }, ct);
            if (!waiting)
            {
                return;
            }
            await Task.Delay(100, ct);
        }
    }
}
