using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>The report at the end: written by one, approved by another, and then the campaign is closed.</summary>
[May(Role.ComplianceManager, Role.Management, Role.InternalAuditor)]
public sealed class ReportModel(CampaignStore campaigns, CloseCampaign close, BusinessClock clock, IStringLocalizer<Words> words) : CampaignPage(campaigns, clock, words)
{
    [BindProperty] public Form Input { get; set; } = new();
    public Numbers Numbers { get; private set; } = null!;
    public IReadOnlyList<Stamp> Stamps => [new(T["StampApproved"], Family(Campaign.ClosedBy), Day(Campaign.ClosedAt)), new(T["StampMade"], Family(Campaign.ReportedBy), Day(Campaign.ReportedAt))];

    public sealed class Form
    {
        public string? Report { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var found = await LoadAsync(id, ct);
        Input.Report = found ? Campaign.Report : null;
        return found ? Page() : NotFound();
    }

    public Task<IActionResult> OnPostAsync(long id, CancellationToken ct) => ActAsync(async () => { await close.ReportAsync(Caller, id, Input.Report ?? "", ct); return T["DoneReported"]; }, $"/training/campaigns/{id}/report", () => LoadAsync(id, ct));

    public Task<IActionResult> OnPostApproveAsync(long id, CancellationToken ct) => ActAsync(async () => { await close.ApproveAsync(Caller, id, ct); return T["DoneClosed"]; }, $"/training/campaigns/{id}/report", () => LoadAsync(id, ct));

    public Task<IActionResult> OnPostGoOnAsync(long id, CancellationToken ct) => ActAsync(async () => { await close.GoOnAsync(Caller, id, ct); return T["DoneGoOn"]; }, $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct))
        {
            return false;
        }
        Numbers = await Campaigns.NumbersAsync(Caller, id, Campaign.ClosedAt ?? Now, ct);
        return true;
    }

    private static string? Family(string? name) => name?.Split(' ')[0];

    private static DateOnly? Day(DateTime? at) => at is { } instant ? JapanTime.DateOf(instant) : null;
}
