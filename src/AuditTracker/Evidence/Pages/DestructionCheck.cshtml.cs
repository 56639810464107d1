using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Shows what would be destroyed before it is approved. The selection stands in the address.</summary>
[May(Role.ComplianceManager)]
public sealed class DestructionCheckModel(DueFiles files, DecideRetention decide, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "id")] public long[] Ids { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [FromQuery(Name = "of")] public string? Of { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    public sealed class Fields
    {
        public string? Reason { get; set; }

        /// <summary>How many there were when the check was shown.</summary>
        public long? Seen { get; set; }

        /// <summary>Which they were.</summary>
        public string? Which { get; set; }
    }

    public ListPage<DueFile> List { get; private set; } = null!;
    public long Total { get; private set; }
    public string Which { get; private set; } = "";
    public CompanyDay Day { get; private set; } = null!;
    public Destroyable What => Destroyable.Of(Of);
    public string Back => What == Destroyable.Samples ? "/evidence/destruction?of=samples" : "/evidence/destruction";
    private long[]? Chosen => All ? null : Ids;

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        List = await files.PageAsync(user, "due", Chosen, new ListSlice(What.Order, false, BulkModel.Shown), ct, What);
        Total = await files.CountAsync(user, "due", Chosen, int.MaxValue, ct, What);
        Which = await files.WhichAsync(user, Chosen, ct, What);
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        try
        {
            var approved = await decide.ApproveAsync(HttpContext.CurrentUser(), Chosen, Input.Seen, Input.Reason, Input.Which ?? "", What, ct);
            return this.Done($"/evidence/destruction?state=approved{(What == Destroyable.Samples ? "&of=samples" : "")}", words["DoneDestructionApproved", approved]);
        }
        catch (Refusal refusal)
        {
            await OnGetAsync(ct);
            return this.Refused(refusal);
        }
    }
}
