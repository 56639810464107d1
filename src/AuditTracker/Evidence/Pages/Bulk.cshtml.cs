using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Checks what a batch would do before it does it: how many, which cannot and why, who is told. Selection and filters stand in the address.</summary>
[May(Role.ComplianceManager, Role.Reviewer)]
public sealed class BulkModel(ChangeBatch batch, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : BulkPage(words, "/evidence/collections")
{
    [FromQuery(Name = "act")] public BatchAct? Act { get; set; }

    public CompanyDay Day { get; private set; } = null!;
    public BatchPlan Plan { get; private set; } = new([], [], []);
    public override int Selected => Plan.Can.Count + Plan.Cannot.Count + Plan.Missing.Count + Plan.Rest;
    public IReadOnlyList<string> Told => [.. Plan.Can.Select(row => row.DeputyName ?? row.AssigneeName).Distinct()];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        if (what == "find" || Act is null || !ModelState.IsValid || TooMany is not null)
        {
            return Page();
        }
        if (Act == BatchAct.Assign && string.IsNullOrEmpty(Input.To))
        {
            return this.Invalid("Input.To", T["BulkToEmpty"]);
        }
        return ChangedMeanwhile() ?? await DoAsync(Choice, ct);
    }

    /// <summary>元に戻す of the notice.</summary>
    public async Task<IActionResult> OnPostUndoAsync(long number, CancellationToken ct) =>
        this.Done(Back, T["BulkUndone", await batch.UndoAssignAsync(HttpContext.CurrentUser(), number, ct)]);

    private async Task<IActionResult> DoAsync(Chosen chosen, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        switch (Act)
        {
            case BatchAct.Assign:
                var (number, done) = await batch.AssignAsync(user, chosen, Input.To!, ct);
                var name = (await choices.PersonAsync(user, Input.To, ct))?.Name ?? Input.To!;
                return done.Can.Count == 0 ? this.Done(Back, T["BulkNone"], tone: "warn")
                    : this.Done(Back, T["BulkAssignDone", done.Can.Count, name], $"/evidence/collections/bulk?handler=Undo&number={number}&back={Uri.EscapeDataString(Back)}", T["BulkUndo"], posts: true);
            case BatchAct.Remind:
                return this.Done(Back, T["BulkRemindDone", (await batch.RemindAsync(user, chosen, ct)).Can.Count]);
            default:
                try
                {
                    var (seen, before) = (Seen, Plan);
                    chosen = seen.Count > 0 ? Chosen.Rows([.. seen.Keys]) : chosen;
                    Plan = Act == BatchAct.Waive ? await batch.WaiveAsync(user, chosen, Input.Reason, ct) : await batch.AcceptAsync(user, chosen, ct, seen.Count > 0 ? seen : null);
                    Plan = Plan with { Cannot = [.. Plan.Cannot, .. before.Cannot.Where(left => seen.Count > 0 && !seen.ContainsKey(left.Row.Id))], Rest = before.Rest };
                }
                catch (InvalidInput refusal)
                {
                    return this.Refused(refusal);
                }
                IsDone = Plan.Cannot.Count > 0;
                return IsDone ? Page() : this.Done(Back, T[$"Bulk{Act}Done", Plan.Can.Count]);
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
            People = await choices.PickAsync(user, Input.To, Input.ToSearch, ct);
            Input.To = People.Chosen;
        }
        try
        {
            Plan = await batch.PrepareAsync(user, Act.Value, Choice, Input.To, ct);
        }
        catch (InvalidInput refused) when (refused.Key == "BulkTooMany")
        {
            TooMany = T["BulkTooMany", Chosen.Most];
        }
        return true;
    }

    /// <summary>What the form says was shown; a row that says nothing sensible is none.</summary>
    private Dictionary<long, long?> Seen => Input.Row.Select(row => row.Split(':')).Where(parts => parts.Length == 2 && long.TryParse(parts[0], out _)).Take(Chosen.MostDecided)
        .DistinctBy(parts => parts[0]).ToDictionary(parts => long.Parse(parts[0], CultureInfo.InvariantCulture), parts => long.TryParse(parts[1], out var submission) ? submission : (long?)null);

    private Chosen Choice =>
        All ? new Chosen(CollectionQuery.Read(Request.Query, Day).Filter) : Chosen.Rows(Ids);
}
