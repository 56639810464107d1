using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>What the reader was told: unread, read, settled.</summary>
[May]
public sealed class InboxModel(Inbox inbox, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [FromQuery(Name = "unread")] public bool Unread { get; set; }

    public ListPage<InboxItem> Found { get; private set; } = new([], null, null);
    public long Total { get; private set; }
    public long UnreadCount { get; private set; }

    /// <summary>The newest notice on the page: すべて既読 goes no further.</summary>
    public long Newest { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Found = await inbox.ListAsync(user, Unread, Request.Slice([Inbox.Newest]), ct);
        UnreadCount = await inbox.CountAsync(user, unread: true, ct);
        Total = Unread ? UnreadCount : await inbox.CountAsync(user, unread: false, ct);
        Newest = await inbox.NewestAsync(user, ct);
    }

    /// <summary>For the count in the header: asking is no use of the session.</summary>
    public async Task<IActionResult> OnGetCountAsync(CancellationToken ct) => new JsonResult(new { unread = await inbox.CountAsync(HttpContext.CurrentUser(), unread: true, ct) });

    public async Task<IActionResult> OnPostReadAsync(long id, CancellationToken ct)
    {
        await inbox.ReadAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done("/inbox", words["MarkedRead"]);
    }

    public async Task<IActionResult> OnPostAllAsync(long upTo, CancellationToken ct) =>
        this.Done("/inbox", words["AllMarkedRead", await inbox.ReadAllAsync(HttpContext.CurrentUser(), upTo, ct)]);

    public string Name(InboxItem item) => item.Title is { } title ? words["InboxItem", MailNames.Of(words, item.Template), title] : MailNames.Of(words, item.Template);
}
