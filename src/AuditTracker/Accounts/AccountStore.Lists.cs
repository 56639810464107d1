using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Accounts;

/// <summary>A line of /accounts. Administrators see names and addresses of people (design §7a).</summary>
public sealed class AccountRow
{
    public long Id { get; init; }
    public string SignIn { get; init; } = "";
    public string Name { get; init; } = "";
    public long? PersonId { get; init; }
    public string? EmployeeNo { get; init; }
    public string? Department { get; init; }
    public string Language { get; init; } = "ja";
    public AccountState State { get; init; }

    /// <summary>System clock, UTC.</summary>
    public DateTime? LockedUntil { get; init; }

    /// <summary>Business clock, UTC.</summary>
    public DateTime? InvitedAt { get; init; }

    /// <summary>Has an authenticator app or a passkey.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>Granted roles that hold today, in the wire's spelling; a reviewer's as <c>reviewer:FRAMEWORK</c>.</summary>
    public string[] Roles { get; init; } = [];

    /// <summary>Its place in the list it was read for.</summary>
    public string Place { get; init; } = "";
}

/// <summary>The orders a list of accounts may be put in; the first is its own. A place keeps the account's id, no name and no address.</summary>
public static class AccountOrders
{
    public static readonly ListOrder SignIn = new("signIn", new("a.sign_in_key", "a.id", "(select sign_in_key from accounts where id = {0})"), new("a.id"));

    /// <summary>By kana; accounts of nobody come first.</summary>
    public static readonly ListOrder Name = new("name",
        new("coalesce(p.name_kana, '')", "a.id", "(select coalesce(k.name_kana, '') from accounts b left join people k on k.id = b.person_id where b.id = {0})"), new("a.id"));

    public static readonly ListOrder EmployeeNo = new("no",
        new("coalesce(p.employee_no, '')", "a.id", "(select coalesce(k.employee_no, '') from accounts b left join people k on k.id = b.person_id where b.id = {0})"), new("a.id"));

    /// <summary>By the day of the invitation; who was never invited comes before the first.</summary>
    public static readonly ListOrder Invited = new("invited",
        new("coalesce(a.invited_at, '-infinity'::timestamptz)", "a.id", "(select coalesce(invited_at, '-infinity'::timestamptz) from accounts where id = {0})"), new("a.id"));

    public static readonly ListOrder[] All = [SignIn, Name, EmployeeNo, Invited];
}

/// <summary>Where an account stands, the first true one.</summary>
public enum AccountState
{
    /// <summary>The person has left.</summary>
    Left,
    Disabled,

    /// <summary>No password, and nobody has invited the person.</summary>
    NotInvited,

    /// <summary>No password yet, and the invitation can be used.</summary>
    Invited,

    /// <summary>No password yet, and no invitation can be used any more.</summary>
    InvitationEnded,
    Locked,
    Active,
}

/// <summary>A person who may be invited, as the picker shows them.</summary>
/// <param name="AccountId">Their account, when they can sign in.</param>
public sealed record Candidate(long PersonId, string EmployeeNo, string Name, string NameKana, string Email, string? Department, long? AccountId);

public sealed partial class AccountStore
{
    private const string PrimaryDepartment = """
        (select v.name from posts o join department_versions v on v.department_id = o.department_id and clock.today between v.from_on and coalesce(v.to_on, 'infinity')
         where o.person_id = p.id and o.is_primary and clock.today between o.from_on and coalesce(o.to_on, 'infinity') limit 1)
        """;

    private const string Select = $"""
        select a.id, a.sign_in, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.person_id, p.employee_no, {PrimaryDepartment} as department, a.language, a.locked_until, a.invited_at,
               a.totp_since is not null or exists (select from passkeys k where k.account_id = a.id) as has_second_factor,
               case when p.left_on < clock.today then 'Left' when a.disabled_at is not null then 'Disabled'
                    when a.password_hash is null and a.invited_at is null and not exists (select from one_time_links l where l.account_id = a.id) then 'NotInvited'
                    when a.password_hash is null then case when exists (select from one_time_links l where l.account_id = a.id and l.purpose = 'invitation'
                         and l.used_at is null and l.revoked_at is null and l.expires_at > @now) then 'Invited' else 'InvitationEnded' end
                    when a.locked_until > @now then 'Locked' else 'Active' end as state,
               array(select g.role || coalesce(':' || g.framework, '') from role_grants g
                     where g.account_id = a.id and clock.today between g.from_on and coalesce(g.to_on, 'infinity') order by g.role, g.framework) as roles
        from accounts a left join people p on p.id = a.person_id cross join (select tokyo_date(business_now()) as today) clock
        """;

