using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: the day after somebody's last day, what is open with them goes to the manager they had, else to the head of their department, with a
/// notice to them and an act in the trail; who may not have it, because they review it, is passed over for the next manager up the line. Where nobody is
/// left, the compliance managers are told. Requests they own or review stay theirs, are listed as without an owner or reviewer, and the manager is proposed;
/// the compliance managers are told of them, and of what waits for their decision.
/// Every event has one counterpart in <c>leaver_handovers</c>, written in the same transaction: killed anywhere, the next run goes on.
/// </summary>
public sealed class HandOverLeavers(Db db)
{
    private sealed record Leaver(long EventId, long PersonId, string EmployeeNo, DateOnly LeftOn);

    private sealed record Handed(long Id, long FromId, string FromNo, string ToNo, long ToId);

    /// <summary>The people who come after somebody (alias <c>p</c>), nearest first, as of their last day or today; <c>place</c> orders them.</summary>
    internal const string Successors = """
        (with recursive line (id, place) as (
            (select g.manager_id, 1 from managers g where g.person_id = p.id and least(p.left_on, @Today) between g.from_on and coalesce(g.to_on, 'infinity')
             union all
             select v.head_id, 2 from posts o join department_versions v on v.department_id = o.department_id and @Today between v.from_on and coalesce(v.to_on, 'infinity')
             where o.person_id = p.id and o.is_primary and least(p.left_on, @Today) between o.from_on and coalesce(o.to_on, 'infinity'))
            union all
            -- On up the line, also past those who have left themselves; ten steps, because two may name each other.
            select g.manager_id, l.place + 2 from line l join people m on m.id = l.id join managers g on g.person_id = m.id and least(m.left_on, @Today) between g.from_on and coalesce(g.to_on, 'infinity')
            where l.place < 20)
         select b.id, b.employee_no, min(x.place) as place from line x join people b on b.id = x.id where b.id <> p.id and b.hired_on <= @Today and (b.left_on is null or b.left_on >= @Today) group by b.id, b.employee_no)
        """;

    /// <summary>Employee number of whoever would take over from a person today; null when nobody is left. For a page that proposes them.</summary>
    public async Task<string?> ProposedAsync(string employeeNo, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(HandOverLeavers)), ct);
        return await work.FirstAsync<string>($"select s.employee_no from people p cross join lateral {Successors} s where p.employee_no = @employeeNo order by s.place limit 1", new { employeeNo, work.Today }, ct);
    }

    /// <returns>How many leavers and collections were taken up.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var leavers = 0;
        while (await OneAsync(ct))
        {
            leavers++;
        }

        return leavers + await LateAsync(ct);
    }

    private async Task<bool> OneAsync(CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        if (await work.FirstAsync<Leaver>("""
            select e.id as event_id, p.id as person_id, p.employee_no, p.left_on from people_events e join people p on p.id = e.person_id
            where e.kind = 'left' and e.happened_on < @Today and p.left_on < @Today and not exists (select 1 from people_events c where c.corrects_id = e.id)
              and not exists (select 1 from leaver_handovers h where h.event_id = e.id) order by e.id limit 1
            """, new { work.Today }, ct) is not { } leaver)
        {
            return false;
        }

        var handed = await HandAsync(work, leaver.PersonId, ct);
        var requests = await work.FirstAsync<int>("select count(*)::int from evidence_requests where owner_id = @PersonId and (end_on is null or end_on >= @Today)", new { leaver.PersonId, work.Today }, ct);
        var proposed = await work.FirstAsync<long?>($"select s.id from people p cross join lateral {Successors} s where p.id = @PersonId order by s.place limit 1", new { leaver.PersonId, work.Today }, ct);
        await work.ExecuteAsync("""
            insert into leaver_handovers (event_id, person_id, proposed_id, collections, requests, at) values (@EventId, @PersonId, @proposed, @collections, @requests, @Now)
            """, new { leaver.EventId, leaver.PersonId, proposed, collections = handed.Count, requests, work.Now }, ct);
        await EvidenceMails.TellLeaverAsync(work, leaver.EventId, leaver.PersonId, leaver.LeftOn, handed.GroupBy(row => row.ToId).ToDictionary(group => group.Key, group => group.Count()), proposed, requests, ct);
        await EvidenceMails.TellLeftBehindAsync(work, leaver.EventId, leaver.PersonId, ct);
        if (handed.Count > 0 || requests > 0)
        {
            await work.ActAsync("leaver.handedOver", $"person:{leaver.EmployeeNo}", new Dictionary<string, string?> { ["collections"] = $"{handed.Count}", ["requests"] = $"{requests}" }, ct: ct);
        }

        await work.CommitAsync(ct);
        return true;
    }

    // What opens or is returned after its owner has left, because the request still waits for another owner.
    private async Task<int> LateAsync(CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        var handed = await HandAsync(work, null, ct);
        await work.CommitAsync(ct);
        return handed.Count;
    }

    private static async Task<IReadOnlyList<Handed>> HandAsync(UnitOfWork work, long? leaver, CancellationToken ct)
    {
        // Never to the one who reviews it: nobody decides about what they handed in.
        var handed = await work.QueryAsync<Handed>($"""
            with theirs as (
                select c.id, p.id as from_id, p.employee_no as from_no, s.employee_no as to_no, s.id as to_id from collections c join people p on p.id = c.assignee_id
                cross join lateral (select s.* from {Successors} s where s.id <> c.reviewer_id order by s.place limit 1) s
                where c.state in ('open', 'returned') and p.left_on < @Today and (@leaver::bigint is null or p.id = @leaver))
            update collections c set assignee_id = theirs.to_id from theirs where c.id = theirs.id returning c.id, theirs.from_id, theirs.from_no, theirs.to_no, theirs.to_id
            """, new { work.Today, leaver }, ct);
        await AssignmentStore.KeepAsync(work, [.. handed.Select(row => row.Id)], [.. handed.Select(row => row.FromId)], [.. handed.Select(row => row.ToId)], ct);
        await work.SettleManyAsync([.. handed.Select(row => EvidenceMails.Subject(row.Id))], ct: ct);
        await EvidenceMails.TellOpenedAsync(work, [.. handed.Select(row => row.Id)], ct, $":{await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct)}");
        await EvidenceMails.TellUnownedAsync(work, leaver, ct);
        foreach (var row in handed)
        {
            await work.ActAsync("collection.handedOver", EvidenceMails.Subject(row.Id), new Dictionary<string, string?> { ["fromEmployee"] = row.FromNo, ["toEmployee"] = row.ToNo }, ct: ct);
        }

        return handed;
    }

    private async Task<UnitOfWork> BeginAsync(CancellationToken ct)
    {
        var work = await db.BeginAsync(Actor.Job(nameof(HandOverLeavers)), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('hand over leavers'))", ct: ct);
        return work;
    }
}
