using System.ComponentModel.DataAnnotations;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>The code that came by mail; only the browser that asked for it gets here.</summary>
[AllowAnonymous]
public sealed class EnterMailedCodeModel(MailedCode codes, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        [Required(ErrorMessage = "MailedCodeEmpty")] public string? Code { get; set; }
    }

    public string Back => Request.BackOr("/");

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => IdentifyCaller.Asked(HttpContext) is { } asked && await codes.IsAwaitedAsync(asked, ct) ? Page() : Again();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (IdentifyCaller.Asked(HttpContext) is not { } asked)
        {
            return Again();
        }
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        if (await codes.RunAsync(asked, Input.Code, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct) is not { } result)
        {
            return Again();
        }
        return IdentifyCaller.Lead(HttpContext, result, Back) is { } next ? LocalRedirect(next) : this.Invalid("Input.Code", words["MailedCodeWrong", MailedCode.Tries]);
    }

    private IActionResult Again() => this.Done($"/sign-in/mail?back={Uri.EscapeDataString(Back)}", words["MailedCodeEnded"], tone: "info");
}
