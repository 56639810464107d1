using System.Globalization;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Overview.Pages;

/// <summary>Where is it? One box for items, requests, people, numbers and files; the number of a collection jumps straight to it.</summary>
[May]
public sealed class SearchModel(SearchEverything search, CompanyDays days) : PageModel
{
    /// <summary>Longer texts are cut: nothing that could be found is longer.</summary>
    public const int Longest = 200;

    [FromQuery(Name = "q")] public string? Query { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public string Text { get; private set; } = "";

    /// <summary>Null while nothing was asked.</summary>
    public Found? Found { get; private set; }
    public CompanyDay Day { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Text = (Query ?? "").Replace("\0", "").Trim();
        Text = Text.Length > Longest ? Text[..Longest] : Text;
        if (Text.Length == 0)
        {
            return Page();
        }
        if (await search.NumberAsync(user, Text, ct) is { } collection)
        {
            return Redirect($"/evidence/collections/{collection}");
        }
        Day = await days.LoadAsync(ct);
        Found = await search.RunAsync(user, Text, ct);
        return Page();
    }
}
