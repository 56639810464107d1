using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>Choosing the Cabinet Office's file; nothing changes before its differences were seen.</summary>
[May(Role.ComplianceManager), RequestSizeLimit(HolidayFile.MaxBytes + (1 << 16))]
public sealed class HolidayImportModel(ImportHolidays import, IStringLocalizerFactory texts, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public IFormFile? Upload { get; set; }

    public void OnGet()
    {
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Upload is null || Upload.Length > HolidayFile.MaxBytes)
        {
            return this.Invalid(nameof(Upload), words[Upload is null ? "HolidaysNoFile" : "HolidaysTooLarge"]);
        }
        using var content = new MemoryStream();
        await Upload.CopyToAsync(content, ct);
        try
        {
            return LocalRedirect($"/company/calendar/holidays/{await import.KeepAsync(HttpContext.CurrentUser(), Upload.FileName, content.ToArray(), ct)}");
        }
        catch (InvalidInput refusal)
        {
            return this.Invalid(nameof(Upload), refusal.In(texts));
        }
    }
}
