using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Dapper;
using Npgsql;

namespace AuditTracker.Evidence;

/// <summary>What a list of collections is narrowed to. People by employee number, a department by its code.</summary>
/// <param name="Assignee">Only what is with this person: theirs, and what they stand in for.</param>
/// <param name="DueBefore">Due before this day.</param>
/// <param name="Waiting">Only submissions the reader may decide on (the review queue).</param>
/// <param name="Mine">Only what is with the reader.</param>
/// <param name="Active">Only what somebody has to act on: open, submitted, returned.</param>
/// <param name="Opened">Without what is only planned.</param>
/// <param name="Department">Only what is with people who have a post there today.</param>
/// <param name="DueFrom">Due on this day or later.</param>
/// <param name="Ids">Only these.</param>
/// <param name="Owed">Only what is not handed in: open, returned.</param>
/// <param name="Absent">Only what is with somebody who has left.</param>
/// <param name="Reviewer">An employee number, or <see cref="NoReviewer"/>.</param>
public sealed record CollectionFilter(CollectionState? State = null, string? Framework = null, string? Assignee = null, DateOnly? DueBefore = null,
    bool Overdue = false, bool Waiting = false, bool Mine = false, long? RequestId = null, string? Search = null, bool Active = false, bool Opened = false,
    string? Reviewer = null, string? Department = null, DateOnly? DueFrom = null, long[]? Ids = null, bool Owed = false, bool Absent = false)
{
    /// <summary>In the place of a reviewer's number: reviewed by somebody who has left.</summary>
    public const string NoReviewer = "none";
}

/// <summary>The orders a list of collections may be put in; the first is its own.</summary>
public static class CollectionOrders
{
    public static readonly ListOrder Due = new("due", new("c.due_on", IsDate: true), new SortKey("c.id"));

    /// <summary>By the request's present name, then by period: what belongs together stands together, also when the name was changed.</summary>
    public static readonly ListOrder Title = new("title",
        new("r.title_key", "c.request_id", "(select title_key from evidence_requests where id = {0})"), new("c.request_id"), new("c.period_from", IsDate: true), new("c.id"));

    public static readonly ListOrder State = new("state", new("state_rank(c.state)"), new("c.due_on", IsDate: true), new("c.id"));

    public static readonly ListOrder Assignee = new("assignee",
        new("p.name_kana", "c.assignee_id", "(select name_kana from people where id = {0})"), new("p.id"), new("c.due_on", IsDate: true), new("c.id"));

    public static readonly ListOrder[] All = [Due, Title, State, Assignee];
}

/// <summary>SQL of lists of collections: which rows first, by id and nothing else, then what is shown of them.</summary>
public sealed partial class CollectionStore
{
    /// <summary>
    /// What the filter and the reader come to today, in numbers. The statements get it as constants: with "the people of this department" as a
    /// subquery the planner would guess how many there are, and read a million rows in order where it should have looked up twenty.
    /// </summary>
    private sealed class Reach
    {
        public DateOnly Today { get; init; }
        public long AssigneeId { get; init; }
        public long ReviewerId { get; init; }

        /// <summary>People with a post in the department that was asked for.</summary>
        public long[] Members { get; init; } = [];

        /// <summary>People who have left, when it is what they owe or review that is asked for.</summary>
        public long[] Gone { get; init; } = [];

        /// <summary>People of the departments the reader heads.</summary>
        public long[] Headed { get; init; } = [];

        /// <summary>Requests that serve, or once served, a framework the reader reviews.</summary>
        public long[] Reviewed { get; init; } = [];

        /// <summary>Requests that serve, or once served, the framework that was asked for; null when they are more than an index is asked about.</summary>
        public long[]? Served { get; init; }
    }

