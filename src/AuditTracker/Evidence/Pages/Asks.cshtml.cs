using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Evidence.Pages;

/// <summary>Waivers and due dates that others asked for and the reader decides on.</summary>
[May(Role.ComplianceManager, Role.Reviewer)]
public sealed class AsksModel(CollectionNotes notes, CompanyDays days) : PageModel
{
    public CompanyDay Day { get; private set; } = null!;
    public IReadOnlyList<AskRow> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        Rows = await notes.WaitingAsync(HttpContext.CurrentUser(), ct);
    }
}
