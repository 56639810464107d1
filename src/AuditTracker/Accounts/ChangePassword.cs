using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>A signed-in person chooses another password; the present one is asked for, and every other session ends.</summary>
public sealed class ChangePassword(Db db, AccountStore accounts, SignIn signIn, TimeProvider time)
{
    /// <exception cref="InvalidInput">At <c>current</c> (wrong; it counts towards the lock) or <c>password</c>.</exception>
    /// <exception cref="Refusal">The account is locked.</exception>
    public async Task RunAsync(CurrentUser user, CallerSession session, string? current, string? password, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var account = await AccountStore.ForSignInAsync(work, user.AccountId, ct) ?? throw new NotFound();
        if (LockOut.IsLocked(account, now))
        {
            throw Refusal.Of<Words>("Locked", LockOut.MinutesLeft(account, now));
        }
        if (!SignIn.IsPassword(account, current))
        {
            var locked = await signIn.CountFailureAsync(work, account, now, ct);
            if (locked)
            {
                await AccountStore.EndSessionsAsync(work, user.AccountId, session.Id, null, now, ct);
            }
            await work.CommitAsync(ct);
            throw locked ? Refusal.Of<Words>("Locked", (int)LockOut.Length.TotalMinutes) : InvalidInput.At<Words>("current", "CurrentWrong");
        }
        PasswordRule.Check(password, user.SignIn);
        await accounts.SetPasswordAsync(work, user.AccountId, SignIn.Hash(password!), now, ct, except: session.Id);
        await AccountMails.TellSecurityAsync(work, user.AccountId, SecurityNews.PasswordChanged, ct);
        await work.ActAsync("account.passwordChanged", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
    }
}
