using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>The mail ledger: did it reach them, and what must a person decide?</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class MailsModel(MailLedger ledger, SendTestMail test, IStringLocalizer<Words> words, IStringLocalizer<Platform.Web.Words> states) : PageModel
{
    /// <summary>The tabs, in the order in which a mail goes through them, those to decide about first.</summary>
    public static IReadOnlyList<string> States { get; } = ["unknown", "failed", "deferred", "queued", "sending", "accepted"];

    [FromQuery(Name = "state")] public string? State { get; set; }
    [FromQuery(Name = "before")] public string? Before { get; set; }
    [FromQuery(Name = "after")] public string? After { get; set; }

    public LedgerPage Found { get; private set; } = new([], null, null);
    public IReadOnlyDictionary<string, int> Counts { get; private set; } = new Dictionary<string, int>();

    /// <summary>May read what mails say and decide about them.</summary>
    public bool Decides { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(State) && !States.Contains(State))
        {
            return NotFound();
        }
        var user = HttpContext.CurrentUser();
        Decides = user.Is(Role.ComplianceManager);
        Found = await ledger.ListAsync(user, string.IsNullOrEmpty(State) ? null : State, Before, After, ct);
        Counts = await ledger.CountsAsync(user, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostTestAsync(CancellationToken ct)
    {
        await test.RunAsync(HttpContext.CurrentUser(), ct);
        return this.Done("/mails", words["TestAccepted"]);
    }

    public string Word(string state) => states[Platform.Web.States.Of("mail." + state).WordKey];
}
