using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>Before invitations go out: how many, to whom, and who cannot be invited and why.</summary>
[May(Role.Administrator, Role.ComplianceManager)]
public sealed class InviteCheckModel(AccountStore accounts, OwingSource owing, InvitePerson invite, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "people")] public string[] People { get; set; } = [];

    /// <summary><c>owing</c>: everybody who has open work and no way in.</summary>
    [FromQuery(Name = "who")] public string? Who { get; set; }
    public IReadOnlyList<InviteCandidate> Mailed { get; private set; } = [];
    public IReadOnlyList<InviteCandidate> Left { get; private set; } = [];

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
                done.Add(await invite.RunAsync(Reader, number, ct));
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
        var found = await accounts.CheckAsync(Reader, Who == "owing" ? null : [.. People.Select(number => number.Replace("\0", "", StringComparison.Ordinal))], owing, ct);
        Mailed = [.. found.Where(candidate => candidate.Obstacle is null)];
        Left = [.. found.Where(candidate => candidate.Obstacle is not null)];
    }
}
