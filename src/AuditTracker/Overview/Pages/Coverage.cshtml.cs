using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>Would we pass today, and is it getting better?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner)]
public sealed class CoverageModel(ShowCoverage show, CompanyDays days, CoverageWords explain, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>Gaps and owners shown; the rest behind a link.</summary>
    public const int Most = 15;

    [FromQuery(Name = "framework")] public string? Key { get; set; }

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public CompanyDay Day { get; private set; } = null!;
    public CoverageNow Now { get; private set; } = null!;

    public async Task OnGetAsync(CancellationToken ct)
    {
        Day = await days.LoadAsync(ct);
        Now = await show.RunAsync(HttpContext.CurrentUser(), Key, Day, ct);
    }

    /// <summary>The same as a workbook: themes of every framework, owners and gaps of the one chosen.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        CoverageState[] states = Enum.GetValues<CoverageState>();
        var name = words["CoveragePage"].Value;
        return new PageWorkbook($"{name}_{Now.Chosen?.Key}", name, Day.Now, [(words["Framework"], Now.Chosen?.Short(Language) ?? "")],
            [(words["Kind"], 14), (words["Item"], 44), (words["Owner"], 18), .. states.Select(state => (words[$"State{state}"].Value, 10d)), (words["NextDue"], 14), (words["SinceMonthEnd"], 14)], async sheet =>
        {
            foreach (var (kind, share, owner) in Now.Frameworks.Select(row => (words["Framework"].Value, row.Now with { Name = row.Framework.Short(Language), Change = row.Change }, ""))
                .Concat(Now.ByTheme.Select(share => (words["Theme"].Value, share, "")))
                .Concat(Now.ByMeasure.Select(share => (words["Measure"].Value, share, ""))).Concat(Now.ByDepartment.Select(share => (words["Department"].Value, share with { Name = share.Key is null ? words["NoDepartment"] : share.Name }, "")))
                .Concat(Now.ByOwner.Select(share => (words["Owner"].Value, share with { Name = "" }, share.Key is null ? words["NoOwner"].Value : share.Name))))
            {
                await sheet.RowAsync();
                sheet.Text(kind);
                sheet.Text(share.Name);
                sheet.Text(owner);
                foreach (var state in states)
                {
                    sheet.Number(share.In(state));
                }
                sheet.Blank();
                sheet.Text(ShortChangeOf(share.Change));
            }
            foreach (var (item, coverage) in Now.Gaps)
            {
                await sheet.RowAsync();
                sheet.Text(words["Gap"]);
                sheet.Text($"{item.OfficialRef} {item.Title(Language)}");
                sheet.Text(item.OwnerName ?? words["NoOwner"]);
                foreach (var state in states)
                {
                    sheet.Text(state == coverage!.State ? words[$"State{state}"] : "", CellStyle.Centered);
                }
                sheet.Date(coverage!.NextDueOn);
                sheet.Blank();
            }
        });
    }

    public IReadOnlyList<TrendLine> Lines => [.. Now.Frameworks.Take(3).Select(row => new TrendLine(row.Framework.Short(Language),
        [.. Now.Trend.Select(point => point.Shares.TryGetValue(row.Framework.Key, out var share) ? share.Percent : (int?)null)]))];

    public IReadOnlyList<string> Points => [.. Now.Trend.Select(point => point.Day is { } day ? DateText.Month(day.Month) : words["NowPoint"].Value)];

    /// <summary>The finding, from the first framework: it is at 61%, 4 items more than at the end of last month.</summary>
    public string Finding => Now.Frameworks is [var first, ..]
        ? words["TrendFinding", first.Framework.Short(Language), first.Now.Percent] + ChangeOf(first.Change) : "";

    /// <summary>先月末より4増, in words: a sign before a number could be read as another.</summary>
    public string ChangeOf(int? change) => change switch
    {
        null => words["ChangeUnknown"],
        0 => words["ChangeNone"],
        > 0 => words["ChangeMore", change],
        _ => words["ChangeLess", -change.Value],
    };

    /// <summary>1増, 2減, 同じ; nothing where the month's end was not kept.</summary>
    public string ShortChangeOf(int? change) => change switch { null => "", 0 => words["ShortSame"], > 0 => words["ShortMore", change], _ => words["ShortLess", -change.Value] };

    public string Explain(ItemCoverage coverage) => explain.Explain(coverage);
}
