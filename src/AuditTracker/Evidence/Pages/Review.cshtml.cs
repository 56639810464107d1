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
public sealed class ReviewModel(CollectionStore collections, ShowCollection show, ReviewCollection review, TakeReview take, PreviewEvidence preview, CompanyDays days, IStringLocalizer<Words> words) : PageModel
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

    /// <summary>Who has which of them in hand.</summary>
    public IReadOnlyDictionary<long, ReviewLease> Leases { get; private set; } = new Dictionary<long, ReviewLease>();

    /// <summary>What was written of one that cannot be decided on any more: its title, and the words.</summary>
    public (string Title, string Words)? Stray { get; private set; }

    /// <summary>The one that is open; null when nothing waits.</summary>
    public CollectionView? Open { get; private set; }

    /// <summary>The beginnings of its files, as many as can be shown at a glance; nothing of what is out of reach.</summary>
    public IReadOnlyList<Preview> Previews => Open?.Pending is not { } one ? []
        : [.. Open.EvidenceOf(one).Where(piece => piece.Kind == "file" && Open.Files.GetValueOrDefault(piece.Id) is not { IsOutOfReach: true } && Preview.KindOf(piece.FileName!) != PreviewKind.None).Take(2).Select(preview.Of)];

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

    public Task<IActionResult> OnPostTakeAsync(long id, string? after, CancellationToken ct) => HandleAsync(id, after, () => take.TakeAsync(HttpContext.CurrentUser(), id, ct), "DoneTaken", ct);

    public Task<IActionResult> OnPostLayDownAsync(long id, string? after, CancellationToken ct) => HandleAsync(id, after, () => take.LayDownAsync(HttpContext.CurrentUser(), id, ct), "DoneLaidDown", ct);

    /// <summary>Address of a handler for the open one, keeping the place in the queue.</summary>
    public string Action(string handler, string? after) => $"/evidence/review?handler={handler}&id={Open!.Row.Id}&after={Uri.EscapeDataString(after ?? "")}";

    private async Task<IActionResult> HandleAsync(long id, string? after, Func<Task> act, string done, CancellationToken ct)
    {
        try
        {
            await act();
            return this.Done($"/evidence/review?at={id}", words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, after, ct);
            return this.Refused(refusal);
        }
    }

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
            await review.DecideAsync(HttpContext.CurrentUser(), id, decision, Input.CommentOf(decision, words), Input.Seen, ct);
        }
        catch (Refusal refusal)
        {
            if (Open?.Row.Id != id)
            {
                // Another stands in its place now: what was written of the one is not handed on to the other.
                (Stray, Input) = (string.IsNullOrWhiteSpace(Input.Comment) ? null : (row.Title, Input.Comment), new());
                ModelState.Clear();
            }
            return this.Refused(refusal);
        }
        var next = Queue.SkipWhile(one => one.Id != id).Skip(1).FirstOrDefault() ?? Queue.FirstOrDefault(one => one.Id != id);
        return this.Done(next is null ? "/evidence/review" : $"/evidence/review?at={next.Id}", words["Queue" + decision, row.Title, Day.Label(row.PeriodFrom, row.PeriodTo)],
            $"/evidence/collections/{id}", words["OpenIt"]);
    }

    private async Task LoadAsync(long? at, string? after, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var (day, counted) = (days.LoadAsync(ct), collections.CountWaitingAsync(user, ListQuery.Cap, ct));
        (Queue, More) = await collections.ListAsync(user, Waiting, Prose.Given(after), Size, ct);
        var leases = take.OfAsync(user, Queue.Select(row => row.Id), ct);
        NextOn = Queue.Count == 0 ? await collections.NextForReviewAsync(user, ct) : null;
        var open = at is { } wanted ? await show.FindAsync(user, wanted, ct, day) : null;
        Open = open is { MayDecide: true } ? open : Queue.Count > 0 ? await show.FindAsync(user, Queue[0].Id, ct, day) : null;
        (Day, Leases, (Total, Own)) = (await day, await leases, await counted);
    }
}
