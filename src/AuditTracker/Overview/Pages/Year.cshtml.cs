using AuditTracker.Platform.Database;
using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using FaceWords = AuditTracker.Platform.Web.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>The year by request and month; on phones one month at a time.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class YearModel(ShowYear show, CollectionStore collections, RequestStore requests, PeopleList people, ControlStore controls, CompanyDays days, IStringLocalizer<Words> words, IStringLocalizer<FaceWords> face) : PageModel
{
    private const int Size = 25, MostInMonth = 50;

    /// <summary>More than these are no list to choose from: the filter takes a number, as that of the collections does.</summary>
    public const int MostOwners = 100;

    /// <summary>The fiscal year's number; the running one when left out or unreadable.</summary>
    [FromQuery(Name = "fy")] public string? Year { get; set; }

    /// <summary>The month a phone shows: 2026-11.</summary>
    [FromQuery(Name = "month")] public string? Month { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }
    [FromQuery(Name = "owner")] public string? Owner { get; set; }
    [FromQuery(Name = "department")] public string? Department { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public CompanyDay Day { get; private set; } = null!;
    public int Number { get; private set; }
    public YearFilter Filter { get; private set; } = null!;
    public ListPage<YearRow> List { get; private set; } = null!;
    public IReadOnlyList<MonthLoad> Months { get; private set; } = [];
    public IReadOnlyList<PersonLoad> Loads { get; private set; } = [];
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public IReadOnlyList<OwnerChoice> Owners { get; private set; } = [];
    public IReadOnlyList<DepartmentEntry> Departments { get; private set; } = [];
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    /// <summary>The month of the phone's list, and its rows.</summary>
    public DateOnly Shown { get; private set; }
    public IReadOnlyList<CollectionRow> InMonth { get; private set; } = [];
    public DateOnly ThisMonth => new(Day.Today.Year, Day.Today.Month, 1);
    public bool IsNow(DateOnly month) => month == ThisMonth;
    public string MonthName(DateOnly month) => DateText.Month(month.Month);
    public string YearName(int number) => PeriodText.FiscalYear(number);

    public async Task OnGetAsync(string? after, string? before, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        await ReadAsync(ct);
        Frameworks = [.. (await controls.FrameworksAsync(ct)).Where(framework => framework.IsCounted)];
        Owners = await requests.OwnersAsync(user, ct);
        (Departments, _) = await people.DepartmentsAsync(user, null, null, 200, ct);
        var months = show.MonthsAsync(user, Filter, ct);
        var loads = show.PeopleAsync(user, Filter, ct);
        List = await show.PageAsync(user, Filter, Given(after), Given(before), Size, ct);
        (Months, Loads) = (await months, await loads);
        (InMonth, _) = await collections.ListAsync(user, new CollectionFilter(Framework: Filter.Framework, Assignee: Filter.Owner, Department: Filter.Department, DueFrom: Shown, DueBefore: Shown.AddMonths(1)), null, MostInMonth, ct);
        Chips = [.. InForce()];
    }

    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        await ReadAsync(ct);
        Frameworks = await controls.FrameworksAsync(ct);
        Owners = await requests.OwnersAsync(user, ct);
        var months = Enumerable.Range(0, 12).Select(Filter.Year.From.AddMonths).ToList();
        return new PageWorkbook($"{words["YearPlan"].Value}_{Number}", words["YearPlan"], Day.Now, [(words["FiscalYear"], YearName(Number)), .. InForce().Select(chip => (words["Condition"].Value, chip.Text))],
            [(words["RequestName"], 40), (words["Owner"], 14), .. months.Select(month => (MonthName(month), 13d)), (words["HowMany"], 6), (words["Overdue"], 8)], async sheet =>
        {
            await foreach (var row in show.AllAsync(user, Filter, ct))
            {
                await sheet.RowAsync();
                sheet.Text(row.Request.Title);
                sheet.Text(row.Request.OwnerName);
                foreach (var month in months)
                {
                    sheet.Text(row.Cells.TryGetValue(month, out var cell) ? $"{Short(cell)} {StateWord(cell.Worst)}{Moved(cell)}" : "", Platform.Workbooks.CellStyle.Centered);
                }
                sheet.Number(row.Count);
                sheet.Number(row.Late);
            }
        });
    }

    /// <summary>The day, or how many of several are done: 15, 4/5.</summary>
    public static string Short(YearCell cell) => cell.All.Count == 1 ? $"{cell.Worst.DueOn.Day}" : $"{cell.Accepted}/{cell.All.Count}";

    public string StateWord(Occurrence one) => face[States.Of("collection." + YearCell.StateOf(one)).WordKey];

    /// <summary>What a cell says aloud: 7～9月分 期限 2026/10/15（木） 期限超過.</summary>
    public string Spoken(YearCell cell) => cell.All.Count == 1
        ? words["CellSpoken", Day.Label(cell.Worst.PeriodFrom, cell.Worst.PeriodTo), DateText.Table(cell.Worst.DueOn), StateWord(cell.Worst)] + Moved(cell)
        : words["CellsSpoken", cell.All.Count, cell.Accepted, StateWord(cell.Worst)] + Moved(cell);

    /// <summary>Where what was moved first stood: （当初 10/15）; empty where nothing was.</summary>
    public string Moved(YearCell cell) => cell.Moved == 0 ? "" : cell.All.Count > 1 ? words["CellsMoved", cell.Moved].Value : cell.Worst is { PlannedOpensOn: { } opens } one && one.DueOn == one.PlannedDueOn
        ? words["CellMovedOpening", DateText.Table(opens), DateText.Table(one.OpensOn)].Value : words["CellMoved", DateText.Table(cell.Worst.PlannedDueOn)].Value;

    public static (string Symbol, string Tone) Mark(Occurrence one)
    {
        var shape = States.Of("collection." + YearCell.StateOf(one)).Shape;
        return (shape.Symbol(), shape.Tone());
    }

    /// <summary>The list behind a month's number.</summary>
    public string ListOf(DateOnly month, bool late = false) => "/evidence/collections?" + string.Join('&', new[]
    {
        late ? "overdue=true" : "state=all", $"dueFrom={DateText.Iso(month)}", $"dueBefore={DateText.Iso(month.AddMonths(1))}",
        Filter.Framework is null ? null : $"framework={Uri.EscapeDataString(Filter.Framework)}",
        Filter.Owner is null ? null : $"assignee={Uri.EscapeDataString(Filter.Owner)}",
        Filter.Department is null ? null : $"department={Uri.EscapeDataString(Filter.Department)}",
    }.Where(part => part is not null));

    private async Task ReadAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        var running = Day.Calendar.Periods.YearOf(Day.Today);
        Number = int.TryParse(Year, NumberStyles.None, CultureInfo.InvariantCulture, out var asked) && asked is > 1900 and < 2200 ? asked : running;
        Filter = new YearFilter(Day.Calendar.Periods.Year(Number), Given(Framework), Given(Owner), Given(Department));
        Shown = DateOnly.TryParseExact(Month + "-01", "yyyy-MM-dd", out var month) && Filter.Year.Contains(month) ? month : Number == running ? ThisMonth : Filter.Year.From;
    }

    private IEnumerable<Chip> InForce()
    {
        if (Filter.Framework is { } key)
        {
            yield return new(Frameworks.FirstOrDefault(framework => framework.Key == key)?.Short(Language) ?? key, "framework");
        }
        if (Filter.Owner is { } owner)
        {
            yield return new(Owners.FirstOrDefault(known => known.EmployeeNo == owner)?.Name ?? owner, "owner");
        }
        if (Filter.Department is { } department)
        {
            yield return new(Departments.FirstOrDefault(known => known.Code == department)?.Name ?? department, "department");
        }
    }

    private static string? Given(string? value) => value?.Replace("\0", "").Trim() is { Length: > 0 } given ? given : null;
}
