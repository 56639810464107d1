using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Identity;

namespace AuditTracker.Accounts;

/// <summary>How a sign-in ended. Whether an address exists is never told apart from a wrong password.</summary>
public abstract record SignInResult
{
    /// <param name="Token">The session's secret, for the cookie.</param>
    public sealed record Started(string Token) : SignInResult;

    /// <summary>The password was right and the account has a second factor.</summary>
    /// <param name="Token">The secret that <see cref="EnterCode"/> wants with the code.</param>
    public sealed record Awaits(string Token) : SignInResult;
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

    /// <param name="agent">The browser, as it names itself.</param>
    public async Task<SignInResult> StartAsync(string signIn, string password, string agent, string requestId, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(new Actor("visitor", requestId), ct);
        var account = await accounts.ForSignInAsync(work, signIn, ct);
        // Every answer takes the same time, whether the name is known or not and locked or not.
        var verified = Hasher.VerifyHashedPassword(account!, account?.PasswordHash ?? NobodysHash.Value, password);
        if (account is not null && LockOut.IsLocked(account, now))
        {
            return new SignInResult.Locked(LockOut.MinutesLeft(account, now));
        }
        if (account?.PasswordHash is null || verified == PasswordVerificationResult.Failed)
        {
            return await FailAsync(work, account, signIn, now, ct);
        }
        var entered = await AfterPasswordAsync(work, account, agent, ct);
        await work.CommitAsync(ct);
        return entered;
    }

    /// <summary>What a right password opens: a session, or the second step. Wrong codes keep their count until that is done too.</summary>
    internal async Task<SignInResult> AfterPasswordAsync(UnitOfWork work, SignInAccount account, string agent, CancellationToken ct) => account.HasSecondFactor
        ? new SignInResult.Awaits(await BeginSessionAsync(work, account.Id, agent, ct, waits: true))
        : new SignInResult.Started(await EnterAsync(work, account.Id, null, agent, ct));

    /// <summary>The person is in: failures are forgotten, the session begins, the trail notes it.</summary>
    /// <param name="factor">Besides the password; null: none.</param>
    internal async Task<string> EnterAsync(UnitOfWork work, long account, string? factor, string agent, CancellationToken ct)
    {
        await accounts.SetFailuresAsync(work, account, 0, null, ct);
        var token = await BeginSessionAsync(work, account, agent, ct, factor);
        await work.ActAsync("account.signedIn", $"account:{account}", factor is null ? null : new Dictionary<string, string?> { ["factor"] = factor }, ct: ct);
        if (factor == SecondFactor.Recovery)
        {
            await AccountMails.TellSecurityAsync(work, account, SecurityNews.RecoveryUsed, ct);
        }
        return token;
    }

    /// <summary>A new session of the account, in the caller's operation.</summary>
    /// <param name="factor">What it came in with besides the password; null: nothing.</param>
    /// <param name="waits">Opens nothing but the second step.</param>
    /// <returns>The session's secret, for the cookie.</returns>
    public async Task<string> BeginSessionAsync(UnitOfWork work, long account, string agent, CancellationToken ct, string? factor = null, bool waits = false)
    {
        var (token, now) = (Secrets.New(), time.GetUtcNow().UtcDateTime);
        await accounts.StartSessionAsync(work, account, Secrets.Hash(token), now, now + (waits ? EnterCode.Length : settings.SessionLength), agent, factor, waits, ct);
        return token;
    }

    /// <summary>Whether this is the account's password.</summary>
    internal static bool IsPassword(SignInAccount account, string? password) =>
        account.PasswordHash is { } hash && Hasher.VerifyHashedPassword(account, hash, password ?? "") != PasswordVerificationResult.Failed;

    /// <summary>Counts one more wrong password or code; the fifth locks and tells the person, whose name somebody may be trying.</summary>
    /// <returns>Whether the account is locked now.</returns>
    internal async Task<bool> CountFailureAsync(UnitOfWork work, SignInAccount account, DateTime now, CancellationToken ct)
    {
        var (count, until) = LockOut.AfterFailure(account, now);
        await accounts.SetFailuresAsync(work, account.Id, count, until, ct);
        await work.ActAsync(until is null ? "account.signInFailed" : "account.locked", $"account:{account.Id}", ct: ct);
        if (until is not null)
        {
            await AccountMails.TellSecurityAsync(work, account.Id, SecurityNews.Locked, ct);
        }
        return until is not null;
    }

    private async Task<SignInResult> FailAsync(UnitOfWork work, SignInAccount? account, string signIn, DateTime now, CancellationToken ct)
    {
        var tried = account ?? await accounts.UnknownAsync(work, signIn, ct) ?? new SignInAccount();
        if (LockOut.IsLocked(tried, now))
        {
            return new SignInResult.Locked(LockOut.MinutesLeft(tried, now));
        }
        var (count, until) = LockOut.AfterFailure(tried, now);
        if (account is null)
        {
            await accounts.SetUnknownFailuresAsync(work, signIn, count, until, now, ct);
        }
        else
        {
            await CountFailureAsync(work, account, now, ct);
        }
        await work.CommitAsync(ct);
        return until is null ? new SignInResult.Wrong() : new SignInResult.Locked((int)LockOut.Length.TotalMinutes);
    }

    /// <summary>Ends the session behind the cookie at once.</summary>
    public async Task EndAsync(CurrentUser user, string token, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await accounts.EndSessionAsync(work, Secrets.Hash(token), time.GetUtcNow().UtcDateTime, ct);
        await work.ActAsync("account.signedOut", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
    }
}
