using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Identity;

namespace AuditTracker.Accounts;

/// <summary>How a sign-in ended. Whether an address exists is never told apart from a wrong password.</summary>
public abstract record SignInResult
{
    /// <param name="Token">The session's secret, for the cookie.</param>
    public sealed record Started(string Token, string Language) : SignInResult;
    public sealed record Wrong : SignInResult;
    public sealed record Locked(int Minutes) : SignInResult;
}

/// <summary>Password sign-in with lock-out, and its end.</summary>
public sealed class SignIn(Db db, AccountStore accounts, TimeProvider time, Settings settings)
{
    private static readonly PasswordHasher<SignInAccount> Hasher = new();

    // Verified against when the address is unknown, so that both answers take the same time.
    private static readonly Lazy<string> NobodysHash = new(() => Hasher.HashPassword(null!, Secrets.New()));

    public static string Hash(string password) => Hasher.HashPassword(null!, password);

    public async Task<SignInResult> StartAsync(string signIn, string password, string agent, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        var account = await accounts.ForSignInAsync(work, signIn, ct);
        if (account is not null && LockOut.IsLocked(account, now))
        {
            return new SignInResult.Locked((int)Math.Ceiling((account.LockedUntil!.Value - now).TotalMinutes));
        }
        var verified = Hasher.VerifyHashedPassword(account!, account?.PasswordHash ?? NobodysHash.Value, password);
        if (account is null)
        {
            return new SignInResult.Wrong();
        }
        if (verified == PasswordVerificationResult.Failed || account.PasswordHash is null)
        {
            var (count, until) = LockOut.AfterFailure(account, now);
            await accounts.SetFailuresAsync(work, account.Id, count, until, ct);
            await work.ActAsync(until is null ? "account.signInFailed" : "account.locked", $"account:{account.Id}", ct: ct);
            await work.CommitAsync(ct);
            return until is null ? new SignInResult.Wrong() : new SignInResult.Locked((int)LockOut.Length.TotalMinutes);
        }
        var token = Secrets.New();
        await accounts.SetFailuresAsync(work, account.Id, 0, null, ct);
        await accounts.StartSessionAsync(work, account.Id, Secrets.Hash(token), now, now + settings.SessionLength, agent.Length > 200 ? agent[..200] : agent, ct);
        await work.ActAsync("account.signedIn", $"account:{account.Id}", ct: ct);
        var language = await work.FirstAsync<string>("select language from accounts where id = @Id", new { account.Id }, ct);
        await work.CommitAsync(ct);
        return new SignInResult.Started(token, language!);
    }

    public async Task EndAsync(CurrentUser user, string token, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await accounts.EndSessionAsync(work, Secrets.Hash(token), time.GetUtcNow().UtcDateTime, ct);
        await work.ActAsync("account.signedOut", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
    }
}
