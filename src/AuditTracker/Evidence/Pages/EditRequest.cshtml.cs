using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Changing a request: a new version; what was opened keeps its own. <c>?item=framework:ref</c> puts an item more into the form.</summary>
[May(Role.ComplianceManager)]
public sealed class EditRequestModel(SaveRequest save, RequestStore requests, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : RequestFormPage(choices, days, words)
{
    [FromRoute] public long Id { get; set; }
    public RequestRow Current { get; private set; } = null!;
    public override string CancelTo => $"/evidence/requests/{Id}";

    public async Task<IActionResult> OnGetAsync(string[] item, CancellationToken ct)
    {
        if (await requests.FindAsync(HttpContext.CurrentUser(), Id, ct) is not { } current)
        {
            return NotFound();
        }
        Current = current;
        Input = RequestFields.Of(current);
        Input.Items.AddRange(item.Except(Input.Items));
        await LoadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? doing, CancellationToken ct)
    {
        if (await requests.FindAsync(HttpContext.CurrentUser(), Id, ct) is not { } current)
        {
            return NotFound();
        }
        Current = current;
        await LoadAsync(ct);
        if (doing != "save")
        {
            return Page();
        }
        if (Read() is not { } input)
        {
            return this.Invalid();
        }
        try
        {
            await save.ChangeAsync(HttpContext.CurrentUser(), Id, Input.Version, input, ct);
            return this.Done($"/evidence/requests/{Id}", T["DoneChanged"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
