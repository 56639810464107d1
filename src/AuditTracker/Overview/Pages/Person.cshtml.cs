using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Training;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using PeopleWords = AuditTracker.People.Words;

namespace AuditTracker.Overview.Pages;

/// <summary>One person: where they work on any day, whom they answer to, what is still with them, what happened. Everybody may open their own.</summary>
[May]
public sealed class PersonModel(PeopleList people, OwedStore owed, ImportStructure structure, NameDeputy deputies, CampaignStore trainings, BusinessClock clock, IStringLocalizer<PeopleWords> words) : PageModel
{
    [BindProperty] public Form Input { get; set; } = new();
    [FromQuery(Name = "on")] public string? OnText { get; set; }

    public PersonRow Person { get; private set; } = null!;
    public DateOnly Today { get; private set; }
    public DateOnly On { get; private set; }
    public IReadOnlyList<OwedCollection> Owed { get; private set; } = [];
    public IReadOnlyList<OwedCollection> Reviews { get; private set; } = [];
    public IReadOnlyList<HeldRequest> Requests { get; private set; } = [];
    public IReadOnlyList<PersonEventRow> Events { get; private set; } = [];
    public IReadOnlyList<DepartmentEntry> Departments { get; private set; } = [];
    public IReadOnlyList<HeldAppointment> Appointments { get; private set; } = [];
    public IReadOnlyList<PersonTraining> Trainings { get; private set; } = [];
    public AccountState? Account { get; private set; }
    public LeaveDeputy? Leave { get; private set; }
    public bool SeesPeople { get; private set; }
    public bool MayChange { get; private set; }

    /// <summary>The reader's own page: they name who stands in for them.</summary>
    public bool IsSelf => HttpContext.CurrentUser().PersonId == Person.Id;

    public bool HasLeft => Person.LeftOn < Today;

    /// <summary>The posts on the chosen day, the primary one first.</summary>
    public IEnumerable<PostEntry> PostsOn => Person.Posts.Where(post => post.From <= On && (post.To is null || On <= post.To)).OrderByDescending(post => post.Primary);

    /// <summary>A concurrent post, as typed.</summary>
    public sealed class Form
    {
        public string? Code { get; set; }
        public string? Title { get; set; }
        public string? From { get; set; }
        public string? To { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(string employeeNo, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Today = (await clock.NowAsync(ct)).Today;
        On = DateInput.Parse(OnText).Day ?? Today;
        if (await people.FindAsync(user, employeeNo.Replace("\0", ""), On, ct) is not { } person)
        {
            return NotFound();
        }

        Person = person;
        Trainings = await trainings.OfPersonAsync(user, person.EmployeeNo, ct);
        Owed = await owed.CollectionsAsync(user, person.Id, ct);
        Reviews = await owed.ReviewsAsync(user, person.Id, ct);
        Requests = await owed.RequestsAsync(user, person.Id, ct);
        Events = await people.EventsAsync(user, person.Id, ct);
        Appointments = await owed.AppointmentsAsync(user, person.Id, On, ct);
        Account = await owed.AccountAsync(user, person.Id, ct);
        SeesPeople = user.IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner);
        MayChange = user.Is(Role.ComplianceManager);
        Leave = await deputies.FindAsync(user, person.EmployeeNo, ct);
        Departments = MayChange ? (await people.DepartmentsAsync(user, Today, null, 2000, ct)).Rows : [];
        return Page();
    }

    /// <summary>A concurrent post begins, or ends.</summary>
    public async Task<IActionResult> OnPostAsync(string employeeNo, CancellationToken ct)
    {
        if (await OnGetAsync(employeeNo, ct) is NotFoundResult || !MayChange)
        {
            return NotFound();
        }

        var (from, to) = (DateInput.Parse(Input.From), DateInput.Parse(Input.To));
        if (from.Day is null || (to.Day is null && !string.IsNullOrWhiteSpace(Input.To)))
        {
            return from.Day is null ? this.Invalid("Input.From", words.Unread(Input.From)) : this.Invalid("Input.To", words.Unread(Input.To));
        }

        try
        {
            await structure.ChangePostAsync(HttpContext.CurrentUser(), new(1, Person.EmployeeNo, Input.Code ?? "", Input.Title?.Trim() ?? "", from.Day.Value, to.Day), ct);
            return this.Done($"/people/{Uri.EscapeDataString(Person.EmployeeNo)}", words["PostSaved"]);
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
    }
}
