using System.Text;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>A line of /accounts. Administrators see names and addresses of people (design §7a).</summary>
public sealed record AccountRow(long Id, string SignIn, string Name, string? EmployeeNo, string? Department, bool HasPassword, DateTime? LockedUntil, DateTime? DisabledAt, DateTime? InvitedAt, DateOnly? LeftOn, string Roles);

/// <summary>One granted role of an account.</summary>
public sealed record GrantRow(long Id, long AccountId, string Role, string? Framework, DateOnly FromOn, DateOnly? ToOn);

/// <summary>A token as its owner sees it; the secret itself is never kept.</summary>
public sealed record TokenRow(long Id, string Name, DateTime CreatedAt, DateTime ExpiresAt, DateTime? LastUsedAt, DateTime? RevokedAt);

/// <summary>SQL of accounts, roles, sessions, tokens and one-time links. Instants here are the system clock's, handed in.</summary>
public sealed class AccountStore(Db db)
{
    /// <summary>Sign-in names compare without case and width.</summary>
    public static string Key(string signIn) => signIn.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    public async Task<SignInAccount?> ForSignInAsync(UnitOfWork work, string signIn, CancellationToken ct) =>
        await work.FirstAsync<SignInAccount>("""
            select a.id, a.password_hash, a.failed_count, a.locked_until from accounts a left join people p on p.id = a.person_id
            where a.sign_in_key = @key and a.disabled_at is null and (p.left_on is null or p.left_on >= @Today) for update of a
            """, new { key = Key(signIn), work.Today }, ct);

    public Task SetFailuresAsync(UnitOfWork work, long account, int failedCount, DateTime? lockedUntil, CancellationToken ct) =>
        work.ExecuteAsync("update accounts set failed_count = @failedCount, locked_until = @lockedUntil where id = @account", new { account, failedCount, lockedUntil }, ct);

    public Task StartSessionAsync(UnitOfWork work, long account, byte[] tokenHash, DateTime now, DateTime expires, string agent, CancellationToken ct) =>
        work.ExecuteAsync("insert into sessions (token_hash, account_id, created_at, seen_at, expires_at, agent) values (@tokenHash, @account, @now, @now, @expires, @agent)",
            new { tokenHash, account, now, expires, agent }, ct);

