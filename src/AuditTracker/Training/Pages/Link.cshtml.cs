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

    /// <summary>Sent here from a training that this device has no session for, or no longer.</summary>
    public bool IsWithoutLink => string.IsNullOrEmpty(Token);

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
            foreach (var (name, other) in Request.Cookies.Where(cookie => cookie.Key.StartsWith(TrainingLinks.Cookie, StringComparison.Ordinal)))
            {
                if (!await links.IsOfSamePersonAsync(other, roster, ct))
                {
                    Response.Cookies.Delete(name, Lasting(null));
                }
            }
            Response.Cookies.Append(TrainingLinks.CookieOf(roster), session, Lasting(TrainingLinks.CookieLife));
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

    private static CookieOptions Lasting(TimeSpan? life) => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", MaxAge = life, IsEssential = true };

    private PageResult Ended()
    {
        Response.StatusCode = Linked is null && !IsWithoutLink && links.Miss(HttpContext.Connection.RemoteIpAddress?.ToString() ?? "") ? StatusCodes.Status429TooManyRequests : StatusCodes.Status404NotFound;
        return Page();
    }
}
