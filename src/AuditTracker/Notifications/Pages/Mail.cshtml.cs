using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>One mail: what it holds, how it went, and the decision it waits for.</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class MailModel(MailLedger ledger, SendMailNow now, ResolveMail resolve, IStringLocalizer<Words> words) : PageModel
{
    [FromRoute(Name = "id")] public long Id { get; set; }

    public LedgerRecord Record { get; private set; } = null!;

    /// <summary>Why a decision could not be carried out.</summary>
    public string? Refused { get; private set; }

    /// <summary>May read what the mail says and decide about it.</summary>
    public bool Decides { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : NotFound();

    /// <summary>The HTML part as a file: it is never shown inside our own pages.</summary>
    public async Task<IActionResult> OnGetHtmlAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct) || Record.Html is null)
        {
            return NotFound();
        }
        Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'; style-src 'unsafe-inline'";
        return File(Encoding.UTF8.GetBytes(Record.Html), "text/html; charset=utf-8", $"mail-{Id}.html");
    }

    public Task<IActionResult> OnPostNowAsync(CancellationToken ct) => DecideAsync("NowAccepted", async user => { await now.RunAsync(user, Id, ct); return Id; }, ct);

    public Task<IActionResult> OnPostArrivedAsync(CancellationToken ct) => DecideAsync("ArrivedNoted", async user => { await resolve.ArrivedAsync(user, Id, ct); return Id; }, ct);

    public Task<IActionResult> OnPostAgainAsync(CancellationToken ct) => DecideAsync("AgainAccepted", user => resolve.SendAgainAsync(user, Id, ct), ct);

    private async Task<IActionResult> DecideAsync(string done, Func<CurrentUser, Task<long>> decide, CancellationToken ct)
    {
        try
        {
            return this.Done($"/mails/{await decide(HttpContext.CurrentUser())}", words[done]);
        }
        catch (Refusal refusal) when (refusal is not InvalidInput)
        {
            if (!await LoadAsync(ct))
            {
                return NotFound();
            }
            Refused = words[refusal.Key];
            Response.StatusCode = StatusCodes.Status409Conflict;
            return Page();
        }
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await ledger.FindAsync(user, Id, ct) is not { } record)
        {
            return false;
        }
        (Record, Decides) = (record, user.Is(Role.ComplianceManager));
        return true;
    }
}
