using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Which further items accepted evidence serves: what the mapping proposes, or what is searched for, is confirmed or not, and can be taken back.</summary>
[May(Role.ComplianceManager)]
public sealed class ItemsModel(ShowCollection show, AttachEvidence attach, AttachmentStore attachments, Choices choices, IStringLocalizer<Words> words) : CollectionActPage(show, words)
{
    public const int Shown = 30;

    [FromQuery(Name = "q")] public string? Typed { get; set; }

    /// <summary>Items chosen, <c>framework:ref</c>.</summary>
    [BindProperty] public List<string> Chosen { get; set; } = [];

    public IReadOnlyList<AttachmentRow> Said { get; private set; } = [];
    public IReadOnlyList<ProposalRow> Proposals { get; private set; } = [];
    public IReadOnlyList<ItemName> Found { get; private set; } = [];

    public IEnumerable<AttachmentRow> Attached => Said.Where(row => row is { Holds: true, Act: "confirm" });

    protected override bool MayOpen => Caller.Is(Role.ComplianceManager);

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? await WithItemsAsync(id, Page(), ct) : NotFound();

    public Task<IActionResult> OnPostConfirmAsync(long id, CancellationToken ct) => SayAsync(id, AttachAct.Confirm, "DoneAttached", ct);

    public Task<IActionResult> OnPostRejectAsync(long id, CancellationToken ct) => SayAsync(id, AttachAct.Reject, "DoneRejected", ct);

    public Task<IActionResult> OnPostTakeBackAsync(long id, CancellationToken ct) => SayAsync(id, AttachAct.TakeBack, "DoneTakenBack", ct);

    private async Task<IActionResult> SayAsync(long id, AttachAct act, string done, CancellationToken ct)
    {
        var answer = await ActAsync(id, () => attach.RunAsync(Caller, id, act, Chosen, Input.Reason, ct), done, ct);
        return View is null ? answer : await WithItemsAsync(id, answer, ct);
    }

    private async Task<IActionResult> WithItemsAsync(long id, IActionResult answer, CancellationToken ct)
    {
        (Said, Proposals) = (await attachments.OfCollectionAsync(Caller, id, ct), await attachments.ProposalsAsync(Caller, id, ct));
        var served = View.Row.Items.Concat(Attached.Select(row => row.Key)).Concat(Proposals.Select(row => row.Item.Key)).ToHashSet();
        Found = Prose.Given(Typed) is { } typed ? [.. (await choices.ItemsAsync(typed, Shown, ct)).Where(item => !served.Contains(item.Key))] : [];
        return answer;
    }
}
