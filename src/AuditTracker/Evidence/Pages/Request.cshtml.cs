using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>One request: its terms now, what became of each period, and how it came to be what it is.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class RequestModel(RequestStore requests, YearlyDuties yearly, CollectionStore collections, Choices choices, CompanyDays days, IStringLocalizer<Words> words) : PageModel
{
    private const int Shown = 24;
    private const int Ahead = 3;

    public RequestRow Row { get; private set; } = null!;
    public CompanyDay Day { get; private set; } = null!;
    public IReadOnlyList<ItemName> Items { get; private set; } = [];
    public IReadOnlyList<RequestVersionRow> Versions { get; private set; } = [];

    /// <summary>What was opened, latest first; <see cref="More"/> when the list goes on.</summary>
    public IReadOnlyList<CollectionRow> Opened { get; private set; } = [];
    public bool More { get; private set; }
    public IReadOnlyList<CollectionRow> Planned { get; private set; } = [];

    /// <summary>How a yearly request stands in both readings of "once a year"; null for any other.</summary>
    public YearlyDuty? Yearly { get; private set; }
    public bool MayChange => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await requests.FindAsync(user, id, ct) is not { } row)
        {
            return NotFound();
        }
        Row = row;
        Day = await days.LoadAsync(ct);
        Items = await choices.ItemsOfAsync(row.Items, ct);
        Versions = await requests.VersionsAsync(user, id, ct);
        var opened = await collections.PageAsync(user, new CollectionFilter(RequestId: id, Opened: true), new ListSlice(CollectionOrders.Due, Descending: true, Shown), ct);
        (Opened, More) = (opened.Rows, opened.After is not null);
        Planned = (await collections.ListAsync(user, new CollectionFilter(CollectionState.Planned, RequestId: id), null, Ahead, ct)).Rows;
        Yearly = row.Recurrence is { IsYearly: true } ? (await yearly.ListAsync(user, Day, null, id, ct)).SingleOrDefault()?.Duty : null;
        return Page();
    }

    /// <summary>What a version changed against the one before it, in words.</summary>
    public IEnumerable<string> Changes(RequestVersionRow version)
    {
        if (Versions.FirstOrDefault(one => one.Version == version.Version - 1) is not { } before)
        {
            yield return words["VersionFirst"];
            yield break;
        }
        foreach (var (changed, what) in new (bool, string)[]
        {
            (version.Title != before.Title, "Name"),
            (version.GuidanceChanged, "Guidance"),
            (version.Minutes != before.Minutes, "Minutes"),
            (version.OwnerName != before.OwnerName, "Owner"),
            (version.ReviewerName != before.ReviewerName, "Reviewer"),
            ((version.Every, version.EveryMonths, version.OnDay) != (before.Every, before.EveryMonths, before.OnDay), "Frequency"),
            ((version.OpensOffset, version.DueOffset, version.DueUnit, version.DueShift) != (before.OpensOffset, before.DueOffset, before.DueUnit, before.DueShift), "DatesOf"),
            ((version.StartOn, version.EndOn) != (before.StartOn, before.EndOn), "StartAndEnd"),
            (version.ItemsChanged, "Items"),
        })
        {
            if (changed)
            {
                yield return words[what];
            }
        }
    }
}
