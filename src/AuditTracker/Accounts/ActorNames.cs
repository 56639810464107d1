using System.Globalization;
using AuditTracker.Platform.Database;

namespace AuditTracker.Accounts;

/// <summary>Who the actors of the trail are today: entries keep <c>account:12</c>, names are looked up when somebody reads.</summary>
public sealed class ActorNames(Db db)
{
    private const string Prefix = "account:";

    private sealed record Named(long Id, string Name);

    /// <summary>Actor → name, for those that are accounts.</summary>
    public async Task<IReadOnlyDictionary<string, string>> NameAsync(IReadOnlyCollection<string> actors, CancellationToken ct)
    {
        var ids = actors.Where(actor => actor.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(actor => long.TryParse(actor.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).ToArray();
        await using var connection = await db.OpenAsync(ct);
        var names = await connection.ListAsync<Named>("""
            select a.id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name from accounts a left join people p on p.id = a.person_id where a.id = any(@ids)
            """, new { ids }, ct);
        return names.ToDictionary(named => $"{Prefix}{named.Id}", named => named.Name);
    }

    /// <summary>The actors meant by a typed name (or part of one), sign-in name or employee number; at most 50.</summary>
    public async Task<IReadOnlyList<string>> FindAsync(string typed, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<string>("""
            select 'account:' || a.id from accounts a left join people p on p.id = a.person_id
            where a.sign_in_key = @key or p.employee_no = @typed or strpos(p.name_key, @key) > 0 or a.name = @typed or 'account:' || a.id = @typed order by a.id limit 50
            """, new { typed, key = AccountStore.Key(typed) }, ct);
    }
}
