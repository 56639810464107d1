using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>Where will we stand on the day of the audit, if everything planned comes in on its due date, and if nothing more comes in?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class AheadModel(ShowAhead show, CompanyDays days, CoverageWords explain, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>As typed; nothing: three months from today.</summary>
    [FromQuery(Name = "on")] public string? On { get; set; }
    [FromQuery(Name = "framework")] public string? Key { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public CompanyDay Day { get; private set; } = null!;
    public DateOnly Last => Plan.Horizon(Day.Today);

    /// <summary>What is wrong with the day; null when it can be looked at.</summary>
    public string? Wrong { get; private set; }
    public Ahead Ahead { get; private set; } = null!;
    public ListPage<ItemAhead> List { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        var typed = string.IsNullOrWhiteSpace(On) ? Day.Today.AddMonths(3) : DateInput.Parse(On, Day.FiscalYear).Day;
        Wrong = typed is null ? words["AheadUnreadable", On!].Value : typed < Day.Today || typed > Last ? words["AheadOutside", DateText.Table(Day.Today), DateText.Table(Last)].Value : null;
        var on = Wrong is null ? typed!.Value : Day.Today.AddMonths(3);
        if (Wrong is not null)
        {
            Response.StatusCode = StatusCodes.Status400BadRequest;
        }
        On ??= DateText.Plain(on, "ja");
        Ahead = await show.RunAsync(HttpContext.CurrentUser(), on, Key, ct);
        List = Request.Slice(ItemAhead.Order).Of(Ahead.Items, item => item.Place);
    }

    /// <summary>Why the item will not be covered, or by when what it depends on must come in.</summary>
    public string Why(ItemAhead row) => explain.Explain(row.IsOpen ? row.Planned : row.Nothing);

    /// <summary>この内容をExcelで.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        if (Wrong is not null)
        {
            return Page();
        }
        string State(ItemCoverage coverage) => words[$"State{coverage.State}"];
        return new ListSheet<ItemAhead>($"{words["AheadPage"]} {Ahead.Chosen?.Short(Language)}", [words["AheadOn", DateText.Table(Ahead.On)]], words["Item"], Request.Slice(ItemAhead.Order).Descending,
        [
            new(words["Item"], 12, (sheet, row) => sheet.Text(row.Item.OfficialRef, CellStyle.Code)),
            new(words["RefOrTitle"], 44, (sheet, row) => sheet.Text(row.Item.Title(Language))),
            new(words["Owner"], 18, (sheet, row) => sheet.Text(row.Item.OwnerName)),
            new(words["NowPoint"], 12, (sheet, row) => sheet.Text(State(row.Now))),
            new(words["AheadPlanned"], 18, (sheet, row) => sheet.Text(State(row.Planned))),
            new(words["AheadNothing"], 18, (sheet, row) => sheet.Text(State(row.Nothing))),
            new(words["WhySo"], 70, (sheet, row) => sheet.Text(Why(row))),
        ], Request.Slice(ItemAhead.Order).All(Ahead.Items, item => item.Place).ToAsyncEnumerable());
    }
}
