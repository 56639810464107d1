using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>Which campaigns are there, and how far is each?</summary>
[May]
public sealed class IndexModel(CampaignStore campaigns, BusinessClock clock) : PageModel
{
    public ListPage<CampaignRow> List { get; private set; } = null!;
    /// <summary>Some of those who joined and wait for a training.</summary>
    public IReadOnlyList<WaitingJoiner> Waiting { get; private set; } = [];
    public DateOnly Today { get; private set; }
    public bool MayPlan => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        Today = (await clock.NowAsync(ct)).Today;
        Waiting = await campaigns.WaitingJoinersAsync(HttpContext.CurrentUser(), 10, ct);
        List = await campaigns.PageAsync(HttpContext.CurrentUser(), Request.Slice(CampaignStore.Orders), ct);
    }
}
