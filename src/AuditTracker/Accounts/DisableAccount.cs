using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>What an administrator does to somebody else's access: take it, give it back, open a locked account.</summary>
public sealed class DisableAccount(Db db, AccountStore accounts, TimeProvider time)
{
    /// <summary>Ends access at once: sessions end, tokens are refused, links and waiting invitations are void.</summary>
    /// <exception cref="NotFound">No such account, disabled already, or the caller is no administrator.</exception>
    /// <exception cref="Refusal">Own account.</exception>
    public Task DisableAsync(CurrentUser user, long account, CancellationToken ct) => ChangeAsync(user, account, "account.disabled", async (work, now) =>
    {
        var changed = await accounts.SetDisabledAsync(work, account, true, now, ct);
        await AccountStore.RevokeLinksAsync(work, account, null, now, ct);
        await AccountMails.SettleLinksAsync(work, account, ct);
        return changed;
    }, ct);

    /// <inheritdoc cref="DisableAsync"/>
    public Task EnableAsync(CurrentUser user, long account, CancellationToken ct) =>
        ChangeAsync(user, account, "account.enabled", (work, now) => accounts.SetDisabledAsync(work, account, false, now, ct), ct);

    /// <summary>Opens an account that wrong passwords have locked.</summary>
    /// <inheritdoc cref="DisableAsync"/>
    public Task UnlockAsync(CurrentUser user, long account, CancellationToken ct) => ChangeAsync(user, account, "account.unlocked", async (work, _) =>
    {
        await accounts.SetFailuresAsync(work, account, 0, null, ct);
        return true;
    }, ct);

    private async Task ChangeAsync(CurrentUser user, long account, string act, Func<UnitOfWork, DateTime, Task<bool>> change, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var target = await AccountStore.TargetAsync(work, account, ct) ?? throw new NotFound();
        target.RefuseOwn(user);
        if (!await change(work, time.GetUtcNow().UtcDateTime))
        {
            throw new NotFound();
        }
        await work.ActAsync(act, $"account:{account}", ct: ct);
        await work.CommitAsync(ct);
    }
}
