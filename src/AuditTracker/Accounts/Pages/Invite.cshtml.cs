using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Finds whom to invite: by name or employee number, or everybody who has open work and no way in.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class InviteModel(AccountStore accounts, OwingSource owing) : PageModel
{
    [FromQuery(Name = "find")] public string? Find { get; set; }

    /// <summary>Null before anything was searched for.</summary>
    public IReadOnlyList<Candidate>? Found { get; private set; }

    /// <summary>How many have open work and no way in.</summary>
    public long Owing { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Found = string.IsNullOrWhiteSpace(Find) ? null : await accounts.CandidatesAsync(HttpContext.CurrentUser(), Find, ct);
        Owing = await accounts.OwingCountAsync(HttpContext.CurrentUser(), owing, ct);
    }
}
