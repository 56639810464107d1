using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Evidence.Pages;

/// <summary>Waivers and due dates that others asked for and the reader decides on.</summary>
[May(Role.ComplianceManager, Role.Reviewer)]
public sealed class AsksModel(CollectionNotes notes, CompanyDays days) : PageModel
{
    public CompanyDay Day { get; private set; } = null!;
    public ListPage<AskRow> List { get; private set; } = null!;
    public long Total { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        var total = notes.CountWaitingAsync(HttpContext.CurrentUser(), ListQuery.Cap, ct);
        List = await notes.WaitingAsync(HttpContext.CurrentUser(), Request.Slice(CollectionNotes.Asked), ct);
        Total = await total;
    }
}
