using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Notifications.Pages;

/// <summary>Where events are told, and whether it goes well.</summary>
[May(Role.Administrator)]
public sealed class WebhooksModel(WebhookStore store) : PageModel
{
    public IReadOnlyList<ShownWebhook> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await store.ListAsync(HttpContext.CurrentUser(), ct);
}
