using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>A file that was handed in, with the collection it belongs to.</summary>
public sealed record FoundFile(long Id, string FileName, string Sha256, long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo);

/// <summary>Files by name or hash, within the collections the reader may see.</summary>
public sealed class SearchStore(Db db)
{
    /// <summary>Files whose name contains the text, width, case and kana folded; the newest first.</summary>
    public Task<IReadOnlyList<FoundFile>> FilesByNameAsync(CurrentUser user, string text, int limit, CancellationToken ct) =>
        FilesAsync(user, "search_pairs(e.file_name) @> search_pairs(@text) and position(search_key(@text) in search_key(e.file_name)) > 0", text, limit, ct);

    /// <summary>Files whose SHA-256 begins with these hexadecimal digits; the newest first.</summary>
    public Task<IReadOnlyList<FoundFile>> FilesByHashAsync(CurrentUser user, string start, int limit, CancellationToken ct) =>
        FilesAsync(user, "e.sha256 like @text || '%'", start, limit, ct);

    private async Task<IReadOnlyList<FoundFile>> FilesAsync(CurrentUser user, string condition, string text, int limit, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["text"], parameters["limit"]) = (text, limit);
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<FoundFile>($"""
            select e.id, e.file_name, e.sha256, c.id as collection_id, v.title, c.period_from, c.period_to
            from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id
            join request_versions v on v.request_id = c.request_id and v.version = c.version
            where e.kind = 'file' and {condition} and {CollectionScope.Condition} order by e.id desc limit @limit
            """, parameters, ct);
    }
}
