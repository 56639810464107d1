using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: asks for what is asked for each time somebody joins, leaves or is transferred: one collection an event and request, once. A person's event that
/// was put right before anything was done gives its place to the right one; afterwards the collection stays and the correction asks for nothing new.
/// </summary>
public sealed class PlanEvents(Db db)
{
    /// <summary>Every earlier event that one puts right, itself included; of the event <c>e</c>.</summary>
    private const string Chain = """
        (with recursive line (id) as (select e.id union all select b.corrects_id from line join people_events b on b.id = line.id where b.corrects_id is not null) select id from line)
        """;

    /// <summary>What is to be asked for and is not yet. Nothing was put right since, and it did happen to somebody who is asked about. Aliases <c>e</c>, <c>r</c>, <c>v</c>.</summary>
    private const string Missing = $"""
        from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
        join people_events e on e.kind = v.on_day and e.happened_on >= v.start_on and (v.end_on is null or e.happened_on <= v.end_on) and e.happened_on <= @Horizon
        where v.every = 'event' and (@RequestId::bigint is null or r.id = @RequestId)
          and not exists (select from people_events l where l.corrects_id = e.id)
          and not exists (select from collections k where k.request_id = r.id and k.event_id = e.id)
          and (e.corrects_id is null or not exists (select from collections k where k.request_id = r.id and k.event_id in {Chain}))
        """;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(PlanEvents)), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('plan events'))", ct: ct);
        var made = await PlanAsync(work, await BusinessCalendars.LoadAsync(work.Connection, ct), null, ct);
        await work.CommitAsync(ct);
        return made;
    }

    /// <returns>How many collections are new or gone.</returns>
    internal static async Task<int> PlanAsync(UnitOfWork work, BusinessCalendar calendar, long? requestId, CancellationToken ct)
    {
        var gone = await work.QueryAsync<long>($"""
            select c.id from collections c where c.event_id is not null and (@requestId::bigint is null or c.request_id = @requestId) and {PlanCollections.IsUntouched}
              and exists (select from people_events l where l.corrects_id = c.event_id) order by c.id for update
            """, new { requestId }, ct);
        await PlanCollections.DropAsync(work, [.. gone], ct);
        var horizon = Plan.Horizon(work.Today);
        var rules = await work.QueryAsync<KeyedRule>($"select distinct on (v.plan_key, e.happened_on) {PlannedRows.RuleColumns}, v.start_on, e.happened_on as first, e.happened_on as last {Missing}", new { RequestId = requestId, Horizon = horizon }, ct);
        if (rules.Count == 0)
        {
            return gone.Count;
        }
        var planned = PlannedRows.Of(rules.Select(rule => (rule, rule.First)), calendar);
        return gone.Count + await work.ExecuteAsync($"""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, event_id)
            select r.id, v.version, p.period_from, p.period_to, p.opens_on, p.due_on, p.due_on, v.owner_id, v.reviewer_id, e.id
            from (select r.id as request, e.id as event {Missing}) missing
            join evidence_requests r on r.id = missing.request join request_versions v on v.request_id = r.id and v.version = r.version join people_events e on e.id = missing.event
            join {PlannedRows.Sql} on p.plan_key = v.plan_key and p.period_from = e.happened_on
            order by r.id, e.id
            on conflict do nothing
            """, new { RequestId = requestId, Horizon = horizon, planned.PlanKey, planned.From, planned.To, planned.OpensOn, planned.DueOn }, ct);
    }
}
