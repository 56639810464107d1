using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Company.Pages;

/// <summary>Which changes does the review body have to be told of, and which was it told of when?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class ChangeReportsModel(ChangeReports reports, BusinessClock clock) : PageModel
{
    public IReadOnlyList<ChangeReport> Rows { get; private set; } = [];
    public DateOnly Today { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        (_, Today) = await clock.NowAsync(ct);
        Rows = await reports.ListAsync(HttpContext.CurrentUser(), ct);
    }
}
