using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Checks what a change of many requests would do before it does it. Selection and filters stand in the address.</summary>
[May(Role.ComplianceManager)]
public sealed class RequestsBulkModel(ChangeRequests change, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : BulkPage(words, "/evidence/requests")
{
    [FromQuery(Name = "act")] public RequestsAct Act { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }
    [FromQuery(Name = "owner")] public string? Owner { get; set; }
    [FromQuery(Name = "reviewer")] public string? Reviewer { get; set; }
    [FromQuery(Name = "frequency")] public string? Frequency { get; set; }

    public CompanyDay Day { get; private set; } = null!;
    public RequestsPlan Plan { get; private set; } = new([], []);
    public override int Selected => Plan.Can.Count + Plan.Cannot.Count;

    public async Task OnGetAsync(CancellationToken ct) => await LoadAsync(ct);

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        await LoadAsync(ct);
        var end = DateInput.Parse(Input.EndOn, Day.FiscalYear).Day;
        if (what == "find" || !ModelState.IsValid || TooMany is not null)
        {
            return Page();
        }
        if (Act == RequestsAct.Owner ? string.IsNullOrEmpty(Input.To) : end is null)
        {
            return Act == RequestsAct.Owner ? this.Invalid("Input.To", T["BulkToEmpty"]) : this.Refused(TypedDate.Refusal(Input.EndOn, "endOn", Day.FiscalYear)!);
        }
        if (ChangedMeanwhile() is { } changed)
        {
            return changed;
        }
        Plan = await change.RunAsync(HttpContext.CurrentUser(), Act, Filter, Input.To, end, ct);
        IsDone = Plan.Cannot.Count > 0;
        return IsDone ? Page() : this.Done(Back, T[$"Requests{Act}Done", Plan.Can.Count]);
    }

    private RequestFilter Filter => All
        ? new(Prose.Given(Search), Prose.Given(Framework), null, Prose.Given(Owner), RequestsModel.Frequencies.Contains(Frequency) ? Frequency : null, Reviewer: Prose.Given(Reviewer))
        : new(Ids: Ids);

    private async Task LoadAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        if (Act == RequestsAct.Owner)
        {
            People = await choices.PickAsync(user, Input.To, Input.ToSearch, ct);
            Input.To = People.Chosen;
        }
        try
        {
            Plan = await change.PrepareAsync(user, Act, Filter, Input.To, DateInput.Parse(Input.EndOn, Day.FiscalYear).Day, ct);
        }
        catch (InvalidInput refused) when (refused.Key == "BulkTooMany")
        {
            TooMany = T["BulkTooMany", ChangeRequests.Most];
        }
    }
}
