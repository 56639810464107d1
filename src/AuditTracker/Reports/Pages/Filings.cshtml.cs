using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Reports.Pages;

/// <summary>What did closed matters file by themselves, and did it arrive anywhere?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class FilingsModel(FilingStore filings) : PageModel
{
    /// <summary>Only what is about this, as in the trail: <c>trainingCampaign:5</c>.</summary>
    [FromQuery(Name = "subject")] public string? Subject { get; set; }
    public ListPage<FilingRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public IReadOnlyList<Chip> Chips => Given is not null && List.Rows is [var first, ..] ? [new Chip(first.Title, "subject")] : Given is { } given ? [new Chip(given, "subject")] : [];

    private string? Given => Subject?.Replace("\0", "", StringComparison.Ordinal) is { Length: > 0 } given ? given : null;

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var (page, total) = (filings.PageAsync(user, Given, Request.Slice(FilingStore.Orders), ct), filings.CountAsync(user, Given, ct));
        await Task.WhenAll(page, total);
        (List, Total) = (await page, await total);
    }
}
