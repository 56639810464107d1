using System.ComponentModel.DataAnnotations;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Sign-in with address and password; afterwards the page that was first asked for, if it is one of this host.</summary>
[AllowAnonymous]
public sealed class SignInModel(SignIn signIn, EnterPasskey passkeys, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        [Required(ErrorMessage = "AddressEmpty")] public string? Address { get; set; }
        [Required(ErrorMessage = "PasswordEmpty")] public string? Password { get; set; }
    }

    public string Back => Request.BackOr("/");

    public IActionResult OnGet() => HttpContext.Caller() is null ? Page() : LocalRedirect(Back);

    public async Task<IActionResult> OnPostPasskeyAsync([Bind(Prefix = "Passkey")] PasskeyAnswer passkey, CancellationToken ct)
    {
        // The fields of the other form are not in this one.
        ModelState.Clear();
        return IdentifyCaller.Lead(HttpContext, await passkeys.SignInAsync(passkey.Key, passkey.Credential, HttpContext, ct), Back) is { } next ? LocalRedirect(next)
            : this.Invalid("", words["PasskeyWrong"]);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        var result = await signIn.StartAsync(Input.Address!, Input.Password!, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct);
        return IdentifyCaller.Lead(HttpContext, result, Back) is { } next ? LocalRedirect(next)
            : this.Invalid("", result is SignInResult.Locked locked ? words["Locked", locked.Minutes] : words["WrongSignIn"]);
    }
}
