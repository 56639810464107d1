using AuditTracker.Calendar;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>What adding and changing a request share: searching people and items without script, the preview, and reading the form.</summary>
public abstract class RequestFormPage(Choices choices, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    public const int ItemsShown = 60;

    /// <summary>The room's words.</summary>
    protected IStringLocalizer<Words> T { get; } = words;

    [BindProperty] public RequestFields Input { get; set; } = new();

    public CompanyDay Day { get; private set; } = null!;
    public PeopleFound Owners { get; private set; } = PeopleFound.Nobody;
    public PeopleFound Reviewers { get; private set; } = PeopleFound.Nobody;
    public IReadOnlyList<ItemName> Chosen { get; private set; } = [];
    public IReadOnlyList<ItemName> Found { get; private set; } = [];
    public PlanPreview? Preview { get; private set; }

    /// <summary>Where the form goes when it is given up.</summary>
    public abstract string CancelTo { get; }

    /// <summary>Everything the form shows beside what is typed in it.</summary>
    protected async Task LoadAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        Owners = await choices.PickAsync(HttpContext.CurrentUser(), Input.Owner, Input.OwnerSearch, ct);
        Reviewers = await choices.PickAsync(HttpContext.CurrentUser(), Input.Reviewer, Input.ReviewerSearch, ct);
        (Input.Owner, Input.Reviewer) = (Owners.Chosen, Reviewers.Chosen);
        Chosen = await choices.ItemsOfAsync(Input.Items, ct);
        var chosen = Chosen.Select(item => item.Key).ToHashSet();
        Found = [.. (await choices.ItemsAsync(Input.ItemSearch ?? "", ItemsShown, ct)).Where(item => !chosen.Contains(item.Key))];
        if (Input is { Recurrence: { } every, Unit: { } unit } && RequestFields.Number(Input.Opens) is >= -366 and <= 366 and { } opens && RequestFields.Number(Input.Due) is >= -366 and <= 366 and { } due
            && Date(Input.StartOn) is { Year: >= 2000 and <= 2100 } start)
        {
            Preview = PlanPreview.Of(every, opens, due, unit, start, Date(Input.EndOn), Day.Today, Day.Calendar, Input.ShiftTo);
        }
    }

    private DateOnly? Date(string? typed) => DateInput.Parse(typed, Day.FiscalYear).Day;

    /// <summary>The form as the use case takes it, or null with every error at its field.</summary>
    protected RequestInput? Read()
    {
        var title = Input.Title?.Trim() ?? "";
        Require(title.Length > 0, "Title", "TitleEmpty");
        var minutes = NumberAt("Minutes", Input.Minutes);
        var opens = NumberAt("Opens", Input.Opens);
        var due = NumberAt("Due", Input.Due);
        var owner = PersonAt("Owner", Input.Owner, Input.OwnerSearch);
        var reviewer = PersonAt("Reviewer", Input.Reviewer, Input.ReviewerSearch);
        Require(owner is null || owner != reviewer, "Reviewer", "ReviewerIsOwner");
        Require(Input.Recurrence is not null || Input.OnIsWrong, "Every", Input.Every == "months" ? "MonthsRange" : "ChooseEvery");
        Require(!Input.OnIsWrong, "On", "DayOfMonthRange");
        Require(Input.Unit is not null, "Due", "ChooseUnit");
        var start = DateAt("StartOn", Input.StartOn, required: true);
        var end = DateAt("EndOn", Input.EndOn, required: false);
        Require(Input.Items.Count > 0, "Items", "ItemsNeeded");
        return ModelState.IsValid
            ? new RequestInput(title, Input.Guidance ?? "", minutes, Input.Items, owner!, reviewer!, Input.Recurrence!, opens, due, Input.Unit!.Value, start!.Value, end, Input.ShiftTo)
            : null;
    }

    private void Require(bool holds, string field, string key, params object[] arguments)
    {
        if (!holds)
        {
            ModelState.AddModelError($"Input.{field}", T[key, arguments]);
        }
    }

    private int NumberAt(string field, string? typed)
    {
        var number = RequestFields.Number(typed);
        Require(number is not null, field, string.IsNullOrWhiteSpace(typed) ? "NumberEmpty" : "NumberUnreadable", typed ?? "");
        return number ?? 0;
    }

    private string? PersonAt(string field, string? number, string? typed)
    {
        Require(!string.IsNullOrEmpty(number), field, string.IsNullOrWhiteSpace(typed) ? field == "Owner" ? "OwnerEmpty" : "ReviewerEmpty" : "PersonNotChosen", typed ?? "");
        return number;
    }

    private DateOnly? DateAt(string field, string? typed, bool required)
    {
        if (TypedDate.Refusal(typed, field, Day.FiscalYear) is { } refusal && (required || !string.IsNullOrWhiteSpace(typed)))
        {
            _ = this.Refused(refusal);
        }
        return Date(typed);
    }
}
