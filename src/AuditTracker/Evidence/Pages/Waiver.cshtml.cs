using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Waiving one period, asking for it, deciding on what was asked, and taking it back.</summary>
[May(Role.ComplianceManager, Role.ControlOwner)]
public sealed class WaiverModel(ShowCollection show, WaiveCollection waive, WithdrawAsk withdraw, IStringLocalizer<Words> words) : CollectionActPage(show, words)
{
    protected override bool MayOpen => View.Terms.MayHandIn;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    public Task<IActionResult> OnPostWaiveAsync(long id, CancellationToken ct) => ActAsync(id, () => waive.WaiveAsync(Caller, id, Input.Reason, ct), "DoneWaived", ct);

    public Task<IActionResult> OnPostAskAsync(long id, CancellationToken ct) => ActAsync(id, () => waive.AskAsync(Caller, id, Input.Reason, ct), "DoneAsked", ct);

    public Task<IActionResult> OnPostDeclineAsync(long id, CancellationToken ct) => ActAsync(id, () => waive.DeclineAsync(Caller, id, Input.Reason, ct), "DoneDeclined", ct);

    public Task<IActionResult> OnPostWithdrawAsync(long id, CancellationToken ct) => ActAsync(id, () => withdraw.RunAsync(Caller, id, "askWaiver", ct), "DoneAskWithdrawn", ct);

    public Task<IActionResult> OnPostUndoAsync(long id, CancellationToken ct) => ActAsync(id, () => waive.UndoAsync(Caller, id, Input.Reason, ct), "DoneUnwaived", ct);
}
