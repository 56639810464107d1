using AuditTracker.Calendar;
using AuditTracker.Controls;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using FaceWords = AuditTracker.Platform.Web.Words;
using States = AuditTracker.Platform.Web.States;

namespace AuditTracker.Evidence.Pages;

/// <summary>Collections by due date: what is late, what waits, with whom. Without a filter only what somebody has to act on.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class CollectionsModel(CollectionStore collections, RequestStore requests, ControlStore controls, CompanyDays days, IStringLocalizer<Words> words, IStringLocalizer<FaceWords> face) : PageModel
{
    public const int Cap = 10_001;
    private const int Size = 50;

    /// <summary>A state's name, <c>owed</c> (open or returned), <c>all</c>, or nothing for what is under way.</summary>
    [FromQuery(Name = "state")] public string? State { get; set; }
    [FromQuery(Name = "overdue")] public bool Overdue { get; set; }
    [FromQuery(Name = "mine")] public bool Mine { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }
    [FromQuery(Name = "assignee")] public string? Assignee { get; set; }
    [FromQuery(Name = "dueBefore")] public string? DueBefore { get; set; }
    [FromQuery(Name = "dueFrom")] public string? DueFrom { get; set; }

    /// <summary>Only what is with somebody who has left.</summary>
    [FromQuery(Name = "absent")] public bool Absent { get; set; }

    /// <summary>Code of the assignee's department.</summary>
    [FromQuery(Name = "department")] public string? Department { get; set; }
    [FromQuery(Name = "request")] public long? RequestId { get; set; }
    [FromQuery(Name = "q")] public string? Search { get; set; }

    public CompanyDay Day { get; private set; } = null!;
    public ListPage<CollectionRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public IReadOnlyList<OwnerChoice> Owners { get; private set; } = [];
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    /// <summary>What was typed as a date and cannot be read as one.</summary>
    public string? UnreadDate { get; private set; }

    public async Task OnGetAsync(string? after, string? before, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        Frameworks = [.. (await controls.FrameworksAsync(ct)).Where(framework => framework.IsCounted)];
        Owners = await requests.OwnersAsync(user, ct);
        var filter = Filter();
        List = await collections.PageAsync(user, filter, Prose.Given(after), Prose.Given(before), Size, newestFirst: false, ct);
        Total = await collections.CountAsync(user, filter, Cap, ct);
        Chips = [.. InForce(filter)];
    }

    private CollectionFilter Filter()
    {
        CollectionState? state = Enum.TryParse<CollectionState>(State, ignoreCase: true, out var known) && Enum.IsDefined(known) && !int.TryParse(State, out _) ? known : null;
        DateOnly? due = null;
        if (Prose.Given(DueBefore) is { } typed)
        {
            due = DateInput.Parse(typed, Day.FiscalYear).Day;
            UnreadDate = due is null ? typed : null;
        }
        return new CollectionFilter(state, Prose.Given(Framework), Prose.Given(Assignee), due, Overdue, Mine: Mine, RequestId: RequestId, Search: Prose.Given(Search),
            Active: state is null && State is not ("all" or "owed"), DueFrom: From(), Owed: State == "owed", Absent: Absent, Department: Prose.Given(Department));
    }

    private DateOnly? From()
    {
        if (Prose.Given(DueFrom) is not { } typed)
        {
            return null;
        }
        var from = DateInput.Parse(typed, Day.FiscalYear).Day;
        UnreadDate ??= from is null ? typed : null;
        return from;
    }

    private IEnumerable<Chip> InForce(CollectionFilter filter)
    {
        if (filter.Search is { } text)
        {
            yield return new(text, "q");
        }
        if (filter.State is { } state)
        {
            yield return new(StateWord(state), "state");
        }
        else if (State == "all")
        {
            yield return new(words["StateAll"], "state");
        }
        else if (State == "owed")
        {
            yield return new(words["StateOwed"], "state");
        }
        if (Absent)
        {
            yield return new(words["OwnerAbsent"], "absent");
        }
        if (filter.Department is { } department)
        {
            yield return new(words["DepartmentChip", department], "department");
        }
        if (filter.DueFrom is { } from)
        {
            yield return new(words["DueFromChip", DateText.Table(from)], "dueFrom");
        }
        if (Overdue)
        {
            yield return new(face["CollectionOverdue"], "overdue");
        }
        if (Mine)
        {
            yield return new(words["OnlyMine"], "mine");
        }
        if (filter.Framework is { } key)
        {
            yield return new(Frameworks.FirstOrDefault(framework => framework.Key == key)?.Short(Prose.Language) ?? key, "framework");
        }
        if (filter.Assignee is { } number)
        {
            yield return new(Owners.FirstOrDefault(owner => owner.EmployeeNo == number)?.Name ?? number, "assignee");
        }
        if (filter.DueBefore is { } due)
        {
            yield return new(words["DueBeforeChip", DateText.Table(due)], "dueBefore");
        }
        if (RequestId is { } request)
        {
            yield return new(words["OneRequest", List.Rows is [var first, ..] ? first.Title : $"{request}"], "request");
        }
    }

    public string StateWord(CollectionState state) => face[States.Of("collection." + state).WordKey];
}
