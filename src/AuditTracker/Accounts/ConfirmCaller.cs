using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>
/// Before what a thief would do first (roles, tokens, second factors, access), whoever sits there proves again who they are: an unlocked
/// screen or a stolen session is not enough.
/// </summary>
public sealed class ConfirmCaller(Db db, SignIn signIn, FactorProof proof, TimeProvider time)
{
    /// <summary>How long a proof is good for.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    public bool IsRecent(CallerSession session) => session.ConfirmedAt > time.GetUtcNow().UtcDateTime - Length;

    /// <summary>Takes the password, or a code of the second factor.</summary>
    /// <exception cref="InvalidInput">At <c>password</c>: it proves nothing, and counts towards the lock.</exception>
    /// <exception cref="Refusal">The account is locked; by this try the session has ended.</exception>
    public Task RunAsync(CurrentUser user, CallerSession session, string? password, string? code, CancellationToken ct) =>
        RunAsync(user, session, async (work, account) => !string.IsNullOrEmpty(password) ? SignIn.IsPassword(account, password) : await proof.TakeAsync(work, account, code, ct) is not null, ct);

    /// <inheritdoc cref="RunAsync(CurrentUser, CallerSession, string, string, CancellationToken)"/>
    internal async Task RunAsync(CurrentUser user, CallerSession session, Func<UnitOfWork, SignInAccount, Task<bool>> prove, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var account = await AccountStore.ForSignInAsync(work, user.AccountId, ct) ?? throw new NotFound();
        if (LockOut.IsLocked(account, now))
        {
            throw Refusal.Of<Words>("Locked", LockOut.MinutesLeft(account, now));
        }
        if (await prove(work, account))
        {
            await AccountStore.ConfirmSessionAsync(work, session.Id, null, now, ct);
            await work.ActAsync("account.confirmed", $"account:{user.AccountId}", ct: ct);
            await work.CommitAsync(ct);
            return;
        }
        var locked = await signIn.CountFailureAsync(work, account, now, ct);
        if (locked)
        {
            await AccountStore.EndSessionsAsync(work, user.AccountId, session.Id, null, now, ct);
        }
        await work.CommitAsync(ct);
        throw locked ? Refusal.Of<Words>("Locked", (int)LockOut.Length.TotalMinutes) : InvalidInput.At<Words>("password", "ConfirmWrong");
    }
}
