using AuditTracker.Platform.Database;

namespace AuditTracker.Accounts;

/// <summary>What a one-time link of an account is for. The first administrator's has no account and a use case of its own.</summary>
public enum LinkPurpose { Invitation, PasswordReset }

/// <summary>A link that may still be used, and whose account it opens.</summary>
public sealed record OpenLink(long Id, string Purpose, long AccountId, string SignIn, string Name, string Language, DateTime ExpiresAt);

public sealed partial class AccountStore
{
    /// <summary>Adds a link; earlier ones of the account for the same purpose end.</summary>
    /// <param name="hash">Null until the mail that carries it is sent.</param>
    public static async Task<long> AddLinkAsync(UnitOfWork work, long account, LinkPurpose purpose, byte[]? hash, DateTime now, DateTime expires, CancellationToken ct)
    {
        await RevokeLinksAsync(work, account, purpose, now, ct);
        return await work.FirstAsync<long>("insert into one_time_links (account_id, purpose, token_hash, created_at, expires_at) values (@account, @purpose, @hash, @now, @expires) returning id",
            new { account, purpose = Wire(purpose), hash, now, expires }, ct);
    }

    /// <param name="purpose">Null: whatever for.</param>
    /// <returns>How many were open.</returns>
    public static Task<int> RevokeLinksAsync(UnitOfWork work, long account, LinkPurpose? purpose, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("update one_time_links set revoked_at = @now where account_id = @account and (@purpose is null or purpose = @purpose) and used_at is null and revoked_at is null",
            new { account, purpose = purpose is { } given ? Wire(given) : null, now }, ct);

    /// <summary>Links of the account that can never be used again.</summary>
    public static Task<IReadOnlyList<long>> EndedLinksAsync(UnitOfWork work, long account, CancellationToken ct) =>
        work.QueryAsync<long>("select id from one_time_links where account_id = @account and (used_at is not null or revoked_at is not null)", new { account }, ct);

    /// <summary>Gives the link a new secret; the one before, of a mail that was tried already, ends.</summary>
    public static Task MintAsync(UnitOfWork work, long link, byte[] hash, CancellationToken ct) =>
        work.ExecuteAsync("update one_time_links set token_hash = @hash where id = @link and used_at is null and revoked_at is null", new { link, hash }, ct);

    private const string Open = """
        select l.id, l.purpose, a.id as account_id, a.sign_in, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.language, l.expires_at
        from one_time_links l join accounts a on a.id = l.account_id left join people p on p.id = a.person_id
        where l.token_hash = @hash and l.used_at is null and l.revoked_at is null and l.expires_at > @now
          and a.disabled_at is null and (p.left_on is null or p.left_on >= tokyo_date(business_now()))
        """;

    /// <summary>The link behind a secret, untouched; null when it is unknown, used or ended, or its account is.</summary>
    public async Task<OpenLink?> FindLinkAsync(byte[] hash, DateTime now, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<OpenLink>(Open, new { hash, now }, ct);
    }

    /// <summary>Uses the link up, once whatever the number of those who try.</summary>
    public static async Task<OpenLink?> UseLinkAsync(UnitOfWork work, byte[] hash, DateTime now, CancellationToken ct)
    {
        if (await work.FirstAsync<OpenLink>(Open + " for update of l", new { hash, now }, ct) is not { } link)
        {
            return null;
        }
        await work.ExecuteAsync("update one_time_links set used_at = @now where id = @Id", new { link.Id, now }, ct);
        return link;
    }

    private static string Wire(LinkPurpose purpose) => purpose == LinkPurpose.Invitation ? "invitation" : "passwordReset";
}
