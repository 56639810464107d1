using AuditTracker.Calendar;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>Choosing a list of departments or concurrent posts, seeing what it would change, applying it.</summary>
[May(Role.ComplianceManager), RequestSizeLimit(PeopleFile.MaxBytes + (1 << 20))]
public sealed class StructureImportModel(ImportStructure structure, PeopleImportStore imports, ImportPeople people, BusinessClock clock, IStringLocalizer<PeopleWords> words, IStringLocalizerFactory texts) : PageModel
{
    [BindProperty] public IFormFile? Upload { get; set; }
    [BindProperty(SupportsGet = true)] public string? Effective { get; set; }

    /// <summary>The person ticked that departments the file does not name are closed.</summary>
    [BindProperty] public bool CloseMissing { get; set; }

    public PeopleImport? Import { get; private set; }
    public StructureFile? Read { get; private set; }
    public StructureDifference? Difference { get; private set; }
    public DateOnly EffectiveOn { get; private set; }

    /// <summary>What keeps a department that the file does not name.</summary>
    public IEnumerable<string> WhyItStays(DepartmentClosing closing) => new[]
    {
        closing.Members.Count > 0 ? words["StayMembers", closing.Members.Count].Value : null,
        closing.Below.Count > 0 ? words["StayBelow", closing.Below.Count].Value : null,
        closing.Planned is { } planned ? words["ClosePlanned", DateText.Table(planned)].Value : null,
    }.OfType<string>();

    public Task<IActionResult> OnGetAsync(long? id, CancellationToken ct) => ShowAsync(id, StatusCodes.Status200OK, ct);

    public async Task<IActionResult> OnPostAsync(long? id, CancellationToken ct)
    {
        if (id is null)
        {
            if (Upload is null || Upload.Length > PeopleFile.MaxBytes)
            {
                return this.Invalid(nameof(Upload), Upload is null ? words["ImportNoFile"] : words["ImportFileTooLarge", PeopleFile.MaxBytes >> 20]);
            }

            return LocalRedirect($"/people/structure/{await structure.KeepAsync(HttpContext.CurrentUser(), Upload.FileName, await PeopleApi.ContentAsync(Upload, ct), ct)}");
        }

        try
        {
            var done = await structure.ApplyAsync(HttpContext.CurrentUser(), id.Value, DateInput.Parse(Effective).Day, CloseMissing, ct);
            return this.Done("/people/departments", CloseMissing ? words["StructureDoneClosed", done.Changes.Count, done.Missing.Count(closing => closing.CanClose)] : words["StructureDone", done.Changes.Count]);
        }
        catch (Refusal refusal)
        {
            ModelState.AddModelError("", refusal.In(texts));
            return await ShowAsync(id, StatusCodes.Status409Conflict, ct);
        }
    }

    public async Task<IActionResult> OnPostAbandonAsync(long id, CancellationToken ct)
    {
        await people.AbandonAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done("/people/structure", words["ImportDropped"]);
    }

    private async Task<IActionResult> ShowAsync(long? id, int status, CancellationToken ct)
    {
        var typed = DateInput.Parse(Effective);
        EffectiveOn = typed.Day ?? (await clock.NowAsync(ct)).Today;
        Response.StatusCode = status;
        if (id is null)
        {
            return Page();
        }

        Import = await imports.FindAsync(HttpContext.CurrentUser(), id.Value, ct, "structure");
        if (Import?.Content is { } content)
        {
            (Read, Difference) = await structure.CompareAsync(content, EffectiveOn, ct);
        }

        return Import is null ? NotFound() : Page();
    }
}
