using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Checks what a batch would do before it does it: how many, which cannot and why, who is told. Selection and filters stand in the address.</summary>
[May(Role.ComplianceManager, Role.Reviewer)]
public sealed class BulkModel(ChangeBatch batch, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>Rows of each kind that are named; the others are counted.</summary>
    public const int Shown = 20;

    [FromQuery(Name = "act")] public BatchAct? Act { get; set; }
    [FromQuery(Name = "id")] public long[] Ids { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    public sealed class Fields
    {
        public string? To { get; set; }
        public string? ToSearch { get; set; }
        public string? Reason { get; set; }

        /// <summary>How many matched when the check was shown.</summary>
        public int? Seen { get; set; }
    }

    public CompanyDay Day { get; private set; } = null!;
    public BatchPlan Plan { get; private set; } = new([], [], []);
    public RequestFormPage.Picked People { get; private set; } = new([], 0);

    /// <summary>It was done, and some rows were left: the page lists them.</summary>
    public bool IsDone { get; private set; }
    public int Selected => Plan.Can.Count + Plan.Cannot.Count + Plan.Missing.Count;
    public string Back => LocalPath.Or(Request.Query["back"], "/evidence/collections");
    public IReadOnlyList<string> Told => [.. Plan.Can.Select(row => row.AssigneeName).Distinct()];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        if (what == "find" || Act is null || !ModelState.IsValid)
        {
            return Page();
        }
        if (Act == BatchAct.Assign && string.IsNullOrEmpty(Input.To))
        {
            return this.Invalid("Input.To", words["BulkToEmpty"]);
        }
        if (All && Input.Seen is { } seen && seen != Selected)
        {
            var now = Selected;
            ModelState.Remove("Input.Seen");
            ModelState.AddModelError("", words["BulkChanged", seen, now]);
            Response.StatusCode = StatusCodes.Status409Conflict;
            return Page();
        }
        return await DoAsync(Choice, ct);
    }

    /// <summary>元に戻す of the notice.</summary>
    public async Task<IActionResult> OnPostUndoAsync(long number, CancellationToken ct) =>
        this.Done(Back, words["BulkUndone", await batch.UndoAssignAsync(HttpContext.CurrentUser(), number, ct)]);

    private async Task<IActionResult> DoAsync(Chosen chosen, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        switch (Act)
        {
            case BatchAct.Assign:
                var (number, done) = await batch.AssignAsync(user, chosen, Input.To!, ct);
                var name = (await choices.PersonAsync(user, Input.To, ct))?.Name ?? Input.To!;
                return done.Can.Count == 0 ? this.Done(Back, words["BulkNone"], tone: "warn")
                    : this.Done(Back, words["BulkAssignDone", done.Can.Count, name], $"/evidence/collections/bulk?handler=Undo&number={number}&back={Uri.EscapeDataString(Back)}", words["BulkUndo"], posts: true);
            case BatchAct.Remind:
                return this.Done(Back, words["BulkRemindDone", (await batch.RemindAsync(user, chosen, ct)).Can.Count]);
            default:
                try
                {
                    Plan = Act == BatchAct.Waive ? await batch.WaiveAsync(user, chosen, Input.Reason, ct) : await batch.AcceptAsync(user, chosen, ct);
                }
                catch (InvalidInput refusal)
                {
                    return this.Refused(refusal);
                }
                IsDone = Plan.Cannot.Count > 0;
                return IsDone ? Page() : this.Done(Back, words[$"Bulk{Act}Done", Plan.Can.Count]);
        }
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        if (Act is null)
        {
            return ModelState.IsValid;
        }
        if (Act != BatchAct.Accept && !user.Is(Role.ComplianceManager))
        {
            return false;
        }
        if (Act == BatchAct.Assign)
        {
            (People, Input.To) = await PersonPicker.FindAsync(choices, user, Input.To, Input.ToSearch, ct);
        }
        Plan = await batch.PrepareAsync(user, Act.Value, Choice, Input.To, ct);
        return true;
    }

    private Chosen Choice =>
        All ? new Chosen(CollectionQuery.Read(Request.Query, Day).Filter) : Chosen.Rows(Ids);
}
