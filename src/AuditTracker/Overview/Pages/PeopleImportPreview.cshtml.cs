using AuditTracker.Calendar;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>What will change if this file is applied?</summary>
[May(Role.ComplianceManager)]
public sealed class PeopleImportPreviewModel(
    ImportPeople import, PeopleImportStore imports, OwedStore owed, BusinessClock clock, IStringLocalizer<PeopleWords> words, IStringLocalizerFactory texts) : PageModel
{
    private const int Size = 50;

    [BindProperty(SupportsGet = true)] public ImportForm Input { get; set; } = new();
    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "after")] public int? After { get; set; }
    [FromQuery(Name = "before")] public int? Before { get; set; }
    [FromQuery(Name = "columns")] public string? ColumnsShown { get; set; }

    public PeopleImport Import { get; private set; } = null!;
    public PeopleFile? Read { get; private set; }
    public Difference? Difference { get; private set; }
    public IReadOnlyList<PeopleFileError> Errors => Difference is null ? [] : [.. Difference.Errors, .. Difference.Skipped];
    public IReadOnlyDictionary<long, OwedCount> Owed { get; private set; } = new Dictionary<long, OwedCount>();

    /// <summary>The people of the chosen kind; unchanged ones only when they are asked for.</summary>
    public IReadOnlyList<PersonDifference> Shown => Difference is null ? [] : Enum.TryParse<PersonChange>(Kind, ignoreCase: true, out var kind)
        ? [.. Difference.People.Where(person => person.Change == kind)]
        : [.. Difference.People.Where(person => person.Change is not PersonChange.Unchanged).OrderBy(person => person.Change)];

    public string? EncodingWord => Read?.Encoding switch
    {
        TextEncoding.Utf8 => words["EncodingUtf8"].Value,
        TextEncoding.Utf8WithBom => words["EncodingUtf8WithBom"].Value,
        TextEncoding.Cp932 => words["EncodingCp932"].Value,
        _ => null,
    };

    /// <summary>The columns of the file, when somebody must say what they hold, or wants to.</summary>
    public IReadOnlyList<ColumnChoice> Columns => Read is not null && (Read.NeedsColumns || ColumnsShown == "edit") ? ColumnMap.Choices(Read) : [];

    /// <summary>What the columns hold was chosen by hand, now or for an earlier file.</summary>
    public bool IsMapped => Read?.Table.Header is { } header && !Read.Layout.SequenceEqual(header.Cells.Select(cell => PeopleColumns.WithHeader(cell)?.Field));

    public int Start => Math.Clamp(After ?? Before ?? 0, 0, Shown.Count);
    public IEnumerable<PersonDifference> Rows => Shown.Skip(Start).Take(Size);
    public string? PreviousPage => Start > 0 ? $"{Math.Max(0, Start - Size)}" : null;
    public string? NextPage => Start + Size < Shown.Count ? $"{Start + Size}" : null;

    public Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => ShowAsync(id, StatusCodes.Status200OK, ct);

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        var terms = Input.Read((await clock.NowAsync(ct)).Today, ModelState, words);
        if (terms is null || !ModelState.IsValid)
        {
            return await ShowAsync(id, StatusCodes.Status400BadRequest, ct);
        }

        try
        {
            var totals = (await import.ApplyAsync(HttpContext.CurrentUser(), id, terms with { SkipErrors = Input.SkipErrors }, Input.Shown, Input.ManyMayLeave, ct)).Totals;
            return this.Done($"/people/import/{id}", words["ImportDone", totals.Added, totals.Changed, totals.Leaving], "/people", words["ShowPeople"]);
        }
        catch (Refusal refusal)
        {
            ModelState.AddModelError("", refusal.In(texts));
            return await ShowAsync(id, StatusCodes.Status409Conflict, ct);
        }
    }

    /// <summary>Which sheet is meant, and what its columns hold.</summary>
    public async Task<IActionResult> OnPostColumnsAsync(long id, string? sheet, string?[] field, CancellationToken ct)
    {
        await import.ChooseColumnsAsync(HttpContext.CurrentUser(), id, string.IsNullOrEmpty(sheet) ? null : sheet, field.Length == 0 ? null : [.. field.Select(ColumnMap.FieldOf)], ct);
        return LocalRedirect($"/people/import/{id}");
    }

    public async Task<IActionResult> OnPostAbandonAsync(long id, CancellationToken ct)
    {
        await import.AbandonAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done("/people/import", words["ImportDropped"]);
    }

    private async Task<IActionResult> ShowAsync(long id, int status, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await imports.FindAsync(user, id, ct) is not { } kept)
        {
            return NotFound();
        }

        Import = kept;
        Response.StatusCode = status;
        if (kept.Content is not null && Input.Read((await clock.NowAsync(ct)).Today, ModelState, words) is { } terms)
        {
            Read = await import.ReadAsync(kept.Content, kept.Sheet, kept.ChosenColumns, ct);
            // Who is missing is not known while lines cannot be read, so the two do not go together.
            Difference = await import.CompareAsync(Read, terms with { SkipErrors = terms.MissingLeaveOn is null }, ct);
            Owed = await owed.CountsAsync(user, Difference.Leavers.Select(person => person.Before!.Id), ct);
        }

        return Page();
    }
}
