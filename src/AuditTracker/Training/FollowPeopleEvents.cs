using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>
/// Job: takes every row of <c>people_events</c> without a counterpart in <c>training_event_marks</c>, once its day has come, and does to campaigns that are not closed what
/// domain.md §6.4 says. Leavers and people on leave are explained with the date and are told no more; who is back has fourteen days; who joins takes the course for joiners.
/// All of it is one transaction under one lock: killed anywhere, the next run goes on.
/// </summary>
public sealed class FollowPeopleEvents(Db db)
{
    /// <summary>Days after the return from leave.</summary>
    public const int DaysAfterReturn = 14;

    /// <summary>Whoever was told to have joined (alias <c>e</c>) longer ago than this was trained before this service, or by hand. Everybody else waits for a campaign for joiners as long as it takes.</summary>
    internal const string JoinedBefore = "e.happened_on < tokyo_date(e.at) - 60";

    private const int AtOnce = 2000;

    // The rosters of campaigns that run, or whose report waits for its approval: who comes back meanwhile is left to be trained, and the report is not approved.
    private const string Open = """
        training_roster r join training_campaigns c on c.id = r.campaign_id and c.state in ('running', 'reported')
        left join training_progress g on g.roster_id = r.id
        """;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(FollowPeopleEvents)), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('training_events'))", ct: ct);
        await EndExemptionsAsync(work, ct);
        // Told before its day (a last day to come) waits for it. A joiner waits for a campaign for joiners.
        var events = await work.QueryAsync<long>($"""
            select e.id from people_events e
            where not exists (select from training_event_marks m where m.event_id = e.id) and not exists (select from people_events c where c.corrects_id = e.id)
              and case e.kind when 'left' then e.happened_on < @Today else e.happened_on <= @Today end
              and (e.kind <> 'joined' or {JoinedBefore} or exists (select from people p where p.id = e.person_id and p.left_on < @Today)
                   or exists (select from training_campaigns c where c.kind = 'joiners' and c.state = 'running' and c.cutoff_on <= e.happened_on))
            order by e.id limit @AtOnce
            """, new { work.Today, AtOnce }, ct);
        if (events.Count > 0)
        {
            await FollowAsync(work, events.ToArray(), ct);
        }
        await ApprovalMails.SettleExemptionsAsync(work, ct);
        await work.CommitAsync(ct);
        return events.Count;
    }

    /// <summary>What was told wrong explains nobody; what has run out no longer does, unless leave goes on. Fourteen days from then. What is closed stays as it was.</summary>
    private static async Task EndExemptionsAsync(UnitOfWork work, CancellationToken ct) => await TellReturnedAsync(work, await work.QueryAsync<long>($"""
        update training_exemptions x set ended_at = @Now, follow_up_on = case when exists (select from people_events c where c.corrects_id = x.event_id) or approved_at is null then null else
            greatest(x.to_on, (select max(l.to_on) from training_roster r join leaves l on l.person_id = r.person_id and l.to_on < @Today where r.id = x.roster_id and x.reason = 'leave')) + 1 + {DaysAfterReturn} end
        where ended_at is null and exists (select from training_roster r join training_campaigns c on c.id = r.campaign_id and c.state in ('running', 'reported') where r.id = x.roster_id)
          and (exists (select from people_events c where c.corrects_id = x.event_id)
            or x.to_on < @Today and (x.reason <> 'leave' or not exists (
                select from training_roster r join leaves l on l.person_id = r.person_id and @Today between l.from_on and coalesce(l.to_on, 'infinity') where r.id = x.roster_id)))
        returning roster_id
        """, new { work.Now, work.Today }, ct), ct);

    /// <summary>Who was exempt when the campaign was opened has not been told of it yet.</summary>
    private static async Task TellReturnedAsync(UnitOfWork work, IReadOnlyList<long> rosters, CancellationToken ct)
    {
        foreach (var campaign in await work.QueryAsync<long>("select distinct r.campaign_id from training_roster r join training_campaigns c on c.id = r.campaign_id and c.state = 'running' where r.id = any(@ids)", new { ids = rosters.ToArray() }, ct))
        {
            await TrainingMails.TellOpenedAsync(work, (await CampaignStore.OfAsync(work, campaign, ct))!, rosters, ct);
        }
    }

    private static async Task FollowAsync(UnitOfWork work, long[] events, CancellationToken ct)
    {
        var parameters = new Dictionary<string, object?> { ["events"] = events, ["now"] = work.Now, ["today"] = work.Today };
        // Leaving takes the place of every other reason; who should have been done before is left to a person to explain.
        await work.ExecuteAsync($"""
            update training_exemptions x set ended_at = @now from people_events e, {Open}
            where e.id = any(@events) and r.person_id = e.person_id and g.completed_at is null and x.roster_id = r.id and x.ended_at is null
              and (e.kind = 'left' and e.happened_on <= {Standings.OwnDueOn} or e.kind = 'on_leave' and x.approved_at is null)
            """, parameters, ct);
        var explained = await work.QueryAsync<long>($"""
            insert into training_exemptions (roster_id, reason, from_on, to_on, event_id, at, approved_at)
            select distinct on (r.id) r.id, case e.kind when 'left' then 'left' else 'leave' end, e.happened_on, case e.kind when 'left' then null else (select l.to_on from leaves l where l.id = e.leave_id) end, e.id, @now, @now
            from {Open} join people_events e on e.person_id = r.person_id and e.id = any(@events)
            where g.completed_at is null and (e.kind = 'on_leave' and not exists (select from people_events b where b.person_id = e.person_id and b.kind = 'back' and b.id > e.id and b.happened_on <= @today)
                or e.kind = 'left' and e.happened_on <= {Standings.OwnDueOn})
            order by r.id, e.kind = 'left' desc, e.id desc
            on conflict do nothing returning roster_id
            """, parameters, ct);
        await TrainingMails.SettleAsync(work, explained, ct);
        await TellReturnedAsync(work, await work.QueryAsync<long>($"""
            update training_exemptions x set ended_at = @now, follow_up_on = e.happened_on + {DaysAfterReturn} from people_events e, {Open}
            where e.id = any(@events) and e.kind = 'back' and r.person_id = e.person_id and x.roster_id = r.id and x.ended_at is null and x.reason in ('leave', 'left') and x.from_on <= e.happened_on
            returning x.roster_id
            """, parameters, ct), ct);
        await EnrolAsync(work, events, ct);
        await work.ExecuteAsync("""
            insert into training_event_marks (event_id, outcome, at)
            select e.id, case when exists (select from training_exemptions x where x.event_id = e.id) then 'exempted' when e.kind = 'back' then 'returned'
                when e.kind = 'joined' and exists (select from training_roster r where r.person_id = e.person_id and r.source = 'joined' and r.at = @now) then 'enrolled' else 'noted' end, @now
            from people_events e where e.id = any(@events) on conflict do nothing
            """, parameters, ct);
        await work.ActAsync("training.peopleFollowed", $"day:{work.Today:yyyy-MM-dd}", new Dictionary<string, string?> { ["count"] = $"{events.Length}" }, ct: ct);
    }

    /// <summary>Who joined goes on the roster of the campaign for joiners, due so many days after the hire date, and never on a day that is over.</summary>
    private static async Task EnrolAsync(UnitOfWork work, long[] events, CancellationToken ct)
    {
        if (await work.FirstAsync<long?>("select id from training_campaigns where kind = 'joiners' and state = 'running' for share", ct: ct) is not { } id)
        {
            return;
        }
        var campaign = (await CampaignStore.OfAsync(work, id, ct))!;
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        // Told late, they still have a business day.
        var earliest = calendar.AddBusinessDays(work.Today, 1);
        var joined = await work.QueryAsync<long>($"""
            insert into training_roster (campaign_id, person_id, employee_no, name, department_code, department, employment_type, is_officer, due_on, source, at)
            select @id, p.id, p.employee_no, p.name, coalesce(d.code, ''), coalesce(v.name, ''), p.employment_type, {AudienceStore.IsOfficer}, greatest(e.happened_on + @JoinerDays::int, @earliest::date), 'joined', @Now
            from people_events e join people p on p.id = e.person_id
            left join posts o on o.person_id = p.id and o.is_primary and e.happened_on between o.from_on and coalesce(o.to_on, 'infinity')
            left join departments d on d.id = o.department_id
            left join department_versions v on v.department_id = o.department_id and e.happened_on between v.from_on and coalesce(v.to_on, 'infinity')
            where e.id = any(@events) and e.kind = 'joined' and e.happened_on >= @CutoffOn and (p.left_on is null or p.left_on >= @Today)
            order by p.employee_no on conflict do nothing returning id
            """, new { id, events, campaign.JoinerDays, campaign.CutoffOn, earliest, work.Now, work.Today }, ct);
        await TrainingMails.TellOpenedAsync(work, campaign, joined, ct);
    }
}
