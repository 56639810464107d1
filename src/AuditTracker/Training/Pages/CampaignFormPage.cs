using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>The form of a plan as it was typed; read only when it is saved or previewed.</summary>
public sealed class CampaignFields
{
    public string? Title { get; set; }
    public string Kind { get; set; } = "yearly";
    public string? Course { get; set; }
    public string? Purpose { get; set; }
    public string? CutoffOn { get; set; }
    public string? OpensOn { get; set; }
    public string? DueOn { get; set; }
    public string? JoinerDays { get; set; } = "5";
    public string? Responsible { get; set; }
    public string? ResponsibleSearch { get; set; }
    public bool Everyone { get; set; }
    public List<string> Types { get; set; } = [];
    public List<string> Departments { get; set; } = [];
    public List<string> Tags { get; set; } = [];
    public string? People { get; set; }
    public int? Version { get; set; }

    public Audience Audience => new(Everyone, Types, Departments, [.. Attendance.Typed(People ?? "").Lines.Select(line => line.EmployeeNo).Distinct()]) { Tags = [.. Tags.Where(PersonTags.IsTag)] };

    /// <exception cref="InvalidInput">A date that cannot be read.</exception>
    public CampaignInput Read() => new(Title ?? "", Kind, Course ?? "", Purpose ?? "", TypedDate.ReadOptional(CutoffOn, "cutoffOn"), TypedDate.ReadOptional(OpensOn, "opensOn"), TypedDate.ReadOptional(DueOn, "dueOn"),
        int.TryParse((JoinerDays ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim(), out var days) ? days : -1, Responsible ?? "", Audience, Version);
}

/// <summary>What adding and changing a plan share.</summary>
public abstract class CampaignFormPage(CourseStore courses, AudienceStore audiences, Choices choices, PlanCampaign plan, BusinessClock clock, IStringLocalizer<Words> words) : PageModel
{
    private const int Named = 50;

    [BindProperty] public CampaignFields Input { get; set; } = new();
    [BindProperty] public string? Do { get; set; }
    public IReadOnlyList<CourseVersion> Courses { get; private set; } = [];
    public AudienceChoices Choices { get; private set; } = null!;

    /// <summary>Tags in use, and those a plan names that nobody has any more: saving it again must not lose them.</summary>
    public IReadOnlyList<string> Tags => [.. Choices.Tags.Union(Input.Audience.Tags)];
    public PeopleFound Found { get; private set; } = PeopleFound.Nobody;
    public IReadOnlyList<AudiencePart>? Preview { get; private set; }
    public IReadOnlyList<(string EmployeeNo, string Name)> Some { get; private set; } = [];
    public string PreviewOn { get; private set; } = "";
    public abstract string BackTo { get; }
    protected AudienceStore Audiences => audiences;
    protected IStringLocalizer<Words> T => words;

    protected async Task<DateOnly> FillAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Courses = await courses.NewestAsync(ct);
        Choices = await audiences.ChoicesAsync(user, ct);
        Found = await choices.PickAsync(user, Input.Responsible, Input.ResponsibleSearch, ct);
        return (await clock.NowAsync(ct)).Today;
    }

    /// <summary>Looks for the responsible person, previews, or saves.</summary>
    protected async Task<IActionResult> PostAsync(long? id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var today = await FillAsync(ct);
        if (Do == "find")
        {
            Input.Responsible = Found.Meant;
            return Page();
        }
        try
        {
            if (Do == "preview")
            {
                var on = TypedDate.ReadOptional(Input.CutoffOn, "cutoffOn") ?? TypedDate.ReadOptional(Input.OpensOn, "opensOn") ?? today;
                (Preview, Some, PreviewOn) = (await audiences.PreviewAsync(user, Input.Audience, on, ct), await audiences.SomeAsync(user, Input.Audience, on, Named, ct), DateText.Table(on));
                return Page();
            }
            return this.Done($"/training/campaigns/{await plan.SaveAsync(user, id, Input.Read(), ct)}", words["DonePlanned"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}

/// <summary>A new plan.</summary>
[May(Role.ComplianceManager)]
public sealed class NewCampaignModel(CampaignStore campaigns, CourseStore courses, AudienceStore audiences, Choices choices, PlanCampaign plan, BusinessClock clock, IStringLocalizer<Words> words) : CampaignFormPage(courses, audiences, choices, plan, clock, words)
{
    public override string BackTo => "/training";

    /// <summary>At most so many joiners are filled in by number.</summary>
    private const int Most = 1000;

    /// <param name="joiners">For those who joined and wait: a campaign for joiners that takes them in, or beside one that does not, one that names them.</param>
    public async Task OnGetAsync(bool joiners, CancellationToken ct)
    {
        Input.Responsible = HttpContext.CurrentUser().EmployeeNo;
        Input.Everyone = true;
        var today = await FillAsync(ct);
        Input.Course = Courses.Count > 0 ? Courses[0].Key : null;
        Input.OpensOn = DateText.Plain(today.AddDays(7), "ja");
        Input.DueOn = DateText.Plain(today.AddDays(28), "ja");
        if (joiners && await campaigns.WaitingJoinersAsync(HttpContext.CurrentUser(), Most, ct) is { Count: > 0 } waiting)
        {
            var beside = await campaigns.HasJoinersAsync(ct);
            (Input.Kind, Input.Everyone, Input.OpensOn) = (beside ? "makeUp" : "joiners", !beside, DateText.Plain(today, "ja"));
            Input.Course = Courses.FirstOrDefault(course => course.Key == "new-joiners")?.Key ?? Input.Course;
            Input.CutoffOn = beside ? null : DateText.Plain(waiting[0].HiredOn, "ja");
            Input.People = beside ? string.Join('\n', waiting.Select(joiner => joiner.EmployeeNo)) : null;
        }
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => PostAsync(null, ct);
}

/// <summary>A plan that is not approved yet.</summary>
[May(Role.ComplianceManager)]
public sealed class EditCampaignModel(CampaignStore campaigns, CourseStore courses, AudienceStore audiences, Choices choices, PlanCampaign plan, BusinessClock clock, IStringLocalizer<Words> words) : CampaignFormPage(courses, audiences, choices, plan, clock, words)
{
    [FromRoute] public long Id { get; set; }
    public override string BackTo => $"/training/campaigns/{Id}";

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (await campaigns.FindAsync(HttpContext.CurrentUser(), Id, ct) is not { } campaign)
        {
            return NotFound();
        }
        var audience = await Audiences.OfAsync(Id, ct);
        Input = new()
        {
            Title = campaign.Title,
            Kind = campaign.Kind,
            Course = campaign.Course,
            Purpose = campaign.Purpose,
            CutoffOn = DateText.Plain(campaign.CutoffOn, "ja"),
            OpensOn = DateText.Plain(campaign.OpensOn, "ja"),
            DueOn = DateText.Plain(campaign.DueOn, "ja"),
            JoinerDays = $"{campaign.JoinerDays}",
            Responsible = campaign.ResponsibleNo,
            Everyone = audience.Everyone,
            Types = [.. audience.EmploymentTypes],
            Departments = [.. audience.Departments],
            Tags = [.. audience.Tags],
            People = string.Join('\n', audience.People),
            Version = campaign.Version,
        };
        await FillAsync(ct);
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => PostAsync(Id, ct);
}
