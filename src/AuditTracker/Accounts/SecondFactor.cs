using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>Who must have a second factor (design §7a), and what an account has.</summary>
public static class SecondFactor
{
    public const string Totp = "totp";
    public const string Recovery = "recovery";
    public const string Passkey = "passkey";

    /// <summary>The roles that see or change so much that a password alone is not enough; outside the demo.</summary>
    public static bool IsRequiredOf(CurrentUser user) => user.Roles.Overlaps(Guarded);

    /// <summary>The same person without these roles: what a token may do that was made with a password alone.</summary>
    public static CurrentUser Without(CurrentUser user) => user with { Roles = user.Roles.Except(Guarded).ToHashSet() };

    private static readonly Role[] Guarded = [Role.Administrator, Role.ComplianceManager, Role.InternalAuditor, Role.Management];
}

/// <summary>The second factors of an account, as its person sees them.</summary>
/// <param name="TotpSince">Since when there is an authenticator app; null: none. System clock, UTC.</param>
/// <param name="Codes">Recovery codes that may still be used.</param>
public sealed record Factors(DateTime? TotpSince, long Passkeys, long Codes)
{
    public bool Any => TotpSince is not null || Passkeys > 0;
}
