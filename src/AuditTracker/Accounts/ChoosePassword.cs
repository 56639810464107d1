using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>
/// The links that let a person choose a password: invitation and reset. Looking at one does not use it up (mail scanners and previews
/// follow links); choosing does, once, and signs in.
/// </summary>
public sealed class ChoosePassword(Db db, AccountStore accounts, SignIn signIn, TimeProvider time)
{
    /// <summary>How long a reset link may be used.</summary>
    public const int ResetMinutes = 60;

    /// <summary>The link's account while it may be used; null when it is unknown, used or ended.</summary>
    public Task<OpenLink?> FindAsync(string token, CancellationToken ct) => accounts.FindLinkAsync(Secrets.Hash(token), time.GetUtcNow().UtcDateTime, ct);

    /// <returns>The session that begins, or the second step of an account that has one: a link in a mail does not stand in for it.</returns>
    /// <exception cref="InvalidInput">At the field <c>password</c>; the link stays as it was.</exception>
    /// <exception cref="NotFound">The link is unknown, used or ended.</exception>
    public async Task<SignInResult> RunAsync(string token, string? password, string agent, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        var link = await AccountStore.UseLinkAsync(work, Secrets.Hash(token), now, ct) ?? throw new NotFound();
        PasswordRule.Check(password, link.SignIn);
        await accounts.SetPasswordAsync(work, link.AccountId, SignIn.Hash(password!), now, ct);
        // Whoever asked twice has two links; one choice ends them all.
        await AccountStore.RevokeLinksAsync(work, link.AccountId, null, now, ct);
        await AccountMails.SettleLinksAsync(work, link.AccountId, ct);
        var account = await AccountStore.ForSignInAsync(work, link.AccountId, ct) ?? throw new NotFound();
        var entered = await signIn.AfterPasswordAsync(work, account, agent, ct);
        await work.ActAsync(link.Purpose == "invitation" ? "account.opened" : "account.passwordReset", $"account:{link.AccountId}", ct: ct);
        await work.CommitAsync(ct);
        return entered;
    }

    private sealed record Asking(long Id, long? PersonId, string Name, string SignIn, string Language);

    /// <summary>
    /// Mails a reset link if an active account with a password has this sign-in name, at most one in five minutes. Nothing tells the caller
    /// whether it did.
    /// </summary>
    public async Task AskForResetAsync(string signInName, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        var account = await work.FirstAsync<Asking>("""
            select a.id, a.person_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as name, a.sign_in, a.language
            from accounts a left join people p on p.id = a.person_id
            where a.sign_in_key = @key and a.disabled_at is null and a.password_hash is not null and (p.left_on is null or p.left_on >= @Today)
              and not exists (select from one_time_links l where l.account_id = a.id and l.purpose = 'passwordReset' and l.created_at > @now - interval '5 minutes')
            for update of a
            """, new { key = AccountStore.Key(signInName), work.Today, now }, ct);
        if (account is null)
        {
            return;
        }
        var link = await AccountStore.AddLinkAsync(work, account.Id, LinkPurpose.PasswordReset, null, now, now.AddMinutes(ResetMinutes), ct);
        await AccountMails.SettleLinksAsync(work, account.Id, ct);
        await AccountMails.TellResetAsync(work, link, account.PersonId, account.PersonId is null ? new Recipient(account.Name, account.SignIn, account.Language) : null, ResetMinutes, ct);
        await work.ActAsync("account.resetAsked", $"account:{account.Id}", ct: ct);
        await work.CommitAsync(ct);
    }
}
