using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using FaceWords = AuditTracker.Platform.Web.Words;

namespace AuditTracker.Training.Pages;

/// <summary>Who is on the roster, and how far is each? Everybody for the secretariat, their own people for heads and managers.</summary>
[May]
public sealed class PeopleModel(CampaignStore campaigns, BusinessClock clock, IStringLocalizer<Words> words, IStringLocalizer<FaceWords> face) : CampaignPage(campaigns, clock, words)
{
    public static readonly IReadOnlyList<string> Standings = ["open", "overdue", "notStarted", "inProgress", "retake", "completed", "exempt"];

    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "standing")] public string? Standing { get; set; }
    [FromQuery(Name = "department")] public string? Department { get; set; }
    [FromQuery(Name = "type")] public string? Type { get; set; }
    public ListPage<StandingRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    /// <summary>Who reads the ledger of notices: how often was somebody reminded, and when?</summary>
    public bool SeesNotices => NoticeLedger.Sees(Caller);
    public bool MayAct => IsManager && Campaign.IsRunning;
    public StandingFilter Filter => new(Standings.Contains(Standing) ? Standing : null, Told.Given(Department), Told.Given(Type), Told.Given(Search));
    public IReadOnlyList<Chip> Chips => [.. new[] { (Filter.Search, "q"), (Filter.Standing is { } standing ? Word(standing) : null, "standing"), (Filter.Department, "department"), (Filter.EmploymentType, "type") }
        .Where(pair => pair.Item1 is not null).Select(pair => new Chip(pair.Item1!, pair.Item2))];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var slice = Request.Slice(CampaignStore.PeopleOrders);
        if (!await FindAsync(id, ct))
        {
            return NotFound();
        }
        List = await Campaigns.PeopleAsync(Caller, id, Filter, slice, AsOf, ct);
        Total = List is { Before: null, After: null } ? List.Rows.Count : await Campaigns.CountAsync(Caller, id, Filter, AsOf, ct);
        return Page();
    }

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(long id, CancellationToken ct) => !await FindAsync(id, ct) ? NotFound()
        : new ListSheet<StandingRow>(T["Roster"], [.. Chips.Select(chip => chip.Text)], T["EmployeeNo"], false,
        [
            new(T["EmployeeNo"], 12, (sheet, row) => sheet.Text(row.EmployeeNo, CellStyle.Code)),
            new(T["Name"], 16, (sheet, row) => sheet.Text(row.Name)),
            new(T["Department"], 24, (sheet, row) => sheet.Text(row.Department)),
            new(T["EmploymentType"], 12, (sheet, row) => sheet.Text(row.EmploymentType)),
            new(T["State"], 20, (sheet, row) => sheet.Text(row.Standing == "exempt" ? T["ExemptAs", T["Reason" + Told.Pascal(row.Reason ?? "other")]] : face[States.Of(StateOf(row)).WordKey])),
            new(T["DueOn"], 12, (sheet, row) => sheet.Date(row.DueOn)),
            new(T["CompletedOn"], 12, (sheet, row) => sheet.Date(row.CompletedOn)),
            new(T["Score"], 8, (sheet, row) => sheet.Number(row.Score)),
            new(T["ExemptionDetail"], 40, (sheet, row) => sheet.Text(row.Detail)),
            new(T["ToldAt"], 18, (sheet, row) => sheet.Instant(row.ToldAt)),
        ], Campaigns.AllAsync(Caller, id, Filter, AsOf, ct));

    public string StateOf(StandingRow row) => "training." + (row.Standing is "completed" or "exempt" ? row.Standing : row.DueOn < Today ? "overdue" : row.Standing);

    public string Word(string standing) => standing == "open" ? T["StillOpen"] : face[States.Of("training." + standing).WordKey];

    private DateTime AsOf => Campaign.ClosedAt ?? Now;
}
