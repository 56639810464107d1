using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>The reader's own account: how the screen looks, the password, where they are signed in.</summary>
[May]
public sealed class ProfileModel(Db db, AccountStore accounts, Sessions sessions, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<SessionRow> Rows { get; private set; } = [];
    public bool HasSecondFactor { get; private set; }
    public CurrentUser Reader => HttpContext.CurrentUser();
    public CallerSession Here => HttpContext.Session();

    public sealed class Form
    {
        public string? Language { get; set; }
        public string? Theme { get; set; }
        public string? Density { get; set; }
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        Input = new Form { Language = Reader.Language, Theme = Theme.Of(HttpContext), Density = Reader.IsDense ? "dense" : "normal" };
        Rows = await sessions.ListAsync(Reader, ct);
        HasSecondFactor = (await accounts.FactorsAsync(Reader.AccountId, ct)).Any;
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(Reader), ct);
        if (Language.All.Contains(Input.Language))
        {
            await accounts.SetLanguageAsync(work, Reader.AccountId, Input.Language!, ct);
        }
        await accounts.SetDisplayAsync(work, Reader.AccountId, Theme.All.Contains(Input.Theme) ? Input.Theme : null, Input.Density is "normal" or "dense" ? Input.Density : null, ct);
        await work.CommitAsync(ct);
        // The door does not know who comes next; this browser remembers.
        Theme.Keep(HttpContext, Input.Theme);
        return this.Done("/profile", words["ProfileSaved"]);
    }

    public async Task<IActionResult> OnPostEndAsync(long session, CancellationToken ct)
    {
        await sessions.EndAsync(Reader, session, ct);
        return session == Here.Id ? LocalRedirect(Access.SignInPath) : this.Done("/profile", words["SessionEndedDone"]);
    }

    public async Task<IActionResult> OnPostEndOthersAsync(CancellationToken ct)
    {
        await sessions.EndOthersAsync(Reader, Here, ct);
        return this.Done("/profile", words["OthersEndedDone"]);
    }
}
