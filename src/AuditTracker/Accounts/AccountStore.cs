using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>One granted role of an account. Last days are inclusive.</summary>
public sealed record GrantRow(long Id, long AccountId, string Role, string? Framework, DateOnly FromOn, DateOnly? ToOn)
{
    public bool HoldsOn(DateOnly day) => FromOn <= day && (ToOn is null || ToOn >= day);

    /// <summary>Holds, or will: it may still be ended.</summary>
    public bool MayEnd(DateOnly today) => ToOn is null || ToOn >= today && ToOn >= FromOn;
}

/// <summary>A token as its owner sees it; the secret itself is never kept. System clock.</summary>
public sealed record TokenRow(long Id, string Name, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt, DateTime? RevokedAt);

/// <summary>Who must learn of every granted role: a person, or the address of an account without one.</summary>
public sealed record Watcher(long AccountId, long? PersonId, string Name, string SignIn, string Language);

/// <summary>The account a change is about, locked until the operation ends.</summary>
/// <param name="Active">Neither disabled nor a leaver's.</param>
public sealed record TargetAccount(long Id, long? PersonId, string Name, bool Active)
{
    /// <summary>Nobody changes their own roles and access (design §7a), by whichever of their accounts.</summary>
    public void RefuseOwn(CurrentUser user)
    {
        if (Id == user.AccountId || (PersonId is not null && PersonId == user.PersonId))
        {
            throw Refusal.Of<Words>("OwnAccount");
        }
    }
}

/// <summary>SQL of accounts, roles, sessions, tokens and one-time links. Instants here are the system clock's, handed in.</summary>
public sealed partial class AccountStore(Db db)
{
    /// <summary>Sign-in names compare without case and width.</summary>
    public static string Key(string signIn) => signIn.Replace("\0", "", StringComparison.Ordinal).Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    private const string ForSignIn = """
        select a.id, a.sign_in, a.password_hash, a.failed_count, a.locked_until, a.totp_secret, a.totp_step, (select count(*) from passkeys k where k.account_id = a.id) as passkeys
        from accounts a left join people p on p.id = a.person_id
        where a.disabled_at is null and (p.left_on is null or p.left_on >= @Today)
        """;

    public async Task<SignInAccount?> ForSignInAsync(UnitOfWork work, string signIn, CancellationToken ct) =>
        await work.FirstAsync<SignInAccount>($"{ForSignIn} and a.sign_in_key = @key for update of a", new { key = Key(signIn), work.Today }, ct);

    /// <summary>The same of a known account; null when it is disabled or a leaver's.</summary>
    public static Task<SignInAccount?> ForSignInAsync(UnitOfWork work, long account, CancellationToken ct) =>
        work.FirstAsync<SignInAccount>($"{ForSignIn} and a.id = @account for update of a", new { account, work.Today }, ct);

    public Task SetFailuresAsync(UnitOfWork work, long account, int failedCount, DateTime? lockedUntil, CancellationToken ct) =>
        work.ExecuteAsync("update accounts set failed_count = @failedCount, locked_until = @lockedUntil where id = @account", new { account, failedCount, lockedUntil }, ct);

    /// <summary>How often a name that nobody has was tried, for <see cref="LockOut"/>; null when not yet.</summary>
    public async Task<SignInAccount?> UnknownAsync(UnitOfWork work, string signIn, CancellationToken ct) =>
        await work.FirstAsync<SignInAccount>("select failed_count, locked_until from unknown_sign_ins where key_hash = @hash for update",
            new { hash = Secrets.Hash(Key(signIn)) }, ct);

