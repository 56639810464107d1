using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Where invitation and reset links lead: GET shows the form and leaves the link as it is, POST uses it up.</summary>
[AllowAnonymous]
public sealed class InvitationModel(ChoosePassword passwords) : PageModel
{
    [BindProperty(SupportsGet = true)] public string? Token { get; set; }
    [BindProperty] public Form Input { get; set; } = new();

    /// <summary>Null when the link cannot be used (any more).</summary>
    public OpenLink? Link { get; private set; }

    public sealed class Form
    {
        public string? Password { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) ? Page() : Ended();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct))
        {
            return Ended();
        }
        try
        {
            return LocalRedirect(IdentifyCaller.Lead(HttpContext, await passwords.RunAsync(Token!, Input.Password, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct), "/")!);
        }
        catch (InvalidInput refusal)
        {
            return this.Refused(refusal);
        }
        catch (NotFound)
        {
            Link = null;
            return Ended();
        }
    }

    private async Task<bool> FindAsync(CancellationToken ct) => Token is { Length: > 0 } token && (Link = await passwords.FindAsync(token, ct)) is not null;

    private PageResult Ended()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
