using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>The reader's second factors; where those are led who must have one first.</summary>
[May, BeforeSecondFactor]
public sealed class SecondFactorModel(AccountStore accounts, RemoveFactor remove, Passkeys passkeys, PasskeyStore keys, IStringLocalizer<Words> words) : PageModel
{
    public const string Path = Access.EnrolPath;
    public Factors Has { get; private set; } = new(null, 0, 0);
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<PasskeyRow> Keys { get; private set; } = [];
    public Passkeys Passkeys => passkeys;
    public CurrentUser Reader => HttpContext.CurrentUser();

    public sealed class Form
    {
        public string? Name { get; set; }
    }

    /// <summary>Recovery codes made just now; shown in this answer and never again.</summary>
    public IReadOnlyList<string> Codes { get; private set; } = [];

    /// <summary>The first factor was added just now: the way is free.</summary>
    public bool Added { get; private set; }

    /// <summary>What is about to be removed (<c>?remove=app</c>, or a passkey's number).</summary>
    public CheckFirst? Check { get; private set; }

    public async Task OnGetAsync(string? remove, CancellationToken ct)
    {
        await LoadAsync(ct);
        if (remove == "app" && Has.TotpSince is not null)
        {
            Check = Before("RemoveAppTitle", words["AuthenticatorApp"], "removeApp", "RemoveApp");
        }
        else if (Keys.FirstOrDefault(key => $"{key.Id}" == remove) is { } going)
        {
            Check = Before("RemovePasskeyTitle", going.Name, "removePasskey", "RemovePasskey") with { Fields = [("passkey", $"{going.Id}")] };
        }
    }

    private CheckFirst Before(string title, string what, string handler, string verb) =>
        new(words[title], words["RemoveFactorMeans"], words["RemoveFactorMailed"], (words["SecondFactor"], what), $"{Path}?handler={handler}", words[verb], Path);

    [AsksAgain]
    public Task<IActionResult> OnPostRemoveAppAsync(CancellationToken ct) => DoAsync("AppRemovedDone", () => remove.AuthenticatorAsync(Reader, ct), ct);

    /// <summary>The browser's script asks for this before a key is made.</summary>
    public async Task<IActionResult> OnGetOfferAsync(CancellationToken ct) => AccountsRoom.Json(await passkeys.OfferAsync(Reader, HttpContext, ct));

    [AsksAgain]
    public async Task<IActionResult> OnPostAddPasskeyAsync([Bind(Prefix = "Passkey")] PasskeyAnswer passkey, CancellationToken ct)
    {
        try
        {
            Codes = await passkeys.AddAsync(Reader, HttpContext.Session(), Input.Name, passkey.Key, passkey.Credential, HttpContext, ct);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(ct);
            return this.Refused(refusal);
        }
        if (Codes.Count == 0)
        {
            return this.Done(Path, words["PasskeyAddedDone"]);
        }
        Added = true;
        await LoadAsync(ct);
        return Page();
    }

    public Task<IActionResult> OnPostRenameAsync(long passkey, string? name, CancellationToken ct) => DoAsync("PasskeyRenamedDone", () => passkeys.RenameAsync(Reader, passkey, name, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostRemovePasskeyAsync(long passkey, CancellationToken ct) => DoAsync("PasskeyRemovedDone", () => passkeys.RemoveAsync(Reader, passkey, ct), ct);

    [AsksAgain]
    public async Task<IActionResult> OnPostCodesAsync(CancellationToken ct)
    {
        Codes = await remove.RenewCodesAsync(Reader, ct);
        await LoadAsync(ct);
        return Page();
    }

    private async Task<IActionResult> DoAsync(string done, Func<Task> act, CancellationToken ct)
    {
        try
        {
            await act();
            return this.Done(Path, words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(ct);
            return this.Refused(refusal);
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        Has = await accounts.FactorsAsync(Reader.AccountId, ct);
        Keys = await keys.ListAsync(Reader.AccountId, ct);
    }
}
