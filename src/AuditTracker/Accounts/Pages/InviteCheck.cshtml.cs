using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Before invitations go out: how many, to whom, and who cannot be invited and why.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class InviteCheckModel(AccountStore accounts, OwingSource owing, InvitePerson invite, TimeProvider time, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "people")] public string[] People { get; set; } = [];

    /// <summary><c>owing</c>: everybody who has open work, no way in and no invitation that works; <c>invited</c>: those of them who have one, to be reminded.</summary>
    [FromQuery(Name = "who")] public string? Who { get; set; }
    public IReadOnlyList<InviteCandidate> Mailed { get; private set; } = [];
    public IReadOnlyList<InviteCandidate> Left { get; private set; } = [];

    /// <summary>How many have open work and no way in, where everybody of them is meant.</summary>
    public OwingCount? Owing { get; private set; }
    public bool IsReminder => Who == "invited";
    public long OfMailed => Mailed.Count > 0 ? Mailed[0].OfMany : 0;
    public long OfLeft => Left.Count > 0 ? Left[0].OfMany : 0;

    private CurrentUser Reader => HttpContext.CurrentUser();

    public Task OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    /// <param name="person">The numbers that stood on the page: nobody else is mailed.</param>
    public async Task<IActionResult> OnPostAsync(string[] person, CancellationToken ct)
    {
        var done = new List<Invited>();
        Refusal? last = null;
        foreach (var number in person.Distinct().Take(AccountStore.MostInvited))
        {
            try
            {
                done.Add(await invite.RunAsync(Reader, number, ct, again: Who != "owing"));
            }
            catch (Refusal refusal)
            {
                // Something changed since the page was shown; the others are invited all the same.
                last = refusal;
            }
        }
        if (done.Count == 0)
        {
            await LoadAsync(ct);
            return this.Refused(last ?? InvalidInput.At<Words>("", "PersonEmpty"));
        }
        return done is [var one] ? this.Done($"/accounts/{one.AccountId}", words[one.Linked ? "LinkedDone" : "InvitedDone", one.Name])
            : this.Done("/accounts", words["InvitedMany", done.Count, person.Length - done.Count]);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var everybody = Who == "owing" || IsReminder;
        var now = time.GetUtcNow().UtcDateTime;
        var found = await accounts.CheckAsync(Reader, everybody ? null : [.. People.Select(number => number.Replace("\0", "", StringComparison.Ordinal))],
            IsReminder ? OwingPart.Invited : OwingPart.Uninvited, owing, now, ct);
        Owing = everybody ? await accounts.OwingCountAsync(Reader, owing, now, ct) : null;
        Mailed = [.. found.Where(candidate => candidate.Obstacle is null)];
        Left = [.. found.Where(candidate => candidate.Obstacle is not null)];
    }
}
