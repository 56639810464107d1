using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Accounts.Pages;

/// <summary>Ties an authenticator app to the reader's account: a key to take over, a code to prove it.</summary>
[May, BeforeSecondFactor]
public sealed class AuthenticatorModel(SetUpAuthenticator setUp) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public OfferedKey Offer { get; private set; } = null!;

    /// <summary>Set once the app is tied; the codes are shown in this answer and never again.</summary>
    public IReadOnlyList<string>? Codes { get; private set; }
    public CurrentUser Reader => HttpContext.CurrentUser();
    public string Link => Totp.Link(Offer.Key, Reader.SignIn);

    /// <summary>The link as a picture; black on white in the dark too, as cameras want it.</summary>
    public QrCode Picture => QrCode.Of(Link);

    /// <summary>Side of the picture in modules, its quiet zone included.</summary>
    public int PictureSize => Picture.Size + 8;

    /// <summary>In groups of four, as one reads it from the screen.</summary>
    public string KeyInGroups => string.Join(' ', Totp.Base32(Offer.Key).Chunk(4).Select(part => new string(part)));

    public sealed class Form
    {
        public string? Ticket { get; set; }
        public string? Code { get; set; }
    }

    [AsksAgain]
    public void OnGet() => Show(null);

    [AsksAgain]
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        Show(Input.Ticket);
        try
        {
            Codes = await setUp.RunAsync(Reader, HttpContext.Session(), Input.Ticket, Input.Code, ct);
            return Page();
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private void Show(string? ticket)
    {
        Offer = setUp.Offer(Reader, ticket);
        // What the form carries is the key that is shown, also when the one posted has ended.
        ModelState.Remove("Input.Ticket");
        Input.Ticket = Offer.Ticket;
    }
}
