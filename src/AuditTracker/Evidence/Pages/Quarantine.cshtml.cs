using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>One finding of the virus scanner: what was found in which files, and the decision on it.</summary>
[May(Role.ComplianceManager)]
public sealed class QuarantineModel(Quarantine quarantine, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        public string? Reason { get; set; }
    }

    [BindProperty] public Fields Input { get; set; } = new();
    public QuarantineRow Row { get; private set; } = null!;
    public IReadOnlyList<QuarantinedFile> Files { get; private set; } = [];
    public CompanyDay Day { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (await quarantine.FindAsync(HttpContext.CurrentUser(), id, ct) is not { } found)
        {
            return NotFound();
        }
        (Row, Files) = found;
        Day = await days.LoadAsync(ct);
        return Page();
    }

    public Task<IActionResult> OnPostReleaseAsync(long id, CancellationToken ct) => DecideAsync(id, "released", "DoneReleased", ct);

    public Task<IActionResult> OnPostConfirmAsync(long id, CancellationToken ct) => DecideAsync(id, "confirmed", "DoneConfirmed", ct);

    private async Task<IActionResult> DecideAsync(long id, string decision, string done, CancellationToken ct)
    {
        try
        {
            await quarantine.DecideAsync(HttpContext.CurrentUser(), id, decision, Input.Reason, ct);
            return this.Done($"/evidence/quarantine/{id}", words[done]);
        }
        catch (Refusal refusal)
        {
            var shown = await OnGetAsync(id, ct);
            return shown is PageResult ? this.Refused(refusal) : shown;
        }
    }
}
