using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Accounts;

/// <summary>How an invitation went.</summary>
/// <param name="Linked">An account with the person's address stood there without a person: it is theirs now, and no mail was needed.</param>
public sealed record Invited(long AccountId, string Name, bool Linked);

/// <summary>
/// Gives a person an account (role employee; the others are granted or follow from rows) and mails the link to choose a password. For an
/// account that was invited before and has no password yet, the earlier link ends and a new one goes out.
/// </summary>
public sealed class InvitePerson(Db db, AccountStore accounts, TimeProvider time)
{
    /// <summary>Days a link may be used after the day of the invitation, its last one included.</summary>
    public const int Days = 7;

    private sealed record Invitee(long Id, string Name, string Email, string Language, bool Employed, long? AccountId, bool HasPassword, bool Disabled);

    /// <param name="again">Whether to invite who has an invitation that can still be used, which ends it; when not, that is refused.</param>
    /// <exception cref="NotFound">No such person, or the caller may not invite.</exception>
    /// <exception cref="Refusal">Not employed today, has no mail address, has an account with a password or a disabled one, the address signs another person in, or invited already.</exception>
    public async Task<Invited> RunAsync(CurrentUser user, string employeeNo, CancellationToken ct, bool again = true)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var person = await work.FirstAsync<Invitee>("""
            select p.id, p.name, p.email, p.language, p.hired_on <= @Today and (p.left_on is null or p.left_on >= @Today) as employed,
                   a.id as account_id, a.password_hash is not null as has_password, a.disabled_at is not null as disabled
            from people p left join accounts a on a.person_id = p.id where @allowed and p.employee_no = @employeeNo for update of p
            """, new { work.Today, allowed = user.IsAny(Role.Administrator, Role.ComplianceManager), employeeNo }, ct) ?? throw new NotFound();
        if (!person.Employed)
        {
            throw Refusal.Of<Words>("NotEmployed", person.Name);
        }
        if (person.Email.Length == 0)
        {
            throw Refusal.Of<Words>("NoMail", person.Name);
        }
        if (person.HasPassword || person.Disabled)
        {
            throw Refusal.Of<Words>(person.Disabled ? "AccountDisabled" : "AlreadyHasAccount", person.Name);
        }
        // Asked once the person is locked, so that a second press at the same time sees what the first one did.
        if (!again && await work.FirstAsync<bool>("""
            select exists (select from one_time_links where account_id in (select id from accounts where person_id = @Id) and purpose = 'invitation' and used_at is null and revoked_at is null and expires_at > @now)
            """, new { person.Id, now = time.GetUtcNow().UtcDateTime }, ct))
        {
            throw Refusal.Of<Words>("InvitedAlready", person.Name);
        }
        var invited = person.AccountId is null && await LinkAsync(work, person, ct) is { } linked
            ? new Invited(linked, person.Name, true)
            : new Invited(await MailAsync(work, user, person, ct), person.Name, false);
        await work.ActAsync(invited.Linked ? "account.linked" : "account.invited", $"account:{invited.AccountId}", ct: ct);
        await work.CommitAsync(ct);
        return invited;
    }

    /// <summary>Takes an invitation back: its link opens nothing any more, and a mail that still waits is not sent.</summary>
    /// <exception cref="NotFound">No such account, no open invitation, or the caller may not invite.</exception>
    public async Task RevokeAsync(CurrentUser user, long account, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (!user.IsAny(Role.Administrator, Role.ComplianceManager) || await AccountStore.RevokeLinksAsync(work, account, LinkPurpose.Invitation, now, ct) == 0)
        {
            throw new NotFound();
        }
        await AccountMails.SettleLinksAsync(work, account, ct);
        await work.ActAsync("account.invitationRevoked", $"account:{account}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>The first administrator comes before the people: their account becomes the person's when the address is the same.</summary>
    private static Task<long?> LinkAsync(UnitOfWork work, Invitee person, CancellationToken ct) =>
        work.FirstAsync<long?>("update accounts set person_id = @Id where sign_in_key = @key and person_id is null and password_hash is not null and disabled_at is null returning id",
            new { person.Id, key = AccountStore.Key(person.Email) }, ct);

    private async Task<long> MailAsync(UnitOfWork work, CurrentUser user, Invitee person, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        long account;
        try
        {
            account = person.AccountId ?? await accounts.AddAsync(work, person.Email, person.Id, "", person.Language, now, ct);
            // An address that was mended since the first invitation is the sign-in name from now on.
            await work.ExecuteAsync("update accounts set sign_in = @Email, sign_in_key = @key, invited_at = @Now where id = @account", new { person.Email, key = AccountStore.Key(person.Email), work.Now, account }, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "accounts_sign_in")
        {
            throw Refusal.Of<Words>("SignInTaken", person.Email);
        }
        // The mail names a business date; the link's life runs by the system's clock and lasts to the end of that date.
        var expiresOn = work.Today.AddDays(Days);
        var link = await AccountStore.AddLinkAsync(work, account, LinkPurpose.Invitation, null, now, now + (JapanTime.StartOf(expiresOn.AddDays(1)) - work.Now), ct);
        await AccountMails.SettleLinksAsync(work, account, ct);
        await AccountMails.TellInvitedAsync(work, link, person.Id, person.Email, expiresOn, user.Name, ct);
        return account;
    }
}
