using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>Who stands in for somebody while they are on leave?</summary>
[May]
public sealed class DeputyModel(PeopleList people, NameDeputy deputies, Choices choices, IStringLocalizer<PeopleWords> words, IStringLocalizerFactory texts) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();

    public PersonRow Person { get; private set; } = null!;
    public LeaveDeputy Leave { get; private set; } = null!;
    public PeopleFound Candidates { get; private set; } = PeopleFound.Nobody;

    /// <summary>Whom one may name for one's own leave; compliance managers look anybody up.</summary>
    public IReadOnlyList<PickablePerson> Colleagues { get; private set; } = [];
    public bool IsOwn => !HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public sealed class Form
    {
        public string? Deputy { get; set; }
        public string? DeputySearch { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(string employeeNo, CancellationToken ct)
    {
        if (!await LoadAsync(employeeNo, ct))
        {
            return NotFound();
        }

        Input.Deputy = Leave.DeputyNo;
        Candidates = await choices.PickAsync(HttpContext.CurrentUser(), Input.Deputy, null, ct);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(string employeeNo, [FromForm(Name = "do")] string? what, CancellationToken ct)
    {
        if (!await LoadAsync(employeeNo, ct))
        {
            return NotFound();
        }

        var isChosen = !string.IsNullOrWhiteSpace(Input.Deputy);
        Candidates = await choices.PickAsync(HttpContext.CurrentUser(), Input.Deputy, Input.DeputySearch, ct);
        if (what == "find" || (what != "clear" && !isChosen && !string.IsNullOrWhiteSpace(Input.DeputySearch)))
        {
            Input.Deputy = Candidates.Meant;
            return Page(); // a search that fits one person has chosen them; that is seen before it counts
        }

        if (what != "clear" && !isChosen)
        {
            return this.Invalid("Input.Deputy", words["DeputyEmpty"]);
        }

        try
        {
            await deputies.RunAsync(HttpContext.CurrentUser(), Person.EmployeeNo, what == "clear" ? null : Input.Deputy, ct);
            return this.Done($"/people/{Uri.EscapeDataString(Person.EmployeeNo)}", words["DeputySaved"]);
        }
        catch (InvalidInput wrong)
        {
            return this.Invalid("Input.Deputy", wrong.In(texts));
        }
    }

    private async Task<bool> LoadAsync(string employeeNo, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await people.FindAsync(user, employeeNo.Replace("\0", ""), null, ct) is not { } person || await deputies.FindAsync(user, person.EmployeeNo, ct) is not { } leave)
        {
            return false;
        }

        (Person, Leave) = (person, leave);
        Colleagues = IsOwn ? await deputies.OwnChoicesAsync(user, leave, ct) : [];
        return true;
    }
}
