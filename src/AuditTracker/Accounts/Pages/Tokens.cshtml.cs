using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>The reader's own API tokens. A new one is shown in the answer that makes it, and never again.</summary>
[May]
public sealed class TokensModel(Tokens tokens, AccountStore accounts, TimeProvider time, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<TokenRow> Rows { get; private set; } = [];
    public string? Secret { get; private set; }

    /// <summary>System clock: tokens live by it.</summary>
    public DateTime Now { get; private set; }

    public sealed class Form
    {
        public string? Name { get; set; }
        public int? Days { get; set; } = 90;
    }

    /// <summary>The token that is about to be revoked (<c>?revoke=5</c>).</summary>
    public CheckFirst? Check { get; private set; }

    public async Task OnGetAsync(long? revoke, CancellationToken ct)
    {
        await LoadAsync(ct);
        if (Rows.FirstOrDefault(row => row.Id == revoke && row.RevokedAt is null && row.ExpiresAt > Now) is { } going)
        {
            Check = new(words["RevokeTitle"], words["RevokeMeans"], words["NobodyMailed"], (words["TokenNameLabel"], going.Name), "/tokens?handler=revoke", words["Revoke"], "/tokens") { Fields = [("token", $"{going.Id}")] };
        }
    }

    [AsksAgain]
    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!ModelState.IsValid)
        {
            await LoadAsync(ct);
            return this.Invalid();
        }
        var user = HttpContext.CurrentUser();
        try
        {
            Secret = await tokens.AddAsync(user, Input.Name ?? "", Input.Days ?? 0, HttpContext.Session().Factor is not null, Actor.Of(user), ct);
            ModelState.Clear();
            Input = new Form();
        }
        catch (Refusal refusal)
        {
            await LoadAsync(ct);
            return this.Refused(refusal);
        }
        await LoadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostRevokeAsync(long token, CancellationToken ct)
    {
        await tokens.RevokeAsync(HttpContext.CurrentUser(), token, ct);
        return this.Done("/tokens", words["RevokedDone"]);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        Now = time.GetUtcNow().UtcDateTime;
        Rows = await accounts.TokensAsync(HttpContext.CurrentUser().AccountId, ct);
    }
}
