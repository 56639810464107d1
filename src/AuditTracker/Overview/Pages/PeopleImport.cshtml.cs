using AuditTracker.People;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>Choosing the HR export; nothing changes before its differences were seen.</summary>
[May(Role.ComplianceManager), RequestSizeLimit(PeopleFile.MaxBytes + (1 << 20))]
public sealed class PeopleImportModel(ImportPeople import, PeopleImportStore imports, IStringLocalizer<PeopleWords> words) : PageModel
{
    [BindProperty] public IFormFile? Upload { get; set; }

    public IReadOnlyList<PeopleImport> Applied { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Applied = await imports.AppliedAsync(HttpContext.CurrentUser(), 10, ct);

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        string? problem = Upload is null ? words["ImportNoFile"].Value : Upload.Length > PeopleFile.MaxBytes ? words["ImportFileTooLarge", PeopleFile.MaxBytes >> 20].Value : null;
        if (problem is not null)
        {
            await OnGetAsync(ct);
            return this.Invalid(nameof(Upload), problem);
        }

        var id = await import.KeepAsync(HttpContext.CurrentUser(), Upload!.FileName, await PeopleApi.ContentAsync(Upload, ct), ct);
        return LocalRedirect($"/people/import/{id}");
    }
}
