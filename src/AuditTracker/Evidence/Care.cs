using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>An owner who is away until after something of theirs is due, with nobody standing in.</summary>
/// <param name="Collections">How many of theirs.</param>
/// <param name="LeaveTo">The last day of the leave; null: until further notice.</param>
public sealed record AwayOwner(string EmployeeNo, string Name, long Collections, DateOnly? LeaveTo);

/// <summary>A schedule that outruns the announced holidays: due dates beyond them are a forecast.</summary>
/// <param name="KnownThrough">The last day whose holidays are in the table; null: there are none at all.</param>
/// <param name="Collections">Planned and not over, due after it; exact to <see cref="Care.Cap"/>.</param>
public sealed record Outrun(DateOnly? KnownThrough, long Collections)
{
    /// <summary>Null when nothing is planned beyond what is known.</summary>
    /// <param name="knownThrough">As the calendar says it.</param>
    /// <param name="beyond">Collections due after it.</param>
    public static Outrun? Of(DateOnly knownThrough, long beyond) => beyond == 0 ? null : new(knownThrough == DateOnly.MinValue ? null : knownThrough, beyond);
}

/// <summary>What a compliance manager has to look after before it becomes late.</summary>
public sealed class Care(Db db)
{
    /// <summary>Counted so far.</summary>
    public const int Cap = 10_000;

    /// <summary>Owners who are away with nobody standing in, first what is due first; nobody for who is no compliance manager.</summary>
    public async Task<IReadOnlyList<AwayOwner>> AwayAsync(CurrentUser user, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var today = await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct);
        return await connection.ListAsync<AwayOwner>($"""
            select p.employee_no, p.name, count(*) as collections, (select max(l.to_on) from leaves l where l.person_id = p.id and @Today between l.from_on and coalesce(l.to_on, 'infinity')) as leave_to
            from collections c join people p on p.id = c.assignee_id
            where @isManager and c.assignee_id = any (array(select person_id from leaves where @Today between from_on and coalesce(to_on, 'infinity'))) and {CollectionScope.WithoutDeputy}
            group by p.id order by min(c.due_on), p.id limit @limit
            """, new { isManager = user.Is(Role.ComplianceManager), Today = today, limit }, ct);
    }

    /// <summary>Whether the schedule of the next twelve months outruns the calendar (what is due behind them is told when its time comes); a number of the whole company, for who keeps the calendar or the service.</summary>
    public async Task<Outrun?> OutrunAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        return Outrun.Of(calendar.KnownThrough, await connection.FirstAsync<long>("""
            select count(*) from (select from collections where due_on > @KnownThrough and due_on <= @horizon and state in ('planned', 'open', 'returned') limit @Cap) beyond
            """, new { calendar.KnownThrough, horizon = Plan.Horizon(await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct)), Cap }, ct));
    }
}