    private static async Task<Dictionary<string, object?>> ReachAsync(NpgsqlConnection connection, CurrentUser user, CollectionFilter filter, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["assignee"] = filter.Assignee;
        parameters["reviewer"] = filter.Reviewer;
        parameters["department"] = filter.Department;
        parameters["absent"] = filter.Absent || filter.Reviewer == CollectionFilter.NoReviewer;
        parameters["framework"] = filter.Framework;
        parameters["few"] = FewRequests;
        var reach = (await connection.FirstAsync<Reach>("""
            select clock.today,
                   coalesce((select id from people where employee_no = @assignee), 0) as assignee_id,
                   coalesce((select id from people where employee_no = @reviewer), 0) as reviewer_id,
                   array(select distinct o.person_id from departments d join posts o on o.department_id = d.id where d.code = @department and clock.today between o.from_on and coalesce(o.to_on, 'infinity')) as members,
                   array(select id from people where @absent and left_on < clock.today) as gone,
                   array(select distinct o.person_id from department_versions v join posts o on o.department_id = v.department_id
                         where not @seesAll and v.head_id = @person and clock.today between o.from_on and coalesce(o.to_on, 'infinity') and clock.today between v.from_on and coalesce(v.to_on, 'infinity')) as headed,
                   array(select distinct i.request_id from role_grants g join request_items i on i.framework = g.framework
                         where not @seesAll and g.account_id = @account and g.role = 'reviewer' and clock.today between g.from_on and coalesce(g.to_on, 'infinity')) as reviewed,
                   (select case when count(*) between 1 and @few then array_agg(few.request_id) end from (select i.request_id from request_items i where i.framework = @framework limit @few + 1) few) as served
            from (select tokyo_date(business_now()) as today) clock
            """, parameters, ct))!;
        parameters["today"] = reach.Today;
        parameters["assigneeId"] = reach.AssigneeId;
        parameters["reviewerId"] = reach.ReviewerId;
        parameters["members"] = reach.Members;
        parameters["gone"] = reach.Gone;
        parameters["headed"] = reach.Headed;
        parameters["reviewed"] = reach.Reviewed;
        parameters["state"] = filter.State?.ToString().ToLowerInvariant();
        parameters["served"] = reach.Served;
        parameters["dueBefore"] = filter.DueBefore;
        parameters["dueFrom"] = filter.DueFrom;
        parameters["requestId"] = filter.RequestId;
        parameters["ids"] = filter.Ids;
        parameters["search"] = filter.Search is null ? null : RequestStore.Pattern(filter.Search);
        return parameters;
    }

    private const string Serves = "exists (select 1 from request_items f where f.request_id = c.request_id and f.version = c.version and f.framework = @framework)";

    // Looked up in a table made once (coalesce keeps it from becoming a join): asked for each row it would cost more than the row.
    private const string IsServed = "c.request_id = any(@served) and coalesce((c.request_id, c.version) in (select f.request_id, f.version from request_items f where f.framework = @framework), false)";

    private static string Where(CurrentUser user, CollectionFilter filter, Dictionary<string, object?> reach, string scope = CollectionScope.Reached) => string.Join(" and ", new[]
    {
        user.SeesAllEvidence ? "true" : scope,
        // The states under way have indexes of their own; the others stand in the one by rank.
        filter.State switch
        {
            null => null,
            CollectionState.Open or CollectionState.Submitted or CollectionState.Returned => "c.state = @state",
            _ => "state_rank(c.state) = state_rank(@state)",
        },
        // Said beside a narrower condition, the planner would expect a fiftieth of the rows.
        filter.Active && !filter.Overdue && !filter.Owed ? "c.state in ('open', 'submitted', 'returned')" : null,
        filter.Opened ? "c.state <> 'planned'" : null,
        filter.Overdue ? "c.state in ('open', 'returned') and c.due_on < @today" : null,
        filter.Framework is null ? null : reach["served"] is null ? Serves : IsServed,
        filter.Assignee is null ? null : "(c.assignee_id = @assigneeId or c.deputy_id = @assigneeId)",
        filter.Reviewer switch { null => null, CollectionFilter.NoReviewer => "c.reviewer_id = any(@gone)", _ => "c.reviewer_id = @reviewerId" },
        filter.Department is null ? null : "c.assignee_id = any(@members)",
        filter.Owed ? "c.state in ('open', 'returned')" : null,
        filter.Absent ? "c.assignee_id = any(@gone)" : null,
        filter.DueBefore is null ? null : "c.due_on < @dueBefore",
        filter.DueFrom is null ? null : "c.due_on >= @dueFrom",
        filter.RequestId is null ? null : "c.request_id = @requestId",
        filter.Ids is null ? null : "c.id = any(@ids)",
        filter.Mine ? CollectionScope.Mine : null,
        filter.Search is null ? null : "r.title_key like @search",
        filter.Waiting ? CollectionScope.Waiting : null,
    }.Where(condition => condition is not null));

