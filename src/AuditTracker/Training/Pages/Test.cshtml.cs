using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>The test, one question a page; each answer is kept as it is given, and they are marked together at the end.</summary>
[AllowAnonymous]
public sealed class TestModel(TakeTraining trainings, TrainingLinks links, IStringLocalizerFactory texts) : TakingPage(trainings, links)
{
    [BindProperty] public List<string> Chosen { get; set; } = [];
    public IReadOnlyList<AnswerRow> Answers { get; private set; } = [];

    /// <summary>The question that is asked, from 1; behind the last all answers are shown.</summary>
    public int Number { get; private set; }
    public Question? Question { get; private set; }

    /// <summary>Letters of its choices as they are shown.</summary>
    public IReadOnlyList<string> Order { get; private set; } = [];
    public string? Problem { get; private set; }

    public async Task<IActionResult> OnGetAsync(long id, int q, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return Nowhere();
        }
        if (Taking.CompletedAt is not null)
        {
            return LocalRedirect($"{At}/result");
        }
        if (Taking.Page < Course.Pages.Count || !Taking.IsOpen)
        {
            return LocalRedirect(At);
        }
        await ShowAsync(id, q, ct);
        Chosen = [.. Question is null ? [] : Answers[Number - 1].Letters];
        return Page();
    }

    public Task<IActionResult> OnPostBeginAsync(long id, CancellationToken ct) => DoAsync(id, 1, async () =>
    {
        await Trainings.BeginTestAsync(Taker, id, Language, ct);
        return LocalRedirect($"{At}/test?q=1");
    }, ct);

    public Task<IActionResult> OnPostAsync(long id, int q, CancellationToken ct) => DoAsync(id, q, async () =>
    {
        await Trainings.AnswerAsync(Taker, id, q, Chosen, ct);
        return LocalRedirect($"{At}/test?q={q + 1}");
    }, ct);

    public Task<IActionResult> OnPostFinishAsync(long id, CancellationToken ct) => DoAsync(id, int.MaxValue, async () =>
    {
        await Trainings.FinishAsync(Taker, id, ct);
        return LocalRedirect($"{At}/result");
    }, ct);

    private async Task<IActionResult> DoAsync(long id, int q, Func<Task<IActionResult>> act, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return Nowhere();
        }
        try
        {
            return await act();
        }
        catch (NotFound)
        {
            return LocalRedirect($"{At}/test");
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            await ShowAsync(id, q, ct);
            Problem = refusal is InvalidInput ? refusal.In(texts) : null;
            return this.Refused(refusal);
        }
    }

    private async Task ShowAsync(long id, int q, CancellationToken ct)
    {
        if (await Trainings.TestAsync(Taker, id, handedIn: false, ct) is not { } test)
        {
            return;
        }
        Answers = test.Answers;
        // Without a number: the first that is not answered yet.
        Number = q > 0 ? q : Answers.FirstOrDefault(answer => answer.Chosen.Length == 0)?.Position ?? Answers.Count + 1;
        if (Number <= Answers.Count)
        {
            Question = Course.Find(Answers[Number - 1].Question);
            Order = TestRules.Draw(Course, test.Attempt.Seed)[Number - 1].Order;
        }
    }
}
