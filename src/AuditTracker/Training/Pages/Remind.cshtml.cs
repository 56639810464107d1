using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>Telling everybody who is not done once more: whom, when, and what.</summary>
[May(Role.ComplianceManager)]
public sealed class RemindModel(CampaignStore campaigns, RemindTrainees reminding, BusinessClock clock, IStringLocalizer<Words> words) : CampaignPage(campaigns, clock, words)
{
    public Numbers Numbers { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    public Task<IActionResult> OnPostAsync(long id, CancellationToken ct) => ActAsync(async () => T["DoneReminded", await reminding.ByHandAsync(Caller, id, null, ct)], $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct))
        {
            return false;
        }
        Numbers = await Campaigns.NumbersAsync(Caller, id, Now, ct);
        return true;
    }
}
