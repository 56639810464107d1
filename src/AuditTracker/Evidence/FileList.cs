using System.Runtime.CompilerServices;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Evidence;

/// <summary>A file of evidence in a list.</summary>
public sealed class FileRow
{
    public long Id { get; init; }
    public string FileName { get; init; } = "";
    public long Size { get; init; }
    public string Sha256 { get; init; } = "";
    public long CollectionId { get; init; }
    public string Title { get; init; } = "";
    public DateOnly PeriodFrom { get; init; }
    public DateOnly PeriodTo { get; init; }
    public string By { get; init; } = "";
    public DateTime At { get; init; }
    public string State { get; init; } = "";
    public string? Reason { get; init; }
    public bool? Locked { get; init; }
    public DateTime? ScannedAt { get; init; }
    public string Signatures { get; init; } = "";
    public long? QuarantineId { get; init; }
    public string? Found { get; init; }

    /// <summary>Its place in the list it was read for.</summary>
    public string Place { get; init; } = "";

    public FileState Scan => new(Id, State, Reason, Locked, ScannedAt, Signatures, QuarantineId, Found, null, null, null);
}

/// <summary>What a list of files is narrowed to.</summary>
/// <param name="State">One of <see cref="States"/>.</param>
/// <param name="Search">Part of the file's name.</param>
public sealed record FileFilter(string? State = null, string? Search = null)
{
    /// <summary>As the address spells them; locked: with a password.</summary>
    public static readonly string[] States = ["quarantined", "notScanned", "locked", "waiting", "clean", "released", "destroyed"];
}

/// <summary>The orders a list of files may be put in; the first, newest first, is its own.</summary>
public static class FileOrders
{
    public static readonly ListOrder Time = new("time", new SortKey("e.id")) { IsNewestFirst = true };
    public static readonly ListOrder Size = new("size", new("e.size"), new("e.id"));
    public static readonly ListOrder[] All = [Time, Size];
}

/// <summary>SQL of the list of files, as its reader may see them.</summary>
public sealed class FileList(Db db)
{
    private const string Columns = """
        e.id, e.file_name, e.size, e.sha256, c.id as collection_id, v.title, c.period_from, c.period_to, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, s.at,
        f.state, f.reason, f.locked, f.scanned_at, f.signatures, f.quarantine_id, f.found
        """;

    private const string From = """
        from evidence e join file_states f on f.evidence_id = e.id join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
        join request_versions v on v.request_id = c.request_id and v.version = c.version join accounts a on a.id = s.by_account left join people p on p.id = s.by_person
        """;

    private const string Where = $"""
        e.kind = 'file' and {CollectionScope.Condition}
        and (@state::text is null or case @state when 'locked' then f.locked else f.state = @state end)
        and (@search::text is null or search_key(e.file_name) like @search)
        """;

    public async Task<ListPage<FileRow>> PageAsync(CurrentUser user, FileFilter filter, ListSlice slice, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        return slice.Page(await connection.ListAsync<FileRow>($"select {Columns}, {slice.Order.Place} as place {From} where {Where} {behind} order by {slice.OrderBy} limit @limit", parameters, ct), row => row.Place);
    }

    /// <summary>How many there are, exact to <paramref name="cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, FileFilter filter, int cap, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        parameters["cap"] = cap;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {From} where {Where} limit @cap) counted", parameters, ct);
    }

    /// <summary>Every row of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<FileRow> AllAsync(CurrentUser user, FileFilter filter, ListSlice slice, [EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<FileRow>($"select {Columns} {From} where {Where} order by {slice.OrderBy}", Parameters(user, filter)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    private static Dictionary<string, object?> Parameters(CurrentUser user, FileFilter filter)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["state"] = filter.State;
        parameters["search"] = filter.Search is null ? null : RequestStore.Pattern(filter.Search);
        return parameters;
    }
}
