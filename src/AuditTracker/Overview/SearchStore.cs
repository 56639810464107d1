using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>A file that was handed in, with the collection it belongs to.</summary>
public sealed record FoundFile(long Id, string FileName, string Sha256, long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo);

/// <summary>Files by name or hash, within the collections the reader may see.</summary>
public sealed class SearchStore(Db db)
{
    /// <summary>So many of the newest files are read for a word inside their names.</summary>
    public const int Newest = 20_000;

    /// <summary>
    /// Files whose name begins with the text, and those of the newest <see cref="Newest"/> whose name contains it; width, case and kana folded, the newest first.
    /// (An index over pairs of letters would find it in all of them; building it took 42 s for 100,000 names, in the place of 1 s.)
    /// </summary>
    public Task<IReadOnlyList<FoundFile>> FilesByNameAsync(CurrentUser user, string text, int limit, CancellationToken ct) =>
        FilesAsync(user, $"""
            e.id in (select f.id from evidence f where f.kind = 'file' and search_key(f.file_name) like replace(replace(replace(search_key(@text), '\', '\\'), '%', '\%'), '_', '\_') || '%'
                     union all
                     select f.id from (select id, file_name from evidence where kind = 'file' order by id desc limit {Newest}) f where position(search_key(@text) in search_key(f.file_name)) > 0)
            """, text, limit, ct);

    /// <summary>Files whose SHA-256 begins with these hexadecimal digits; the newest first.</summary>
    public Task<IReadOnlyList<FoundFile>> FilesByHashAsync(CurrentUser user, string start, int limit, CancellationToken ct) =>
        FilesAsync(user, "e.sha256 like @text || '%'", start, limit, ct);

    private async Task<IReadOnlyList<FoundFile>> FilesAsync(CurrentUser user, string condition, string text, int limit, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["text"], parameters["limit"]) = (text, limit);
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<FoundFile>($"""
            select e.id, e.file_name, e.sha256, c.id as collection_id, {CollectionScope.Title} as title, c.period_from, c.period_to
            from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
            join request_versions v on v.request_id = c.request_id and v.version = c.version
            where e.kind = 'file' and {condition} and {CollectionScope.Condition} order by e.id desc limit @limit
            """, parameters, ct);
    }
}
