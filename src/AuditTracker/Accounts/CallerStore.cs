using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>The session a page was asked for in. System clock, UTC.</summary>
/// <param name="ConfirmedAt">When the person last proved who they are.</param>
/// <param name="Factor">What it came in with besides the password: <c>totp</c>, <c>recovery</c>, <c>passkey</c>; null: nothing.</param>
/// <param name="SeenAt">Of the last request but this one.</param>
public sealed record CallerSession(long Id, DateTime ConfirmedAt, string? Factor, DateTime SeenAt, DateTime ExpiresAt)
{
    /// <summary>How long it lasts if nothing more is asked for: a use is noted at most once a minute, and no use goes past its end.</summary>
    public TimeSpan Left(DateTime now, TimeSpan idle)
    {
        var idleEnd = (SeenAt < now.AddMinutes(-1) ? now : SeenAt) + idle;
        return (idleEnd < ExpiresAt ? idleEnd : ExpiresAt) - now;
    }
}

/// <summary>Finds out who is asking, from the rows as they are this instant: a leaver, an ended role or an ended session is gone at once.</summary>
public sealed class CallerStore(Db db, IReadOnlyList<NamedRole> namedRoles, TimeProvider time)
{
    private sealed record CallerRow(long Id, long? PersonId, string? EmployeeNo, string SignIn, string Name, string Language, string? Theme, string? Density, bool IsDemo, string Roles);

    // left_on and a role's end include their last day in Asia/Tokyo, by the business clock (design §7, two clocks).
    private const string Active = """
        a.disabled_at is null and (a.person_id is null or p.left_on is null or p.left_on >= clock.today)
        """;

    private string Select(string condition) => $"""
        select a.id, a.person_id, p.employee_no, a.sign_in, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.language, a.theme, a.density, clock.is_demo,
               concat_ws(',', case when a.person_id is not null then 'employee' end,
                   (select string_agg(distinct g.role, ',') from role_grants g
                    where g.account_id = a.id and clock.today between g.from_on and coalesce(g.to_on, 'infinity')),
                   {string.Join(",\n", namedRoles.Select(named => $"case when a.person_id is not null and ({named.Condition.Replace("@person", "a.person_id")}) then '{named.Role.Wire()}' end"))}) as roles
        from accounts a
        left join people p on p.id = a.person_id
        cross join (select tokyo_date(business_now()) as today, is_demo from installation) clock
        where {Active} and {condition}
        """;

    /// <summary>The caller of a live session; also notes that it was used, at most once a minute.</summary>
    /// <param name="isUse">False: a page asked by itself.</param>
    public async Task<(CurrentUser User, CallerSession Session)?> BySessionAsync(string token, TimeSpan idle, string requestId, CancellationToken ct, bool isUse = true)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var hash = Secrets.Hash(token);
        await using var connection = await db.OpenAsync(ct);
        var session = await connection.FirstAsync<CallerSession>("""
            select id, confirmed_at, factor, seen_at, expires_at from sessions
            where token_hash = @hash and not waits and ended_at is null and expires_at > @now and seen_at > @now - @idle
            """, new { hash, now, idle }, ct);
        if (session is null || await connection.FirstAsync<CallerRow>(Select("a.id = (select account_id from sessions where token_hash = @hash)"), new { hash }, ct) is not { } row)
        {
            return null;
        }
        if (isUse && session.SeenAt < now.AddMinutes(-1))
        {
            await connection.FirstAsync<int>("update sessions set seen_at = @now where token_hash = @hash", new { hash, now }, ct);
        }
        var user = From(row, requestId);
        return (user with { MustEnrol = session.Factor is null && !row.IsDemo && SecondFactor.IsRequiredOf(user) }, session);
    }

    /// <summary>The caller of a live API token; also notes that it was used, at most once a minute.</summary>
    public async Task<CurrentUser?> ByTokenAsync(string token, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var connection = await db.OpenAsync(ct);
        var hash = Secrets.Hash(token);
        var row = await connection.FirstAsync<CallerRow>(Select(
            "exists (select 1 from api_tokens t where t.account_id = a.id and t.token_hash = @hash and t.revoked_at is null and t.expires_at > @now)"),
            new { hash, now }, ct);
        if (row is null)
        {
            return null;
        }
        var (stale, withFactor) = await connection.FirstAsync<(bool, bool)>("select last_used_at is null or last_used_at < @now - interval '1 minute', with_factor from api_tokens where token_hash = @hash", new { hash, now }, ct);
        if (stale)
        {
            await using var work = await db.BeginAsync(new Actor($"account:{row.Id}", requestId), ct);
            await work.ExecuteAsync("update api_tokens set last_used_at = @now where token_hash = @hash", new { hash, now }, ct);
            await work.CommitAsync(ct);
        }
        var user = From(row, requestId);
        return withFactor || row.IsDemo ? user : SecondFactor.Without(user);
    }

    /// <summary>The caller of an account by its sign-in name, for the command line and the demo, which act as a person.</summary>
    public async Task<CurrentUser?> BySignInAsync(string signIn, string requestId, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var row = await connection.FirstAsync<CallerRow>(Select("a.sign_in_key = @key"), new { key = AccountStore.Key(signIn) }, ct);
        return row is null ? null : From(row, requestId);
    }

    private static CurrentUser From(CallerRow row, string requestId) => new()
    {
        AccountId = row.Id,
        PersonId = row.PersonId,
        EmployeeNo = row.EmployeeNo,
        SignIn = row.SignIn,
        Name = row.Name,
        Language = row.Language,
        Theme = row.Theme,
        IsDense = row.Density == "dense",
        Roles = row.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(wire => RoleNames.TryParse(wire, out var role) ? role : throw new InvalidOperationException($"Unknown role {wire}")).ToHashSet(),
        RequestId = requestId,
    };
}
