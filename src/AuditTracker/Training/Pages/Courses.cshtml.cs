using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>The courses there are, and the drafts of those who may change them.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CoursesModel(CourseStore courses, EditCourse edit) : PageModel
{
    public IReadOnlyList<CourseVersion> Rows { get; private set; } = [];
    public IReadOnlyList<DraftLine> Drafts { get; private set; } = [];
    public bool MayEdit => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        var (rows, drafts) = (courses.NewestAsync(ct), edit.ListAsync(HttpContext.CurrentUser(), ct));
        await Task.WhenAll(rows, drafts);
        (Rows, Drafts) = (await rows, await drafts);
    }
}

/// <summary>A course as it is read and asked, with the right answers: for those who answer for it.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CourseModel(CourseStore courses, EditCourse edit, CourseArchive archive, CourseFiles files) : PageModel
{
    public Course Course { get; private set; } = null!;
    public int Version { get; private set; }
    public IReadOnlyList<CourseVersion> Versions { get; private set; } = [];
    public bool MayEdit => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public MaterialView View(int number) => new(Course, number, Course.Title(Told.Language), Told.Language, $"/training/courses/{Course.Key}?handler=media&version={Version}&name=", Level: 3);

    public async Task<IActionResult> OnGetAsync(string key, int? version, CancellationToken ct) => await LoadAsync(key, version, ct) ? Page() : NotFound();

    /// <summary>The course as a file of one's own.</summary>
    public async Task<IActionResult> OnGetExportAsync(string key, int? version, CancellationToken ct) => await LoadAsync(key, version, ct) ? new CourseZip(archive, Course, $"{Course.Key}-{Version}.zip") : NotFound();

    public async Task<IActionResult> OnGetMediaAsync(string key, int? version, string? name, CancellationToken ct) =>
        await LoadAsync(key, version, ct) && Course.FindMedia(name ?? "") is { } media ? await files.ShowAsync(media, ct) : NotFound();

    /// <summary>Begins a draft of the newest version, or goes on with the one there is.</summary>
    public async Task<IActionResult> OnPostAsync(string key, CancellationToken ct)
    {
        if (!await LoadAsync(key, null, ct))
        {
            return NotFound();
        }
        await edit.OpenAsync(HttpContext.CurrentUser(), Course, Version, ct);
        return LocalRedirect($"/training/courses/{key}/edit");
    }

    private async Task<bool> LoadAsync(string key, int? version, CancellationToken ct)
    {
        Versions = key.Contains('\0') ? [] : await courses.VersionsAsync(key, ct);
        Version = version ?? (Versions.Count > 0 ? Versions[0].Version : 0);
        if (Versions.Count == 0 || await courses.FindAsync(key, Version, ct) is not { } course)
        {
            return false;
        }
        Course = course;
        return true;
    }
}
