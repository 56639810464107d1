using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Another owner: from the department and the manager of the present one, all of whom a search reaches; or, for the secretariat, anybody who is searched for.</summary>
[May(Role.ComplianceManager, Role.ControlOwner)]
public sealed class OwnerModel(ShowCollection show, ChangeOwner change, Choices choices, IStringLocalizer<Words> words) : CollectionActPage(show, words)
{
    public const int Shown = 50;

    [FromQuery(Name = "q")] public string? Typed { get; set; }

    public IReadOnlyList<PickablePerson> People { get; private set; } = [];

    /// <summary>There are more than are shown: a search narrows them.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Only compliance managers search everybody; others search among the owner's colleagues, where these are more than a list.</summary>
    public bool MaySearch => Caller.Is(Role.ComplianceManager) || HasMore || Prose.Given(Typed) is not null;

    protected override bool MayOpen => View.Terms.MayHandIn;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? await WithPeopleAsync(id, Page(), ct) : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        var answer = await ActAsync(id, () => change.RunAsync(Caller, id, Input.Owner, Input.Reason, Input.Whole, ct), "DoneOwner", ct);
        return View is null ? answer : await WithPeopleAsync(id, answer, ct);
    }

    private async Task<IActionResult> WithPeopleAsync(long id, IActionResult answer, CancellationToken ct)
    {
        var found = Prose.Given(Typed) is { } typed && Caller.Is(Role.ComplianceManager) ? await choices.PeopleAsync(Caller, typed, Shown + 1, ct)
            : await choices.ColleaguesAsync(Caller, id, View.Day.Today, Shown + 1, ct, Prose.Given(Typed));
        (People, HasMore) = ([.. found.Take(Shown)], found.Count > Shown);
        return answer;
    }
}
