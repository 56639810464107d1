using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Accounts;

/// <summary>API tokens: named, expiring, shown once, revocable.</summary>
public sealed class Tokens(Db db, AccountStore accounts, TimeProvider time)
{
    public const int LongestDays = 366;

    /// <summary>Makes a token for the user's own account.</summary>
    /// <param name="withFactor">
    /// An operator makes it, or a second factor opened the session. A token made with a password alone never carries the roles that need more than that,
    /// also when they are granted later.
    /// </param>
    /// <returns>The secret; nobody can read it again.</returns>
    /// <exception cref="InvalidInput">Name empty, over 100 characters or already used; days not 1–366.</exception>
    public async Task<string> AddAsync(CurrentUser user, string name, int days, bool withFactor, Actor actor, CancellationToken ct = default)
    {
        name = name.Trim();
        if (name.Length is 0 or > 100)
        {
            throw InvalidInput.At<Words>("name", "TokenName");
        }
        if (days is < 1 or > LongestDays)
        {
            throw InvalidInput.At<Words>("days", "TokenDays", LongestDays);
        }
        var secret = "at_" + Secrets.New();
        var now = time.GetUtcNow().UtcDateTime;
        await using var work = await db.BeginAsync(actor, ct);
        try
        {
            await accounts.AddTokenAsync(work, user.AccountId, name, Secrets.Hash(secret), now, now.AddDays(days), withFactor, ct);
        }
        catch (PostgresException e) when (e.ConstraintName == "api_tokens_name")
        {
            throw InvalidInput.At<Words>("name", "TokenNameTaken", name);
        }
        await work.ActAsync("token.added", $"account:{user.AccountId}", ct: ct);
        await work.CommitAsync(ct);
        return secret;
    }

    /// <exception cref="NotFound">Not a live token of this user.</exception>
    public async Task RevokeAsync(CurrentUser user, long token, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (!await accounts.RevokeTokenAsync(work, user.AccountId, token, time.GetUtcNow().UtcDateTime, ct))
        {
            throw new NotFound();
        }
        await work.ActAsync("token.revoked", $"account:{user.AccountId}", new Dictionary<string, string?> { ["token"] = $"{token}" }, ct: ct);
        await work.CommitAsync(ct);
    }
}
