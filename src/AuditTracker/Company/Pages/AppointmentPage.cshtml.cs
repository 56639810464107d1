using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>One appointment: its facts, its end, and taking back what was entered by mistake.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class AppointmentPageModel(Db db, BusinessClock clock, Appoint appoint, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public Appointment? Held { get; private set; }
    public bool May => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public sealed class Form
    {
        public string? ToOn { get; set; }
        public string? Reason { get; set; }
    }

    public async Task OnGetAsync(long id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Input.ToOn = DateText.Plain(Held!.ToOn ?? (await clock.NowAsync(ct)).Today, "ja");
    }

    public Task<IActionResult> OnPostEndAsync(long id, CancellationToken ct) => RunAsync(id, "EndedDone",
        async () => await appoint.EndAsync(HttpContext.CurrentUser(), id, TypedDate.Read(Input.ToOn, "toOn", await RunningYear.LoadAsync(db, ct)), ct), ct);

    public Task<IActionResult> OnPostWithdrawAsync(long id, CancellationToken ct) => RunAsync(id, "WithdrawnDone",
        () => appoint.WithdrawAsync(HttpContext.CurrentUser(), id, Input.Reason ?? "", ct), ct);

    private async Task<IActionResult> RunAsync(long id, string done, Func<Task> run, CancellationToken ct)
    {
        try
        {
            await run();
            return this.Done("/company/appointments", words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            return this.Refused(refusal);
        }
    }

    private async Task LoadAsync(long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        Held = await AppointmentStore.FindAsync(connection, id, ct) ?? throw new NotFound();
    }
}
