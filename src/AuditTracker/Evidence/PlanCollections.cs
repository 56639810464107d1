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

    private sealed record Rule(string Every, int OpensOffset, int DueOffset, string DueUnit, DateOnly StartOn);

    /// <param name="requestId">Only this request; null: every request.</param>
    /// <returns>How many collections are new.</returns>
    public static async Task<int> PlanAsync(UnitOfWork work, BusinessCalendar calendar, long? requestId = null, CancellationToken ct = default)
    {
        var rules = await work.QueryAsync<Rule>("""
            select v.every, v.opens_offset, v.due_offset, v.due_unit, min(v.start_on) as start_on
            from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
            where (@requestId is null or r.id = @requestId)
            group by v.every, v.opens_offset, v.due_offset, v.due_unit
            """, new { requestId }, ct);
        var planned = rules.SelectMany(rule => Plan.Of(Enum.Parse<PeriodKind>(rule.Every, ignoreCase: true), rule.OpensOffset, rule.DueOffset,
            Enum.Parse<OffsetUnit>(rule.DueUnit, ignoreCase: true), rule.StartOn, Plan.Horizon(work.Today), calendar).Select(period => (rule, period))).ToList();
        return await work.ExecuteAsync("""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id)
            select r.id, v.version, p.period_from, p.period_to, p.opens_on, p.due_on, p.due_on, v.owner_id, v.reviewer_id
            from evidence_requests r
            join request_versions v on v.request_id = r.id and v.version = r.version
            join unnest(@every, @opens, @due, @unit, @from, @to, @opensOn, @dueOn) p (every, opens_offset, due_offset, due_unit, period_from, period_to, opens_on, due_on)
              on (p.every, p.opens_offset, p.due_offset, p.due_unit) = (v.every, v.opens_offset, v.due_offset, v.due_unit)
            where (@requestId is null or r.id = @requestId)
              and p.period_to >= v.start_on and (v.end_on is null or p.period_from <= v.end_on)
              -- A changed recurrence goes on behind what was already opened, without a gap, around what was waived before it opened.
              and p.period_to > coalesce((select max(k.period_to) from collections k where k.request_id = r.id and k.state <> 'planned' and (k.state <> 'waived' or exists (select 1 from collection_acts a where a.collection_id = k.id and a.act = 'open'))), '-infinity')
              and not exists (select 1 from collections k where k.request_id = r.id and k.period_from <= p.period_to and k.period_to >= p.period_from and not (k.state <> 'planned' and (k.state <> 'waived' or exists (select 1 from collection_acts a where a.collection_id = k.id and a.act = 'open'))))
            order by r.id, p.period_from
            on conflict do nothing
            """, new
        {
            requestId,
            every = planned.Select(row => row.rule.Every).ToArray(),
            opens = planned.Select(row => row.rule.OpensOffset).ToArray(),
            due = planned.Select(row => row.rule.DueOffset).ToArray(),
            unit = planned.Select(row => row.rule.DueUnit).ToArray(),
            from = planned.Select(row => row.period.Period.From).ToArray(),
            to = planned.Select(row => row.period.Period.To).ToArray(),
            opensOn = planned.Select(row => row.period.OpensOn).ToArray(),
            dueOn = planned.Select(row => row.period.DueOn).ToArray(),
        }, ct);
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
