using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>The review queue: what waits for this reader's decision, one of it open; after a decision the next one opens.</summary>
[May(Role.ComplianceManager, Role.Reviewer)]
public sealed class ReviewModel(CollectionStore collections, ShowCollection show, ReviewCollection review, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    private const int Size = 50;
    private static readonly CollectionFilter Waiting = new(Waiting: true);

    [BindProperty] public HandInFields Input { get; set; } = new();

    public CompanyDay Day { get; private set; } = null!;
    public IReadOnlyList<CollectionRow> Queue { get; private set; } = [];
    public string? More { get; private set; }
    public long Total { get; private set; }
    public long Own { get; private set; }
    public DateOnly? NextOn { get; private set; }

    /// <summary>The one that is open; null when nothing waits.</summary>
    public CollectionView? Open { get; private set; }

    /// <summary>Business days since it was handed in.</summary>
    public int Age(CollectionRow row) => row.SubmittedAt is { } at ? Math.Max(0, Day.Calendar.BusinessDaysBetween(JapanTime.DateOf(at), Day.Today)) : 0;

    /// <param name="at">The collection to open; the first in the queue when it is not waiting (any more).</param>
    public async Task<IActionResult> OnGetAsync(long? at, string? after, CancellationToken ct)
    {
        await LoadAsync(at, after, ct);
        return Page();
    }

    public Task<IActionResult> OnPostAcceptAsync(long id, string? after, CancellationToken ct) => DecideAsync(id, Decision.Accept, after, ct);

    public Task<IActionResult> OnPostReturnAsync(long id, string? after, CancellationToken ct) => DecideAsync(id, Decision.Return, after, ct);

    private async Task<IActionResult> DecideAsync(long id, Decision decision, string? after, CancellationToken ct)
    {
        await LoadAsync(id, after, ct);
        var row = Queue.FirstOrDefault(one => one.Id == id) ?? await collections.FindAsync(HttpContext.CurrentUser(), id, ct);
        if (row is null)
        {
            return NotFound();
        }
        try
        {
            await review.DecideAsync(HttpContext.CurrentUser(), id, decision, Input.Comment ?? "", ct);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
        var next = Queue.SkipWhile(one => one.Id != id).Skip(1).FirstOrDefault() ?? Queue.FirstOrDefault(one => one.Id != id);
        return this.Done(next is null ? "/evidence/review" : $"/evidence/review?at={next.Id}", words["Queue" + decision, row.Title, Day.Label(row.PeriodFrom, row.PeriodTo)],
            $"/evidence/collections/{id}", words["OpenIt"]);
    }

    private async Task LoadAsync(long? at, string? after, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        (Queue, More) = await collections.ListAsync(user, Waiting, Prose.Given(after), Size, ct);
        Total = await collections.CountAsync(user, Waiting, ListQuery.Cap, ct);
        Own = await collections.CountOwnWaitingAsync(user, ct);
        NextOn = Queue.Count == 0 ? await collections.NextForReviewAsync(user, ct) : null;
        var open = at is { } wanted ? await show.FindAsync(user, wanted, ct) : null;
        Open = open is { MayDecide: true } ? open : Queue.Count > 0 ? await show.FindAsync(user, Queue[0].Id, ct) : null;
    }
}
