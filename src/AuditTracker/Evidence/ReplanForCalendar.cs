using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: after the company's days or its fiscal year changed, what is planned and was never opened gets the dates of the new calendar. What was
/// opened keeps what its owner was told.
/// </summary>
public sealed class ReplanForCalendar(Db db)
{
    private sealed record Rule(string Every, int OpensOffset, int DueOffset, string DueUnit, DateOnly First, DateOnly Last);

    /// <returns>How many collections have other dates now.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(ReplanForCalendar)), ct);
        if (await CalendarChanges.TakeAsync(work, ct) == 0)
        {
            return 0;
        }
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var rules = await work.QueryAsync<Rule>("""
            select v.every, v.opens_offset, v.due_offset, v.due_unit, min(c.period_from) as first, max(c.period_to) as last
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where c.state = 'planned' and not exists (select from collection_acts a where a.collection_id = c.id)
            group by v.every, v.opens_offset, v.due_offset, v.due_unit
            """, ct: ct);
        var planned = rules.SelectMany(rule => Plan.Of(Enum.Parse<PeriodKind>(rule.Every, ignoreCase: true), rule.OpensOffset, rule.DueOffset,
            Enum.Parse<OffsetUnit>(rule.DueUnit, ignoreCase: true), rule.First, rule.Last, calendar).Select(period => (rule, period))).ToList();
        var parameters = new
        {
            every = planned.Select(row => row.rule.Every).ToArray(),
            opens = planned.Select(row => row.rule.OpensOffset).ToArray(),
            due = planned.Select(row => row.rule.DueOffset).ToArray(),
            unit = planned.Select(row => row.rule.DueUnit).ToArray(),
            from = planned.Select(row => row.period.Period.From).ToArray(),
            to = planned.Select(row => row.period.Period.To).ToArray(),
            opensOn = planned.Select(row => row.period.OpensOn).ToArray(),
            dueOn = planned.Select(row => row.period.DueOn).ToArray(),
        };
        // Only what is still planned: a collection opened meanwhile keeps its dates, whichever comes first.
        var moved = await work.ExecuteAsync("""
            update collections c set opens_on = p.opens_on, planned_due_on = p.due_on, due_on = case when c.due_on = c.planned_due_on then p.due_on else c.due_on end
            from request_versions v, unnest(@every, @opens, @due, @unit, @from, @to, @opensOn, @dueOn) p (every, opens_offset, due_offset, due_unit, period_from, period_to, opens_on, due_on)
            where v.request_id = c.request_id and v.version = c.version
              and (p.every, p.opens_offset, p.due_offset, p.due_unit, p.period_from, p.period_to) = (v.every, v.opens_offset, v.due_offset, v.due_unit, c.period_from, c.period_to)
              and c.state = 'planned' and not exists (select from collection_acts a where a.collection_id = c.id) and (c.opens_on, c.planned_due_on) <> (p.opens_on, p.due_on)
            """, parameters, ct);
        // Another fiscal year cuts other periods: those that no longer exist go, and the plan goes on behind what was opened, around what somebody spoke of or took on.
        var lost = await work.QueryAsync<long>($"""
            select c.id from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where {PlanCollections.IsUntouched}
              and not exists (select from unnest(@every, @from, @to) p (every, period_from, period_to) where (p.every, p.period_from, p.period_to) = (v.every, c.period_from, c.period_to))
            order by c.id for update of c
            """, parameters, ct);
        await PlanCollections.DropAsync(work, [.. lost], ct);
        var gone = lost.Count;
        var made = gone == 0 ? 0 : await PlanCollections.PlanAsync(work, calendar, ct: ct);
        if (moved + gone > 0)
        {
            await work.ActAsync("collections.replanned", $"day:{work.Today:yyyy-MM-dd}", new Dictionary<string, string?> { ["count"] = $"{moved + made}" }, ct: ct);
        }
        await work.CommitAsync(ct);
        return moved + made;
    }
}
