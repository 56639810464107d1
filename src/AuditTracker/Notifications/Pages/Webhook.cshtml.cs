using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications.Pages;

/// <summary>One webhook: what it is told, how each delivery went, and what was given up.</summary>
[May(Role.Administrator)]
public sealed class WebhookModel(Webhooks webhooks, WebhookStore store, IStringLocalizer<AuditTracker.Notifications.Words> words) : PageModel
{
    [FromRoute(Name = "id")] public long Id { get; set; }

    [BindProperty] public WebhookInput Input { get; set; } = new();

    public ShownWebhook Hook { get; private set; } = null!;
    public ListPage<ShownDelivery> Found { get; private set; } = new([], null, null);
    public long Total { get; private set; }
    public CheckFirst? Check { get; private set; }

    /// <summary>A key just made; shown in this answer and never again.</summary>
    public string? Secret { get; private set; }

    public async Task OnGetAsync(string? check, CancellationToken ct)
    {
        await LoadAsync(ct);
        Input = new WebhookInput { Events = [.. Hook.Events], Language = Hook.Language };
        Check = check switch
        {
            "end" => First("WebhookEnd", "WebhookEndMeans", check),
            "key" when Hook.Kind == "generic" => First("WebhookNewKey", "WebhookNewKeyMeans", check),
            _ => null,
        };

        CheckFirst First(string word, string means, string handler) => new(words[word], words[means], words["NobodyMailed"], (words["WebhookNameLabel"], Hook.Name), $"/webhooks/{Id}?handler={handler}", words[word], $"/webhooks/{Id}");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await webhooks.ChangeAsync(HttpContext.CurrentUser(), Id, Input.ToForm(), ct);
            return this.Done($"/webhooks/{Id}", words["WebhookSaved"]);
        }
        catch (InvalidInput refusal)
        {
            await LoadAsync(ct);
            return this.Refused(refusal);
        }
    }

    public async Task<IActionResult> OnPostTestAsync(CancellationToken ct)
    {
        await webhooks.TestAsync(HttpContext.CurrentUser(), Id, ct);
        return this.Done($"/webhooks/{Id}", words["WebhookTested"]);
    }

    public Task<IActionResult> OnPostPauseAsync(CancellationToken ct) => PauseAsync(true, "WebhookPausedDone", ct);

    public Task<IActionResult> OnPostResumeAsync(CancellationToken ct) => PauseAsync(false, "WebhookResumedDone", ct);

    public async Task<IActionResult> OnPostEndAsync(CancellationToken ct)
    {
        await webhooks.EndAsync(HttpContext.CurrentUser(), Id, ct);
        return this.Done("/webhooks", words["WebhookEnded"]);
    }

    public async Task<IActionResult> OnPostKeyAsync(CancellationToken ct)
    {
        Secret = await webhooks.RenewKeyAsync(HttpContext.CurrentUser(), Id, ct);
        await LoadAsync(ct);
        Input = new WebhookInput { Events = [.. Hook.Events], Language = Hook.Language };
        return Page();
    }

    public async Task<IActionResult> OnPostRetryAsync(long delivery, CancellationToken ct)
    {
        try
        {
            return this.Done($"/webhooks/{await webhooks.RetryAsync(HttpContext.CurrentUser(), delivery, ct)}", words["DeliveryRetried"]);
        }
        catch (Refusal refusal) when (refusal is not InvalidInput)
        {
            await LoadAsync(ct);
            Input = new WebhookInput { Events = [.. Hook.Events], Language = Hook.Language };
            return this.Refused(refusal);
        }
    }

    /// <summary>The shape of a delivery's state.</summary>
    public Shape ShapeOf(string state) => state switch { "done" => Shape.Done, "queued" => Shape.Wait, "sending" => Shape.Half, "deferred" => Shape.Warn, _ => Shape.Late };

    private async Task<IActionResult> PauseAsync(bool pause, string word, CancellationToken ct)
    {
        await webhooks.PauseAsync(HttpContext.CurrentUser(), Id, pause, ct);
        return this.Done($"/webhooks/{Id}", words[word]);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Hook = await store.FindAsync(user, Id, ct) ?? throw new NotFound();
        Total = await store.CountAsync(user, Id, ct);
        Found = await store.DeliveriesAsync(user, Id, Request.Slice([WebhookStore.Newest]), ct);
    }
}
