using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>
/// Job: the accounts of people whose last day is over are disabled. Every request refuses them from the first minute on; this makes it
/// last, so that an account does not wake up when somebody is hired again.
/// </summary>
public sealed class EndLeaversAccounts(Db db, AccountStore accounts, TimeProvider time)
{
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(EndLeaversAccounts)), ct);
        var leavers = await work.QueryAsync<long>("""
            select a.id from accounts a join people p on p.id = a.person_id where a.disabled_at is null and p.left_on < @Today order by a.id for update of a skip locked
            """, new { work.Today }, ct);
        var now = time.GetUtcNow().UtcDateTime;
        foreach (var account in leavers)
        {
            await accounts.SetDisabledAsync(work, account, true, now, ct);
            await AccountStore.RevokeLinksAsync(work, account, null, now, ct);
            await AccountMails.SettleLinksAsync(work, account, ct);
            await work.ActAsync("account.endedWithEmployment", $"account:{account}", ct: ct);
        }
        await work.CommitAsync(ct);
        return leavers.Count;
    }
}
