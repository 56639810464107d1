namespace AuditTracker.Platform.Security;

/// <summary>The roles of design §7a, in the wire's spelling when written with <see cref="RoleNames.Wire"/>.</summary>
public enum Role { Administrator, ComplianceManager, ControlOwner, Reviewer, InternalAuditor, Management, Employee, ExternalAuditor }

/// <summary>Role names as the API and the database spell them.</summary>
public static class RoleNames
{
    public static string Wire(this Role role) => char.ToLowerInvariant(role.ToString()[0]) + role.ToString()[1..];

    public static bool TryParse(string wire, out Role role) => Enum.TryParse(wire, ignoreCase: true, out role) && role.Wire() == wire;
}

/// <summary>
/// Who is asking, as of this request: loaded from rows by Accounts, so a leaver or an ended role is gone the same minute.
/// Roles add up. Statements put its values into their WHERE; nothing is filtered afterwards.
/// </summary>
public sealed record CurrentUser
{
    public required long AccountId { get; init; }

    /// <summary>The person behind the account; null for a technical administrator.</summary>
    public long? PersonId { get; init; }
    public string? EmployeeNo { get; init; }

    /// <summary>The sign-in name (a mail address).</summary>
    public required string SignIn { get; init; }
    public required string Name { get; init; }

    /// <summary><c>ja</c> or <c>en</c>.</summary>
    public required string Language { get; init; }
    public required IReadOnlySet<Role> Roles { get; init; }

    /// <summary><c>system</c>, <c>light</c> or <c>dark</c>; null when this person never chose.</summary>
    public string? Theme { get; init; }

    /// <summary>Lists with lower rows.</summary>
    public bool IsDense { get; init; }

    /// <summary>A role asks for a second factor and this session came in without one: only what carries <see cref="BeforeSecondFactorAttribute"/> opens.</summary>
    public bool MustEnrol { get; init; }
    public required string RequestId { get; init; }

    public bool Is(Role role) => Roles.Contains(role);
    public bool IsAny(params ReadOnlySpan<Role> roles)
    {
        foreach (var role in roles)
        {
            if (Roles.Contains(role))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Sees items, requests, collections and evidence of everybody (design §7a): compliance manager, internal auditor, management.</summary>
    public bool SeesAllEvidence => IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management);

    /// <summary>Values marked personal in the trail are shown to compliance managers only.</summary>
    public bool SeesPersonalValues => Is(Role.ComplianceManager);
}
