using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>How long files are kept, by class; holds that stop destruction; requests whose files are of another class.</summary>
[May(Role.ComplianceManager)]
public sealed class RetentionModel(DueFiles files, DecideRetention decide, BusinessClock clock, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        public string? Reach { get; set; } = "request";
        public string? What { get; set; }
        public string? Reason { get; set; }
        public string? Request { get; set; }
        public string? Class { get; set; }
        public string? Of { get; set; }
        public string? Months { get; set; }
        public string? ValidFrom { get; set; }
        public string? Basis { get; set; }
        public string? BasisEn { get; set; }
    }

    [BindProperty] public Fields Input { get; set; } = new();
    public DateOnly Today { get; private set; }
    public IReadOnlyList<RetentionRule> Rules { get; private set; } = [];
    public IReadOnlyList<RetentionHold> Holds { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        (Rules, Holds) = await files.RulesAsync(HttpContext.CurrentUser(), ct);
        Today = (await clock.NowAsync(ct)).Today;
    }

    public Task<IActionResult> OnPostHoldAsync(CancellationToken ct) => ActAsync(() => decide.HoldAsync(HttpContext.CurrentUser(), Input.Reach, Input.What, Input.Reason, ct), "DoneHeld", ct);

    public Task<IActionResult> OnPostReleaseAsync(long hold, CancellationToken ct) => ActAsync(() => decide.ReleaseAsync(HttpContext.CurrentUser(), hold, Input.Reason, ct), "DoneHoldReleased", ct);

    public Task<IActionResult> OnPostClassifyAsync(CancellationToken ct) => ActAsync(() => decide.ClassifyAsync(HttpContext.CurrentUser(), Input.Request, Input.Class, ct), "DoneClassified", ct);

    public Task<IActionResult> OnPostTermAsync(CancellationToken ct) => ActAsync(() => decide.SetTermAsync(
        HttpContext.CurrentUser(), Input.Of, RequestFields.Number(Input.Months), TypedDate.ReadOptional(Input.ValidFrom, "validFrom"), Input.Basis, Input.BasisEn, ct), "DoneTermSet", ct);

    private async Task<IActionResult> ActAsync(Func<Task> act, string done, CancellationToken ct)
    {
        try
        {
            await act();
            return this.Done("/evidence/retention", words[done]);
        }
        catch (Refusal refusal)
        {
            await OnGetAsync(ct);
            return this.Refused(refusal);
        }
    }
}
