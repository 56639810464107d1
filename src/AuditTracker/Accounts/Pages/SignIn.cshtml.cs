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
public sealed class SignInModel(SignIn signIn, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        [Required(ErrorMessage = "AddressEmpty")] public string? Address { get; set; }
        [Required(ErrorMessage = "PasswordEmpty")] public string? Password { get; set; }
    }

    private string Back => Request.BackOr("/");

    public IActionResult OnGet() => HttpContext.Caller() is null ? Page() : LocalRedirect(Back);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        switch (await signIn.StartAsync(Input.Address!, Input.Password!, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct))
        {
            case SignInResult.Started started:
                IdentifyCaller.Give(HttpContext, started.Token);
                return LocalRedirect(Back);
            case SignInResult.Locked locked:
                return this.Invalid("", words["Locked", locked.Minutes]);
            default:
                return this.Invalid("", words["WrongSignIn"]);
        }
    }
}
