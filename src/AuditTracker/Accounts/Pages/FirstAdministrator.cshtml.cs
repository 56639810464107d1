using System.ComponentModel.DataAnnotations;
using System.Globalization;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Where the first administrator's link leads: GET shows the form and leaves the link as it is, POST uses it up.</summary>
[AllowAnonymous]
public sealed class FirstAdministratorModel(FirstAdministrator first, SignIn signIn) : PageModel
{
    [BindProperty(SupportsGet = true)] public string? Token { get; set; }
    [BindProperty] public Form Input { get; set; } = new();
    public bool IsOpen { get; private set; }

    public sealed class Form
    {
        [Required(ErrorMessage = "AddressEmpty")] public string? Mail { get; set; }
        [Required(ErrorMessage = "NameEmpty")] public string? Name { get; set; }
        public string? Password { get; set; }
        [Required(ErrorMessage = "CompanyNameEmpty")] public string? CompanyName { get; set; }
        public string? CompanyNameEn { get; set; }
        [Required(ErrorMessage = "SecretariatNameEmpty")] public string? SecretariatName { get; set; }
        [Required(ErrorMessage = "SecretariatContactEmpty")] public string? SecretariatContact { get; set; }
        public string? SenderAddress { get; set; }

        /// <summary>A method: validation reads every property before it is known that the fields are filled.</summary>
        public CompanyProfile ToCompany() => new()
        {
            NameJa = CompanyName!.Trim(),
            NameEn = CompanyNameEn?.Trim() ?? "",
            SecretariatName = SecretariatName!.Trim(),
            SecretariatContact = SecretariatContact!.Trim(),
            SenderAddress = SenderAddress ?? "",
        };
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await FindAsync(ct) ? Page() : Ended();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await FindAsync(ct))
        {
            return Ended();
        }
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        try
        {
            await first.RedeemAsync(Token!, Input.Mail!, Input.Name!, CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, Input.Password ?? "", Input.ToCompany(), HttpContext.TraceIdentifier, ct);
        }
        catch (InvalidInput refusal)
        {
            return this.Refused(refusal);
        }
        catch (NotFound)
        {
            IsOpen = false;
            return Ended();
        }
        if (await signIn.StartAsync(Input.Mail!, Input.Password!, Request.Headers.UserAgent.ToString(), HttpContext.TraceIdentifier, ct) is SignInResult.Started started)
        {
            IdentifyCaller.Give(HttpContext, started.Token);
        }
        return LocalRedirect("/");
    }

    private async Task<bool> FindAsync(CancellationToken ct) => IsOpen = Token is { Length: > 0 } token && await first.IsOpenAsync(token, ct);

    private PageResult Ended()
    {
        Response.StatusCode = StatusCodes.Status404NotFound;
        return Page();
    }
}