    // A join that nothing reads would still be made.
    private static string Requests(CollectionFilter filter) => filter.Search is null ? "" : "join evidence_requests r on r.id = c.request_id";

    /// <summary>Whether there are thousands of rows at the most, without counting them.</summary>
    private static bool IsNarrow(CurrentUser user, CollectionFilter filter, Dictionary<string, object?> reach) =>
        !user.SeesAllEvidence && reach["reviewed"] is long[] { Length: <= FewRequests }
        || reach["served"] is not null || filter.Assignee is not null || filter.Mine || filter.RequestId is not null || filter.Ids is not null;

    /// <summary>So many requests have thousands of collections, not hundreds of thousands.</summary>
    private const int FewRequests = 500;

    /// <summary>
    /// The rows to be put in order. By name, what bears the names is walked in its own order and each asked for its collections (offset 0 keeps the two
    /// apart): the planner would read all collections anew for every name.
    /// </summary>
    private static string Rows(CurrentUser user, CollectionFilter filter, ListOrder order, Dictionary<string, object?> reach)
    {
        var where = Where(user, filter, reach);
        return order == CollectionOrders.Title
                ? $"from evidence_requests r cross join lateral (select c.* from collections c where c.request_id = r.id and {where} offset 0) c where {(filter.Framework is null ? "true" : "exists (select 1 from request_items g where g.request_id = r.id and g.framework = @framework)")}"
            : order == CollectionOrders.Assignee
                ? $"from people p cross join lateral (select c.* from collections c {Requests(filter)} where c.assignee_id = p.id and {where} offset 0) c where true"
            : $"from collections c {Requests(filter)} where {where}";
    }

    /// <summary>Whether a text is a place in the list by due date, as the API hands it out.</summary>
    public static bool IsCursor(string text) => CollectionOrders.Due.Read(text) is not null;

    /// <summary>A page in order of due date.</summary>
    public async Task<(IReadOnlyList<CollectionRow> Rows, string? After)> ListAsync(CurrentUser user, CollectionFilter filter, string? after, int limit, CancellationToken ct)
    {
        var page = await PageAsync(user, filter, new ListSlice(CollectionOrders.Due, Descending: false, limit, after), ct);
        return (page.Rows, page.After);
    }

    /// <summary>A part of the list.</summary>
    public async Task<ListPage<CollectionRow>> PageAsync(CurrentUser user, CollectionFilter filter, ListSlice slice, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ReachAsync(connection, user, filter, ct);
        return (await ReadAsync(connection, user, filter, slice, parameters, IsNarrow(user, filter, parameters), ct)).Page;
    }

