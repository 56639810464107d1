using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>
/// Outside the demo the first administrator comes in by a one-time link that the start prints; it gives both roles,
/// administrator and compliance manager, and the company its name: mails and reports say whose they are from the first day.
/// </summary>
public sealed class FirstAdministrator(Db db, AccountStore accounts, TimeProvider time)
{
    public const string Path = "/first-administrator";
    private static readonly TimeSpan Length = TimeSpan.FromHours(24);

    /// <summary>A fresh link's path while there is no account; earlier links end. Null once there is one.</summary>
    public async Task<string?> LinkAsync(CancellationToken ct = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Operator("serve"), ct);
        if (await work.FirstAsync<bool>("select exists (select 1 from accounts)", ct: ct))
        {
            return null;
        }
        var secret = Secrets.New();
        await work.ExecuteAsync("""
            update one_time_links set revoked_at = @now where purpose = 'firstAdministrator' and used_at is null and revoked_at is null;
            insert into one_time_links (purpose, token_hash, created_at, expires_at) values ('firstAdministrator', @hash, @now, @expires);
            """, new { now, hash = Secrets.Hash(secret), expires = now + Length }, ct);
        await work.CommitAsync(ct);
        return $"{Path}?token={secret}";
    }

    /// <summary>Whether the link may still be used; looking does not use it up (mail scanners and previews follow links).</summary>
    public async Task<bool> IsOpenAsync(string token, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select 1 from one_time_links where purpose = 'firstAdministrator' and token_hash = @hash and used_at is null and revoked_at is null and expires_at > @now)",
            new { hash = Secrets.Hash(token), now = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <param name="company">Names, secretariat and sender; a sender left empty becomes the administrator's address.</param>
    /// <exception cref="InvalidInput">A mail address or the password cannot be taken.</exception>
    /// <exception cref="NotFound">The link is used, ended or unknown.</exception>
    public async Task RedeemAsync(string token, string mail, string name, string language, string password, CompanyProfile company, string requestId, CancellationToken ct)
    {
        mail = mail.Trim();
        MailRule.Check(mail);
        PasswordRule.Check(password, mail);
        var sender = company.SenderAddress.Trim() is { Length: > 0 } given ? given : mail;
        MailRule.Check(sender, "senderAddress");
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        if (await work.ExecuteAsync("""
            update one_time_links set used_at = @now where purpose = 'firstAdministrator' and token_hash = @hash
              and used_at is null and revoked_at is null and expires_at > @now and not exists (select 1 from accounts)
            """, new { now, hash = Secrets.Hash(token) }, ct) == 0)
        {
            throw new NotFound();
        }
        var account = await accounts.AddAsync(work, mail, null, name.Trim(), language, now, ct);
        await accounts.SetPasswordAsync(work, account, SignIn.Hash(password), now, ct);
        await accounts.GrantAsync(work, account, Role.Administrator, null, work.Today, null, null, ct);
        await accounts.GrantAsync(work, account, Role.ComplianceManager, null, work.Today, null, null, ct);
        await CompanyStore.SaveAsync(work, company with { SenderAddress = sender }, ct);
        await work.ActAsync("account.firstAdministrator", $"account:{account}", ct: ct);
        await work.CommitAsync(ct);
    }
}
