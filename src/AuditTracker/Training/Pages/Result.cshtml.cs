using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace AuditTracker.Training.Pages;

/// <summary>Did I pass? The newest test handed in, with the explanation of every question and where to read it again.</summary>
[AllowAnonymous]
public sealed class ResultModel(TakeTraining trainings, TrainingLinks links) : TakingPage(trainings, links)
{
    public AttemptRow Attempt { get; private set; } = null!;
    public IReadOnlyList<AnswerRow> Answers { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return Nowhere();
        }
        if (await Trainings.TestAsync(Taker, id, handedIn: true, ct) is not { } test)
        {
            return LocalRedirect(At);
        }
        (Attempt, Answers) = test;
        return Page();
    }
}
