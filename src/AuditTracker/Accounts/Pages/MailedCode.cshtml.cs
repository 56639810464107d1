using System.ComponentModel.DataAnnotations;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Asks for a mail with a code to sign in by. The answer is the same whether the address signs somebody in or not; the sign-in form's button posts here too.</summary>
[AllowAnonymous]
public sealed class MailedCodeModel(MailedCode codes) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        [Required(ErrorMessage = "AddressEmpty")] public string? Address { get; set; }
    }

    public string Back => Request.BackOr("/");

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        IdentifyCaller.KeepAsked(HttpContext, await codes.AskAsync(Input.Address!, IdentifyCaller.Asked(HttpContext), HttpContext.TraceIdentifier, ct));
        return LocalRedirect($"/sign-in/mail/code?back={Uri.EscapeDataString(Back)}");
    }
}
