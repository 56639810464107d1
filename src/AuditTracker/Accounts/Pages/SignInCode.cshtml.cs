using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>The second step of signing in: a code of the app, or a recovery code.</summary>
[AllowAnonymous]
public sealed class SignInCodeModel(EnterCode codes, EnterPasskey passkeys, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        public string? Code { get; set; }
    }

    public string Back => Request.BackOr("/");

    private string? Waiting => Request.Cookies[IdentifyCaller.WaitingCookie] is { Length: > 0 } waiting ? waiting : null;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => Waiting is { } waiting && await codes.IsAwaitedAsync(waiting, ct) ? Page() : Again();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Waiting is not { } waiting || await codes.RunAsync(waiting, Input.Code, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct) is not { } result)
        {
            return Again();
        }
        if (IdentifyCaller.Lead(HttpContext, result, Back) is { } next)
        {
            return LocalRedirect(next);
        }
        return result is SignInResult.Locked locked ? this.Invalid("", words["Locked", locked.Minutes]) : this.Invalid("Input.Code", words["CodeWrong"]);
    }

    public async Task<IActionResult> OnPostPasskeyAsync([Bind(Prefix = "Passkey")] PasskeyAnswer passkey, CancellationToken ct)
    {
        if (Waiting is not { } waiting || await passkeys.SecondAsync(waiting, passkey.Key, passkey.Credential, HttpContext, ct) is not { } result)
        {
            return Again();
        }
        return IdentifyCaller.Lead(HttpContext, result, Back) is { } next ? LocalRedirect(next) : this.Invalid("", words["PasskeyWrong"]);
    }

    private IActionResult Again() => this.Done($"/sign-in?back={Uri.EscapeDataString(Back)}", words["SignInAgain"], tone: "info");
}
