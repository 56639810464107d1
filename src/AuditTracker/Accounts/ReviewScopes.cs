using AuditTracker.Platform.Database;

namespace AuditTracker.Accounts;

/// <summary>A framework whose evidence somebody may be given to review.</summary>
public sealed record ReviewScope(string Key, string NameJa, string NameEn)
{
    public string Name(string language) => language == "en" ? NameEn : NameJa;
}

/// <summary>Where the frameworks stand: an SQL select of key and both names, handed in by the map of rooms, because they belong to a room above.</summary>
public sealed record ReviewScopeSource(string Sql);

/// <summary>The frameworks that a reviewer may be granted for.</summary>
public sealed class ReviewScopes(Db db, ReviewScopeSource source)
{
    public async Task<IReadOnlyList<ReviewScope>> ListAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ReviewScope>(source.Sql, ct: ct);
    }
}
