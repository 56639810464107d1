using AuditTracker.Calendar;
using AuditTracker.Controls;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using FaceWords = AuditTracker.Platform.Web.Words;

namespace AuditTracker.Evidence.Pages;

/// <summary>Collections by due date: what is late, what waits, with whom. Without a filter only what somebody has to act on.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class CollectionsModel(CollectionStore collections, RequestStore requests, ControlStore controls, CompanyDays days, IStringLocalizer<Words> words, IStringLocalizer<FaceWords> face) : PageModel
{
    public CompanyDay Day { get; private set; } = null!;
    public CollectionQuery Query { get; private set; } = null!;
    public CollectionQuery.Names Names { get; private set; } = null!;
    public ListPage<CollectionRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    /// <summary>May change who owes what: the secretariat.</summary>
    public bool MayManage => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    /// <summary>May decide on what was handed in.</summary>
    public bool MayReview => HttpContext.CurrentUser().IsAny(Role.ComplianceManager, Role.Reviewer);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var slice = await LoadAsync(user, ct);
        (List, Total) = await collections.PageAndCountAsync(user, Query.Filter, slice, ct);
        Chips = [.. Query.Chips(words, face, Names, List.Rows is [var first, ..] ? first.Title : null)];
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var slice = await LoadAsync(user, ct);
        var title = Query.RequestId is { } id ? (await requests.FindAsync(user, id, ct))?.Title : null;
        return new ListSheet<CollectionRow>(words["Collections"], [.. Query.Chips(words, face, Names, title).Select(chip => chip.Text)],
            words[OrderWord(slice.Order)], slice.Descending, Columns, collections.AllAsync(user, Query.Filter, slice, ct));
    }

    private async Task<ListSlice> LoadAsync(CurrentUser user, CancellationToken ct)
    {
        // Side by side: each of them waits for the server more than it works.
        var (day, frameworks, departments, people) = (days.LoadAsync(ct), controls.FrameworksAsync(ct), requests.DepartmentsAsync(user, ct), requests.PeopleAsync(user, ct));
        await Task.WhenAll(day, frameworks, departments, people);
        Day = await day;
        Query = CollectionQuery.Read(Request.Query, Day);
        Names = new([.. (await frameworks).Where(framework => framework.IsCounted)], await departments, await people);
        return Request.Slice(CollectionOrders.All);
    }

    private static string OrderWord(ListOrder order) => order.Name switch { "title" => "Name", "state" => "State", "assignee" => "Owner", _ => "DueOn" };

    private ListColumn<CollectionRow>[] Columns =>
    [
        new(words["Name"], 44, (sheet, row) => sheet.Text(row.Title)),
        new(words["Period"], 18, (sheet, row) => sheet.Text(Day.Label(row.PeriodFrom, row.PeriodTo))),
        new(words["State"], 12, (sheet, row) => sheet.Text(StateWord(Day.Label(row)), row.Overdue ? CellStyle.Late : CellStyle.Text)),
        new(words["DueOn"], 12, (sheet, row) => sheet.Date(row.DueOn, row.Overdue ? CellStyle.DateLate : CellStyle.Date)),
        new(words["DaysOverHead"], 10, (sheet, row) => sheet.Number(row.Overdue ? Day.DaysOver(row) : null)),
        new(words["Owner"], 16, (sheet, row) => sheet.Text(row.AssigneeName)),
        new(words["Deputy"], 16, (sheet, row) => sheet.Text(row.DeputyName ?? "")),
        new(words["OwnerNo"], 12, (sheet, row) => sheet.Text(row.Assignee, CellStyle.Code)),
        new(words["Reviewer"], 16, (sheet, row) => sheet.Text(row.ReviewerName)),
        new(words["HandedInAt"], 17, (sheet, row) => sheet.Instant(row.SubmittedAt)),
        new(words["ReceiptNo"], 12, (sheet, row) => sheet.Text($"C-{row.Id}", CellStyle.Code)),
    ];

    public string StateWord(string state) => face[States.Of("collection." + state).WordKey];
}
