using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>The company's master data: what is in force, what is coming, what was before.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class CompanyModel(Db db, BusinessClock clock, ChangeCompany change, NameActors names, TrailWords trail, IStringLocalizer<Words> words) : PageModel
{
    private IReadOnlyList<CompanyVersion> versions = [];
    private IReadOnlyDictionary<string, string> people = new Dictionary<string, string>();

    public DateOnly Today { get; private set; }
    public CompanyProfile InForce { get; private set; } = new();
    public bool May => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        (_, Today) = await clock.NowAsync(ct);
        await using var connection = await db.OpenAsync(ct);
        InForce = await CompanyStore.LoadAsync(connection, Today, ct);
        versions = await CompanyStore.VersionsAsync(connection, ct);
        people = await names([.. versions.Select(version => version.ByActor).Distinct()], ct);
    }

    public async Task<IActionResult> OnPostWithdrawAsync(long id, CancellationToken ct)
    {
        await change.WithdrawAsync(HttpContext.CurrentUser(), id, ct);
        return this.Done("/company", words["TakenBackDone"]);
    }

    /// <summary>Changes of a section that have not begun, the next one first, each against what holds before it.</summary>
    public IReadOnlyList<(CompanyVersion Version, IReadOnlyList<(string, string, string)> Changes)> Coming(CompanySection section) =>
        [.. Of(section).Where(version => version.FromOn > Today && version.WithdrawnAt is null).Reverse().Select(WithChanges)];

    /// <summary>What has begun or was taken back, newest first; nothing while there is only what was always so.</summary>
    public IReadOnlyList<(CompanyVersion Version, IReadOnlyList<(string, string, string)> Changes)> Past(CompanySection section)
    {
        var past = Of(section).Where(version => version.FromOn <= Today || version.WithdrawnAt is not null).Select(WithChanges).Where(row => row.Item2.Count > 0).ToList();
        return past.Exists(row => row.Item1.FromOn != DateOnly.MinValue) ? past : [];
    }

    public string NameOf(string actor) => trail.Who(actor, people.GetValueOrDefault(actor));

    private IEnumerable<CompanyVersion> Of(CompanySection section) => versions.Where(version => version.Section == section);

    private (CompanyVersion, IReadOnlyList<(string, string, string)>) WithChanges(CompanyVersion version) => (version,
        [.. SectionFacts.Changes(version, Of(version.Section).FirstOrDefault(other => other.WithdrawnAt is null && (other.FromOn, other.Id).CompareTo((version.FromOn, version.Id)) < 0), words)]);
}
