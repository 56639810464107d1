using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Ends the session by POST only: a link could sign people out.</summary>
[AllowAnonymous]
public sealed class SignOutModel(SignIn signIn, IStringLocalizer<Words> words) : PageModel
{
    public IActionResult OnGet() => LocalRedirect("/");

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (HttpContext.Caller() is { } user && Request.Cookies[IdentifyCaller.SessionCookie] is { } session)
        {
            await signIn.EndAsync(user, session, ct);
        }
        IdentifyCaller.Take(HttpContext);
        return this.Done("/sign-in", words["SignedOut"]);
    }
}
