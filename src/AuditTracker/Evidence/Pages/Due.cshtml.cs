using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Moving the due date of one period, asking for it, and deciding on what was asked.</summary>
[May(Role.ComplianceManager, Role.ControlOwner, Role.Reviewer)]
public sealed class DueModel(ShowCollection show, MoveDueDate move, WithdrawAsk withdraw, IStringLocalizer<Words> words) : CollectionActPage(show, words)
{
    protected override bool MayOpen => View.Terms.MayHandIn || View.Terms.MayReview;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input.DueOn = View.DueAsk?.DueOn is { } asked ? DateText.Plain(asked, "ja") : View.MayMoveOpening ? DateText.Plain(View.Row.DueOn, "ja") : null;
        Input.OpensOn = View.MayMoveOpening ? DateText.Plain(View.Row.OpensOn, "ja") : null;
        return Page();
    }

    public Task<IActionResult> OnPostMoveAsync(long id, CancellationToken ct) => ActAsync(id, () => move.MoveAsync(Caller, id, Read(Input.DueOn, "dueOn"), Input.Reason, Read(Input.OpensOn, "opensOn"), ct), "DoneMoved", ct);

    public Task<IActionResult> OnPostAskAsync(long id, CancellationToken ct) => ActAsync(id, () => move.AskAsync(Caller, id, Read(Input.DueOn, "dueOn"), Input.Reason, ct), "DoneAsked", ct);

    public Task<IActionResult> OnPostDeclineAsync(long id, CancellationToken ct) => ActAsync(id, () => move.DeclineAsync(Caller, id, Input.Reason, ct), "DoneDeclined", ct);

    public Task<IActionResult> OnPostWithdrawAsync(long id, CancellationToken ct) => ActAsync(id, () => withdraw.RunAsync(Caller, id, "askDue", ct), "DoneAskWithdrawn", ct);

    private DateOnly? Read(string? typed, string field) => TypedDate.ReadOptional(typed, field, View.Day.FiscalYear);
}
