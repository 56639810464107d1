using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>How will it look? A version or the draft, drawn by the same parts as for who takes it; nothing is kept.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class PreviewCourseModel(CourseStore courses, EditCourse edit) : PageModel
{
    [FromQuery(Name = "draft")] public bool IsDraft { get; set; }
    [FromQuery(Name = "version")] public int? Asked { get; set; }
    [FromQuery(Name = "seed")] public long Seed { get; set; } = 1;
    [FromQuery(Name = "Chosen")] public List<string> Chosen { get; set; } = [];
    public Course Course { get; private set; } = null!;
    public int Version { get; private set; }

    /// <summary>Of the page of the material, or of the question, from 1.</summary>
    public int Number { get; private set; }
    public IReadOnlyList<DrawnQuestion> Test { get; private set; } = [];
    public DrawnQuestion? Question { get; private set; }
    public bool IsRight => Question is not null && TestRules.IsRight(Course.Find(Question.Id), Chosen);
    public string At => $"/training/courses/{Course.Key}/preview";
    public string BackTo => $"/training/courses/{Course.Key}{(IsDraft ? "/edit" : $"?version={Version}")}";
    public MaterialView View => new(Course, Number, Course.Title(Told.Language), Told.Language, $"/training/courses/{Course.Key}{(IsDraft ? "/edit?" : $"?version={Version}&")}handler=media&name=");

    public string To(string query) => $"{At}?{(IsDraft ? "draft=true" : $"version={Version}")}&{query}";

    public async Task<IActionResult> OnGetAsync(string key, int p, int q, CancellationToken ct)
    {
        if (key.Contains('\0') || await FindAsync(key, ct) is not { } course || course.Pages.Count == 0)
        {
            return NotFound();
        }
        Course = course;
        // A draft whose bank is not whole yet has no test to draw.
        Test = course.Questions.Count > 0 && CourseCheck.Of(course).All(problem => problem.Question is null && problem.Word is not ("CheckDrawn" or "CheckContentQuestion")) ? TestRules.Draw(course, Seed) : [];
        Question = q > 0 && Test.Count > 0 ? Test[Math.Clamp(q, 1, Test.Count) - 1] : null;
        Number = Question is null ? Math.Clamp(p, 1, course.Pages.Count) : Math.Clamp(q, 1, Test.Count);
        Chosen = [.. Chosen.Where(letter => Question?.Order.Contains(letter) == true)];
        return Page();
    }

    private async Task<Course?> FindAsync(string key, CancellationToken ct)
    {
        if (IsDraft)
        {
            return (await edit.FindAsync(HttpContext.CurrentUser(), key, ct))?.Course;
        }
        Version = Asked ?? (await courses.VersionsAsync(key, ct) is [var newest, ..] ? newest.Version : 0);
        return await courses.FindAsync(key, Version, ct);
    }
}