    /// <summary>A part of the list, and how many rows the whole list has, exact to <see cref="ListQuery.Exact"/>.</summary>
    public async Task<(ListPage<CollectionRow> Page, long Total)> PageAndCountAsync(CurrentUser user, CollectionFilter filter, ListSlice slice, CancellationToken ct)
    {
        Dictionary<string, object?> parameters;
        await using (var asked = await db.OpenAsync(ct))
        {
            parameters = await ReachAsync(asked, user, filter, ct);
        }
        parameters["cap"] = ListQuery.Cap;
        var isNarrow = IsNarrow(user, filter, parameters);
        if (!isNarrow && slice.Order == CollectionOrders.Due)
        {
            // An index gives the first rows at once, and the count is made beside. Neither holds a connection while it waits for another.
            var (reading, counting) = (ReadBesideAsync(), CountBesideAsync());
            await Task.WhenAll(reading, counting);
            return (await reading, await counting);
        }
        // In any other order a short list is read whole, and so is what is overdue, however much that may be. Whether others are short an index tells;
        // of words, reading tells as fast as counting.
        isNarrow |= filter.Overdue;
        await using var connection = await db.OpenAsync(ct);
        long? counted = isNarrow || filter.Search is not null ? null : await CountAsync(connection);
        if (isNarrow || counted is null or < ListQuery.Cap)
        {
            var (page, all) = await ReadAsync(connection, user, filter, slice, parameters, isNarrow: true, ct, isNarrow ? null : ListQuery.Cap);
            counted ??= all ?? await CountAsync(connection);
            if (isNarrow || counted < ListQuery.Cap)
            {
                return (page, Math.Min(counted.Value, ListQuery.Cap));
            }
        }
        return ((await ReadAsync(connection, user, filter, slice, parameters, isNarrow: false, ct)).Page, ListQuery.Cap);

        Task<long> CountAsync(NpgsqlConnection on) => on.FirstAsync<long>(CountSql(user, filter, parameters), parameters, ct);

        async Task<ListPage<CollectionRow>> ReadBesideAsync()
        {
            await using var other = await db.OpenAsync(ct);
            return (await ReadAsync(other, user, filter, slice, new(parameters), false, ct)).Page;
        }

        async Task<long> CountBesideAsync()
        {
            await using var other = await db.OpenAsync(ct);
            return Math.Min(await CountAsync(other), ListQuery.Cap);
        }
    }

    /// <summary>Reads a part of the list.</summary>
    /// <param name="isNarrow">Whether all of it is read and put in order; else it is walked in its order.</param>
    /// <param name="most">So many rows are read at the most; a list that has as many was not read whole.</param>
    /// <returns>With it how many rows there are in all, where all were read and the part is not empty.</returns>
    private static async Task<(ListPage<CollectionRow> Page, long? Total)> ReadAsync(
        NpgsqlConnection connection, CurrentUser user, CollectionFilter filter, ListSlice slice, Dictionary<string, object?> parameters, bool isNarrow, CancellationToken ct, int? most = null)
    {
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        var keys = string.Join(", ", slice.Order.Keys.Select((key, index) => $"{key.Sql} as key{index}"));
        var byKeys = (slice with { Order = slice.Order with { Keys = [.. slice.Order.Keys.Select((key, index) => key with { Sql = $"key{index}" })] } }).OrderBy;
        var what = $"c.id, {keys}";
        // All of a short list is read first and ordered then: the planner would walk a million rows in the order asked for, hoping that these come early.
        var sql = isNarrow
            ? $"""
                with narrow as materialized ({string.Join(" union all ", Scopes(user, parameters).Select(scope =>
                    $"select c.id, c.request_id, c.assignee_id, c.period_from, c.due_on, c.state from collections c {Requests(filter)} where {Where(user, filter, parameters, scope)}"))}{(most is null ? "" : " limit @cap")})
                select {Columns}, {slice.Order.Place} as place, (select count(*) from narrow) as total
                from (select {what} from narrow c {Bearers(slice.Order)} where true {behind} order by {byKeys} limit @limit) page
                """
            // Backwards by state, what is over would be walked through first: the index is told where what is under way ends.
            : $"""
                select {Columns}, {slice.Order.Place} as place, null::bigint as total
                from (select {what} {Rows(user, filter, slice.Order, parameters)} {behind} {(slice.Order == CollectionOrders.State && (filter.Active || filter.Overdue) ? "and state_rank(c.state) <= 3" : "")}
                      order by {slice.OrderBy} limit @limit) page
                """;
        long? total = null;
        var found = await connection.QueryAsync<CollectionRow, long?, CollectionRow>(new CommandDefinition(
            $"{sql} join collections c on c.id = page.id {Shown} order by {byKeys}", new DynamicParameters(parameters), cancellationToken: ct), (row, all) => { total = all; return row; }, splitOn: "total");
        return (slice.Page([.. found], row => row.Place), total);
    }

