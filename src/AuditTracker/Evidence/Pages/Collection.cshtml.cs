using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>One collection: what exactly is handed in, by when, and what became of it.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class CollectionModel(ShowCollection show, HandIn handIn, ReviewCollection review, CommentOnCollection comment, Choices choices, MentionStore mentions, TakeReview take, IStringLocalizer<Words> words) : CollectionPage(show, words)
{
    [BindProperty] public override HandInFields Input { get; set; } = new();

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input = HandInFields.From(View.Draft);
        if (View.Notes.Any(note => note.IsNewToMe))
        {
            await mentions.LookAsync(HttpContext.CurrentUser(), id, ct);
        }
        return Page();
    }

    public Task<IActionResult> OnPostAcceptAsync(long id, CancellationToken ct) => DecideAsync(id, Decision.Accept, ct);

    public Task<IActionResult> OnPostReturnAsync(long id, CancellationToken ct) => DecideAsync(id, Decision.Return, ct);

    public Task<IActionResult> OnPostReopenAsync(long id, CancellationToken ct) => DecideAsync(id, Decision.Reopen, ct);

    public async Task<IActionResult> OnPostWithdrawAsync(long id, long submission, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || View.Submissions.All(one => one.Id != submission))
        {
            return NotFound();
        }
        try
        {
            await handIn.WithdrawAsync(HttpContext.CurrentUser(), submission, ct);
            return this.Done(Action(null), T["DoneWithdrawn"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    public async Task<IActionResult> OnPostCommentAsync(long id, [FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Addressees = await choices.AddresseesAsync(user, id, Input.To, Input.ToSearch, ct);
        // Who was typed but not chosen is asked for first: a comment for nobody is not what was meant.
        var isMissed = string.IsNullOrEmpty(Input.To) && !string.IsNullOrWhiteSpace(Input.ToSearch);
        if (what == "find" || isMissed)
        {
            Input.To = Addressees.Meant ?? Input.To;
            return !await LoadAsync(id, ct) ? NotFound() : WithDraft(what == "find" ? Page() : this.Invalid("Input.To", T["PersonNotChosen", Input.ToSearch!.Trim()]));
        }
        return await DoAsync(id, () => comment.AddAsync(user, id, Input.Words, string.IsNullOrEmpty(Input.To) ? null : [Input.To], ct), "DoneCommented", ct);
    }

    public Task<IActionResult> OnPostUncommentAsync(long id, long note, CancellationToken ct) => DoAsync(id, () => comment.UndoAsync(HttpContext.CurrentUser(), id, note, ct), "DoneUncommented", ct);

    public Task<IActionResult> OnPostTakeAsync(long id, CancellationToken ct) => DoAsync(id, () => take.TakeAsync(HttpContext.CurrentUser(), id, ct), "DoneTaken", ct);

    public Task<IActionResult> OnPostLayDownAsync(long id, CancellationToken ct) => DoAsync(id, () => take.LayDownAsync(HttpContext.CurrentUser(), id, ct), "DoneLaidDown", ct);

    /// <summary>The form to hand in stands on the same page: what another form of it sent does not empty it.</summary>
    private IActionResult WithDraft(IActionResult page)
    {
        Input.TakeDraft(View.Draft);
        return page;
    }

    private async Task<IActionResult> DoAsync(long id, Func<Task> act, string done, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            await act();
            return this.Done(Action(null), T[done]);
        }
        catch (Refusal refusal)
        {
            return WithDraft(this.Refused(refusal));
        }
    }

    private async Task<IActionResult> DecideAsync(long id, Decision decision, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            await review.DecideAsync(HttpContext.CurrentUser(), id, decision, Input.CommentOf(decision, T), decision == Decision.Reopen ? null : Input.Seen, ct);
            return this.Done(Action(null), T["Done" + decision, View.Row.AssigneeName]);
        }
        catch (Refusal refusal)
        {
            return WithDraft(this.Refused(refusal));
        }
    }
}
