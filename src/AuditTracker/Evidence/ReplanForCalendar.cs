using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: after the company's days or its fiscal year changed, what is planned and untouched gets the dates of the new calendar. What was
/// opened, moved, spoken of or taken on keeps what people were told.
/// </summary>
public sealed class ReplanForCalendar(Db db)
{
    /// <returns>How many collections have other dates now.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(ReplanForCalendar)), ct);
        if (await CalendarChanges.TakeAsync(work, ct) == 0)
        {
            return 0;
        }
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        // One rule over all its days, except that events have their own.
        var rules = await work.QueryAsync<KeyedRule>($"""
            select {PlannedRows.RuleColumns}, min(v.start_on) as start_on, min(c.period_from) as first, max(c.period_to) as last
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where {PlanCollections.IsUntouched} group by {PlannedRows.RuleColumns}, case when c.event_id is not null then c.period_from end
            """, ct: ct);
        var regular = PlannedRows.Of(rules.Where(rule => rule.Every != "event"), calendar);
        var events = PlannedRows.Of(rules.Where(rule => rule.Every == "event").Select(rule => (rule, rule.First)), calendar);
        var moved = await MoveAsync(work, regular, ct) + await MoveAsync(work, events, ct);
        // Another fiscal year cuts other periods, and a closed day has none of its own: those go, and the plan goes on behind what was opened, around what somebody spoke of or took on.
        var lost = await work.QueryAsync<long>($"""
            select c.id from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where {PlanCollections.IsUntouched} and c.event_id is null
              and not exists (select from unnest(@PlanKey, @From, @To) p (plan_key, period_from, period_to) where (p.plan_key, p.period_from, p.period_to) = (v.plan_key, c.period_from, c.period_to))
            order by c.id for update of c
            """, new { regular.PlanKey, regular.From, regular.To }, ct);
        await PlanCollections.DropAsync(work, [.. lost], ct);
        // A day worked instead may have a period of its own now.
        var made = await PlanCollections.PlanAsync(work, calendar, ct: ct);
        if (moved + lost.Count + made > 0)
        {
            await work.ActAsync("collections.replanned", $"day:{work.Today:yyyy-MM-dd}", new Dictionary<string, string?> { ["count"] = $"{moved + made}" }, ct: ct);
        }
        await work.CommitAsync(ct);
        return moved + made;
    }

    // Only what is still untouched: a collection opened, moved or spoken of meanwhile keeps its dates, whichever comes first.
    private static Task<int> MoveAsync(UnitOfWork work, PlannedRows planned, CancellationToken ct) => work.ExecuteAsync($"""
        update collections c set opens_on = p.opens_on, planned_due_on = p.due_on, due_on = p.due_on
        from request_versions v, {PlannedRows.Sql}
        where v.request_id = c.request_id and v.version = c.version and (p.plan_key, p.period_from, p.period_to) = (v.plan_key, c.period_from, c.period_to)
          and {PlanCollections.IsUntouched} and (c.opens_on, c.planned_due_on) <> (p.opens_on, p.due_on)
        """, new { planned.PlanKey, planned.From, planned.To, planned.OpensOn, planned.DueOn }, ct);
}
