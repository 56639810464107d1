using AuditTracker.Controls;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports.Pages;

/// <summary>One run: how far it is, what came out, who took it, or why it failed.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class RunModel(ReportRunStore runs, RequestReport request, DownloadReport download, ControlStore controls, IStringLocalizer<Words> words) : PageModel
{
    [FromRoute(Name = "id")] public long Id { get; set; }

    public ReportRun Run { get; private set; } = null!;
    public string Framework { get; private set; } = "";
    public bool MayAsk { get; private set; }
    public IReadOnlyList<ReportDownload> Downloads { get; private set; } = [];
    public bool IsUnderWay => Run.State is "queued" or "running";
    public string Stage => RunText.Stage(words, Run.Stage);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await runs.FindAsync(user, Id, ct) is not { } run)
        {
            return NotFound();
        }
        Run = run;
        MayAsk = ReportRunStore.MayAsk(user);
        var language = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
        Framework = (await controls.FrameworksAsync(ct)).First(known => known.Key == run.Framework).Short(language);
        Downloads = run.State == "done" ? await runs.DownloadsAsync(user, Id, ct) : [];
        return Page();
    }

    /// <summary>What the bar asks every few seconds.</summary>
    public async Task<IActionResult> OnGetProgressAsync(CancellationToken ct) =>
        await runs.FindAsync(HttpContext.CurrentUser(), Id, ct) is { } run
            ? new JsonResult(new { state = run.State, stage = RunText.Stage(words, run.Stage), done = run.Done, total = run.Total })
            : NotFound();

    public async Task<IActionResult> OnGetFileAsync(CancellationToken ct) => await download.TakeAsync(HttpContext.CurrentUser(), Id, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await request.AskAgainAsync(HttpContext.CurrentUser(), Id, ct);
        return this.Done($"/reports/runs/{Id}", words["Asked"]);
    }
}
