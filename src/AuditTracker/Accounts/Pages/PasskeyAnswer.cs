namespace AuditTracker.Accounts.Pages;

/// <summary>What the browser's script puts into a form.</summary>
public sealed class PasskeyAnswer
{
    public string? Key { get; set; }
    public string? Credential { get; set; }
}
