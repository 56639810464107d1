using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>Who has open work: an SQL condition on <c>@person</c>, handed in by the map of rooms, because the work belongs to rooms above.</summary>
public sealed record OwingSource(string Condition);

/// <summary>A person before they are invited.</summary>
/// <param name="Obstacle">Why they cannot be, as the end of a word key (<c>NoMail</c>); null: they can.</param>
/// <param name="Again">They were invited before and have not come yet.</param>
/// <param name="OfMany">How many there are in all that can be invited, or that cannot: more than the check holds, perhaps.</param>
public sealed record InviteCandidate(long PersonId, string EmployeeNo, string Name, string Email, string? Department, string? Obstacle, bool Again, long OfMany);

/// <summary>Whom of those who have open work and no way in.</summary>
public enum OwingPart
{
    /// <summary>Never invited, or with an invitation that has ended: each press takes the next of them.</summary>
    Uninvited,

    /// <summary>With an invitation that can still be used; those invited longest ago first, so that each reminder takes the next of them.</summary>
    Invited,
}

/// <summary>How many have open work and no way in, and how many of them have an invitation that can still be used.</summary>
public sealed record OwingCount(long All, long Invited);

public sealed partial class AccountStore
{
    /// <summary>The most people of one check.</summary>
    public const int MostInvited = 500;

    private const string Employed = "p.hired_on <= clock.today and (p.left_on is null or p.left_on >= clock.today)";

    private const string HasLiveLink = "exists (select from one_time_links l where l.account_id = a.id and l.purpose = 'invitation' and l.used_at is null and l.revoked_at is null and l.expires_at > @now)";

    private static string Owes(OwingSource owing) =>
        $"{Employed} and a.password_hash is null and a.disabled_at is null and ({owing.Condition.Replace("@person", "p.id", StringComparison.Ordinal)})";

    private const string FromPeople = "from people p left join accounts a on a.person_id = p.id cross join (select tokyo_date(business_now()) as today) clock";

    /// <summary>
    /// The people with these numbers, or with null those of a part of everybody who has open work and no way in; in order of their names. At most
    /// <see cref="MostInvited"/> who can be invited, and as many who cannot.
    /// </summary>
    /// <param name="now">System clock, UTC.</param>
    public async Task<IReadOnlyList<InviteCandidate>> CheckAsync(CurrentUser user, string[]? numbers, OwingPart part, OwingSource owing, DateTime now, CancellationToken ct)
    {
        var which = numbers is not null ? "p.employee_no = any(@numbers)" : part == OwingPart.Invited ? $"{Owes(owing)} and {HasLiveLink}" : $"{Owes(owing)} and not {HasLiveLink}";
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<InviteCandidate>($"""
            with found as (
                select p.id as person_id, p.employee_no, p.name, p.name_kana, p.email, {PrimaryDepartment} as department,
                       case when not ({Employed}) then 'NotEmployed' when p.email = '' then 'NoMail' when a.disabled_at is not null then 'Disabled' when a.password_hash is not null then 'HasAccount'
                            when exists (select from accounts o where o.sign_in_key = p.email_key and o.person_id is distinct from p.id
                                         and not (a.id is null and o.person_id is null and o.password_hash is not null and o.disabled_at is null)) then 'AddressTaken' end as obstacle,
                       a.invited_at is not null and a.password_hash is null as again, case when @remind then a.invited_at end as last
                {FromPeople}
                where @allowed and {which}),
            ranked as (select found.*, count(*) over (partition by obstacle is null) as of_many, row_number() over (partition by obstacle is null order by last, name_kana, person_id) as place from found)
            select person_id, employee_no, name, email, department, obstacle, again, of_many from ranked where place <= {MostInvited} order by place
            """, new { allowed = MayList(user), numbers, now, remind = numbers is null && part == OwingPart.Invited }, ct);
    }

    /// <summary>How many have open work and no way in, and how many of them are invited.</summary>
    /// <param name="now">System clock, UTC.</param>
    public async Task<OwingCount> OwingCountAsync(CurrentUser user, OwingSource owing, DateTime now, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<OwingCount>($"select count(*) as all, count(*) filter (where {HasLiveLink}) as invited {FromPeople} where @allowed and {Owes(owing)}", new { allowed = MayList(user), now }, ct))!;
    }

    /// <summary>Those of these people who cannot sign in: no account, no password yet, or disabled. For pages that name somebody; <c>/accounts/invite/check?people=NUMBER</c> invites.</summary>
    public async Task<IReadOnlyList<long>> WithoutAccountAsync(IReadOnlyCollection<long> people, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<long>("select person from unnest(@people) as given (person) where not exists (select from accounts a where a.person_id = given.person and a.password_hash is not null and a.disabled_at is null)",
            new { people = people.ToArray() }, ct);
    }
}
