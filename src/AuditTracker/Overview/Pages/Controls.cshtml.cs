using System.Globalization;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>The items of one framework: which requirement is not safe?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class ControlsModel(ShowItems show, ItemStore items, ControlStore controls, IStringLocalizer<AuditTracker.Overview.Words> words) : PageModel
{
    [FromQuery(Name = "framework")] public string? Key { get; set; }
    [FromQuery(Name = "theme")] public string? Theme { get; set; }
    [FromQuery(Name = "state")] public CoverageState? State { get; set; }
    /// <summary>Only applicable items that are not covered.</summary>
    [FromQuery(Name = "gaps")] public bool Gaps { get; set; }
    [FromQuery(Name = "owner")] public string? OwnerNo { get; set; }
    [FromQuery(Name = "department")] public string? Department { get; set; }
    /// <summary>Class of safety measures.</summary>
    [FromQuery(Name = "measure")] public string? Measure { get; set; }
    [FromQuery(Name = "applicable")] public bool? Applicable { get; set; }
    [FromQuery(Name = "q")] public string? Words { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public Framework? Framework { get; private set; }

    /// <summary>Every item of the framework the reader sees; the totals count these.</summary>
    public IReadOnlyList<CoveredItem> All { get; private set; } = [];

    /// <summary>The items behind the filter.</summary>
    public IReadOnlyList<CoveredItem> Found { get; private set; } = [];
    public IReadOnlyList<Heading> Headings { get; private set; } = [];
    public IReadOnlyList<AuditTracker.Controls.Theme> Themes { get; private set; } = [];
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    private string? departmentName;
    private string? measureName;

    public IEnumerable<(string No, string Name)> Owners => All.Where(item => item.Item.Owner is not null).Select(item => (item.Item.Owner!, item.Item.OwnerName!)).Distinct().OrderBy(owner => owner.Item1);
    public int In(CoverageState state) => All.Count(item => item.Coverage?.State == state);

    /// <summary>The headings that stand above this item and not above the one before it.</summary>
    public IEnumerable<Heading> HeadingsAbove(int index) => Headings.Where(heading => heading.Heads(Found[index].Item) && (index == 0 || !heading.Heads(Found[index - 1].Item)));

    /// <summary>May change owner and applicability: compliance managers, of frameworks that are counted.</summary>
    public bool MayChange => HttpContext.CurrentUser().Is(Role.ComplianceManager) && Framework?.IsCounted == true;

    public Task<IActionResult> OnGetAsync(CancellationToken ct) => LoadAsync(ct);

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        if (await LoadAsync(ct) is not PageResult || Framework is null)
        {
            return NotFound();
        }
        return new ListSheet<CoveredItem>($"{words["Controls"]} {Framework.Short(Language)}", [.. Chips.Select(chip => chip.Text)], words["Item"], Descending: false,
        [
            new(words["Item"], 12, (sheet, row) => sheet.Text(row.Item.OfficialRef, CellStyle.Code)),
            new(words["RefOrTitle"], 50, (sheet, row) => sheet.Text(row.Item.Title(Language))),
            new(words["Coverage"], 12, (sheet, row) => sheet.Text(row.Coverage is { } coverage ? StateWord(coverage.State) : null)),
            new(words["NextDue"], 12, (sheet, row) => sheet.Date(row.Coverage?.NextDueOn)),
            new(words["Owner"], 16, (sheet, row) => sheet.Text(row.Item.OwnerName)),
            new(words["Applicability"], 10, (sheet, row) => sheet.Text(words[row.Item.Applicable ? "Applicable" : "NotApplicable"])),
            new(words["Reason"], 50, (sheet, row) => sheet.Text(row.Item.Reason)),
        ], Found.ToAsyncEnumerable());
    }

    private async Task<IActionResult> LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var seen = (await items.FrameworksAsync(user, ct)).ToHashSet();
        Frameworks = [.. (await controls.FrameworksAsync(ct)).Where(framework => seen.Contains(framework.Key))];
        Framework = Frameworks.FirstOrDefault(framework => string.IsNullOrEmpty(Key) || framework.Key == Key);
        if (Framework is null)
        {
            return string.IsNullOrEmpty(Key) ? Page() : NotFound();
        }
        Themes = await controls.ThemesAsync(Framework.Key, ct);
        Headings = await items.HeadingsAsync(Framework.Key, ct);
        All = await show.ListAsync(user, new ItemFilter(Framework.Key), ct);
        var filter = new ItemFilter(Framework.Key, Given(Theme), State, Given(OwnerNo), Applicable, Given(Words)?.Replace("\0", ""), Given(Department)?.Replace("\0", ""), Given(Measure)?.Replace("\0", ""));
        departmentName = filter.Department is null or ItemFilter.NoOwner ? null : (await items.DepartmentsAsync(user, Framework.Key, ct)).FirstOrDefault(row => row.Key == filter.Department)?.Name;
        measureName = filter.Measure is null ? null : (await controls.ThemesAsync(ItemStore.Measures, ct)).FirstOrDefault(known => known.Key == filter.Measure)?.Title(Language);
        var kept = (await items.ListAsync(user, filter, ct)).Select(item => item.Ref).ToHashSet();
        Found = [.. All.Where(item => kept.Contains(item.Item.Ref) && (State is null || item.Coverage?.State == State) && (!Gaps || ShowCoverage.IsGap(item)))];
        Chips = [.. InForce()];
        return Page();
    }

    public string StateWord(CoverageState state) => words[$"State{state}"];

    private IEnumerable<Chip> InForce()
    {
        if (Given(Theme) is { } theme)
        {
            yield return new(Themes.FirstOrDefault(known => known.Key == theme)?.Title(Language) ?? theme, "theme");
        }
        if (State is { } state)
        {
            yield return new(StateWord(state), "state");
        }
        if (Gaps)
        {
            yield return new(words["NotCovered"], "gaps");
        }
        if (Given(OwnerNo) is { } owner)
        {
            yield return new(owner == ItemFilter.NoOwner ? words["NoOwner"] : Owners.FirstOrDefault(known => known.No == owner).Name ?? owner, "owner");
        }
        if (Given(Department) is { } department)
        {
            yield return new(department == ItemFilter.NoOwner ? words["NoDepartment"] : departmentName ?? department, "department");
        }
        if (Given(Measure) is { } measure)
        {
            yield return new(measureName ?? measure, "measure");
        }
        if (Applicable is { } applicable)
        {
            yield return new(words[applicable ? "Applicable" : "NotApplicable"], "applicable");
        }
        if (Given(Words) is { } text)
        {
            yield return new(text, "q");
        }
    }

    private static string? Given(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();
}
