using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Accounts;

/// <summary>
/// Adds an account from the command line, with or without a person, and gives its invitation link to whoever stands there: the way back in
/// when no administrator is left.
/// </summary>
public sealed class AddAccount(Db db, AccountStore accounts, GrantRole grants, TimeProvider time)
{
    private sealed record Known(long Id, string Name, bool Employed, bool HasAccount);

    /// <param name="roles">Granted from today on; a reviewer's with the framework.</param>
    /// <returns>The path of the link, to be used once within seven days.</returns>
    /// <exception cref="NotFound">No such person.</exception>
    /// <exception cref="Refusal">The address, the person or a role cannot be taken.</exception>
    public async Task<string> RunAsync(string mail, string name, string? employeeNo, IReadOnlyList<(Role Role, string? Framework)> roles, Actor actor, CancellationToken ct = default)
    {
        mail = mail.Trim();
        MailRule.Check(mail);
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(actor, ct);
        var person = employeeNo is null ? null : await work.FirstAsync<Known>("""
            select p.id, p.name, p.hired_on <= @Today and (p.left_on is null or p.left_on >= @Today) as employed, exists (select from accounts a where a.person_id = p.id) as has_account
            from people p where p.employee_no = @employeeNo
            """, new { employeeNo, work.Today }, ct) ?? throw new NotFound();
        if (person is { Employed: false } or { HasAccount: true })
        {
            throw Refusal.Of<Words>(person.HasAccount ? "AlreadyHasAccount" : "NotEmployed", person.Name);
        }
        long account;
        try
        {
            account = await accounts.AddAsync(work, mail, person?.Id, person is null ? name.Trim() : "", "ja", now, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "accounts_sign_in")
        {
            throw Refusal.Of<Words>("SignInTaken", mail);
        }
        var secret = Secrets.New();
        await AccountStore.AddLinkAsync(work, account, LinkPurpose.Invitation, Secrets.Hash(secret), now, now.AddDays(InvitePerson.Days), ct);
        await work.ActAsync("account.invited", $"account:{account}", ct: ct);
        foreach (var (role, framework) in roles)
        {
            await grants.InAsync(work, new TargetAccount(account, person?.Id, person?.Name ?? name.Trim(), true), role, framework, work.Today, null, null, null, ct);
        }
        await work.CommitAsync(ct);
        return $"{AccountMails.LinkPath}?token={secret}";
    }
}
