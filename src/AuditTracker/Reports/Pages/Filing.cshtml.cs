using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Controls;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports.Pages;

/// <summary>Where did a closed matter's papers go, and how were the numbers on another day?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class FilingModel(FilingStore filings, FilingPapers papers, ControlStore controls, SubjectLinks links, BusinessClock clock, IStringLocalizer<Words> words, IStringLocalizer<Evidence.Words> evidence) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    public FilingRow Filing { get; private set; } = null!;
    public IReadOnlyList<FilingItem> Items { get; private set; } = [];
    public IReadOnlyList<FilingHandIn> HandIns { get; private set; } = [];
    public IReadOnlyList<FilingPaper> Papers { get; private set; } = [];
    private IReadOnlyList<Framework> Frameworks { get; set; } = [];
    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public bool MayAsk => ReportRunStore.MayAsk(HttpContext.CurrentUser());
    public bool MayFile => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    /// <summary>The page of what was closed.</summary>
    public string? Matter => links.Of(HttpContext.CurrentUser(), Filing.Subject);

    public sealed class Form
    {
        public string? Cutoff { get; set; }
        public string? Language { get; set; }
    }

    public string ShortOf(string framework) => Frameworks.FirstOrDefault(known => known.Key == framework)?.Short(Language) ?? framework;

    /// <summary>Why a collection did not take it, in the words of its room.</summary>
    public string Why(string problem) => evidence[problem] is { ResourceNotFound: false } known ? known.Value : words["NotTaken"];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        Input.Language = Language;
        return await LoadAsync(id, ct) ? Page() : NotFound();
    }

    public async Task<IActionResult> OnGetFileAsync(long id, long? paper, CancellationToken ct) => await papers.TakeAsync(HttpContext.CurrentUser(), id, paper, ct);

    public Task<IActionResult> OnPostAsync(long id, CancellationToken ct) => ActAsync(id, async () =>
    {
        await papers.AskAsync(HttpContext.CurrentUser(), id, await CutoffAsync(ct), Input.Language ?? "", ct);
        return words["Asked"];
    }, ct);

    public Task<IActionResult> OnPostAgainAsync(long id, CancellationToken ct) => ActAsync(id, async () =>
    {
        await papers.FileAgainAsync(HttpContext.CurrentUser(), id, ct);
        return words["AskedToFile"];
    }, ct);

    private async Task<IActionResult> ActAsync(long id, Func<Task<string>> act, CancellationToken ct)
    {
        try
        {
            return this.Done($"/reports/filings/{id}", await act());
        }
        catch (Refusal refusal)
        {
            return await LoadAsync(id, ct) ? this.Refused(refusal) : NotFound();
        }
    }

    /// <summary>A day is its end, and today or nothing is now.</summary>
    private async Task<DateTime?> CutoffAsync(CancellationToken ct)
    {
        var day = TypedDate.ReadOptional(Input.Cutoff, "cutoff");
        return day is null || day == (await clock.NowAsync(ct)).Today ? null : JapanTime.StartOf(day.Value.AddDays(1)).AddMicroseconds(-1);
    }

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await filings.FindAsync(user, id, ct) is not { } filing)
        {
            return false;
        }
        Filing = filing;
        // Side by side: each of them waits for the server more than it works.
        var (items, handIns, again, frameworks) = (filings.ItemsAsync(user, id, ct), filings.HandInsAsync(user, id, ct), filings.PapersAsync(user, id, ct), controls.FrameworksAsync(ct));
        await Task.WhenAll(items, handIns, again, frameworks);
        (Items, HandIns, Papers, Frameworks) = (await items, await handIns, await again, await frameworks);
        return true;
    }
}
