using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>Which entries of the library serve which missing items; those chosen become requests at once, with one owner, reviewer and start.</summary>
[May(Role.ComplianceManager)]
public sealed class GapsAdoptModel(ShowGaps show, AdoptFromLibrary adopt, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "framework")] public string? Key { get; set; }
    [FromQuery(Name = "id")] public string[] Ids { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [FromQuery(Name = "kind")] public GapKind Kind { get; set; }
    [BindProperty] public Form Input { get; set; } = new();

    /// <summary>As typed.</summary>
    public sealed class Form
    {
        public List<string> Entries { get; set; } = [];
        public string? Owner { get; set; }
        public string? OwnerSearch { get; set; }
        public string? Reviewer { get; set; }
        public string? ReviewerSearch { get; set; }
        public string? StartOn { get; set; }
    }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public string Back => LocalPath.Or(Request.Query["back"], "/controls/gaps");
    public CompanyDay Day { get; private set; } = null!;
    public int Missing { get; private set; }
    public LibraryForGaps Found { get; private set; } = null!;
    public IEnumerable<EntryForGaps> Can => Found.Entries.Where(entry => entry.InUse is null);
    public PeopleFound Owners { get; private set; } = PeopleFound.Nobody;
    public PeopleFound Reviewers { get; private set; } = PeopleFound.Nobody;

    public async Task OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        Input.Entries = [.. Can.Select(entry => entry.Entry.Id)];
        Input.StartOn = DateText.Plain(Day.Today, "ja");
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        await LoadAsync(ct);
        if (what != "adopt")
        {
            return Page();
        }
        var start = DateInput.Parse(Input.StartOn, Day.FiscalYear).Day;
        Require(Input.Entries.Count > 0, "Entries", "EntriesEmpty");
        Require(!string.IsNullOrEmpty(Input.Owner), "Owner", "AdoptOwnerEmpty");
        Require(!string.IsNullOrEmpty(Input.Reviewer), "Reviewer", "AdoptReviewerEmpty");
        if (TypedDate.Refusal(Input.StartOn, "startOn", Day.FiscalYear) is { } wrong)
        {
            _ = this.Refused(wrong);
        }
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        try
        {
            var done = await adopt.RunAsync(HttpContext.CurrentUser(), new AdoptInput(Input.Entries, Input.Owner!, Input.Reviewer!, start!.Value), ct);
            return this.Done(Back, words[done.InUse.Count == 0 ? "EntriesAdopted" : "EntriesAdoptedBut", done.Made.Count, done.InUse.Count]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private void Require(bool holds, string field, string key)
    {
        if (!holds)
        {
            ModelState.AddModelError($"Input.{field}", words[key]);
        }
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        var gaps = await show.RunAsync(user, Key, ct);
        var listed = Kind == GapKind.Mapping ? gaps.OnlyMapped : gaps.NoRequest;
        var chosen = Ids.ToHashSet();
        IReadOnlyList<Item> missing = [.. listed.Select(one => one.Item).Where(item => All || chosen.Contains(ShowGaps.KeyOf(item)))];
        Missing = missing.Count;
        Found = await show.LibraryAsync(user, missing, ct);
        Owners = await choices.PickAsync(user, Input.Owner, Input.OwnerSearch, ct);
        Reviewers = await choices.PickAsync(user, Input.Reviewer, Input.ReviewerSearch, ct);
        (Input.Owner, Input.Reviewer) = (Owners.Chosen, Reviewers.Chosen);
    }
}