    private static bool MayList(CurrentUser user) => user.IsAny(Role.Administrator, Role.ComplianceManager);

    private const string Searching = """
        @allowed and (@search::text is null or strpos(a.sign_in_key, @search) > 0 or strpos(lower(a.name), @search) > 0 or p.employee_no = @search or replace(p.name_key, ' ', '') like @pattern::text)
        """;

    /// <summary>A part of the list of accounts, and how many there are (exact to 10,000), for administrators and compliance managers.</summary>
    public async Task<(ListPage<AccountRow> Page, long Total)> PageAsync(CurrentUser user, string? search, ListSlice slice, DateTime now, CancellationToken ct)
    {
        var parameters = Parameters(user, search, now);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        parameters["cap"] = Platform.Web.ListQuery.Cap;
        await using var connection = await db.OpenAsync(ct);
        var found = await connection.ListAsync<AccountRow>($"{Select.Replace(" as roles", $" as roles, {slice.Order.Place} as place", StringComparison.Ordinal)} where {Searching} {behind} order by {slice.OrderBy} limit @limit", parameters, ct);
        var total = await connection.FirstAsync<long>($"select count(*) from (select 1 from accounts a left join people p on p.id = a.person_id where {Searching} limit @cap) counted", parameters, ct);
        return (slice.Page(found, row => row.Place), total);
    }

    /// <summary>Every account of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<AccountRow> AllAsync(CurrentUser user, string? search, ListSlice slice, DateTime now, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<AccountRow>($"{Select} where {Searching} order by {slice.OrderBy}", Parameters(user, search, now)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    private static Dictionary<string, object?> Parameters(CurrentUser user, string? search, DateTime now) => new()
    {
        ["allowed"] = MayList(user),
        ["search"] = Searched(search),
        ["pattern"] = NameKey.Pattern(search?.Replace("\0", "", StringComparison.Ordinal)),
        ["now"] = now,
    };

    /// <summary>One account as <see cref="PageAsync"/> shows it; null when it does not exist or may not be seen.</summary>
    public async Task<AccountRow?> FindAsync(CurrentUser user, long id, DateTime now, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<AccountRow>($"{Select} where @allowed and a.id = @id", new { allowed = MayList(user), id, now }, ct);
    }

    /// <summary>Every account, for the operator's command line.</summary>
    public async Task<IReadOnlyList<AccountRow>> AllAsync(DateTime now, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<AccountRow>($"{Select} order by a.sign_in_key", new { now }, ct);
    }

    /// <summary>At most twenty people employed today whose name, kana or number contains what was typed, for those who may invite.</summary>
    public async Task<IReadOnlyList<Candidate>> CandidatesAsync(CurrentUser user, string search, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Candidate>($"""
            select p.id as person_id, p.employee_no, p.name, p.name_kana, p.email, {PrimaryDepartment} as department, case when a.password_hash is not null then a.id end as account_id
            from people p left join accounts a on a.person_id = p.id cross join (select tokyo_date(business_now()) as today) clock
            where @allowed and p.hired_on <= clock.today and (p.left_on is null or p.left_on >= clock.today)
              and (p.employee_no = @search or replace(p.name_key, ' ', '') like @pattern)
            order by p.employee_no = @search desc, p.name_kana, p.id limit 20
            """, new { allowed = MayList(user), search = Searched(search) ?? "", pattern = NameKey.Pattern(search.Replace("\0", "", StringComparison.Ordinal)) }, ct);
    }

    private static string? Searched(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : Key(typed);
}
