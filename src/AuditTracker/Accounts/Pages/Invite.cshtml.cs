using System.ComponentModel.DataAnnotations;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Finds somebody by name or employee number and invites them.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class InviteModel(AccountStore accounts, InvitePerson invite, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    [FromQuery(Name = "find")] public string? Find { get; set; }

    /// <summary>Null before anything was searched for.</summary>
    public IReadOnlyList<Candidate>? Found { get; private set; }

    public sealed class Form
    {
        [Required(ErrorMessage = "PersonEmpty")] public string? EmployeeNo { get; set; }
    }

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        try
        {
            var invited = await invite.RunAsync(HttpContext.CurrentUser(), Input.EmployeeNo!, ct);
            return this.Done($"/accounts/{invited.AccountId}", words[invited.Linked ? "LinkedDone" : "InvitedDone", invited.Name]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private async Task LoadAsync(CancellationToken ct) =>
        Found = string.IsNullOrWhiteSpace(Find) ? null : await accounts.CandidatesAsync(HttpContext.CurrentUser(), Find, ct);
}
