using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Every file of evidence the reader may see: where it belongs, and what the virus scanner says of it.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class FilesModel(FileList files, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "state")] public string? State { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }

    public FileFilter Filter => new(FileFilter.States.Contains(State) ? State : null, Prose.Given(Search));
    public ListPage<FileRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public CompanyDay Day { get; private set; } = null!;
    public bool MayDecide => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(FileOrders.All));
        Day = await days.LoadAsync(ct);
        List = await files.PageAsync(user, Filter, slice, ct);
        Total = List is { Before: null, After: null } ? List.Rows.Count : await files.CountAsync(user, Filter, ListQuery.Cap, ct);
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(FileOrders.All));
        Day = await days.LoadAsync(ct);
        return new ListSheet<FileRow>(words["Files"], [.. Chips.Select(chip => chip.Text)], words[slice.Order == FileOrders.Size ? "FileSize" : "HandedInAt"], slice.Descending, Columns, files.AllAsync(user, Filter, slice, ct));
    }

    public IEnumerable<Chip> Chips
    {
        get
        {
            if (Filter.State is { } state)
            {
                yield return new(Word(state), "state");
            }
            if (Filter.Search is { } text)
            {
                yield return new(text, "q");
            }
        }
    }

    /// <summary>検査済み, of a filter's state.</summary>
    public string Word(string state) => words[$"FileIs{char.ToUpperInvariant(state[0])}{state[1..]}"];

    private ListColumn<FileRow>[] Columns =>
    [
        new(words["FileName"], 36, (sheet, row) => sheet.Text(row.FileName)),
        new(words["ScanState"], 24, (sheet, row) => sheet.Text(words[row.Scan.WordKey])),
        new(words["Name"], 36, (sheet, row) => sheet.Text(row.Title)),
        new(words["PeriodCovered"], 18, (sheet, row) => sheet.Text(Day.Label(row.PeriodFrom, row.PeriodTo))),
        new(words["HandedInAt"], 17, (sheet, row) => sheet.Instant(row.At)),
        new(words["HandedInByHead"], 16, (sheet, row) => sheet.Text(row.By)),
        new(words["FileSize"], 12, (sheet, row) => sheet.Number(row.Size)),
        new(words["ScannedAt"], 17, (sheet, row) => sheet.Instant(row.ScannedAt)),
        new(words["ScannerFound"], 28, (sheet, row) => sheet.Text(row.Found)),
        new(words["Signatures"], 30, (sheet, row) => sheet.Text(row.Signatures)),
        new("SHA-256", 32, (sheet, row) => sheet.Text(row.Sha256, CellStyle.Hash)),
    ];
}
