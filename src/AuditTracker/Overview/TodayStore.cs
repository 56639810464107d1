using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>What falls due in a month, as far as the reader sees it; both numbers exact to 10,000.</summary>
/// <param name="Month">Its first day.</param>
/// <param name="Late">Past its due date and not handed in.</param>
public sealed record MonthLoad(DateOnly Month, long Due, long Late);

/// <summary>A department the reader heads today.</summary>
public sealed record HeadedDepartment(string Code, string Name);

/// <summary>Reads of the first page that no other page needs.</summary>
public sealed class TodayStore(Db db)
{
    /// <summary>Why these collections were sent back, in the reviewers' words.</summary>
    public async Task<IReadOnlyDictionary<long, string>> ReturnCommentsAsync(CurrentUser user, IEnumerable<long> collections, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["ids"] = collections.ToArray();
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<(long Id, string Comment)>($"""
            select distinct on (a.collection_id) a.collection_id, a.comment from collection_acts a join collections c on c.id = a.collection_id
            where c.id = any (@ids) and a.act = 'return' and a.comment is not null and {CollectionScope.Condition} order by a.collection_id, a.id desc
            """, parameters, ct)).ToDictionary(row => row.Id, row => row.Comment);
    }

    /// <summary>The departments the reader heads today, by code.</summary>
    public async Task<IReadOnlyList<HeadedDepartment>> DepartmentsAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<HeadedDepartment>("""
            select d.code, v.name from department_versions v join departments d on d.id = v.department_id
            where v.head_id = @PersonId and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity') order by d.code
            """, new { user.PersonId }, ct);
    }

    /// <summary>Dues by month, from the month of the first day through that of the last.</summary>
    public async Task<IReadOnlyList<MonthLoad>> MonthsAsync(CurrentUser user, DateOnly from, DateOnly to, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["from"], parameters["to"]) = (from, to);
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<MonthLoad>($"""
            select m.first as month,
                   (select count(*) from (select from collections c where c.due_on >= m.first and c.due_on < m.next and {CollectionScope.Condition} limit 10001) counted) as due,
                   (select count(*) from (select from collections c where c.state in ('open', 'returned') and c.due_on >= m.first and c.due_on < least(m.next, m.today) and {CollectionScope.Condition} limit 10001) counted) as late
            from (select g::date as first, (g + interval '1 month')::date as next, tokyo_date(business_now()) as today from generate_series(@from::timestamp, @to::timestamp, interval '1 month') g) m
            order by m.first
            """, parameters, ct);
    }

    /// <summary>Whether anything is asked of anybody yet.</summary>
    public async Task<bool> HasRequestsAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select from evidence_requests)", ct: ct);
    }
}
