using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Another password for the reader; the present one is asked for.</summary>
[May]
public sealed class PasswordModel(ChangePassword change, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public string SignInName => HttpContext.CurrentUser().SignIn;

    public sealed class Form
    {
        public string? Current { get; set; }
        public string? Password { get; set; }
    }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await change.RunAsync(HttpContext.CurrentUser(), HttpContext.Session(), Input.Current, Input.Password, ct);
            return this.Done("/profile", words["PasswordChangedDone"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
