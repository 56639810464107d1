using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>One account: its roles from–to and its access. Administrators change others'; compliance managers look and invite.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class AccountModel(AccountStore accounts, ReviewScopes scopes, InvitePerson invite, GrantRole grants, EndRole ends, DisableAccount access, RemoveFactor factors,
    BusinessClock clock, TimeProvider time, IStringLocalizer<Words> words) : PageModel
{
    [FromRoute(Name = "id")] public long Id { get; set; }
    [BindProperty] public Form Input { get; set; } = new();
    public AccountRow? Account { get; private set; }
    public IReadOnlyList<GrantRow> Grants { get; private set; } = [];
    public IReadOnlyList<ReviewScope> Scopes { get; private set; } = [];
    public DateOnly Today { get; private set; }
    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    public sealed class Form
    {
        public Role? Role { get; set; }
        public string? Framework { get; set; }
        public string? FromOn { get; set; }
        public string? ToOn { get; set; }
    }

    private CurrentUser Reader => HttpContext.CurrentUser();
    public bool IsOwn => Account!.Id == Reader.AccountId || (Account.PersonId is not null && Account.PersonId == Reader.PersonId);
    public bool MayChange => Reader.Is(Role.Administrator) && !IsOwn;
    public bool MayInvite => Account is { EmployeeNo: not null, State: AccountState.NotInvited or AccountState.Invited or AccountState.InvitationEnded };

    /// <summary>What the reader is about to do (<c>?check=disable</c>); null on the record itself.</summary>
    public CheckFirst? Check { get; private set; }

    public async Task<IActionResult> OnGetAsync(string? check, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        Check = !MayChange ? null : check switch
        {
            "disable" when Account!.State is not (AccountState.Disabled or AccountState.Left) => Before(check, "DisableTitle", "DisableMeans", "NobodyMailed", "Disable"),
            "resetFactor" when Account!.HasSecondFactor => Before(check, "ResetFactorTitle", "ResetFactorMeans", "ResetFactorMailed", "ResetFactor"),
            _ => null,
        };
        return Page();
    }

    private CheckFirst Before(string handler, string title, string means, string mailed, string verb) =>
        new(words[title], words[means], words[mailed], (words["Name"], Account!.Name), $"/accounts/{Id}?handler={handler}", words[verb], $"/accounts/{Id}");

    public Task<IActionResult> OnPostInviteAsync(CancellationToken ct) => DoAsync("InvitedDone", () => invite.RunAsync(Reader, Account!.EmployeeNo ?? throw new NotFound(), ct), ct);

    public Task<IActionResult> OnPostRevokeAsync(CancellationToken ct) => DoAsync("InvitationRevokedDone", () => invite.RevokeAsync(Reader, Id, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostEndAsync(long grant, CancellationToken ct) => DoAsync("EndedDone", () => ends.RunAsync(Reader, Id, grant, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostDisableAsync(CancellationToken ct) => DoAsync("DisabledDone", () => access.DisableAsync(Reader, Id, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostEnableAsync(CancellationToken ct) => DoAsync("EnabledDone", () => access.EnableAsync(Reader, Id, ct), ct);

    public Task<IActionResult> OnPostUnlockAsync(CancellationToken ct) => DoAsync("UnlockedDone", () => access.UnlockAsync(Reader, Id, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostResetFactorAsync(CancellationToken ct) => DoAsync("FactorResetDone", () => factors.ResetAsync(Reader, Id, ct), ct);

    [AsksAgain]
    public Task<IActionResult> OnPostGrantAsync(CancellationToken ct) => DoAsync("GrantedDone", async () =>
    {
        var (from, to) = (TypedDate.ReadOptional(Input.FromOn, "fromOn") ?? Today, TypedDate.ReadOptional(Input.ToOn, "toOn"));
        await grants.RunAsync(Reader, Id, Input.Role ?? throw InvalidInput.At<Words>("role", "RoleEmpty"), Input.Framework, from, to, ct);
    }, ct);

    private async Task<IActionResult> DoAsync(string done, Func<Task> act, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        try
        {
            await act();
            return this.Done($"/accounts/{Id}", words[done, Account!.Name]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        Account = await accounts.FindAsync(Reader, Id, time.GetUtcNow().UtcDateTime, ct);
        Grants = await accounts.GrantsAsync(Id, ct);
        Scopes = await scopes.ListAsync(ct);
        (_, Today) = await clock.NowAsync(ct);
        return Account is not null;
    }
}