    /// <summary>Counts a failure for a name that nobody has; forgets those of yesterday.</summary>
    public Task SetUnknownFailuresAsync(UnitOfWork work, string signIn, int failedCount, DateTime? lockedUntil, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("""
            delete from unknown_sign_ins where failed_at < @now - interval '1 day';
            insert into unknown_sign_ins (key_hash, failed_count, locked_until, failed_at) values (@hash, @failedCount, @lockedUntil, @now)
            on conflict (key_hash) do update set failed_count = excluded.failed_count, locked_until = excluded.locked_until, failed_at = excluded.failed_at
            """, new { hash = Secrets.Hash(Key(signIn)), failedCount, lockedUntil, now }, ct);

    /// <summary>A new password ends every session and opens a locked account.</summary>
    /// <param name="except">The session it is changed from, or null.</param>
    public Task SetPasswordAsync(UnitOfWork work, long account, string hash, DateTime now, CancellationToken ct, long? except = null) =>
        work.ExecuteAsync("""
            with ended as (update sessions set ended_at = @now where account_id = @account and ended_at is null and (@except::bigint is null or id <> @except))
            update accounts set password_hash = @hash, failed_count = 0, locked_until = null where id = @account
            """, new { account, hash, now, except }, ct);

    public async Task<long> AddAsync(UnitOfWork work, string signIn, long? personId, string name, string language, DateTime now, CancellationToken ct) =>
        await work.FirstAsync<long>("""
            insert into accounts (sign_in, sign_in_key, person_id, name, language, created_at) values (@signIn, @key, @personId, @name, @language, @now) returning id
            """, new { signIn, key = Key(signIn), personId, name, language, now }, ct);

    public static Task<TargetAccount?> TargetAsync(UnitOfWork work, long account, CancellationToken ct) =>
        work.FirstAsync<TargetAccount>("""
            select a.id, a.person_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.disabled_at is null and (p.left_on is null or p.left_on >= @Today) as active
            from accounts a left join people p on p.id = a.person_id where a.id = @account for update of a
            """, new { account, work.Today }, ct);

    public Task SetLanguageAsync(UnitOfWork work, long account, string language, CancellationToken ct) =>
        work.ExecuteAsync("update accounts set language = @language where id = @account and language <> @language", new { account, language }, ct);

    /// <summary>What the person chose for the screen; null leaves a value as it is.</summary>
    public Task SetDisplayAsync(UnitOfWork work, long account, string? theme, string? density, CancellationToken ct) =>
        work.ExecuteAsync("update accounts set theme = coalesce(@theme, theme), density = coalesce(@density, density) where id = @account", new { account, theme, density }, ct);

    /// <summary>Disabling ends every session at once; tokens are refused because the caller is looked up with each request.</summary>
    /// <returns>False when it was so already.</returns>
    public async Task<bool> SetDisabledAsync(UnitOfWork work, long account, bool disabled, DateTime now, CancellationToken ct) =>
        await work.ExecuteAsync("""
            with ended as (update sessions set ended_at = @now where @disabled and account_id = @account and ended_at is null)
            update accounts set disabled_at = case when @disabled then @now end where id = @account and (disabled_at is null) = @disabled
            """, new { account, disabled, now }, ct) == 1;

    /// <returns>The id of the grant.</returns>
    public async Task<long> GrantAsync(UnitOfWork work, long account, Role role, string? framework, DateOnly fromOn, DateOnly? toOn, long? byAccount, CancellationToken ct) =>
        await work.FirstAsync<long>("""
            insert into role_grants (account_id, role, framework, from_on, to_on, by_account, at) values (@account, @role, @framework, @fromOn, @toOn, @byAccount, @Now) returning id
            """, new { account, role = role.Wire(), framework, fromOn, toOn, byAccount, work.Now }, ct);

    /// <summary>Ends a grant at once: its last day is yesterday, or the day before its first.</summary>
    public async Task<GrantRow?> EndGrantAsync(UnitOfWork work, long account, long grant, CancellationToken ct) =>
        await work.FirstAsync<GrantRow>("""
            update role_grants set to_on = greatest(@yesterday, from_on - 1)
            where id = @grant and account_id = @account and (to_on is null or to_on >= @Today and to_on >= from_on)
            returning id, account_id, role, framework, from_on, to_on
            """, new { grant, account, work.Today, yesterday = work.Today.AddDays(-1) }, ct);

    public async Task<IReadOnlyList<GrantRow>> GrantsAsync(long account, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<GrantRow>("select id, account_id, role, framework, from_on, to_on from role_grants where account_id = @account order by from_on desc, id desc", new { account }, ct);
    }

    /// <summary>Those who must learn of every granted role: administrators and compliance managers (design §7a).</summary>
    public static Task<IReadOnlyList<Watcher>> WatchersAsync(UnitOfWork work, CancellationToken ct) =>
        work.QueryAsync<Watcher>("""
            select a.id as account_id, a.person_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.sign_in, a.language
            from accounts a left join people p on p.id = a.person_id
            where a.disabled_at is null and (p.left_on is null or p.left_on >= @Today)
              and exists (select from role_grants g where g.account_id = a.id and g.role in ('administrator', 'complianceManager') and @Today between g.from_on and coalesce(g.to_on, 'infinity'))
            order by a.id
            """, new { work.Today }, ct);

    /// <summary>Where news of an account go.</summary>
    public static Task<Watcher?> ReachAsync(UnitOfWork work, long account, CancellationToken ct) =>
        work.FirstAsync<Watcher>("""
            select a.id as account_id, a.person_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.sign_in, a.language from accounts a left join people p on p.id = a.person_id where a.id = @account
            """, new { account }, ct);

    public Task AddTokenAsync(UnitOfWork work, long account, string name, byte[] hash, DateTime now, DateTime expires, bool withFactor, CancellationToken ct) =>
        work.ExecuteAsync("insert into api_tokens (account_id, name, token_hash, created_at, expires_at, with_factor) values (@account, @name, @hash, @now, @expires, @withFactor)",
            new { account, name, hash, now, expires, withFactor }, ct);

    /// <summary>Revokes a token of the account; false when it is not theirs.</summary>
    public async Task<bool> RevokeTokenAsync(UnitOfWork work, long account, long token, DateTime now, CancellationToken ct) =>
        await work.ExecuteAsync("update api_tokens set revoked_at = @now where id = @token and account_id = @account and revoked_at is null", new { account, token, now }, ct) == 1;

    public async Task<IReadOnlyList<TokenRow>> TokensAsync(long account, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<TokenRow>("select id, name, created_at, expires_at, last_used_at, revoked_at from api_tokens where account_id = @account order by id desc limit 50", new { account }, ct);
    }
}
