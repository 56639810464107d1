using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>
/// Job: while an owner is on leave, what is open with them and due by the last day of the leave is their deputy's to hand in: whoever is named for the leave, else
/// the next up the line. The owner stays the owner. The deputy is asked in the owner's place; once the owner is back it is theirs again, and they are asked.
/// What changed and who is told of it are one transaction, and only what changed is told: killed anywhere, the next run goes on.
/// </summary>
public sealed class LetDeputiesStandIn(Db db)
{
    private sealed record Moved(long Id, string? DeputyNo, string? BeforeNo);

    /// <returns>How many collections have another deputy, or none any more; without such, how many notices say that nobody can stand in.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(LetDeputiesStandIn)), ct);
        var moved = await DecideAsync(work, null, ct);
        if (moved.Count == 0)
        {
            var told = await EvidenceMails.TellNoDeputyAsync(work, ct);
            await work.CommitAsync(ct);
            return told;
        }

        await work.SettleManyAsync([.. moved.Select(row => EvidenceMails.Subject(row.Id))], ct: ct);
        await EvidenceMails.TellOpenedAsync(work, [.. moved.Select(row => row.Id)], ct, $":{await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct)}");
        foreach (var row in moved)
        {
            await work.ActAsync(row.DeputyNo is null ? "collection.deputyEnded" : "collection.deputyStandsIn", EvidenceMails.Subject(row.Id),
                new Dictionary<string, string?> { ["deputy"] = row.DeputyNo ?? row.BeforeNo }, ct: ct);
        }

        await EvidenceMails.TellNoDeputyAsync(work, ct);
        await work.CommitAsync(ct);
        return moved.Count;
    }

    /// <summary>Settles who stands in for these collections today, before somebody is asked for them.</summary>
    public static Task SettleAsync(UnitOfWork work, IReadOnlyList<long> collections, CancellationToken ct) => DecideAsync(work, [.. collections], ct);

    // Never the one who reviews it, and nobody who is away themselves. Only what is still owed changes hands; conditions stand in the update, for two workers.
    private static async Task<IReadOnlyList<Moved>> DecideAsync(UnitOfWork work, long[]? ids, CancellationToken ct) => await work.QueryAsync<Moved>($"""
        with wanted as (
            select c.id, c.deputy_id as before_id,
                   (select d.id from (select n.deputy_id as id, 0 as place from leave_deputies n where n.leave_id = l.id
                                      union all select s.id, s.place from {HandOverLeavers.Successors} s) d
                    join people b on b.id = d.id and b.hired_on <= @Today and (b.left_on is null or b.left_on >= @Today)
                    where l.id is not null and d.id <> c.assignee_id and d.id <> c.reviewer_id
                      and not exists (select 1 from leaves away where away.person_id = d.id and @Today between away.from_on and coalesce(away.to_on, 'infinity'))
                    order by d.place, d.id limit 1) as deputy_id
            from collections c join people p on p.id = c.assignee_id
            left join leaves l on l.person_id = c.assignee_id and @Today between l.from_on and coalesce(l.to_on, 'infinity') and c.due_on <= coalesce(l.to_on, 'infinity')
            where c.state in ('open', 'returned') and (@ids::bigint[] is null or c.id = any (@ids))
              and (c.deputy_id is not null or c.assignee_id = any (array(select person_id from leaves where @Today between from_on and coalesce(to_on, 'infinity'))))),
        moved as (update collections c set deputy_id = w.deputy_id from wanted w
            where c.id = w.id and c.state in ('open', 'returned') and c.deputy_id is distinct from w.deputy_id
            returning c.id, w.deputy_id, w.before_id),
        kept as (insert into collection_deputies (collection_id, deputy_id, before_id, at) select id, deputy_id, before_id, @Now from moved order by id)
        select m.id, d.employee_no as deputy_no, b.employee_no as before_no from moved m left join people d on d.id = m.deputy_id left join people b on b.id = m.before_id order by m.id
        """, new { ids, work.Today, work.Now }, ct);
}
