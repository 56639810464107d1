using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>What exactly is reported to the review body, until when, and that it was done.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class ChangeReportModel(Db db, ChangeReports reports, BusinessClock clock, Deadlines deadlines, NameActors names, TrailWords trail, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public ChangeReport Report { get; private set; } = null!;

    /// <summary>The company as it is from the day of the change on.</summary>
    public CompanyProfile Company { get; private set; } = new();
    public DeadlineRule? Rule { get; private set; }
    public DateOnly Today { get; private set; }
    public DateTime Now { get; private set; }
    public string ClosedBy { get; private set; } = "";
    public bool May => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public sealed class Form
    {
        public string? ReportedOn { get; set; }
        public string? Note { get; set; }
    }

    public async Task OnGetAsync(long id, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        Input.ReportedOn = DateText.Plain(Today, "ja");
    }

    public Task<IActionResult> OnPostAsync(long id, CancellationToken ct) =>
        RunAsync(id, "ReportDoneSaid", async () => await reports.CloseAsync(HttpContext.CurrentUser(), id, TypedDate.Read(Input.ReportedOn, "reportedOn", await RunningYear.LoadAsync(db, ct)), Input.Note, ct), ct);

    public Task<IActionResult> OnPostNotNeededAsync(long id, CancellationToken ct) => RunAsync(id, "ReportNotNeededSaid", () => reports.CloseAsync(HttpContext.CurrentUser(), id, null, Input.Note, ct), ct);

    public Task<IActionResult> OnPostReopenAsync(long id, CancellationToken ct) => RunAsync(id, "ReportReopened", () => reports.ReopenAsync(HttpContext.CurrentUser(), id, ct), ct);

    private async Task<IActionResult> RunAsync(long id, string done, Func<Task> run, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        try
        {
            await run();
            return this.Done($"/company/change-reports/{id}", words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            return this.Refused(refusal);
        }
    }

    private async Task LoadAsync(long id, CancellationToken ct)
    {
        Report = await reports.FindAsync(HttpContext.CurrentUser(), id, ct) ?? throw new NotFound();
        (Now, Today) = await clock.NowAsync(ct);
        Rule = deadlines[ChangeReports.Duty].RuleFor(Report.ChangedOn);
        await using var connection = await db.OpenAsync(ct);
        Company = await CompanyStore.LoadAsync(connection, Report.ChangedOn, ct);
        ClosedBy = Report.ClosedBy is { } by ? trail.Who(by, (await names([by], ct)).GetValueOrDefault(by)) : "";
    }
}
