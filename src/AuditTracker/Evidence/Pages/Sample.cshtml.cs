using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>One sample: its population, the drawing, the rows with their results, the conclusion.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class SampleModel(SampleStore samples, DrawSample draw, JudgeSample judge, SampleSheet sheet, BusinessClock clock, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        public string? Basis { get; set; }
        public string? Size { get; set; }
        public string? SizeReason { get; set; }
        public string? Seed { get; set; }
        public string? SeedFrom { get; set; }
        public string? Conclusion { get; set; }
        public string? Reason { get; set; }
    }

    [BindProperty] public Fields Input { get; set; } = new();
    public Sample Sample { get; private set; } = null!;
    public ListPage<SampleRow> List { get; private set; } = new([], null, null);
    public IReadOnlyList<SampleSizeLine> Table { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input.Basis ??= "event";
        return Page();
    }

    public Task<IActionResult> OnPostDrawAsync(long id, CancellationToken ct) => DoAsync(id, async () =>
    {
        int? size = Prose.Given(Input.Size) is not { } typed ? null
            : int.TryParse(typed.Normalize(System.Text.NormalizationForm.FormKC), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw InvalidInput.At<Words>("size", "SampleSizeUnreadable");
        await draw.RunAsync(Caller, id, new DrawInput(Input.Basis, size, Input.SizeReason, Input.Seed, Input.SeedFrom), ct);
    }, "DoneSampleDrawn", ct);

    public Task<IActionResult> OnPostConcludeAsync(long id, CancellationToken ct) => DoAsync(id, () => judge.ConcludeAsync(Caller, id, Input.Conclusion, ct), "DoneSampleConcluded", ct);

    public Task<IActionResult> OnPostAbandonAsync(long id, CancellationToken ct) => DoAsync(id, () => judge.AbandonAsync(Caller, id, Input.Reason ??= "", ct), "DoneSampleAbandoned", ct);

    public async Task<IActionResult> OnPostDraftAsync(long id, CancellationToken ct)
    {
        var done = await DoAsync(id, () => sheet.PutInDraftAsync(Caller, id, ct), "DoneSampleDraft", ct);
        return done is LocalRedirectResult ? this.Done($"/evidence/collections/{Sample.CollectionId}", words["DoneSampleDraft"]) : done;
    }

    /// <summary>For everybody who sees it.</summary>
    public async Task<IActionResult> OnPostCheckAsync(long id, CancellationToken ct)
    {
        var check = await draw.CheckAsync(Caller, id, ct);
        return this.Done($"/evidence/samples/{id}", words[check.IsSame ? "SampleCheckSame" : check.FileIsWhole ? "SampleCheckRows" : "SampleCheckFile"], tone: check.IsSame ? "done" : "late");
    }

    public async Task<IActionResult> OnGetExcelAsync(long id, CancellationToken ct) =>
        await sheet.MakeAsync(Caller, id, ct) is { } made ? File(made.Bytes, WorkbookWriter.MediaType, made.Name) : NotFound();

    /// <summary>One sentence: how far it is and what comes next.</summary>
    public string Sentence => Sample.State switch
    {
        "population" => words[Sample.MayWork ? "SampleSayPopulation" : "SampleSayPopulationRead", Sample.RowCount],
        "drawn" => Sample.Done < Sample.Size ? words["SampleSayDrawn", Sample.RowCount, Sample.Size!, Sample.Done] : words["SampleSayJudged", Sample.Size!, Sample.Nonconforming],
        "concluded" => words["SampleSayConcluded", Sample.RowCount, Sample.Size!, Sample.Nonconforming],
        _ => words["SampleSayAbandoned"],
    };

    /// <summary>The first cells of a row, to tell it from the others.</summary>
    internal static string Short(SampleRow row) => string.Join(" ", row.Texts.Where(text => !string.IsNullOrWhiteSpace(text)).Take(3).Select(text => text.Length > 40 ? text[..40] + "…" : text));

    private CurrentUser Caller => HttpContext.CurrentUser();

    private async Task<IActionResult> DoAsync(long id, Func<Task> act, string done, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            await act();
            return this.Done($"/evidence/samples/{id}", words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            return this.Refused(refusal);
        }
    }

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        Sample = (await samples.FindAsync(Caller, id, ct))!;
        if (Sample is { Size: not null })
        {
            List = await samples.RowsAsync(Caller, id, Request.Slice(SampleOrders.All), ct);
        }
        else if (Sample is not null)
        {
            Table = await samples.SizesAsync((await clock.NowAsync(ct)).Today, ct);
        }
        return Sample is not null;
    }
}
