using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>Where the link of a mail leads: GET shows what it is and changes nothing, POST begins a session of this one training.</summary>
[AllowAnonymous]
public sealed class LinkModel(TrainingLinks links) : PageModel
{
    [BindProperty(SupportsGet = true)] public string? Token { get; set; }

    /// <summary>Null or not open: the page says how to go on, the same for every reason.</summary>
    public LinkedTraining? Linked { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        return await FindAsync(ct) ? Page() : Ended();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct))
        {
            return Ended();
        }
        try
        {
            var (session, roster) = await links.OpenAsync(Token, HttpContext.TraceIdentifier, ct);
            Response.Cookies.Append(TrainingLinks.Cookie, session, new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = TrainingLinks.SessionLife, IsEssential = true });
            return LocalRedirect($"/training/mine/{roster}");
        }
        catch (NotFound)
        {
            Linked = null;
            return Ended();
        }
        catch (Refusal refusal)
        {
            this.Refused(refusal);
            Response.StatusCode = StatusCodes.Status429TooManyRequests;
            return Page();
        }
    }

    private async Task<bool> FindAsync(CancellationToken ct) => (Linked = await links.FindAsync(Token, ct)) is { IsOpen: true };

    private PageResult Ended()
    {
        Response.StatusCode = Linked is null && links.Miss(HttpContext.Connection.RemoteIpAddress?.ToString() ?? "") ? StatusCodes.Status429TooManyRequests : StatusCodes.Status404NotFound;
        return Page();
    }
}
