using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>The reader's own secret calendar address: issued, shown once, renewed, taken away.</summary>
[May]
public sealed class CalendarFeedModel(CalendarFeeds feeds, Settings settings, IStringLocalizer<AuditTracker.Overview.Words> words) : PageModel
{
    public CalendarFeed? Feed { get; private set; }

    /// <summary>In the answer that issues it, and never again.</summary>
    public string? Address { get; private set; }

    public bool IsPerson => HttpContext.CurrentUser().PersonId is not null;
    public CheckFirst? Check { get; private set; }

    public async Task OnGetAsync(string? check, CancellationToken ct)
    {
        Feed = await feeds.FindAsync(HttpContext.CurrentUser(), ct);
        Check = Feed is null ? null : check switch
        {
            "renew" => Asked("CalendarRenew", "CalendarRenewMeans", "/profile/calendar"),
            "revoke" => Asked("CalendarRevoke", "CalendarRevokeMeans", "/profile/calendar?handler=revoke"),
            _ => null,
        };
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Address = $"{settings.PublicAddress}/calendar/{await feeds.IssueAsync(user, ct)}.ics";
        Feed = await feeds.FindAsync(user, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(CancellationToken ct)
    {
        await feeds.RevokeAsync(HttpContext.CurrentUser(), ct);
        return this.Done("/profile/calendar", words["CalendarRevoked"]);
    }

    private CheckFirst Asked(string verb, string means, string action) => new(words[verb], words[means], words["CalendarNobodyMailed"], (words["CalendarOf"], HttpContext.CurrentUser().Name), action, words[verb], "/profile/calendar");
}
