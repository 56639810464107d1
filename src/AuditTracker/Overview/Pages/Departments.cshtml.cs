using System.ComponentModel.DataAnnotations;
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
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>How departments hang together on a day, who heads them, and who did before.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class DepartmentsModel(PeopleList people, ImportStructure structure, Choices choices, BusinessClock clock, IStringLocalizer<PeopleWords> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    [FromQuery(Name = "on")] public string? OnText { get; set; }

    /// <summary>The department whose terms fill the form.</summary>
    [FromQuery(Name = "change")] public string? Change { get; set; }

    public DateOnly On { get; private set; }
    public bool MayChange { get; private set; }
    public IReadOnlyList<DepartmentNode> Tree { get; private set; } = [];
    /// <summary>Departments that may stand above one.</summary>
    public IEnumerable<DepartmentEntry> Parents { get; private set; } = [];
    public PeopleFound Heads { get; private set; } = PeopleFound.Nobody;
    public bool IsChanging { get; private set; }

    /// <summary>The last version of those that are no more on the base date.</summary>
    public IReadOnlyList<DepartmentVersion> Closed { get; private set; } = [];
    public ILookup<string, DepartmentVersion> History { get; private set; } = Array.Empty<DepartmentVersion>().ToLookup(version => version.Code);

    public sealed class Form
    {
        [Required(ErrorMessage = "StructureNoCode")] public string? Code { get; set; }
        public string? Name { get; set; }
        public string? Parent { get; set; }
        public string? Head { get; set; }
        public string? HeadSearch { get; set; }
        public string? From { get; set; }
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        On = DateInput.Parse(OnText).Day ?? (await clock.NowAsync(ct)).Today;
        MayChange = user.Is(Role.ComplianceManager);
        var (departments, _) = await people.DepartmentsAsync(user, On, null, 2000, ct);
        Tree = DepartmentNode.Tree(departments);
        History = (await people.DepartmentVersionsAsync(user, ct)).ToLookup(version => version.Code);
        Parents = departments.Where(department => department.Name is not null);
        Closed = [.. History.Select(versions => versions.MaxBy(version => version.FromOn)!).Where(version => version.ToOn < On)];
        if (MayChange && departments.FirstOrDefault(department => department.Code == Change) is { } changing && HttpMethods.IsGet(Request.Method))
        {
            Input = new() { Code = changing.Code, Name = changing.Name, Parent = changing.Parent, Head = changing.HeadNo };
            IsChanging = true;
        }

        Heads = MayChange ? await choices.PickAsync(user, Input.Head, Input.HeadSearch, ct) : Heads;
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        await OnGetAsync(ct);
        if (!MayChange)
        {
            return NotFound();
        }

        IsChanging = true;
        if (what == "find")
        {
            ModelState.Clear();
            Input.Head = Heads.Meant;
            return Page();
        }

        var from = DateInput.Parse(Input.From);
        if (from.Problem is { } problem && problem != DateProblem.Empty)
        {
            return this.Invalid("Input.From", words.Unread(Input.From));
        }

        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var name = Input.Name?.Trim();
            await structure.ChangeDepartmentAsync(
                HttpContext.CurrentUser(), new(1, Input.Code!.Trim(), string.IsNullOrEmpty(name) ? null : name, Input.Parent?.Trim() ?? "", Input.Head?.Trim() ?? "", from.Day), ct);
            return this.Done("/people/departments", words["DepartmentSaved"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
