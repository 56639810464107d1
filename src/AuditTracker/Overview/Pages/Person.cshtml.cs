using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Overview.Pages;

/// <summary>One person: where they worked when, whom they answer to, and what is still with them. Everybody may open their own.</summary>
[May]
public sealed class PersonModel(PeopleList people, OwedStore owed, BusinessClock clock) : PageModel
{
    public PersonRow Person { get; private set; } = null!;
    public DateOnly Today { get; private set; }
    public IReadOnlyList<OwedCollection> Owed { get; private set; } = [];
    public IReadOnlyList<HeldRequest> Requests { get; private set; } = [];
    public bool SeesPeople { get; private set; }

    public bool HasLeft => Person.LeftOn < Today;

    public async Task<IActionResult> OnGetAsync(string employeeNo, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await people.FindAsync(user, employeeNo.Replace("\0", ""), null, ct) is not { } person)
        {
            return NotFound();
        }

        Person = person;
        Today = (await clock.NowAsync(ct)).Today;
        Owed = await owed.CollectionsAsync(user, person.Id, ct);
        Requests = await owed.RequestsAsync(user, person.Id, ct);
        SeesPeople = user.IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner);
        return Page();
    }
}
