using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Evidence;

/// <summary>Reads what coverage is computed from, as of any instant: facts carry instants, so every number can be asked for the past.</summary>
public sealed class CoverageStore(Db db)
{
    private sealed record Row(string Ref, bool Applicable, long? RequestId, string? Title, string? Every, int? EveryMonths, string? OnDay, int? OpensOffset, int? DueOffset, string? DueUnit, string? DueShift,
        DateOnly? StartOn, DateOnly? EndOn, bool? ChangedLater, DateOnly? ActedTo, DateOnly? AcceptedFrom, DateOnly? AcceptedTo, DateOnly? NextFrom, DateOnly? NextDueOn, bool? IsAttached);

    /// <summary>Coverage of every assessable item of a framework, by ref.</summary>
    /// <param name="asOf">Business instant, UTC; null: now.</param>
    public async Task<IReadOnlyDictionary<string, ItemCoverage>> OfFrameworkAsync(string framework, DateTime? asOf = null, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await LoadAsync(connection, framework, null, asOf, ct);
    }

    /// <summary>Coverage of every assessable item of a framework on a day to come, by the requests of that day as they are planned now.</summary>
    /// <param name="on">Today at the earliest; within <see cref="Plan.Horizon"/>, behind which nothing is planned.</param>
    /// <param name="handedIn">True: what is due by that day, or waits for review, is accepted by then. False: nothing more comes in.</param>
    public async Task<IReadOnlyDictionary<string, ItemCoverage>> OnDayAsync(string framework, DateOnly on, bool handedIn, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await LoadAsync(connection, framework, null, null, ct, on, handedIn);
    }

    /// <summary>The same on a connection of the caller, whose snapshot it then shares.</summary>
    public static Task<IReadOnlyDictionary<string, ItemCoverage>> OfFrameworkAsync(NpgsqlConnection connection, string framework, DateTime asOf, CancellationToken ct = default) =>
        LoadAsync(connection, framework, null, asOf, ct);

