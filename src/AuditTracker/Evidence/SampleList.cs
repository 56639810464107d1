using System.Runtime.CompilerServices;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Evidence;

/// <summary>What the list of samples is narrowed to.</summary>
/// <param name="State">One of <see cref="States"/>.</param>
/// <param name="Found">One of <see cref="Findings"/>.</param>
/// <param name="From">Only of periods that end on this day or later.</param>
/// <param name="To">Only of periods that begin on this day or earlier.</param>
/// <param name="Search">Part of the name of the population or of the request's title.</param>
public sealed record SampleFilter(string? State = null, string? Found = null, long? RequestId = null, DateOnly? From = null, DateOnly? To = null, string? Search = null)
{
    public static readonly string[] States = ["population", "drawn", "concluded", "abandoned"];

    /// <summary>exceptions: a row that does not conform was found; none: concluded, and nothing was.</summary>
    public static readonly string[] Findings = ["exceptions", "none"];
}

/// <summary>The orders of the list of samples; the first, newest first, is its own.</summary>
public static class SampleListOrders
{
    public static readonly ListOrder Time = new("time", new SortKey("s.id")) { IsNewestFirst = true };
    public static readonly ListOrder Rows = new("rows", new("s.row_count"), new("s.id"));
    public static readonly ListOrder Period = new("period", new("c.period_to", IsDate: true), new("s.id"));
    public static readonly ListOrder[] All = [Time, Rows, Period];
}

/// <summary>Samples of all collections the reader sees.</summary>
public sealed class SampleList(Db db)
{
    private const string HasExceptions = """
        exists (select from sample_rows r where r.sample_id = s.id and (select o.result from sample_results o where o.row_id = r.id order by o.id desc limit 1) = 'nonconforming')
        """;

    private const string Where = $"""
        {CollectionScope.Condition}
        and (@state::text is null or s.state = @state)
        and (@found::text is null or case @found when 'none' then s.state = 'concluded' and not {HasExceptions} else {HasExceptions} end)
        and (@request::bigint is null or c.request_id = @request)
        and (@from::date is null or c.period_to >= @from) and (@to::date is null or c.period_from <= @to)
        and (@search::text is null or search_key(s.name) like @search or search_key(v.title) like @search)
        """;

    public async Task<ListPage<Sample>> PageAsync(CurrentUser user, SampleFilter filter, ListSlice slice, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        return slice.Page(await connection.ListAsync<Sample>($"select {SampleStore.Columns}, {slice.Order.Place} as list_place {SampleStore.From} where {Where} {behind} order by {slice.OrderBy} limit @limit", parameters, ct), row => row.ListPlace);
    }

    /// <summary>How many there are, exact to <paramref name="cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, SampleFilter filter, int cap, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        parameters["cap"] = cap;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"""
            select count(*) from (select 1 from samples s join collections c on c.id = s.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version where {Where} limit @cap) counted
            """, parameters, ct);
    }

    /// <summary>Every row of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<Sample> AllAsync(CurrentUser user, SampleFilter filter, ListSlice slice, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<Sample>($"select {SampleStore.Columns} {SampleStore.From} where {Where} order by {slice.OrderBy}", Parameters(user, filter)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    private static Dictionary<string, object?> Parameters(CurrentUser user, SampleFilter filter)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["state"] = filter.State;
        parameters["found"] = filter.Found;
        parameters["request"] = filter.RequestId;
        parameters["from"] = filter.From;
        parameters["to"] = filter.To;
        parameters["search"] = filter.Search is null ? null : RequestStore.Pattern(filter.Search);
        return parameters;
    }
}
