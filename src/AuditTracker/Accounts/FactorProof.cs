using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.DataProtection;

namespace AuditTracker.Accounts;

/// <summary>
/// Reads and checks second factors. Keys of authenticator apps are kept protected by the keys of the data folder, each bound to its account:
/// a copy of the database alone, or a row moved to another account, opens nothing.
/// </summary>
public sealed class FactorProof(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>The bytes that are kept of a key.</summary>
    public byte[] Protect(long account, byte[] key) => Protector(account).Protect(key);

    /// <summary>The factor that a typed code proves, which is then used up; null when it proves nothing.</summary>
    /// <param name="account">Locked in this operation.</param>
    public async Task<string?> TakeAsync(UnitOfWork work, SignInAccount account, string? typed, CancellationToken ct)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var digits = new string([.. (typed ?? "").Normalize(System.Text.NormalizationForm.FormKC).Where(one => !char.IsWhiteSpace(one) && one != '-')]);
        if (digits.Length == Totp.Digits && digits.All(char.IsAsciiDigit))
        {
            return KeyOf(account) is { } key && Totp.Match(key, digits, now, account.TotpStep) is { } step && await AccountStore.TakeStepAsync(work, account.Id, step, ct) ? SecondFactor.Totp : null;
        }
        return RecoveryCodes.Read(typed) is { } code && await AccountStore.UseCodeAsync(work, account.Id, code, now, ct) ? SecondFactor.Recovery : null;
    }

    private byte[]? KeyOf(SignInAccount account)
    {
        try
        {
            return account.TotpSecret is { } kept ? Protector(account.Id).Unprotect(kept) : null;
        }
        catch (CryptographicException)
        {
            // The data folder's keys are gone; recovery codes and a reset by the administrator still work.
            return null;
        }
    }

    private IDataProtector Protector(long account) => protection.CreateProtector("accounts.totp", $"{account}");
}
