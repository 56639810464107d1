using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>What the pages of one draft share.</summary>
public abstract class CourseEditPage(EditCourse edit, IStringLocalizer<Words> words) : PageModel
{
    [FromRoute(Name = "key")] public string Key { get; set; } = "";

    /// <summary>The draft the form was written for.</summary>
    [BindProperty] public int Version { get; set; }
    [FromQuery(Name = "check")] public string? Check { get; set; }

    /// <summary>Asked whether it is meant, before it is gone.</summary>
    public bool IsRemoving => Check is "remove" or "discard";
    public Draft Draft { get; private set; } = null!;
    public Course Course => Draft.Course;
    public string At => $"/training/courses/{Key}/edit";
    protected CurrentUser Caller => HttpContext.CurrentUser();
    protected EditCourse Edit => edit;
    protected IStringLocalizer<Words> T => words;

    /// <summary>What keeps it from being published, in words; contents by their names.</summary>
    public IReadOnlyList<(string Text, string Href)> Problems => [.. CourseCheck.Of(Course).Select(problem => (
        T[problem.Word, [.. problem.Args.Select(arg => arg is string content && Course.Contents.Contains(content) ? T["Content" + Told.Pascal(content)].Value : arg)]].Value,
        problem.Page is { } page ? $"{At}/pages/{page}" : problem.Question is { Length: > 0 } question ? $"{At}/questions/{Uri.EscapeDataString(question)}" : "#facts"))];

    protected async Task<bool> LoadAsync(CancellationToken ct)
    {
        if (Key.Contains('\0') || await edit.FindAsync(Caller, Key, ct) is not { } draft)
        {
            return false;
        }
        Draft = draft;
        return true;
    }

    /// <summary>Does it and goes on with a notice, or shows the page again with what a rule said and everything typed.</summary>
    protected async Task<IActionResult> ActAsync(Func<Task<(string Path, string Word)>> act, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        try
        {
            var (path, word) = await act();
            return this.Done(path, T[word]);
        }
        catch (Refusal refusal)
        {
            return await LoadAsync(ct) ? this.Refused(refusal) : NotFound();
        }
    }
}
