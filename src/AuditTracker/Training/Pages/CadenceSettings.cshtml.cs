using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>When who is told.</summary>
[May(Role.ComplianceManager)]
public sealed class CadenceSettingsModel(Cadence cadence, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public List<Row> Input { get; set; } = [];
    public IReadOnlyList<CadenceStep> Steps { get; private set; } = [];

    public sealed class Row
    {
        public string Step { get; set; } = "";
        public int Days { get; set; }
        public int? RepeatDays { get; set; }
        public bool Active { get; set; }
    }

    public async Task OnGetAsync(CancellationToken ct) => Steps = await cadence.LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Steps = await cadence.LoadAsync(ct);
        Steps = [.. Steps.Select(step => Input.FirstOrDefault(row => row.Step == step.Step) is { } typed ? step with { Days = typed.Days, RepeatDays = step.RepeatDays is null ? null : typed.RepeatDays, Active = typed.Active } : step)];
        if (!ModelState.IsValid)
        {
            return this.Invalid("", words["CadenceDays"]);
        }
        try
        {
            await cadence.ChangeAsync(HttpContext.CurrentUser(), Steps, ct);
            return this.Done("/training/cadence", words["DoneCadence"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
