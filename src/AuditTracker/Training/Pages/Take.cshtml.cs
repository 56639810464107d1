using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace AuditTracker.Training.Pages;

/// <summary>What do I read? One's own training: what it is, and its material page by page; each page that is opened is kept.</summary>
[AllowAnonymous]
public sealed class TakeModel(TakeTraining trainings, TrainingLinks links, CourseFiles files) : TakingPage(trainings, links)
{
    /// <summary>The page of the material that is shown, from 1; 0: the training itself.</summary>
    public int Number { get; private set; }

    public MaterialView View => new(Course, Number, Taking.Title, Language, $"{At}?handler=media&name=");

    public async Task<IActionResult> OnGetAsync(long id, [FromQuery(Name = "p")] int page, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return Nowhere();
        }
        // Reading ahead of oneself is led back to the first page that was not opened yet.
        Number = Math.Clamp(page, 0, Taking.IsOpen ? Math.Min(Taking.Page + 1, Course.Pages.Count) : Course.Pages.Count);
        return Page();
    }

    /// <summary>A picture or PDF of the course, for those who take it.</summary>
    public async Task<IActionResult> OnGetMediaAsync(long id, string? name, CancellationToken ct) =>
        await LoadAsync(id, ct) && Course.FindMedia(name ?? "") is { } media ? await files.ShowAsync(media, ct) : NotFound();

    /// <summary>次へ: this page was read.</summary>
    public async Task<IActionResult> OnPostAsync(long id, [FromQuery(Name = "p")] int page, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return Nowhere();
        }
        var last = page >= Course.Pages.Count;
        if (!Taking.IsOpen)
        {
            return LocalRedirect(last ? At : $"{At}?p={page + 1}");
        }
        try
        {
            await Trainings.TurnAsync(Taker, id, Math.Min(page, Taking.Page + 1), ct);
            return LocalRedirect(last && Taking.Page + 1 >= Course.Pages.Count ? $"{At}/test" : $"{At}?p={page + 1}");
        }
        catch (Refusal refusal)
        {
            return await AgainAsync(id, refusal, ct);
        }
    }
}
