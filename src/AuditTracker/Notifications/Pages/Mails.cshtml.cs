using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>The mail ledger: did it reach them, and what must a person decide?</summary>
[May(Role.ComplianceManager, Role.Administrator)]
public sealed class MailsModel(MailLedger ledger, SendTestMail test, IStringLocalizer<AuditTracker.Notifications.Words> words, IStringLocalizer<Platform.Web.Words> states) : PageModel
{
    /// <summary>The tabs, in the order in which a mail goes through them, those to decide about first.</summary>
    public static IReadOnlyList<string> States { get; } = ["unknown", "failed", "deferred", "queued", "sending", "accepted"];

    [FromQuery(Name = "state")] public string? State { get; set; }

    public ListPage<LedgerMail> Found { get; private set; } = new([], null, null);
    public IReadOnlyDictionary<string, int> Counts { get; private set; } = new Dictionary<string, int>();

    /// <summary>Rows of the list, exact to 10,000.</summary>
    public long Total { get; private set; }

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
        Total = await ledger.CountAsync(user, string.IsNullOrEmpty(State) ? null : State, ct);
        Found = await ledger.ListAsync(user, string.IsNullOrEmpty(State) ? null : State, Request.Slice(MailOrders.All), ct);
        Counts = await ledger.CountsAsync(user, ct);
        return Page();
    }

    /// <summary>この内容をExcelで.</summary>
    public IActionResult OnGetExcel(CancellationToken ct)
    {
        if (!string.IsNullOrEmpty(State) && !States.Contains(State))
        {
            return NotFound();
        }
        var user = HttpContext.CurrentUser();
        var state = string.IsNullOrEmpty(State) ? null : State;
        var slice = Request.Slice(MailOrders.All);
        Decides = user.Is(Role.ComplianceManager);
        return new ListSheet<LedgerMail>(words["MailLedger"], state is null ? [] : [Word(state)], words[slice.Order == MailOrders.To ? "Address" : "When"], slice.Descending,
        [
            new(words["To"], 16, (sheet, mail) => sheet.Text(mail.ToName)),
            new(words["Address"], 32, (sheet, mail) => sheet.Text(mail.ToAddress)),
            new(words["State"], 12, (sheet, mail) => sheet.Text(Word(mail.State))),
            new(words["When"], 17, (sheet, mail) => sheet.Instant(mail.LeavesAt is null ? mail.At : null)),
            new(words["Leaves"], 17, (sheet, mail) => sheet.Instant(mail.LeavesAt)),
            new(words[Decides ? "SubjectLine" : "Kind"], 50, (sheet, mail) => sheet.Text(Says(mail))),
            new(words["Notices"], 8, (sheet, mail) => sheet.Number(mail.Notices)),
            new(words["Reply"], 40, (sheet, mail) => sheet.Text(mail.State == "accepted" ? null : mail.Reply)),
        ], ledger.AllAsync(user, state, slice, ct));
    }

    /// <summary>The subject for those who may read it; the kind of mail for others.</summary>
    public string Says(LedgerMail mail) => Decides ? mail.Subject ?? words[mail.State == "queued" ? "NotWrittenYet" : "Erased"] : words[mail.Kind == "daily" ? "KindDaily" : "KindNow"];

    public async Task<IActionResult> OnPostTestAsync(CancellationToken ct)
    {
        var id = await test.RunAsync(HttpContext.CurrentUser(), ct);
        return this.Done($"/mails/{id}", words["TestAccepted"]);
    }

    public string Word(string state) => states[Platform.Web.States.Of("mail." + state).WordKey];
}
