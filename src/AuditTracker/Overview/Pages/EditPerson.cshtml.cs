using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>One person without a file: typed, the differences seen, saved.</summary>
[May(Role.ComplianceManager)]
public class EditPersonModel(EditPerson edit, PeopleList people, Choices choices, BusinessClock clock, IStringLocalizer<PeopleWords> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    /// <summary>Null for somebody new.</summary>
    public string? EmployeeNo { get; private set; }
    public Difference? Difference { get; private set; }
    public IReadOnlyList<SelectListItem> Departments { get; private set; } = [];
    public PeopleFound Managers { get; private set; } = PeopleFound.Nobody;
    public IReadOnlyList<SelectListItem> LeaveKinds { get; private set; } = [];

    public sealed class Form
    {
        public string? EmployeeNo { get; set; }
        public string? Name { get; set; }
        public string? NameKana { get; set; }
        public string? Email { get; set; }
        public string? DepartmentCode { get; set; }
        public string? Title { get; set; }
        public string? EmploymentType { get; set; }
        public string? HiredOn { get; set; }
        public string? LeftOn { get; set; }
        public string? ManagerNo { get; set; }
        public string? ManagerNoSearch { get; set; }
        public string? LeaveKind { get; set; }
        public string? LeaveFrom { get; set; }
        public string? LeaveTo { get; set; }
        public string? Tags { get; set; }
        public string? Effective { get; set; }
        public int? Version { get; set; }

        public Dictionary<PeopleField, string> Cells => PeopleColumns.All.ToDictionary(column => column.Field, column => (string?)GetType().GetProperty(column.Field.ToString())?.GetValue(this) ?? "");
    }

    public async Task<IActionResult> OnGetAsync(string? employeeNo, CancellationToken ct)
    {
        await LoadAsync(employeeNo, ct);
        if (employeeNo is not null)
        {
            var (cells, version) = await edit.ReadAsync(HttpContext.CurrentUser(), employeeNo.Replace("\0", ""), null, ct);
            Input.Version = version;
            foreach (var (field, text) in cells)
            {
                typeof(Form).GetProperty(field.ToString())?.SetValue(Input, text);
            }
        }

        Managers = await choices.PickAsync(HttpContext.CurrentUser(), Input.ManagerNo, null, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string? employeeNo, string? step, [FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        await LoadAsync(employeeNo, ct);
        Input.EmployeeNo = employeeNo ?? Input.EmployeeNo;
        Managers = await choices.PickAsync(HttpContext.CurrentUser(), Input.ManagerNo, Input.ManagerNoSearch, ct);
        if (what == "find")
        {
            Input.ManagerNo = Managers.Meant;
            return Page();
        }

        var day = DateInput.Parse(Input.Effective);
        foreach (var (field, typed) in new[] { ("Effective", Input.Effective), ("HiredOn", Input.HiredOn), ("LeftOn", Input.LeftOn), ("LeaveFrom", Input.LeaveFrom), ("LeaveTo", Input.LeaveTo) })
        {
            if (DateInput.Parse(typed).Problem is not (null or DateProblem.Empty))
            {
                ModelState.AddModelError($"Input.{field}", words.Unread(typed));
            }
        }
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }

        try
        {
            var user = HttpContext.CurrentUser();
            Difference = await edit.CompareAsync(user, Input.Cells, day.Day, employeeNo is null ? null : Input.Version ?? 0, ct);
            if (Difference.Errors.Count > 0)
            {
                foreach (var error in Difference.Errors)
                {
                    ModelState.AddModelError(error.Field is { } field ? $"Input.{field}" : "", error.Message(words).Replace(words["FixLine"], "", StringComparison.Ordinal)); // said of a file, which this is not
                }

                return this.Invalid();
            }

            if (step != "apply")
            {
                return Page();
            }

            await edit.ApplyAsync(user, Input.Cells, day.Day, employeeNo is null ? null : Input.Version ?? 0, ct);
            return this.Done($"/people/{Uri.EscapeDataString(Difference.People[0].After.EmployeeNo)}", words["PersonSaved"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private async Task LoadAsync(string? employeeNo, CancellationToken ct)
    {
        EmployeeNo = employeeNo;
        var (departments, _) = await people.DepartmentsAsync(HttpContext.CurrentUser(), (await clock.NowAsync(ct)).Today, null, 2000, ct);
        Departments = [.. departments.Where(department => department.Name is not null).Select(department => new SelectListItem($"{department.Code} {department.Name}", department.Code))];
        LeaveKinds = [.. (await people.LeaveKindsAsync(ct)).Select(kind => new SelectListItem(Thread.CurrentThread.CurrentUICulture.TwoLetterISOLanguageName == "en" ? kind.NameEn : kind.NameJa, kind.Code))];
    }
}

/// <summary>Somebody new, by the same form and rules.</summary>
[May(Role.ComplianceManager)]
public sealed class AddPersonModel(EditPerson edit, PeopleList people, Choices choices, BusinessClock clock, IStringLocalizer<PeopleWords> words) : EditPersonModel(edit, people, choices, clock, words);
