using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>Adding a request, empty, from the library (<c>?from=EV01</c>) or for an item (<c>?item=framework:ref</c>).</summary>
[May(Role.ComplianceManager)]
public sealed class NewRequestModel(SaveRequest save, Library library, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : RequestFormPage(choices, days, words)
{
    public LibraryEntry? Template => library.Find(Input.From);
    public override string CancelTo => Input.From is null ? "/evidence/requests" : "/evidence/library";

    public async Task<IActionResult> OnGetAsync(string? from, string[] item, CancellationToken ct)
    {
        if (from is not null)
        {
            if (library.Find(from) is not { } entry)
            {
                return NotFound();
            }
            Input = RequestFields.Of(entry);
        }
        Input.Items.AddRange(item.Except(Input.Items));
        await LoadAsync(ct);
        // The running period is the first: an earlier start would ask for the past.
        Input.StartOn = DateText.Plain((Input.Recurrence ?? PeriodKind.Quarter).Periods(Day.Today, Day.Today, Day.Calendar).FirstOrDefault(new Period(Day.Today, Day.Today)).From, "ja");
        await LoadAsync(ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync([FromForm(Name = "do")] string? doing, CancellationToken ct)
    {
        await LoadAsync(ct);
        if (doing != "save")
        {
            return Page();
        }
        if (Read() is not { } input)
        {
            return this.Invalid();
        }
        try
        {
            var id = await save.AddAsync(HttpContext.CurrentUser(), input, Template?.Id, ct);
            return this.Done($"/evidence/requests/{id}", T["DoneAdded", input.Title]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
