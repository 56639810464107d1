using AuditTracker.Calendar;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>What ends when a department is closed from a day on, and what has to be settled first?</summary>
[May(Role.ComplianceManager)]
public sealed class CloseDepartmentModel(CloseDepartment close, BusinessClock clock, IStringLocalizer<PeopleWords> words) : PageModel
{
    /// <summary>People and departments that are named; the others are counted.</summary>
    public const int Shown = 20;

    /// <summary>As the address has it: a slash in a code stays escaped there.</summary>
    [FromRoute(Name = "code")] public string? Code { get; set; }
    [FromQuery(Name = "on")] public string? OnText { get; set; }

    public string? OnError { get; private set; }
    public DepartmentClosing Closing { get; private set; } = null!;
    public StructureAsItIs Known { get; private set; } = null!;

    public string DepartmentName(string code) => Known.Departments.FirstOrDefault(department => department.Code == code)?.Versions is [.., var newest] ? newest.Value.Name : code;

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var typed = DateInput.Parse(OnText);
        OnError = typed.Day is null && !string.IsNullOrWhiteSpace(OnText) ? words.Unread(OnText) : null;
        (Closing, Known) = await close.PlanAsync(HttpContext.CurrentUser(), Plain(Code), typed.Day ?? (await clock.NowAsync(ct)).Today, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        if (OnError is not null || string.IsNullOrWhiteSpace(OnText))
        {
            return this.Invalid("", OnError ?? words["CloseFromHint"]);
        }

        try
        {
            await close.RunAsync(HttpContext.CurrentUser(), Plain(Code), Closing.On, ct);
            return this.Done("/people/departments", words["CloseDone", Closing.Name]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }

    private static string Plain(string? code) => code?.Replace("\0", "", StringComparison.Ordinal).Replace("%2F", "/", StringComparison.OrdinalIgnoreCase) ?? "";
}