    /// <summary>Coverage of one item; null when there is no such assessable item.</summary>
    public async Task<ItemCoverage?> OfItemAsync(string framework, string itemRef, DateTime? asOf = null, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await LoadAsync(connection, framework, itemRef, asOf, ct)).GetValueOrDefault(itemRef);
    }

    private static async Task<IReadOnlyDictionary<string, ItemCoverage>> LoadAsync(NpgsqlConnection connection, string framework, string? itemRef, DateTime? asOf, CancellationToken ct, DateOnly? on = null, bool handedIn = false)
    {
        var today = on is { } ahead ? ahead : asOf is { } instant ? JapanTime.DateOf(instant) : await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct);
        // Of now, the cached state is the newest act's; of a past instant it is looked up.
        var state = asOf is null ? "c.state" : "coalesce((select a.state_after from collection_acts a where a.collection_id = c.id and a.at <= @asOf order by a.id desc limit 1), 'planned')";
        var accepted = handedIn ? "(c.state in ('accepted', 'submitted') or c.state <> 'waived' and c.due_on <= @today)" : $"({state} = 'accepted')";
        // What the state rests on. Of what is not handed in yet, and will be by then, nothing bad is assumed.
        var submission = "(select max(a.submission_id) from collection_acts a where a.collection_id = c.id and a.act = 'accept' and a.at <= coalesce(@asOf::timestamptz, 'infinity'))";
        submission = handedIn ? $"case when c.state = 'submitted' then c.pending_submission_id else {submission} end" : submission;
        var isAhead = handedIn ? "c.state not in ('accepted', 'submitted')" : "false";
        var attached = asOf is null ? "attached_as_of('infinity')" : "attached_as_of(@asOf)";
        var version = asOf is null ? "r.version" : "(select max(n.version) from request_versions n where n.request_id = r.id and n.at <= @asOf)";
        var control = asOf is null ? "controls k on k.framework = i.framework and k.ref = i.ref"
            : "lateral (select applicable from control_versions k where k.framework = i.framework and k.ref = i.ref and (k.at <= @asOf or k.version = 1) order by k.version desc limit 1) k on true";
        var acted = asOf is null ? "null::date"
            : "case when q.changed_later then (select max(c.period_to) from collections c where c.request_id = q.id and exists (select 1 from collection_acts a where a.collection_id = c.id and a.at <= @asOf)) end";
        var rows = await connection.ListAsync<Row>($"""
            select i.ref, coalesce(k.applicable, true) as applicable, q.id as request_id, q.title, q.every, q.every_months, q.on_day, q.opens_offset, q.due_offset, q.due_unit, q.due_shift, q.start_on, q.end_on, q.changed_later,
                   {acted} as acted_to, done.period_from as accepted_from, done.period_to as accepted_to, next.period_from as next_from, next.planned_due_on as next_due_on, q.is_attached
            from items i
            left join {control}
            left join lateral (
                select r.id, v.version, v.title, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, v.start_on, v.end_on, r.version > v.version as changed_later, false as is_attached
                from request_items s
                join evidence_requests r on r.id = s.request_id join request_versions v on v.request_id = r.id and v.version = s.version
                where s.framework = i.framework and s.ref = i.ref and s.version = {version} and @today between v.start_on and coalesce(v.end_on, 'infinity')
                union all
                -- Requests of other items, whose evidence was confirmed for this one.
                select r.id, v.version, v.title, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, v.start_on, v.end_on, r.version > v.version, true
                from (select distinct k.request_id from {attached} x join collections k on k.id = x.collection_id where x.framework = i.framework and x.ref = i.ref) lent
                join evidence_requests r on r.id = lent.request_id join request_versions v on v.request_id = r.id and v.version = {version}
                where @today between v.start_on and coalesce(v.end_on, 'infinity')
                  and not exists (select 1 from request_items s where s.request_id = r.id and s.version = v.version and s.framework = i.framework and s.ref = i.ref)) q on true
            left join lateral (
                select c.period_from, c.period_to from collections c
                where c.request_id = q.id and {accepted}
                  -- Of a lent request only the periods that were confirmed, each as what was accepted then.
                  and (not q.is_attached or exists (select 1 from {attached} x where x.collection_id = c.id and x.framework = i.framework and x.ref = i.ref))
                  -- Items that need proof of a kind are not covered by a bare statement.
                  and (i.needs_proof is null or {isAhead} or exists (select 1 from counted_evidence e where e.counted_for = {submission} and e.kind <> 'statement'))
                  -- Nobody can look at what is in quarantine: with nothing else beside it, it proves nothing.
                  and ({isAhead} or not exists (select from quarantines) or exists (
                      select from counted_evidence e where e.counted_for = {submission}
                          and not exists (select from quarantines h where h.sha256 = e.sha256 and e.kind = 'file' and h.found_at <= coalesce(@asOf::timestamptz, 'infinity')
                              and (h.decision is distinct from 'released' or h.decided_at > coalesce(@asOf::timestamptz, 'infinity')))))
                order by c.period_to desc limit 1) done on true
            left join lateral (
                select c.period_from, c.planned_due_on from collections c
                where c.request_id = q.id and {state} <> 'waived'
                  -- What happened to people is asked for one by one: any that is not accepted is the next.
                  and case when q.every = 'event' then not {accepted} else c.period_from > coalesce(done.period_from, '-infinity') and c.period_to > coalesce(done.period_to, '-infinity') end
                  and c.version <= q.version
                order by case when q.every = 'event' then c.planned_due_on end, c.period_from, c.period_to limit 1) next on true
            where i.framework = @framework and not i.is_group and (@itemRef::text is null or i.ref = @itemRef)
            order by i.position, q.id
            """, new { framework, itemRef, asOf, today }, ct);
        var calendar = on is not null || rows.Any(row => row.ChangedLater == true) ? await BusinessCalendars.LoadAsync(connection, ct) : null;
        return rows.GroupBy(row => row.Ref).ToDictionary(group => group.Key, group => Coverage.OfItem(framework, group.Key, group.First().Applicable,
            [.. group.Where(row => row.IsAttached == false).Select(row => Of(row, calendar, today, handedIn))], [.. group.Where(row => row.IsAttached == true && row.AcceptedFrom is not null).Select(row => Of(row, calendar, today, handedIn))]));
    }

    /// <param name="handedIn">All that the plan asks for until then came in.</param>
    private static RequestCoverage Of(Row row, BusinessCalendar? calendar, DateOnly today, bool handedIn)
    {
        var accepted = row.AcceptedFrom is { } from ? new Period(from, row.AcceptedTo!.Value) : (Period?)null;
        var next = NextDue(row, calendar, today);
        if (handedIn && row.NextDueOn is null && row.Every != "event")
        {
            // Behind the horizon nothing is planned yet: what the rule will have asked for by then came in like all else.
            var coming = Coming(row, accepted, today, calendar!).ToList();
            accepted = coming.Where(planned => planned.DueOn <= today).Select(planned => (Period?)planned.Period).LastOrDefault() ?? accepted;
            next = coming.Where(planned => planned.DueOn > today).Select(planned => (DateOnly?)planned.DueOn).FirstOrDefault();
        }
        return Coverage.Of(row.RequestId!.Value, row.Title!, accepted, row.Every == "year" || row.EveryMonths >= 12, next, row.EndOn, today) with { IsIdle = row is { Every: "event", AcceptedFrom: null, NextFrom: null } };
    }

    private static PlanRule RuleOf(Row row) => PlanRule.Of(row.Every!, row.EveryMonths!.Value, row.OnDay!, row.OpensOffset!.Value, row.DueOffset!.Value, row.DueUnit!, row.DueShift!, row.StartOn!.Value);

    /// <summary>What the rule asks for after the accepted period, through the first period due after the day.</summary>
    private static IEnumerable<PlannedPeriod> Coming(Row row, Period? accepted, DateOnly day, BusinessCalendar calendar)
    {
        var begins = accepted?.To.AddDays(1) ?? row.StartOn!.Value;
        return RuleOf(row).Expand(begins, (day > begins ? day : begins).AddMonths(Math.Max(12, row.EveryMonths!.Value) + 1), calendar)
            .Where(planned => (accepted is not { } last || planned.Period.From > last.To) && (row.EndOn is null || planned.Period.From <= row.EndOn));
    }

    /// <summary>
    /// A change plans anew what was not opened yet, so the old plan has no rows any more. As of an instant before the change it is what the
    /// version of then would have planned.
    /// </summary>
    private static DateOnly? NextDue(Row row, BusinessCalendar? calendar, DateOnly today)
    {
        if (row.ChangedLater != true)
        {
            return row.NextDueOn ?? (calendar is null ? null : BehindThePlan(row, calendar));
        }
        var planned = RuleOf(row).Expand(row.StartOn!.Value, Plan.Horizon(today), calendar!)
            .Where(next => row.EndOn is null || next.Period.From <= row.EndOn)
            .FirstOrDefault(next => (row.ActedTo is null || next.Period.To > row.ActedTo) && (row.AcceptedFrom is null || (next.Period.From > row.AcceptedFrom && next.Period.To > row.AcceptedTo)));
        return planned == default || row.NextFrom <= planned.Period.From ? row.NextDueOn : planned.DueOn;
    }

    /// <summary>On a day to come the next period may begin behind the horizon: its due date is what the rule will give.</summary>
    private static DateOnly? BehindThePlan(Row row, BusinessCalendar calendar)
    {
        if (row.AcceptedFrom is not { } from || row.Every == "event")
        {
            return null;
        }
        return Coming(row, new Period(from, row.AcceptedTo!.Value), from, calendar).Select(planned => (DateOnly?)planned.DueOn).FirstOrDefault();
    }
}
