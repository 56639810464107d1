using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>受講記録: the reader's trainings of all years, what is to be done first.</summary>
[May]
public sealed class MineModel(TakeTraining trainings, BusinessClock clock) : PageModel
{
    private DateOnly today;

    public IReadOnlyList<Taking> Rows { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        today = (await clock.NowAsync(ct)).Today;
        Rows = user.PersonId is null ? [] : await trainings.MineAsync(new(Actor.Of(user), user.PersonId, null), ct);
    }

    public string StateOf(Taking row) => "training." + (row.CompletedAt is not null ? "completed" : row.IsExempt || !row.IsOpen ? "exempt" : row.DueOn < today ? "overdue" : row.Attempts > 0 ? "retake" : row.StartedAt is null ? "notStarted" : "inProgress");
}
