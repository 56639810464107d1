using System.Security.Cryptography;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.DataProtection;

namespace AuditTracker.Accounts;

/// <summary>A key offered for an authenticator app; nothing is kept until a code proves that the app has it.</summary>
/// <param name="Ticket">Carries the key through the form, protected and bound to the account, for fifteen minutes.</param>
public sealed record OfferedKey(byte[] Key, string Ticket);

/// <summary>Ties an authenticator app to the caller's account.</summary>
public sealed class SetUpAuthenticator(Db db, FactorProof proof, IDataProtectionProvider protection, TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    /// <param name="ticket">Of an earlier offer, to show the same key again; null or ended: a new one.</param>
    public OfferedKey Offer(CurrentUser user, string? ticket = null)
    {
        if (Read(user, ticket) is { } offered)
        {
            return new OfferedKey(offered, ticket!);
        }
        var key = RandomNumberGenerator.GetBytes(Totp.KeyBytes);
        return new OfferedKey(key, Protector(user).Protect(Convert.ToBase64String(key), Length));
    }

    /// <summary>Keeps the key when the code is right; other sessions end, this one has its second factor.</summary>
    /// <returns>New recovery codes when there were none; else empty.</returns>
    /// <exception cref="InvalidInput">At <c>code</c>: not a code of this key, or the offer has ended.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CurrentUser user, CallerSession session, string? ticket, string? code, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var typed = new string([.. (code ?? "").Normalize(System.Text.NormalizationForm.FormKC).Where(char.IsAsciiDigit)]);
        if (Read(user, ticket) is not { } key || Totp.Match(key, typed, now, null) is not { } step)
        {
            throw InvalidInput.At<Words>("code", "CodeWrongSetUp");
        }
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var had = await AccountStore.FactorsAsync(work, user.AccountId, ct) ?? throw new NotFound();
        await AccountStore.SetTotpAsync(work, user.AccountId, proof.Protect(user.AccountId, key), step, now, ct);
        var codes = await AddedAsync(work, user, session, had, SecondFactor.Totp, now, ct);
        await work.CommitAsync(ct);
        return codes;
    }

    /// <summary>What follows every added factor: recovery codes if there are none, the end of other sessions, an act and a mail.</summary>
    internal static async Task<IReadOnlyList<string>> AddedAsync(UnitOfWork work, CurrentUser user, CallerSession session, Factors had, string factor, DateTime now, CancellationToken ct)
    {
        var codes = had.Codes == 0 ? RecoveryCodes.New() : [];
        if (codes.Count > 0)
        {
            await AccountStore.SetCodesAsync(work, user.AccountId, codes, now, ct);
        }
        await AccountStore.EndSessionsAsync(work, user.AccountId, null, session.Id, now, ct);
        await AccountStore.ConfirmSessionAsync(work, session.Id, factor, now, ct);
        await work.ActAsync("account.factorAdded", $"account:{user.AccountId}", new Dictionary<string, string?> { ["factor"] = factor }, ct: ct);
        await AccountMails.TellSecurityAsync(work, user.AccountId, SecurityNews.FactorAdded, ct);
        return codes;
    }

    private byte[]? Read(CurrentUser user, string? ticket)
    {
        try
        {
            return ticket is { Length: > 0 } ? Convert.FromBase64String(Protector(user).Unprotect(ticket)) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private ITimeLimitedDataProtector Protector(CurrentUser user) => protection.CreateProtector("accounts.totp.offer", $"{user.AccountId}").ToTimeLimitedDataProtector();
}
