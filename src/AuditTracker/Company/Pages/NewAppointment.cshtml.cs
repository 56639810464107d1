using AuditTracker.Calendar;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>Finds somebody and appoints them.</summary>
[May(Role.ComplianceManager)]
public sealed class NewAppointmentModel(Db db, BusinessClock clock, PeopleList people, Appoint appoint, IStringLocalizer<Words> words) : PageModel
{
    private const int Most = 20, MostDepartments = 500;

    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "find")] public string? Find { get; set; }
    [BindProperty] public Form Input { get; set; } = new();
    public IReadOnlyList<AppointmentKind> Kinds { get; private set; } = [];
    public AppointmentKind? Chosen { get; private set; }

    /// <summary>Null before anybody was searched for.</summary>
    public IReadOnlyList<PersonRow>? Found { get; private set; }
    public IReadOnlyList<DepartmentEntry> Departments { get; private set; } = [];

    public sealed class Form
    {
        public string? EmployeeNo { get; set; }
        public string? Department { get; set; }
        public string? FromOn { get; set; }
        public string? ToOn { get; set; }
        public string? AppointedBy { get; set; }
        public string? Document { get; set; }
        public bool EndPrevious { get; set; }
    }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var today = await LoadAsync(ct);
        Input.FromOn = DateText.Plain(today, "ja");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await LoadAsync(ct);
        try
        {
            var input = new AppointmentInput(Kind ?? "", Input.EmployeeNo ?? "", Input.Department, TypedDate.Read(Input.FromOn, "fromOn"), TypedDate.ReadOptional(Input.ToOn, "toOn"),
                Input.AppointedBy ?? "", Input.Document ?? "", Input.EndPrevious);
            await appoint.RunAsync(HttpContext.CurrentUser(), input, ct);
            return input.Kind == "privacyManager" ? this.Done("/company/appointments", words["AppointedReport"], "/company/change-reports", words["ChangeReports"]) : this.Done("/company/appointments", words["AppointedDone"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private async Task<DateOnly> LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        await using (var connection = await db.OpenAsync(ct))
        {
            Kinds = await AppointmentStore.KindsAsync(connection, ct);
        }
        Chosen = Kinds.FirstOrDefault(kind => kind.Key == Kind);
        Found = string.IsNullOrWhiteSpace(Find) || Chosen is null ? null : (await people.PageAsync(user, new PeopleFilter(Search: Find, HereOnly: true), null, Most, ct)).Rows;
        Departments = Chosen?.PerDepartment == true ? (await people.DepartmentsAsync(user, null, null, MostDepartments, ct)).Rows : [];
        return (await clock.NowAsync(ct)).Today;
    }
}