    // A reviewer's requests and their own collections are read apart: each has its index, both together have none. The requests of a framework have one already.
    private static string[] Scopes(CurrentUser user, Dictionary<string, object?> reach) => user.SeesAllEvidence || reach["reviewed"] is long[] { Length: 0 } || reach["served"] is not null
        ? [CollectionScope.Reached] : [CollectionScope.ReachedInPerson, $"{CollectionScope.ReachedByFramework} and {CollectionScope.ReachedInPerson} is not true"];

    /// <summary>What bears the names a list is ordered by.</summary>
    private static string Bearers(ListOrder order) =>
        order == CollectionOrders.Assignee ? "join people p on p.id = c.assignee_id" : order == CollectionOrders.Title ? "join evidence_requests r on r.id = c.request_id" : "";

    private static string CountSql(CurrentUser user, CollectionFilter filter, Dictionary<string, object?> reach) =>
        $"select count(*) from (select 1 from collections c {Requests(filter)} where {Where(user, filter, reach)} limit @cap) counted";

    /// <summary>Every row of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<CollectionRow> AllAsync(CurrentUser user, CollectionFilter filter, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ReachAsync(connection, user, filter, ct);
        await foreach (var row in connection.QueryUnbufferedAsync<CollectionRow>($"""
            select {Columns} from collections c {Shown} join evidence_requests r on r.id = c.request_id where {Where(user, filter, parameters)} order by {slice.OrderBy}
            """, parameters).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>The rows of a selection by due date, one more than may be chosen at the most.</summary>
    /// <param name="locks">Until the operation of this connection ends.</param>
    internal static async Task<IReadOnlyList<BatchRow>> ChooseAsync(NpgsqlConnection connection, CurrentUser user, Chosen chosen, CancellationToken ct, bool locks = false)
    {
        var parameters = await ReachAsync(connection, user, chosen.Filter, ct);
        parameters["limit"] = Chosen.Most + 1;
        return await connection.ListAsync<BatchRow>($"""
            select c.id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on, c.state, c.assignee_id, o.name as assignee_name, coalesce(o.left_on < @today, false) as assignee_left, c.reviewer_id, c.deputy_id, y.name as deputy_name,
                   coalesce({CollectionScope.Waiting}, false) as waits,
                   exists (select 1 from notices n where n.key in ('evidence/collection-overdue:' || c.id || ':' || coalesce(c.deputy_id, c.assignee_id) || ':by-hand-' || @today::text, 'evidence/collection-due-soon:' || c.id || ':' || coalesce(c.deputy_id, c.assignee_id) || ':by-hand-' || @today::text)) as reminded_today
            from (select c.id from collections c {Requests(chosen.Filter)} where {Where(user, chosen.Filter, parameters)} order by c.due_on, c.id limit @limit) page
            join collections c on c.id = page.id join request_versions v on v.request_id = c.request_id and v.version = c.version join people o on o.id = c.assignee_id left join people y on y.id = c.deputy_id
            order by c.due_on, c.id {(locks ? "for update of c" : "")}
            """, parameters, ct);
    }

    /// <summary>How many there are, exact to <paramref name="cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, CollectionFilter filter, int cap, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ReachAsync(connection, user, filter, ct);
        parameters["cap"] = cap;
        return await connection.FirstAsync<long>(CountSql(user, filter, parameters), parameters, ct);
    }
}
