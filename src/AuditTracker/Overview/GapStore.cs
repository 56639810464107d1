using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Overview;

/// <summary>A running request whose owner has left, or is on leave today with no deputy named.</summary>
/// <param name="LeftOn">The owner's last day; null: they are on leave.</param>
/// <param name="LeaveTo">The last day of the leave; null: until further notice, or they left.</param>
public sealed record OwnerlessRequest(long Id, string Title, string OwnerNo, string OwnerName, DateOnly? LeftOn, DateOnly? LeaveFrom, DateOnly? LeaveTo, DateOnly? NextDueOn, string Place = "");

/// <summary>Two items that the catalogues pair closely enough that evidence for one shows something of the other.</summary>
/// <param name="Strength"><c>equivalent</c> or <c>partial</c>.</param>
public sealed record ItemPair(string FromFramework, string FromRef, string ToFramework, string ToRef, string Strength);

/// <summary>A running request that serves an item, as far as the reader sees it.</summary>
public sealed record RunningRequest(long Id, string Title, string? AdoptedFrom);

/// <summary>The orders of the lists of gaps.</summary>
public static class GapOrders
{
    /// <summary>What has nothing ahead of it comes last. Not on the very last day there is: the driver takes that for infinity.</summary>
    public static readonly ListOrder Due = new("due", new("coalesce(next.due_on, '9999-12-30')", IsDate: true), new("r.id"));

    /// <summary>Frameworks in their order, then clauses; reckoned, not read.</summary>
    public static readonly ListOrder Item = new("item", new SortKey("framework"), new SortKey("position"));
}

/// <summary>Reads what gaps are made of beside coverage.</summary>
public sealed class GapStore(Db db)
{
    private const string OwnerlessColumns = """
        r.id, r.title, o.employee_no as owner_no, o.name as owner_name, case when o.left_on < clock.today then o.left_on end as left_on, l.from_on as leave_from, l.to_on as leave_to, next.due_on as next_due_on
        """;

    private const string Ownerless = $"""
        from evidence_requests r join people o on o.id = r.owner_id
        cross join (select tokyo_date(business_now()) as today) clock
        left join lateral (select x.id, x.from_on, x.to_on from leaves x where x.person_id = o.id and clock.today between x.from_on and coalesce(x.to_on, 'infinity') order by x.from_on limit 1) l on true
        left join lateral (select min(k.due_on) as due_on from collections k where k.request_id = r.id and k.state in ('planned', 'open', 'returned')) next on true
        where {CollectionScope.RequestCondition} and coalesce(r.end_on, 'infinity') >= clock.today and (o.left_on < clock.today or l.id is not null and not exists (select from leave_deputies n where n.leave_id = l.id))
          and (@framework::text is null or exists (select from request_items i where i.request_id = r.id and i.version = r.version and i.framework = @framework))
        """;

    /// <summary>Requests that still ask or will, owned by somebody who left, or is on leave today with no deputy named for it.</summary>
    /// <param name="framework">Only those that serve an item of it.</param>
    public async Task<ListPage<OwnerlessRequest>> OwnerlessAsync(CurrentUser user, string? framework, ListSlice slice, CancellationToken ct)
    {
        var parameters = Narrowed(user, framework);
        var behind = slice.Behind(parameters);
        await using var connection = await db.OpenAsync(ct);
        return slice.Page(await connection.ListAsync<OwnerlessRequest>($"select {OwnerlessColumns}, {slice.Order.Place} as place {Ownerless} {behind} order by {slice.OrderBy} limit {slice.Limit}", parameters, ct), row => row.Place);
    }

    /// <summary>All of them in the list's order, read as they are taken; the connection is held so long.</summary>
    /// <inheritdoc cref="OwnerlessAsync"/>
    public async IAsyncEnumerable<OwnerlessRequest> AllOwnerlessAsync(CurrentUser user, string? framework, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<OwnerlessRequest>($"select {OwnerlessColumns}, '' as place {Ownerless} order by {slice.OrderBy}", Narrowed(user, framework)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>How many there are, exact to <see cref="Platform.Web.ListQuery.Exact"/>.</summary>
    /// <inheritdoc cref="OwnerlessAsync"/>
    public async Task<long> CountOwnerlessAsync(CurrentUser user, string? framework, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {Ownerless} limit {Platform.Web.ListQuery.Cap}) counted", Narrowed(user, framework), ct);
    }

    private static Dictionary<string, object?> Narrowed(CurrentUser user, string? framework)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["framework"] = framework;
        return parameters;
    }

    /// <summary>The pairs of the catalogues that are more than related: facts, the same for everybody.</summary>
    public async Task<IReadOnlyList<ItemPair>> PairsAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemPair>("select from_framework, from_ref, to_framework, to_ref, strength from item_mappings where strength in ('equivalent', 'partial')", ct: ct);
    }

    /// <summary>These requests, those of them the reader sees.</summary>
    public async Task<IReadOnlyList<RunningRequest>> RequestsAsync(CurrentUser user, IEnumerable<long> ids, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["ids"] = ids.Distinct().ToArray();
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<RunningRequest>($"select r.id, r.title, r.adopted_from from evidence_requests r where r.id = any(@ids) and {CollectionScope.RequestCondition} order by r.id", parameters, ct);
    }

    /// <summary>The newest running request made from each library entry, among those the reader sees.</summary>
    public async Task<IReadOnlyDictionary<string, RunningRequest>> RunningByEntryAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<RunningRequest>($"""
            select distinct on (r.adopted_from) r.id, r.title, r.adopted_from from evidence_requests r
            where r.adopted_from is not null and coalesce(r.end_on, 'infinity') >= tokyo_date(business_now()) and {CollectionScope.RequestCondition} order by r.adopted_from, r.id desc
            """, CollectionScope.Parameters(user), ct)).ToDictionary(row => row.AdoptedFrom!);
    }
}
