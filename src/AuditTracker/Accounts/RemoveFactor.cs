using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>Takes second factors away: one of one's own, or, when a phone is lost, all of somebody else's.</summary>
public sealed class RemoveFactor(Db db, TimeProvider time)
{
    /// <summary>Removes the caller's authenticator app.</summary>
    /// <exception cref="NotFound">There is none.</exception>
    /// <exception cref="Refusal">It is the last factor of somebody whose role asks for one.</exception>
    public async Task AuthenticatorAsync(CurrentUser user, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var had = await AccountStore.FactorsAsync(work, user.AccountId, ct);
        if (had?.TotpSince is null)
        {
            throw new NotFound();
        }
        await AccountStore.SetTotpAsync(work, user.AccountId, null, null, null, ct);
        await RemovedAsync(work, user, had with { TotpSince = null }, SecondFactor.Totp, time.GetUtcNow().UtcDateTime, ct);
        await work.CommitAsync(ct);
    }

    /// <summary>What follows every removed factor; without any left the recovery codes go too.</summary>
    internal static async Task RemovedAsync(UnitOfWork work, CurrentUser user, Factors left, string factor, DateTime now, CancellationToken ct)
    {
        if (!left.Any)
        {
            if (SecondFactor.IsRequiredOf(user) && !await work.FirstAsync<bool>("select is_demo from installation", ct: ct))
            {
                throw Refusal.Of<Words>("FactorNeeded");
            }
            await AccountStore.SetCodesAsync(work, user.AccountId, [], now, ct);
        }
        await work.ActAsync("account.factorRemoved", $"account:{user.AccountId}", new Dictionary<string, string?> { ["factor"] = factor }, ct: ct);
        await AccountMails.TellSecurityAsync(work, user.AccountId, SecurityNews.FactorRemoved, ct);
    }

    /// <summary>Ten new recovery codes; the earlier ones end.</summary>
    /// <exception cref="NotFound">There is no factor they could stand in for.</exception>
    public async Task<IReadOnlyList<string>> RenewCodesAsync(CurrentUser user, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await AccountStore.FactorsAsync(work, user.AccountId, ct) is not { Any: true })
        {
            throw new NotFound();
        }
        var codes = RecoveryCodes.New();
        await AccountStore.SetCodesAsync(work, user.AccountId, codes, time.GetUtcNow().UtcDateTime, ct);
        await work.ActAsync("account.codesRenewed", $"account:{user.AccountId}", ct: ct);
        await AccountMails.TellSecurityAsync(work, user.AccountId, SecurityNews.RecoveryRenewed, ct);
        await work.CommitAsync(ct);
        return codes;
    }

    /// <summary>
    /// For somebody whose device is lost: every factor and recovery code goes, every session ends, and the password alone opens until they
    /// have a factor again. All administrators and compliance managers are told, and the person.
    /// </summary>
    /// <exception cref="NotFound">No such account, or the caller is no administrator.</exception>
    /// <exception cref="Refusal">Own account, or there is nothing to reset.</exception>
    public async Task ResetAsync(CurrentUser user, long account, CancellationToken ct)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var target = await AccountStore.TargetAsync(work, account, ct) ?? throw new NotFound();
        target.RefuseOwn(user);
        if (await AccountStore.FactorsAsync(work, account, ct) is not { Any: true })
        {
            throw Refusal.Of<Words>("NoFactorToReset", target.Name);
        }
        await AccountStore.SetTotpAsync(work, account, null, null, null, ct);
        await AccountStore.RemovePasskeysAsync(work, account, ct);
        await AccountStore.SetCodesAsync(work, account, [], now, ct);
        await AccountStore.EndSessionsAsync(work, account, null, null, now, ct);
        await work.ActAsync("account.factorReset", $"account:{account}", ct: ct);
        await AccountMails.TellFactorResetAsync(work, account, target.Name, user.Name, ct);
        await work.CommitAsync(ct);
    }
}
