using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>What the file would change, and the button that does it.</summary>
[May(Role.ComplianceManager)]
public sealed class HolidayDifferencesModel(ImportHolidays import, IStringLocalizer<Words> words) : PageModel
{
    public HolidayImport? Import { get; private set; }
    public IReadOnlyList<HolidayDifference> Differences { get; private set; } = [];

    public async Task OnGetAsync(long id, CancellationToken ct) => (Import, Differences) = await import.PreviewAsync(HttpContext.CurrentUser(), id, ct);

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        var changed = await import.ApplyAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done("/company/calendar", words["HolidaysImported", changed]);
    }
}
