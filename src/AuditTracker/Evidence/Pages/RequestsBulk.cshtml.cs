using AuditTracker.Calendar;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Checks what a change of many requests would do before it does it. Selection and filters stand in the address.</summary>
[May(Role.ComplianceManager)]
public sealed class RequestsBulkModel(ChangeRequests change, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "act")] public RequestsAct Act { get; set; }
    [FromQuery(Name = "id")] public long[] Ids { get; set; } = [];
    [FromQuery(Name = "all")] public bool All { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }
    [FromQuery(Name = "owner")] public string? Owner { get; set; }
    [FromQuery(Name = "frequency")] public string? Frequency { get; set; }
    [BindProperty] public Fields Input { get; set; } = new();

    public sealed class Fields
    {
        public string? To { get; set; }
        public string? ToSearch { get; set; }
        public string? EndOn { get; set; }

        /// <summary>How many matched when the check was shown.</summary>
        public int? Seen { get; set; }
    }

    public CompanyDay Day { get; private set; } = null!;
    public RequestsPlan Plan { get; private set; } = new([], []);
    public RequestFormPage.Picked People { get; private set; } = new([], 0);

    /// <summary>It was done, and some were left: the page lists them.</summary>
    public bool IsDone { get; private set; }
    public int Selected => Plan.Can.Count + Plan.Cannot.Count;
    public string Back => LocalPath.Or(Request.Query["back"], "/evidence/requests");

    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        await LoadAsync(ct);
        var end = DateInput.Parse(Input.EndOn, Day.FiscalYear).Day;
        if (what == "find" || !ModelState.IsValid)
        {
            return Page();
        }
        if (Act == RequestsAct.Owner ? string.IsNullOrEmpty(Input.To) : end is null)
        {
            return Act == RequestsAct.Owner ? this.Invalid("Input.To", words["BulkToEmpty"]) : this.Invalid("Input.EndOn", words["DateUnreadable", Input.EndOn ?? ""]);
        }
        if (All && Input.Seen is { } seen && seen != Selected)
        {
            ModelState.Remove("Input.Seen");
            ModelState.AddModelError("", words["BulkChanged", seen, Selected]);
            Response.StatusCode = StatusCodes.Status409Conflict;
            return Page();
        }
        Plan = await change.RunAsync(HttpContext.CurrentUser(), Act, Filter, Input.To, end, ct);
        IsDone = Plan.Cannot.Count > 0;
        return IsDone ? Page() : this.Done(Back, words[$"Requests{Act}Done", Plan.Can.Count]);
    }

    private RequestFilter Filter => All
        ? new(Prose.Given(Search), Prose.Given(Framework), null, Prose.Given(Owner), RequestsModel.Frequencies.Contains(Frequency) ? Frequency : null)
        : new(Ids: Ids);

    private async Task LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        if (Act == RequestsAct.Owner)
        {
            (People, Input.To) = await PersonPicker.FindAsync(choices, user, Input.To, Input.ToSearch, ct);
        }
        Plan = await change.PrepareAsync(user, Act, Filter, Input.To, DateInput.Parse(Input.EndOn, Day.FiscalYear).Day, ct);
    }
}
