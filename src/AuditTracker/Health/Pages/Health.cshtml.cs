using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Health.Pages;

/// <summary>The operator's page: does everything run, and what wants a hand?</summary>
[May(Role.Administrator)]
public sealed class HealthModel(HealthStore health, IJobEngine engine, ReleaseMails mails, IReadOnlyList<Schedule> schedules, IStringLocalizer<Words> words, IStringLocalizer<Platform.Web.Words> states) : PageModel
{
    public HealthReport Now { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct) => Now = await health.ReadAsync(HttpContext.CurrentUser(), ct);

    /// <summary>Has a job run soon on some worker.</summary>
    public async Task<IActionResult> OnPostRunAsync(string? job, CancellationToken ct)
    {
        if (schedules.All(schedule => schedule.Name != job))
        {
            return NotFound();
        }
        await engine.RunNowAsync(job!, ct);
        return this.Done("/health", words["RunAccepted", job!]);
    }

    /// <summary>Ends the hold on mails after a restore.</summary>
    public async Task<IActionResult> OnPostReleaseAsync(string? waiting, CancellationToken ct)
    {
        if (waiting is not ("send" or "settle"))
        {
            return NotFound();
        }
        try
        {
            var settled = await mails.RunAsync(HttpContext.CurrentUser(), waiting == "send", ct);
            return this.Done("/health", settled == 0 ? words["Released"] : words["ReleasedSettled", settled]);
        }
        catch (Refusal refusal)
        {
            await OnGetAsync(ct);
            return this.Refused(refusal);
        }
    }

    public static Shape ShapeOf(bool isSound) => isSound ? Shape.Done : Shape.Late;

    public static Shape ShapeOf(ProcessHealth process) => process.State switch { "running" => Shape.Done, "silent" => Shape.Late, _ => process.Works ? Shape.Late : Shape.Out };

    public static Shape ShapeOf(JobHealth job) => job.State switch { "done" => Shape.Done, "failed" => Shape.Late, "running" => Shape.Half, _ => Shape.Wait };

    public string MailWord(string state) => states[States.Of("mail." + state).WordKey];
}
