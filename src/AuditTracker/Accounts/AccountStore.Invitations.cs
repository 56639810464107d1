using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>Who has open work: an SQL condition on <c>@person</c>, handed in by the map of rooms, because the work belongs to rooms above.</summary>
public sealed record OwingSource(string Condition);

/// <summary>A person before they are invited.</summary>
/// <param name="Obstacle">Why they cannot be, as the end of a word key (<c>NoMail</c>); null: they can.</param>
/// <param name="Again">They were invited before and have not come yet.</param>
public sealed record InviteCandidate(long PersonId, string EmployeeNo, string Name, string Email, string? Department, string? Obstacle, bool Again);

public sealed partial class AccountStore
{
    /// <summary>The most people of one check.</summary>
    public const int MostInvited = 500;

    private const string Employed = "p.hired_on <= clock.today and (p.left_on is null or p.left_on >= clock.today)";

    private static string Owes(OwingSource owing) =>
        $"{Employed} and a.password_hash is null and a.disabled_at is null and ({owing.Condition.Replace("@person", "p.id", StringComparison.Ordinal)})";

    private const string FromPeople = "from people p left join accounts a on a.person_id = p.id cross join (select tokyo_date(business_now()) as today) clock";

    /// <summary>The people with these numbers, or with null everybody who has open work and no way in; in order of their names, at most <see cref="MostInvited"/>.</summary>
    public async Task<IReadOnlyList<InviteCandidate>> CheckAsync(CurrentUser user, string[]? numbers, OwingSource owing, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<InviteCandidate>($"""
            select p.id as person_id, p.employee_no, p.name, p.email, {PrimaryDepartment} as department,
                   case when not ({Employed}) then 'NotEmployed' when p.email = '' then 'NoMail' when a.disabled_at is not null then 'Disabled' when a.password_hash is not null then 'HasAccount'
                        when exists (select from accounts o where o.sign_in_key = p.email_key and o.person_id is distinct from p.id
                                     and not (a.id is null and o.person_id is null and o.password_hash is not null and o.disabled_at is null)) then 'AddressTaken' end as obstacle,
                   a.invited_at is not null and a.password_hash is null as again
            {FromPeople}
            where @allowed and {(numbers is null ? Owes(owing) : "p.employee_no = any(@numbers)")}
            order by p.name_kana, p.id limit {MostInvited}
            """, new { allowed = MayList(user), numbers }, ct);
    }

    /// <summary>How many have open work and no way in, invited or not.</summary>
    public async Task<long> OwingCountAsync(CurrentUser user, OwingSource owing, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) {FromPeople} where @allowed and {Owes(owing)}", new { allowed = MayList(user) }, ct);
    }

    /// <summary>Those of these people who cannot sign in: no account, no password yet, or disabled. For pages that name somebody; <c>/accounts/invite/check?people=NUMBER</c> invites.</summary>
    public async Task<IReadOnlyList<long>> WithoutAccountAsync(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<long>("select person from unnest(@people) as given (person) where not exists (select from accounts a where a.person_id = given.person and a.password_hash is not null and a.disabled_at is null)",
            new { people = people.ToArray() }, ct);
    }
}
