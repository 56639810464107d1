using System.Globalization;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>One item: do we meet this, and what proves it?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class ControlModel(ShowItems show, ItemStore items, ControlStore controls, AttachmentStore attachments, CompanyDays days, ChangeControl change, CoverageWords coverageWords, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public Item Item { get; private set; } = null!;
    public ItemCoverage? Coverage { get; private set; }
    public Framework Framework { get; private set; } = null!;
    public bool MayChange { get; private set; }
    public IReadOnlyList<MappedItem> Mapped { get; private set; } = [];
    public IReadOnlyDictionary<(string, string), ItemCoverage> MappedCoverage { get; private set; } = new Dictionary<(string, string), ItemCoverage>();
    public IReadOnlyList<ServingRequest> Requests { get; private set; } = [];
    public ILookup<long, ServingCollection> Collections { get; private set; } = Array.Empty<ServingCollection>().ToLookup(row => row.RequestId);
    /// <summary>Evidence of other items' requests that was confirmed for this one, and what the mapping proposes.</summary>
    public IReadOnlyList<LentEvidence> Lent { get; private set; } = [];
    public IReadOnlyList<LendableEvidence> Lendable { get; private set; } = [];
    private CompanyDay? day;
    public string PeriodOf(DateOnly from, DateOnly to) => day!.Label(from, to);

    public IReadOnlyList<HistoryEntry> History { get; private set; } = [];

    /// <summary>People to choose from when what was typed fits several.</summary>
    public IReadOnlyList<PersonChoice> Candidates { get; private set; } = [];

    public string Explanation => Coverage is null ? "" : coverageWords.Explain(Coverage);
    public RequestCoverage? CoverageOf(long request) => Coverage?.Requests.FirstOrDefault(known => known.RequestId == request);

    public async Task<IActionResult> OnGetAsync(string framework, string itemRef, CancellationToken ct)
    {
        if (!await LoadAsync(framework, itemRef, ct))
        {
            return NotFound();
        }
        Input = new Form { Applicable = Item.Applicable, Reason = Item.Reason, Owner = Item.Owner, Implementation = Item.Implementation, Version = Item.Version };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string framework, string itemRef, CancellationToken ct)
    {
        if (!await LoadAsync(framework, itemRef, ct) || !MayChange)
        {
            return NotFound();
        }
        try
        {
            var owner = Input.Owner?.Trim();
            if (!string.IsNullOrEmpty(owner) && owner != Item.Owner)
            {
                Candidates = await items.PeopleAsync(HttpContext.CurrentUser(), owner, ct);
                if (Candidates.Count > 1)
                {
                    return this.Invalid("Input.Owner", words["ChooseOwner", Candidates.Count]);
                }
                owner = Candidates is [var only] ? only.EmployeeNo : owner;
            }
            await change.RunAsync(HttpContext.CurrentUser(), framework, itemRef, new ControlChange(Input.Version, Input.Applicable, Input.Reason ?? "", Input.Implementation ?? "", SetsOwner: true, owner), ct);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
        return this.Done(Request.Path + Request.QueryString, words["ItemSaved", Item.OfficialRef]);
    }

    private async Task<bool> LoadAsync(string framework, string itemRef, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await show.FindAsync(user, framework, itemRef, ct) is not { } found)
        {
            return false;
        }
        (Item, Coverage) = found;
        Framework = (await controls.FrameworksAsync(ct)).Single(known => known.Key == framework);
        MayChange = user.Is(Role.ComplianceManager) && Framework.IsCounted;
        Mapped = await items.MappedAsync(user, framework, itemRef, ct);
        MappedCoverage = await show.CoverageAsync(Mapped.Where(item => item.IsVisible).Select(item => item.Framework), ct);
        Requests = await items.RequestsAsync(user, framework, itemRef, ct);
        Collections = (await items.CollectionsAsync(user, framework, itemRef, ct)).ToLookup(row => row.RequestId);
        if (Framework.IsCounted)
        {
            day = await days.LoadAsync(ct);
            (Lent, Lendable) = (await attachments.OfItemAsync(user, framework, itemRef, ct), await attachments.ProposedForAsync(user, framework, itemRef, ct));
        }
        History = [.. ItemHistory.Of(await items.VersionsAsync(user, framework, itemRef, ct), words)];
        return true;
    }

    /// <summary>What a compliance manager may change.</summary>
    public sealed class Form
    {
        public bool Applicable { get; set; }
        public string? Reason { get; set; }
        public string? Owner { get; set; }
        public string? Implementation { get; set; }
        public int Version { get; set; }
    }
}
