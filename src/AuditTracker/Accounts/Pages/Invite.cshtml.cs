using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Finds whom to invite: by name or employee number, or everybody who has open work and no way in.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class InviteModel(AccountStore accounts, OwingSource owing, TimeProvider time) : PageModel
{
    [FromQuery(Name = "find")] public string? Find { get; set; }

    /// <summary>Null before anything was searched for.</summary>
    public IReadOnlyList<Candidate>? Found { get; private set; }

    /// <summary>How many have open work and no way in, and how many of them are invited.</summary>
    public OwingCount Owing { get; private set; } = new(0, 0);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Found = string.IsNullOrWhiteSpace(Find) ? null : await accounts.CandidatesAsync(HttpContext.CurrentUser(), Find, ct);
        Owing = await accounts.OwingCountAsync(HttpContext.CurrentUser(), owing, time.GetUtcNow().UtcDateTime, ct);
    }
}
