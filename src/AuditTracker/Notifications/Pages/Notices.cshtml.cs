using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>Who was told what, by which server it went, whether they opened it, and when it was settled: what an auditor asks for.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor)]
public sealed class NoticesModel(NoticeLedger ledger, MailSamples samples, IStringLocalizer<AuditTracker.Notifications.Words> words, IStringLocalizer<Platform.Web.Words> states) : PageModel
{
    [FromQuery(Name = "about")] public string? About { get; set; }
    [FromQuery(Name = "kind")] public string? Kind { get; set; }

    public ListPage<LedgerLine> Found { get; private set; } = new([], null, null);
    public long Total { get; private set; }

    /// <summary>Of the one matter that was asked for; null: none was.</summary>
    public Reminded? Reminded { get; private set; }

    public bool MayOpenMails => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public IEnumerable<string> Kinds => samples.Mails.Where(mail => !mail.StartsWith("notifications/", StringComparison.Ordinal));
    /// <summary>A kind that there is; anything else asks for no kind.</summary>
    private string? KnownKind => Given(Kind) is { } kind && samples.Has(kind) ? kind : null;

    public IReadOnlyList<Chip> Chips => [.. new[] { (Given(About), "about"), (KnownKind is { } kind ? MailNames.Of(words, kind) : null, "kind") }.Where(pair => pair.Item1 is not null).Select(pair => new Chip(pair.Item1!, pair.Item2))];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Found = await ledger.ListAsync(user, Given(About), KnownKind, Request.Slice([NoticeLedger.Newest]), ct);
        Total = await ledger.CountAsync(user, Given(About), KnownKind, ct);
        Reminded = Given(About) is { } about ? await ledger.RemindedAsync(user, about, ct) : null;
    }

    /// <summary>この内容をExcelで.</summary>
    public IActionResult OnGetExcel(CancellationToken ct)
    {
        var slice = Request.Slice([NoticeLedger.Newest]);
        return new ListSheet<LedgerLine>(words["NoticeLedger"], [.. Chips.Select(chip => chip.Text)], words["ToldAt"], slice.Descending,
        [
            new(words["To"], 16, (sheet, row) => sheet.Text(row.ToName)),
            new(words["Address"], 30, (sheet, row) => sheet.Text(row.ToAddress)),
            new(words["NoticeKind"], 24, (sheet, row) => sheet.Text(MailNames.Of(words, row.Template))),
            new(words["About"], 40, (sheet, row) => sheet.Text(row.Title)),
            new(words["Subject"], 18, (sheet, row) => sheet.Text(row.Subject, CellStyle.Code)),
            new(words["DueOn"], 12, (sheet, row) => sheet.Date(row.DueOn)),
            new(words["ToldAt"], 17, (sheet, row) => sheet.Instant(row.ToldAt)),
            new(words["State"], 12, (sheet, row) => sheet.Text(row.State is { } state ? states[Platform.Web.States.Of("mail." + state).WordKey] : words[row.ClosedAt is null ? "WaitsForMail" : "NeverMailed"])),
            new(words["HandedAt"], 17, (sheet, row) => sheet.Instant(row.HandedAt)),
            new(words["Via"], 24, (sheet, row) => sheet.Text(row.Via)),
            new(words["Reply"], 40, (sheet, row) => sheet.Text(row.Reply)),
            new(words["EarlierReply"], 40, (sheet, row) => sheet.Text(row.Earlier)),
            new(words["Bounced"], 17, (sheet, row) => sheet.Instant(row.BouncedAt)),
            new(words["OpenedAt"], 17, (sheet, row) => sheet.Instant(row.OpenedAt)),
            new(words["SettledAt"], 17, (sheet, row) => sheet.Instant(row.ClosedAt)),
        ], ledger.AllAsync(HttpContext.CurrentUser(), Given(About), KnownKind, slice, ct));
    }

    /// <summary>A NUL is no letter PostgreSQL takes.</summary>
    private static string? Given(string? value) => value?.Replace("\0", "", StringComparison.Ordinal).Trim() is { Length: > 0 } given ? given : null;
}