    public Task EndSessionAsync(UnitOfWork work, byte[] tokenHash, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("update sessions set ended_at = @now where token_hash = @tokenHash and ended_at is null", new { tokenHash, now }, ct);

    public Task SetPasswordAsync(UnitOfWork work, long account, string hash, DateTime now, CancellationToken ct) =>
        work.ExecuteAsync("""
            with ended as (update sessions set ended_at = @now where account_id = @account and ended_at is null)
            update accounts set password_hash = @hash, failed_count = 0, locked_until = null where id = @account
            """, new { account, hash, now }, ct);

    public async Task<long> AddAsync(UnitOfWork work, string signIn, long? personId, string name, string language, DateTime now, CancellationToken ct) =>
        await work.FirstAsync<long>("""
            insert into accounts (sign_in, sign_in_key, person_id, name, language, created_at) values (@signIn, @key, @personId, @name, @language, @now) returning id
            """, new { signIn, key = Key(signIn), personId, name, language, now }, ct);

    public Task<int> GrantAsync(UnitOfWork work, long account, Role role, string? framework, DateOnly fromOn, DateOnly? toOn, long? byAccount, CancellationToken ct) =>
        work.ExecuteAsync("""
            insert into role_grants (account_id, role, framework, from_on, to_on, by_account, at) values (@account, @role, @framework, @fromOn, @toOn, @byAccount, @Now)
            """, new { account, role = role.Wire(), framework, fromOn, toOn, byAccount, work.Now }, ct);

    /// <summary>Ends a grant; its last day is yesterday, so it is gone at once. One that starts today or later is cut to an empty day in the past of its start.</summary>
    public async Task<GrantRow?> EndGrantAsync(UnitOfWork work, long grant, long notAccount, CancellationToken ct) =>
        await work.FirstAsync<GrantRow>("""
            update role_grants set to_on = @yesterday, from_on = least(from_on, @yesterday)
            where id = @grant and account_id <> @notAccount and (to_on is null or to_on >= @Today)
            returning id, account_id, role, framework, from_on, to_on
            """, new { grant, notAccount, work.Today, yesterday = work.Today.AddDays(-1) }, ct);

    public Task AddTokenAsync(UnitOfWork work, long account, string name, byte[] hash, DateTime now, DateTime expires, CancellationToken ct) =>
        work.ExecuteAsync("insert into api_tokens (account_id, name, token_hash, created_at, expires_at) values (@account, @name, @hash, @now, @expires)",
            new { account, name, hash, now, expires }, ct);

    /// <summary>Revokes a token of the account; false when it is not theirs.</summary>
    public async Task<bool> RevokeTokenAsync(UnitOfWork work, long account, long token, DateTime now, CancellationToken ct) =>
        await work.ExecuteAsync("update api_tokens set revoked_at = @now where id = @token and account_id = @account and revoked_at is null", new { account, token, now }, ct) == 1;

    public async Task<IReadOnlyList<TokenRow>> TokensAsync(long account, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<TokenRow>("select id, name, created_at, expires_at, last_used_at, revoked_at from api_tokens where account_id = @account order by id desc limit 50", new { account }, ct);
    }

    /// <summary>A page of accounts by sign-in name, for administrators and compliance managers.</summary>
    public async Task<IReadOnlyList<AccountRow>> ListAsync(CurrentUser user, string? search, string? after, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<AccountRow>("""
            select a.id, a.sign_in, coalesce(p.name, a.name) as name, p.employee_no,
                   (select v.name from posts o join department_versions v on v.department_id = o.department_id and clock.today between v.from_on and coalesce(v.to_on, 'infinity')
                    where o.person_id = p.id and o.is_primary and clock.today between o.from_on and coalesce(o.to_on, 'infinity') limit 1) as department,
                   a.password_hash is not null as has_password, a.locked_until, a.disabled_at, a.invited_at, p.left_on,
                   coalesce((select string_agg(g.role || coalesce(':' || g.framework, ''), ',' order by g.role) from role_grants g
                             where g.account_id = a.id and clock.today between g.from_on and coalesce(g.to_on, 'infinity')), '') as roles
            from accounts a left join people p on p.id = a.person_id cross join (select tokyo_date(business_now()) as today) clock
            where @allowed and (@search is null or a.sign_in_key like '%' || @search || '%' or p.name_key like '%' || @search || '%' or p.employee_no = @search)
              and (@after is null or a.sign_in_key > @after)
            order by a.sign_in_key limit @limit
            """, new { allowed = user.IsAny(Role.Administrator, Role.ComplianceManager), search = string.IsNullOrWhiteSpace(search) ? null : Key(search), after, limit }, ct);
    }

    public async Task<IReadOnlyList<GrantRow>> GrantsAsync(long account, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<GrantRow>("select id, account_id, role, framework, from_on, to_on from role_grants where account_id = @account order by from_on desc, id desc", new { account }, ct);
    }

    /// <summary>People who must learn of every granted role: administrators and compliance managers (design §7a).</summary>
    public static Task<IReadOnlyList<long>> WatchersAsync(UnitOfWork work, CancellationToken ct) =>
        work.QueryAsync<long>("""
            select distinct a.person_id from accounts a join role_grants g on g.account_id = a.id left join people p on p.id = a.person_id
            where a.person_id is not null and a.disabled_at is null and (p.left_on is null or p.left_on >= @Today)
              and g.role in ('administrator', 'complianceManager') and @Today between g.from_on and coalesce(g.to_on, 'infinity')
            """, new { work.Today }, ct);
}
