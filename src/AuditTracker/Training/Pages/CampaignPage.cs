using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>What the pages of one campaign share.</summary>
public abstract class CampaignPage(CampaignStore campaigns, BusinessClock clock, IStringLocalizer<Words> words) : PageModel
{
    public Campaign Campaign { get; private set; } = null!;
    public DateTime Now { get; private set; }
    public DateOnly Today { get; private set; }
    public string At => $"/training/campaigns/{Campaign.Id}";
    public CurrentUser Caller => HttpContext.CurrentUser();
    public bool IsManager => Caller.Is(Role.ComplianceManager);
    public bool MayApprove => PlanCampaign.MayApprove(Caller);
    protected CampaignStore Campaigns => campaigns;
    protected IStringLocalizer<Words> T => words;

    protected async Task<bool> FindAsync(long id, CancellationToken ct)
    {
        (Now, Today) = await clock.NowAsync(ct);
        if (await campaigns.FindAsync(Caller, id, ct) is not { } found)
        {
            return false;
        }
        Campaign = found;
        return true;
    }

    /// <summary>Does it and goes on with a notice, or shows the page again with what a rule said.</summary>
    protected async Task<IActionResult> ActAsync(Func<Task<string>> act, string path, Func<Task<bool>> reload)
    {
        try
        {
            return this.Done(path, await act());
        }
        catch (Refusal refusal)
        {
            return await reload() ? this.Refused(refusal) : NotFound();
        }
    }
}
