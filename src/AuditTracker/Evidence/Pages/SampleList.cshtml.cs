using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>The samples of every collection the reader sees: which are open, and in which did something not conform?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class SampleListModel(SampleList samples, RequestStore requests, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "state")] public string? State { get; set; }
    [FromQuery(Name = "found")] public string? Found { get; set; }
    [FromQuery(Name = "request")] public string? Asked { get; set; }
    [FromQuery(Name = "from")] public string? From { get; set; }
    [FromQuery(Name = "to")] public string? To { get; set; }

    public SampleFilter Filter { get; private set; } = new();
    public ListPage<Sample> List { get; private set; } = null!;
    public long Total { get; private set; }
    public CompanyDay Day { get; private set; } = null!;
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    /// <summary>What was typed as a day and cannot be read as one.</summary>
    public string? UnreadDate { get; private set; }

    public async Task OnGetAsync(CancellationToken ct)
    {
        var slice = await LoadAsync(ct);
        List = await samples.PageAsync(HttpContext.CurrentUser(), Filter, slice, ct);
        Total = List is { Before: null, After: null } ? List.Rows.Count : await samples.CountAsync(HttpContext.CurrentUser(), Filter, ListQuery.Cap, ct);
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var slice = await LoadAsync(ct);
        var order = slice.Order == SampleListOrders.Rows ? "SampleRowCount" : slice.Order == SampleListOrders.Period ? "PeriodCovered" : "SampleTakenAt";
        return new ListSheet<Sample>(words["Samples"], [.. Chips.Select(chip => chip.Text)], words[order], slice.Descending, Columns, samples.AllAsync(HttpContext.CurrentUser(), Filter, slice, ct));
    }

    private async Task<ListSlice> LoadAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        DateOnly? Read(string? typed)
        {
            var day = Prose.Given(typed) is { } text ? DateInput.Parse(text, Day.FiscalYear).Day : null;
            UnreadDate ??= day is null ? Prose.Given(typed) : null;
            return day;
        }
        long? request = long.TryParse(Asked, out var id) ? id : null;
        Filter = new SampleFilter(SampleFilter.States.Contains(State) ? State : null, SampleFilter.Findings.Contains(Found) ? Found : null, request, Read(From), Read(To), Prose.Given(Search));
        var title = request is null ? null : (await requests.FindAsync(HttpContext.CurrentUser(), request.Value, ct))?.Title;
        Chips = [.. InForce(title)];
        return Request.Slice(SampleListOrders.All);
    }

    private IEnumerable<Chip> InForce(string? title)
    {
        if (Filter.Search is { } text)
        {
            yield return new(text, "q");
        }
        if (Filter.State is { } state)
        {
            yield return new(SampleText.State(words, state), "state");
        }
        if (Filter.Found is { } found)
        {
            yield return new(FoundWord(found), "found");
        }
        if (Filter.From is { } from)
        {
            yield return new(words["SampleFromChip", DateText.Table(from)], "from");
        }
        if (Filter.To is { } to)
        {
            yield return new(words["SampleToChip", DateText.Table(to)], "to");
        }
        if (Filter.RequestId is { } request)
        {
            yield return new(words["OneRequest", title ?? $"{request}"], "request");
        }
    }

    public string FoundWord(string found) => words[found == "none" ? "SampleFoundNone" : "SampleFoundExceptions"];

    private ListColumn<Sample>[] Columns =>
    [
        new(words["SamplePopulation"], 34, (sheet, row) => sheet.Text(row.Name)),
        new(words["State"], 12, (sheet, row) => sheet.Text(SampleText.State(words, row.State))),
        new(words["Name"], 34, (sheet, row) => sheet.Text(row.Title)),
        new(words["PeriodCovered"], 18, (sheet, row) => sheet.Text(Day.Label(row.PeriodFrom, row.PeriodTo))),
        new(words["SampleRowCount"], 12, (sheet, row) => sheet.Number(row.RowCount)),
        new(words["SampleSize"], 10, (sheet, row) => sheet.Number(row.Size)),
        new(words["SampleDone"], 10, (sheet, row) => sheet.Number(row.Size is null ? null : row.Done)),
        new(words["SampleExceptions"], 10, (sheet, row) => sheet.Number(row.Size is null ? null : row.Nonconforming)),
        new(words["SampleTakenBy"], 16, (sheet, row) => sheet.Text(row.By)),
        new(words["SampleTakenAt"], 17, (sheet, row) => sheet.Instant(row.TakenAt)),
        new(words["SampleClosedAt"], 17, (sheet, row) => sheet.Instant(row.ClosedAt)),
        new(words["SampleConclusion"], 60, (sheet, row) => sheet.Text(row.Closing)),
        new(words["SampleRowsHash"], 32, (sheet, row) => sheet.Text(row.RowsSha256, CellStyle.Hash)),
    ];
}
