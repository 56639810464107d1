using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>A person's own sessions: where they are signed in, and how to end that.</summary>
public sealed class Sessions(Db db, AccountStore accounts, TimeProvider time, Settings settings)
{
    /// <summary>The reader's live sessions, the one used last first.</summary>
    public Task<IReadOnlyList<SessionRow>> ListAsync(CurrentUser user, CancellationToken ct) =>
        accounts.SessionsAsync(user.AccountId, settings.SessionIdle, time.GetUtcNow().UtcDateTime, ct);

    /// <summary>Ends one at once.</summary>
    /// <exception cref="NotFound">Not a live session of this user.</exception>
    public async Task EndAsync(CurrentUser user, long session, CancellationToken ct)
    {
        if (await EndAsync(user, session, null, ct) == 0)
        {
            throw new NotFound();
        }
    }

    /// <summary>Ends all but the one this is asked from.</summary>
    public Task<int> EndOthersAsync(CurrentUser user, CallerSession here, CancellationToken ct) => EndAsync(user, null, here.Id, ct);

    private async Task<int> EndAsync(CurrentUser user, long? only, long? except, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var ended = await AccountStore.EndSessionsAsync(work, user.AccountId, only, except, time.GetUtcNow().UtcDateTime, ct);
        if (ended > 0)
        {
            await work.ActAsync("account.sessionsEnded", $"account:{user.AccountId}", new Dictionary<string, string?> { ["count"] = $"{ended}" }, ct: ct);
        }
        await work.CommitAsync(ct);
        return ended;
    }
}
