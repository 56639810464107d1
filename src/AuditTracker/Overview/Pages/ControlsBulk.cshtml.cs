using System.Globalization;
using AuditTracker.Controls;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>Owner or applicability of several items, after a check; each is a change of its own, and those that are refused are named with the reason.</summary>
[May(Role.ComplianceManager)]
public sealed class ControlsBulkModel(ItemStore items, ControlStore controls, ChangeControl change, IStringLocalizerFactory texts, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "framework")] public string? Key { get; set; }
    [FromQuery(Name = "act")] public string? Act { get; set; }
    [FromQuery(Name = "id")] public string[] Refs { get; set; } = [];
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        public string? Owner { get; set; }
        public bool? Applicable { get; set; }
        public string? Reason { get; set; }
    }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public string Back => LocalPath.Or(Request.Query["back"], "/controls");
    public bool IsOwner => Act != "applicable";
    public IReadOnlyList<Item> Items { get; private set; } = [];
    public IReadOnlyList<PersonChoice> Candidates { get; private set; } = [];

    /// <summary>What was refused, after the others were changed.</summary>
    public IReadOnlyList<(Item Item, string Why)> Refused { get; private set; } = [];
    public int Changed { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        // A request for these items begins in its own form.
        return Act == "request" && Items.Count > 0
            ? LocalRedirect("/evidence/requests/new?" + string.Join('&', Items.Select(item => $"item={Uri.EscapeDataString($"{item.Framework}:{item.Ref}")}")))
            : Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        var owner = Input.Owner?.Trim();
        if (IsOwner && !string.IsNullOrEmpty(owner))
        {
            Candidates = await items.PeopleAsync(HttpContext.CurrentUser(), owner, ct);
            if (Candidates.Count > 1)
            {
                return this.Invalid("Input.Owner", words["ChooseOwner", Candidates.Count]);
            }
            owner = Candidates is [var only] ? only.EmployeeNo : owner;
        }
        if (!IsOwner && Input.Applicable is null)
        {
            return this.Invalid("Input.Applicable", words["ChooseApplicable"]);
        }
        if (!IsOwner && Input.Applicable == false && string.IsNullOrWhiteSpace(Input.Reason))
        {
            return this.Invalid("Input.Reason", words["BulkReasonNeeded"]);
        }
        var refused = new List<(Item, string)>();
        foreach (var item in Items)
        {
            try
            {
                await change.RunAsync(HttpContext.CurrentUser(), item.Framework, item.Ref,
                    IsOwner ? new ControlChange(item.Version, SetsOwner: true, Owner: owner) : new ControlChange(item.Version, Input.Applicable, string.IsNullOrWhiteSpace(Input.Reason) ? null : Input.Reason), ct);
                Changed++;
            }
            catch (Refusal refusal)
            {
                refused.Add((item, refusal.In(texts)));
            }
        }
        Refused = refused;
        return refused.Count > 0 ? Page() : this.Done(Back, words["ItemsChanged", Changed]);
    }

    private async Task LoadAsync(CancellationToken ct)
    {
        var framework = (await controls.FrameworksAsync(ct)).FirstOrDefault(known => known.Key == Key && known.IsCounted);
        var chosen = Refs.ToHashSet();
        Items = framework is null ? [] : [.. (await items.ListAsync(HttpContext.CurrentUser(), new ItemFilter(framework.Key), ct)).Where(item => chosen.Contains(item.Ref))];
    }
}
