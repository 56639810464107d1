using System.ComponentModel.DataAnnotations;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Asks for a mail with a reset link. The answer is the same whether the address signs somebody in or not.</summary>
[AllowAnonymous]
public sealed class PasswordResetModel(ChoosePassword passwords, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        [Required(ErrorMessage = "AddressEmpty")] public string? Address { get; set; }
    }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        await passwords.AskForResetAsync(Input.Address!, HttpContext.TraceIdentifier, ct);
        return this.Done("/sign-in", words["ResetSent", ChoosePassword.ResetMinutes], tone: "info");
    }
}
