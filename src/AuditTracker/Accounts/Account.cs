using AuditTracker.Platform;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>Resources of the room's words.</summary>
public sealed class Words;

/// <summary>What sign-in needs to know of an account.</summary>
public sealed record SignInAccount
{
    public long Id { get; init; }
    public string SignIn { get; init; } = "";
    public string? PasswordHash { get; init; }
    public int FailedCount { get; init; }

    /// <summary>System clock, UTC.</summary>
    public DateTime? LockedUntil { get; init; }

    /// <summary>The key of the authenticator app, protected; null when there is none.</summary>
    public byte[]? TotpSecret { get; init; }

    /// <summary>The last time step a code was taken for.</summary>
    public long? TotpStep { get; init; }
    public long Passkeys { get; init; }

    public bool HasSecondFactor => TotpSecret is not null || Passkeys > 0;
}

/// <summary>Lock-out after failed passwords. Five wrong ones, then fifteen minutes (face.md P26).</summary>
public static class LockOut
{
    public const int Attempts = 5;
    public static readonly TimeSpan Length = TimeSpan.FromMinutes(15);

    public static bool IsLocked(SignInAccount account, DateTime systemNow) => account.LockedUntil > systemNow;

    public static int MinutesLeft(SignInAccount account, DateTime systemNow) => (int)Math.Ceiling((account.LockedUntil!.Value - systemNow).TotalMinutes);

    /// <summary>The failed count and lock after one more wrong password; an expired lock starts counting anew.</summary>
    public static (int FailedCount, DateTime? LockedUntil) AfterFailure(SignInAccount account, DateTime systemNow)
    {
        var count = account.LockedUntil <= systemNow ? 1 : account.FailedCount + 1;
        return (count, count >= Attempts ? systemNow + Length : null);
    }
}

/// <summary>What a new password must be: length counts, not composition (ASVS 5.0, 6.2.1–6.2.9).</summary>
public static class PasswordRule
{
    public const int Shortest = 12;
    public const int Longest = 128;

    /// <exception cref="InvalidInput">At the field <c>password</c>.</exception>
    public static void Check(string? password, string signIn)
    {
        if (password is not { Length: >= Shortest and <= Longest })
        {
            throw InvalidInput.At<Words>("password", "PasswordLength", Shortest, Longest);
        }
        // A short local part ("m", "aki") stands in many a good password by chance.
        if (signIn.Split('@')[0] is { Length: >= 4 } local && password.Contains(local, StringComparison.OrdinalIgnoreCase) || password.Distinct().Count() < 5)
        {
            throw InvalidInput.At<Words>("password", "PasswordEasy");
        }
    }
}

/// <summary>Addresses that may be a sign-in name.</summary>
public static class MailRule
{
    /// <exception cref="InvalidInput">At <paramref name="field"/>.</exception>
    public static void Check(string mail, string field = "mail")
    {
        if (mail.Length > 254 || !System.Net.Mail.MailAddress.TryCreate(mail, out var read) || read.Address != mail)
        {
            throw InvalidInput.At<Words>(field, "MailAddress");
        }
    }
}

/// <summary>Roles that are granted as rows; the others follow from the rows that name a person (design §7a).</summary>
public static class GrantedRoles
{
    public static readonly IReadOnlyList<Role> All = [Role.Administrator, Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.Reviewer];
}

/// <summary>A role that follows from rows of a room above: an SQL condition on <c>@person</c>, handed in by the map of rooms.</summary>
public sealed record NamedRole(Role Role, string Condition);
