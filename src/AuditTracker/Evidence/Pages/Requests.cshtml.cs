using AuditTracker.Controls;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Evidence.Pages;

/// <summary>What do we collect, from whom, how often?</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class RequestsModel(RequestStore requests, ControlStore controls, Choices choices) : PageModel
{
    private const int Size = 50;

    [FromQuery(Name = "q")] public string? Search { get; set; }
    [FromQuery(Name = "framework")] public string? Framework { get; set; }
    [FromQuery(Name = "owner")] public string? Owner { get; set; }

    public bool MayAdd => HttpContext.CurrentUser().Is(Role.ComplianceManager);
    public ListPage<RequestRow> List { get; private set; } = null!;
    public long Total { get; private set; }
    public IReadOnlyList<Framework> Frameworks { get; private set; } = [];
    public IReadOnlyList<OwnerChoice> Owners { get; private set; } = [];
    public IReadOnlyDictionary<string, ItemName> Items { get; private set; } = new Dictionary<string, ItemName>();
    public IReadOnlyList<Chip> Chips { get; private set; } = [];

    public async Task OnGetAsync(string? after, string? before, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var filter = new RequestFilter(Prose.Given(Search), Prose.Given(Framework), null, Prose.Given(Owner));
        List = await requests.PageAsync(user, filter, Prose.Given(after), Prose.Given(before), Size, ct);
        Total = await requests.CountAsync(user, filter, ListQuery.Cap, ct);
        Frameworks = [.. (await controls.FrameworksAsync(ct)).Where(framework => framework.IsCounted)];
        Owners = await requests.OwnersAsync(user, ct);
        Items = (await choices.ItemsOfAsync(List.Rows.SelectMany(row => row.Items), ct)).ToDictionary(item => item.Key);
        Chips = [.. InForce(filter)];
    }

    /// <summary>The items of a request in clause order, as they were read.</summary>
    public List<ItemName> ItemsOf(RequestRow row) => [.. Items.Values.Where(item => row.Items.Contains(item.Key))];

    private IEnumerable<Chip> InForce(RequestFilter filter)
    {
        if (filter.Search is { } text)
        {
            yield return new(text, "q");
        }
        if (filter.Framework is { } key)
        {
            yield return new(Frameworks.FirstOrDefault(framework => framework.Key == key)?.Short(Prose.Language) ?? key, "framework");
        }
        if (filter.Owner is { } number)
        {
            yield return new(Owners.FirstOrDefault(owner => owner.EmployeeNo == number)?.Name ?? number, "owner");
        }
    }
}
