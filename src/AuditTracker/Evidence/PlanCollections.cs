using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>
/// Plans collections: the few distinct rules are expanded once in C#, all rows are written by one statement. Periods since the start are
/// made at once with their true dates; ahead, twelve months from the business date. What exists stays as it was planned.
/// </summary>
public static class PlanCollections
{
    /// <summary>
    /// Planned, and nothing was decided, said or handed over about it: only such a collection may be planned anew. Alias <c>c</c>.
    /// </summary>
    internal const string IsUntouched = """
        (c.state = 'planned' and not exists (select from collection_acts a where a.collection_id = c.id)
         and not exists (select from collection_notes n where n.collection_id = c.id) and not exists (select from collection_assignments m where m.collection_id = c.id))
        """;

    /// <summary>Opened once, or done with; what was waived before it opened is not. Alias <c>k</c>.</summary>
    private const string WasOpened = "k.state <> 'planned' and (k.state <> 'waived' or exists (select from collection_acts a where a.collection_id = k.id and a.act = 'open'))";

    /// <param name="requestId">Only this request; null: every request.</param>
    /// <returns>How many collections are new.</returns>
    public static async Task<int> PlanAsync(UnitOfWork work, BusinessCalendar calendar, long? requestId = null, CancellationToken ct = default)
    {
        var rules = await work.QueryAsync<KeyedRule>($"""
            select {PlannedRows.RuleColumns}, min(v.start_on) as start_on, min(v.start_on) as first, @horizon::date as last
            from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
            where (@requestId::bigint is null or r.id = @requestId) and v.every <> 'event'
            group by {PlannedRows.RuleColumns}
            """, new { requestId, horizon = Plan.Horizon(work.Today) }, ct);
        var planned = PlannedRows.Of(rules, calendar);
        var made = planned.PlanKey.Length == 0 ? 0 : await work.ExecuteAsync($"""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id)
            select r.id, v.version, p.period_from, p.period_to, p.opens_on, p.due_on, p.due_on, v.owner_id, v.reviewer_id
            from evidence_requests r
            join request_versions v on v.request_id = r.id and v.version = r.version
            -- A changed recurrence goes on behind what was already opened, without a gap, around what was waived before it opened.
            cross join lateral (select coalesce(max(k.period_to), '-infinity') as through from collections k where k.request_id = r.id and k.event_id is null and {WasOpened}) opened
            join {PlannedRows.Sql} on p.plan_key = v.plan_key
            where (@RequestId::bigint is null or r.id = @RequestId)
              and p.period_to >= v.start_on and (v.end_on is null or p.period_from <= v.end_on) and p.period_to > opened.through
              and not exists (select from collections k where k.request_id = r.id and k.event_id is null and k.period_from <= p.period_to and k.period_to >= p.period_from and not ({WasOpened}))
            order by r.id, p.period_from
            on conflict do nothing
            """, new { RequestId = requestId, planned.PlanKey, planned.From, planned.To, planned.OpensOn, planned.DueOn }, ct);
        return made + await PlanEvents.PlanAsync(work, calendar, requestId, ct);
    }

    /// <summary>Takes untouched collections, locked by the caller, out of the plan, with what somebody has put down for them but not handed in.</summary>
    internal static Task DropAsync(UnitOfWork work, long[] ids, CancellationToken ct) => work.ExecuteAsync("""
        delete from drafts where collection_id = any(@ids);
        delete from draft_files where collection_id = any(@ids);
        delete from collections where id = any(@ids);
        """, new { ids }, ct);
}

/// <summary>Job: keeps every request planned twelve months ahead.</summary>
public sealed class ExtendPlans(Db db)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(ExtendPlans)), ct);
        var made = await PlanCollections.PlanAsync(work, await BusinessCalendars.LoadAsync(work.Connection, ct), ct: ct);
        await work.CommitAsync(ct);
        return made;
    }
}
