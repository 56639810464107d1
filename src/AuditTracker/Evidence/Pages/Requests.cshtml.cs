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

/// <summary>What do we collect, from whom, how often?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class RequestsModel(RequestStore requests, ControlStore controls, Choices choices, IStringLocalizer<Words> words, IStringLocalizer<FaceWords> face) : PageModel
{
    public static readonly string[] Frequencies = ["day", "week", "month", "quarter", "half", "year", "months", "event"];

    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }

    /// <summary>An employee number, or <c>none</c> for requests whose owner has left.</summary>
    [FromQuery(Name = "owner")] public string? Owner { get; set; }

    /// <summary>An employee number, or <c>none</c> for requests whose reviewer has left.</summary>
    [FromQuery(Name = "reviewer")] public string? Reviewer { get; set; }
    [FromQuery(Name = "frequency")] public string? Frequency { get; set; }

    public bool MayAdd => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public ListPage<RequestRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public IReadOnlyList<OwnerChoice> Owners { get; private set; } = [];
    public IReadOnlyDictionary<string, ItemName> Items { get; private set; } = new Dictionary<string, ItemName>();
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(RequestOrders.All));
        var (choosable, counted) = (LoadAsync(user, ct), requests.CountAsync(user, Filter, ListQuery.Cap, ct));
        List = await requests.PageAsync(user, Filter, slice, ct);
        Total = await counted;
        await choosable;
        Items = (await choices.ItemsOfAsync(List.Rows.SelectMany(row => row.Items), ct)).ToDictionary(item => item.Key);
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var (user, slice) = (HttpContext.CurrentUser(), Request.Slice(RequestOrders.All));
        await LoadAsync(user, ct);
        return new ListSheet<RequestRow>(words["Requests"], [.. Chips.Select(chip => chip.Text)], words[slice.Order.Name switch { "title" => "Name", "owner" => "Owner", "every" => "Frequency", "next" => "NextDue", _ => "Added" }],
            slice.Descending, Columns, requests.AllAsync(user, Filter, slice, ct));
    }

    private async Task LoadAsync(CurrentUser user, CancellationToken ct)
    {
        var (frameworks, owners) = (controls.FrameworksAsync(ct), requests.OwnersAsync(user, ct));
        Frameworks = [.. (await frameworks).Where(framework => framework.IsCounted)];
        Owners = await owners;
        Chips = [.. InForce()];
    }

    public RequestFilter Filter => new(Prose.Given(Search), Prose.Given(Framework), null, Prose.Given(Owner), Frequencies.Contains(Frequency) ? Frequency : null, Reviewer: Prose.Given(Reviewer));

    /// <summary>The items of a request in clause order, as they were read.</summary>
    public List<ItemName> ItemsOf(RequestRow row) => [.. Items.Values.Where(item => row.Items.Contains(item.Key))];

    private ListColumn<RequestRow>[] Columns =>
    [
        new(words["Name"], 44, (sheet, row) => sheet.Text(row.Title)),
        new(words["Frequency"], 18, (sheet, row) => sheet.Text(RecurrenceText.Short(row.Recurrence))),
        new(words["DueRule"], 44, (sheet, row) => sheet.Text(RecurrenceText.Sentence(row.Recurrence, row.DueOffset, row.Unit, row.Shift))),
        new(words["Owner"], 16, (sheet, row) => sheet.Text(row.OwnerName)),
        new(words["OwnerNo"], 12, (sheet, row) => sheet.Text(row.Owner, CellStyle.Code)),
        new(words["Reviewer"], 16, (sheet, row) => sheet.Text(row.ReviewerName)),
        new(words["RecentFour"], 30, (sheet, row) => sheet.Text(string.Join(' ', row.Recent.Select(state => face[Prose.Mark(state).WordKey].Value)))),
        new(words["NextDue"], 12, (sheet, row) => sheet.Date(row.NextDueOn)),
        new(words["Items"], 40, (sheet, row) => sheet.Text(string.Join(' ', row.Items))),
    ];

    private IEnumerable<Chip> InForce()
    {
        if (Filter.Search is { } text)
        {
            yield return new(text, "q");
        }
        if (Filter.Framework is { } key)
        {
            yield return new(Frameworks.FirstOrDefault(framework => framework.Key == key)?.Short(Prose.Language) ?? key, "framework");
        }
        if (Filter.Owner is { } number)
        {
            yield return new(number == RequestFilter.NoOwner ? words["OwnerAbsent"] : Owners.FirstOrDefault(owner => owner.EmployeeNo == number)?.Name ?? number, "owner");
        }
        if (Filter.Reviewer is { } reviewer)
        {
            yield return new(reviewer == RequestFilter.NoOwner ? words["ReviewerAbsent"] : words["ReviewerChip", reviewer], "reviewer");
        }
        if (Filter.Every is { } every)
        {
            yield return new(words.Every(every), "frequency");
        }
    }
}
