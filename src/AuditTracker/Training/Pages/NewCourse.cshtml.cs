using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>A new course: its name, and then its draft.</summary>
[May(Role.ComplianceManager)]
public sealed class NewCourseModel(EditCourse edit) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        public string? Key { get; set; }
        public string? TitleJa { get; set; }
        public string? TitleEn { get; set; }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            var key = (Input.Key ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim();
            await edit.AddAsync(HttpContext.CurrentUser(), key, Input.TitleJa ?? "", Input.TitleEn ?? "", ct);
            return LocalRedirect($"/training/courses/{key}/edit");
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}

/// <summary>A course from a file that was kept outside, as a draft.</summary>
[May(Role.ComplianceManager)]
[RequestSizeLimit(210 << 20), RequestFormLimits(MultipartBodyLengthLimit = 210 << 20)]
public sealed class ImportCourseModel(EditCourse edit, CourseArchive archive, IStringLocalizer<Words> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public sealed class Form
    {
        public IFormFile? File { get; set; }
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        if (Input.File is not { Length: > 0 } file)
        {
            return this.Invalid("Input.File", words["ArchiveEmpty"]);
        }
        try
        {
            await using var content = file.OpenReadStream();
            var (course, media) = await archive.ReadAsync(content, ct);
            await edit.TakeInAsync(HttpContext.CurrentUser(), course, media, ct);
            return this.Done($"/training/courses/{course.Key}/edit", words["DoneImported"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
