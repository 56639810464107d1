using AuditTracker.Calendar;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>Who belongs here, and who answers to whom, on a given day?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.Administrator, Role.ControlOwner)]
public sealed class PeopleModel(PeopleList people, OwedStore owed, BusinessClock clock, IStringLocalizer<PeopleWords> words) : PageModel
{
    [FromQuery(Name = "on")] public string? OnText { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "department")] public string? Department { get; set; }
    [FromQuery(Name = "left")] public bool WithLeft { get; set; }

    /// <summary>here (or nothing), leave, left, all.</summary>
    [FromQuery(Name = "state")] public string? State { get; set; }

    public DateOnly On { get; private set; }
    public string? OnError { get; private set; }
    public IReadOnlyList<DepartmentNode> Tree { get; private set; } = [];
    public bool SeesDepartments { get; private set; }
    public bool MayImport { get; private set; }
    public bool HasNobody { get; private set; }
    public long Total { get; private set; }
    public ListPage<PersonRow> List { get; private set; } = new([], null, null);

    /// <summary>A head above each department; in other orders it is a column.</summary>
    public bool IsByDepartment { get; private set; }
    public IReadOnlyList<DepartmentEntry> Departments { get; private set; } = [];
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    private IReadOnlyDictionary<long, OwedCount> counts = new Dictionary<long, OwedCount>();

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var filter = await FilterAsync(ct);
        MayImport = user.Is(Role.ComplianceManager);
        SeesDepartments = user.IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner);
        var slice = Request.Slice(PeopleOrders.All);
        IsByDepartment = slice.Order == PeopleOrders.Department;
        // Side by side: each of them reads ten thousand people.
        var (departments, page, total) = (people.DepartmentsAsync(user, On, null, 500, ct), people.PageAsync(user, filter, slice, ct), people.CountAsync(user, filter, ct));
        await Task.WhenAll(departments, page, total);
        (Departments, _) = await departments;
        (List, Total) = (await page, await total);
        Tree = DepartmentNode.Tree(Departments);
        counts = await owed.CountsAsync(user, List.Rows.Select(row => row.Id), ct);
        HasNobody = Total == 0 && string.IsNullOrWhiteSpace(Search) && string.IsNullOrEmpty(Department) && string.IsNullOrEmpty(State) && OnError is null;
        Chips = [.. InForce()];
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var (filter, slice) = (await FilterAsync(ct), Request.Slice(PeopleOrders.All));
        (Departments, _) = await people.DepartmentsAsync(user, On, null, 500, ct);
        var order = words[slice.Order.Name switch { "name" => "ColumnName", "no" => "ColumnEmployeeNo", _ => "Department" }];
        return new ListSheet<PersonRow>(words["People"], [.. InForce().Select(chip => chip.Text)], order, slice.Descending,
        [
            new(words["ColumnName"], 16, (sheet, row) => sheet.Text(row.Name)),
            new(words["ColumnNameKana"], 18, (sheet, row) => sheet.Text(row.NameKana)),
            new(words["ColumnEmployeeNo"], 12, (sheet, row) => sheet.Text(row.EmployeeNo, CellStyle.Code)),
            new(words["ColumnDepartmentName"], 20, (sheet, row) => sheet.Text(row.DepartmentName)),
            new(words["ColumnEmploymentType"], 12, (sheet, row) => sheet.Text(row.EmploymentType)),
            new(words["ColumnTitle"], 14, (sheet, row) => sheet.Text(row.Title)),
            new(words["ColumnTags"], 24, (sheet, row) => sheet.Text(PersonTags.Text(row.Tags ?? []))),
            new(words["Manager"], 16, (sheet, row) => sheet.Text(row.ManagerName)),
            new(words["ColumnEmail"], 32, (sheet, row) => sheet.Text(row.Email)),
            new(words["ColumnLeftOn"], 12, (sheet, row) => sheet.Date(row.LeftOn)),
        ], people.AllAsync(user, filter, slice, ct));
    }

    private async Task<PeopleFilter> FilterAsync(CancellationToken ct)
    {
        var today = (await clock.NowAsync(ct)).Today;
        var typed = DateInput.Parse(OnText);
        OnError = typed.Day is null && !string.IsNullOrWhiteSpace(OnText) ? words.Unread(OnText) : null;
        On = typed.Day ?? today;
        return new PeopleFilter(On, Search?.Replace("\0", ""), Department?.Replace("\0", ""), HereOnly: !WithLeft && State is not ("left" or "all"), State switch { "leave" => PeopleStatus.OnLeave, "left" => PeopleStatus.Left, _ => null });
    }

    public OwedCount? OwedBy(PersonRow row) => counts.GetValueOrDefault(row.Id);

    public DepartmentEntry? DepartmentOf(PersonRow row) => Departments.FirstOrDefault(department => department.Code == row.DepartmentCode);

    private IEnumerable<Chip> InForce()
    {
        if (!string.IsNullOrWhiteSpace(Search))
        {
            yield return new(Search, "q");
        }

        if (!string.IsNullOrEmpty(Department))
        {
            yield return new(Departments.FirstOrDefault(known => known.Code == Department)?.Name ?? Department, "department");
        }

        if (!string.IsNullOrWhiteSpace(OnText) && OnError is null)
        {
            yield return new(words["AsOf", DateText.Table(On)], "on");
        }

        if (WithLeft || State == "all")
        {
            yield return new(words["WithLeft"], WithLeft ? "left" : "state");
        }
        else if (State is "leave" or "left")
        {
            yield return new(words[State == "leave" ? "OnLeave" : "HasLeft"], "state");
        }
    }
}
