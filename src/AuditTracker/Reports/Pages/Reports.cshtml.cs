using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Controls;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports.Pages;

/// <summary>Which paper do I need, and is it ready? What is missing is said before anything is printed.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class ReportsModel(Db db, BusinessClock clock, ControlStore controls, CoverageStore coverage, CollectionStore collections, ReportRunStore runs, RequestReport request, IStringLocalizer<Words> words, IStringLocalizer<Platform.Web.Words> states) : PageModel
{
    private const int PageSize = 20;
    private Period year;
    private (DateTime Now, DateOnly Today) now;

    [FromQuery(Name = "framework")] public string? Key { get; set; }
    [FromQuery(Name = "after")] public long? After { get; set; }
    [FromQuery(Name = "before")] public long? Before { get; set; }
    [BindProperty] public OrderForm Input { get; set; } = new();

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public Framework? Framework { get; private set; }
    public bool MayAsk { get; private set; }
    public IReadOnlyDictionary<CoverageState, int> Items { get; private set; } = new Dictionary<CoverageState, int>();
    public long Overdue { get; private set; }
    public IReadOnlyList<ReportRun> Runs { get; private set; } = [];

    /// <summary>Runs there are, exact to 10,000.</summary>
    public long Total { get; private set; }
    public string? Previous { get; private set; }
    public string? Next { get; private set; }

    public int In(CoverageState state) => Items.GetValueOrDefault(state);
    public string ShortOf(string framework) => Frameworks.FirstOrDefault(known => known.Key == framework)?.Short(Language) ?? framework;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(Key, ct))
        {
            return NotFound();
        }
        Input = new OrderForm { From = Typed(year.From), To = Typed(year.To), Language = Language };
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (!await LoadAsync(Key, ct) || Framework is null)
        {
            return NotFound();
        }
        var (from, to, cutoff) = (Day("From", Input.From), Day("To", Input.To), Cutoff());
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        try
        {
            var id = await request.AskAsync(HttpContext.CurrentUser(), new ReportInput(Framework.Key, from!.Value, to!.Value, cutoff, Input.Language ?? ""), ct);
            return this.Done($"/reports/runs/{id}", words["Asked"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    /// <summary>この内容をExcelで: every run, with what tells one file from another.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        Frameworks = await controls.FrameworksAsync(ct);
        return new ListSheet<ReportRun>(words["Runs"], [], words["Number"], Descending: true,
        [
            new(words["Number"], 10, (sheet, run) => sheet.Number(run.Id)),
            new(words["Report"], 26, (sheet, run) => sheet.Text($"{words["Title"]} {ShortOf(run.Framework)}")),
            new(words["State"], 12, (sheet, run) => sheet.Text(states[Platform.Web.States.Of("run." + run.State).WordKey])),
            new(words["PeriodFrom"], 12, (sheet, run) => sheet.Date(run.FromOn)),
            new(words["PeriodTo"], 12, (sheet, run) => sheet.Date(run.ToOn)),
            new(words["Cutoff"], 17, (sheet, run) => sheet.Instant(run.CutoffAt)),
            new(words["AskedBy"], 18, (sheet, run) => sheet.Text(run.RequestedBy)),
            new(words["FinishedAt"], 17, (sheet, run) => sheet.Instant(run.FinishedAt)),
            new(words["FileName"], 40, (sheet, run) => sheet.Text(run.FileName)),
            new(words["Size"], 12, (sheet, run) => sheet.Number(run.Size)),
            new(words["Sha256"], 66, (sheet, run) => sheet.Text(run.Sha256, CellStyle.Code)),
        ], runs.AllAsync(HttpContext.CurrentUser(), ct));
    }

    private async Task<bool> LoadAsync(string? framework, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        MayAsk = ReportRunStore.MayAsk(user);
        now = await clock.NowAsync(ct);
        await using (var connection = await db.OpenAsync(ct))
        {
            var periods = (await BusinessCalendars.LoadAsync(connection, ct)).Periods;
            year = periods.Year(periods.YearOf(now.Today));
        }
        Frameworks = [.. (await controls.FrameworksAsync(ct)).Where(known => known is { Archived: false, Reference: false })];
        Framework = Frameworks.FirstOrDefault(known => string.IsNullOrEmpty(framework) || known.Key == framework);
        if (Framework is not null)
        {
            Items = (await coverage.OfFrameworkAsync(Framework.Key, ct: ct)).Values.GroupBy(item => item.State).ToDictionary(group => group.Key, group => group.Count());
            Overdue = await collections.CountAsync(user, new CollectionFilter(Framework: Framework.Key, Overdue: true), 10_000, ct);
        }
        (Runs, var previous, var next) = await runs.ListAsync(user, After, Before, PageSize, ct);
        Total = await runs.CountAsync(user, ListQuery.Cap, ct);
        (Previous, Next) = (previous?.ToString(CultureInfo.InvariantCulture), next?.ToString(CultureInfo.InvariantCulture));
        return Framework is not null || string.IsNullOrEmpty(framework);
    }

    private DateOnly? Day(string field, string? typed)
    {
        if (TypedDate.Refusal(typed, field, year) is { } refusal)
        {
            _ = this.Refused(refusal);
        }
        return DateInput.Parse(typed, year).Day;
    }

    /// <summary>Null: now. A day without a time is its end, and today is now.</summary>
    private DateTime? Cutoff()
    {
        if (string.IsNullOrWhiteSpace(Input.Cutoff))
        {
            return null;
        }
        if (Day("Cutoff", Input.Cutoff) is not { } day)
        {
            return null;
        }
        if (string.IsNullOrWhiteSpace(Input.CutoffTime))
        {
            return day == now.Today ? null : JapanTime.StartOf(day.AddDays(1)).AddMicroseconds(-1);
        }
        if (!TimeOnly.TryParseExact(Input.CutoffTime.Normalize(System.Text.NormalizationForm.FormKC).Trim(), ["H:mm", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            ModelState.AddModelError("Input.CutoffTime", words["TimeUnreadable", Input.CutoffTime]);
            return null;
        }
        return JapanTime.InstantOf(day, time);
    }

    private static string Typed(DateOnly day) => day.ToString("yyyy'/'M'/'d", CultureInfo.InvariantCulture);

    /// <summary>As typed.</summary>
    public sealed class OrderForm
    {
        public string? From { get; set; }
        public string? To { get; set; }
        public string? Cutoff { get; set; }
        public string? CutoffTime { get; set; }
        public string? Language { get; set; }
    }
}
