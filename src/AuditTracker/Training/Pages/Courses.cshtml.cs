using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>The courses there are.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CoursesModel(CourseStore courses) : PageModel
{
    public IReadOnlyList<CourseVersion> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Rows = await courses.NewestAsync(ct);
}

/// <summary>A course as it is read and asked, with the right answers: for those who answer for it.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CourseModel(CourseStore courses) : PageModel
{
    public Course Course { get; private set; } = null!;
    public int Version { get; private set; }

    public async Task<IActionResult> OnGetAsync(string key, int? version, CancellationToken ct)
    {
        Version = version ?? (await courses.NewestAsync(ct)).FirstOrDefault(course => course.Key == key)?.Version ?? 0;
        if (key.Contains('\0') || await courses.FindAsync(key, Version, ct) is not { } course)
        {
            return NotFound();
        }
        Course = course;
        return Page();
    }

    public IHtmlContent Markup(MaterialPage page) => new HtmlString(MarkdownText.ToHtml(page.Text(Told.Language), 3));
}
