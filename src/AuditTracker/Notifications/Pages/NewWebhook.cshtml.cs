using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>What is typed about a webhook.</summary>
public sealed class WebhookInput
{
    public string? Name { get; set; }
    public string? Kind { get; set; } = "slack";
    public string? Address { get; set; }
    public string? Token { get; set; }
    public string? Language { get; set; } = "ja";
    public List<string> Events { get; set; } = [];

    public WebhookForm ToForm() => new(Name, Kind, Address, Token, Language, Events);
}

/// <summary>Adds a webhook; the key of its signature is shown in the answer, and never again.</summary>
[May(Role.Administrator)]
public sealed class NewWebhookModel(Webhooks webhooks, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [BindProperty] public WebhookInput Input { get; set; } = new();

    public string? Secret { get; private set; }
    public long Added { get; private set; }

    public void OnGet() => Input.Events = ["collection.overdue", "mail.failed", "trail.unsound"];

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            (Added, Secret) = await webhooks.AddAsync(HttpContext.CurrentUser(), Input.ToForm(), ct);
            return Secret is null ? this.Done($"/webhooks/{Added}", words["WebhookAdded"]) : Page();
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
