using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Accounts;

/// <summary>The second step of signing in, after the password: a code of the app, or a recovery code. Wrong ones count towards the same lock.</summary>
public sealed class EnterCode(Db db, AccountStore accounts, SignIn signIn, FactorProof proof, TimeProvider time)
{
    /// <summary>How long the step may take after the password.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(10);

    /// <summary>Whether the step is awaited at all.</summary>
    public async Task<bool> IsAwaitedAsync(string waiting, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<bool>("select exists (select from sessions where token_hash = @hash and waits and ended_at is null and expires_at > @now)",
            new { hash = Secrets.Hash(waiting), now = time.GetUtcNow().UtcDateTime }, ct);
    }

    /// <param name="waiting">The secret that the right password gave.</param>
    /// <returns>Null when the step is no longer awaited: begin again with the password.</returns>
    public Task<SignInResult?> RunAsync(string waiting, string? code, string agent, string requestId, CancellationToken ct) =>
        RunAsync(waiting, agent, requestId, (work, account) => proof.TakeAsync(work, account, code, ct), ct);

    /// <param name="prove">The factor that was proven, or null.</param>
    internal async Task<SignInResult?> RunAsync(string waiting, string agent, string requestId, Func<UnitOfWork, SignInAccount, Task<string?>> prove, CancellationToken ct)
    {
        var (now, hash) = (time.GetUtcNow().UtcDateTime, Secrets.Hash(waiting));
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        if (await AccountStore.WaitingAsync(work, hash, now, ct) is not { } id || await AccountStore.ForSignInAsync(work, id, ct) is not { } account)
        {
            return null;
        }
        if (LockOut.IsLocked(account, now))
        {
            return new SignInResult.Locked(LockOut.MinutesLeft(account, now));
        }
        if (await prove(work, account) is not { } factor)
        {
            var locked = await signIn.CountFailureAsync(work, account, now, ct);
            if (locked)
            {
                await accounts.EndSessionAsync(work, hash, now, ct);
            }
            await work.CommitAsync(ct);
            return locked ? new SignInResult.Locked((int)LockOut.Length.TotalMinutes) : new SignInResult.Wrong();
        }
        await accounts.EndSessionAsync(work, hash, now, ct);
        var token = await signIn.EnterAsync(work, account.Id, factor, agent, ct);
        await work.CommitAsync(ct);
        return new SignInResult.Started(token);
    }
}
