using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>What becomes of what came, how far it is, and what became of it.</summary>
[May(Role.ComplianceManager)]
public sealed class PastEvidenceRunModel(CheckPastEvidence check, PastEvidenceStore past, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    private const int Size = 100;

    public sealed class Fields
    {
        public bool SkipErrors { get; set; }
    }

    [FromRoute(Name = "id")] public long Id { get; set; }
    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "after")] public int After { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    public PastRun Run { get; private set; } = null!;
    public CompanyDay Day { get; private set; } = null!;
    public IReadOnlyList<PastPieceRow> Pieces { get; private set; } = [];
    public string? Next { get; private set; }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct) => await LoadAsync(ct) ? Page() : NotFound();

    /// <summary>What the bar asks every few seconds.</summary>
    public async Task<IActionResult> OnGetProgressAsync(CancellationToken ct) => await past.FindAsync(HttpContext.CurrentUser(), Id, ct) is { } run
        ? new JsonResult(new { state = run.State, stage = words["PastStageBringing"].Value, done = run.Done, total = run.Total })
        : NotFound();

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            await check.ApplyAsync(HttpContext.CurrentUser(), Id, Input.SkipErrors, ct);
            return LocalRedirect($"/evidence/past/{Id}");
        }
        catch (Refusal refusal)
        {
            return await LoadAsync(ct) ? this.Refused(refusal) : NotFound();
        }
    }

    public async Task<IActionResult> OnPostDropAsync(CancellationToken ct)
    {
        await check.DropAsync(HttpContext.CurrentUser(), Id, ct);
        return this.Done("/evidence/past", words["PastDropped"]);
    }

    private async Task<bool> LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await past.FindAsync(user, Id, ct) is not { } run)
        {
            return false;
        }
        (Run, Day) = (run, await days.LoadAsync(ct));
        var pieces = await past.PiecesAsync(user, Id, Kind is "added" or "filled" or "there" or "error" ? Kind : null, After, Size + 1, ct);
        Pieces = [.. pieces.Take(Size)];
        Next = pieces.Count > Size ? Pieces[^1].Position.ToString(CultureInfo.InvariantCulture) : null;
        return true;
    }
}
