using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Company.Pages;

/// <summary>Who holds what on a day, printable with stamp boxes, and what is missing.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management)]
public sealed class AppointmentsModel(Db db, BusinessClock clock, IStringLocalizerFactory texts, IStringLocalizer<Words> words) : PageModel
{
    [FromQuery(Name = "on")] public string? Asked { get; set; }
    public DateOnly On { get; private set; }

    /// <summary>Why the date asked for was not taken.</summary>
    public string? Wrong { get; private set; }
    public CompanyProfile Company { get; private set; } = new();
    public IReadOnlyList<Stamp> Stamps { get; private set; } = [];
    public IReadOnlyList<Appointment> Held { get; private set; } = [];

    /// <summary>Ended, or not begun.</summary>
    public IReadOnlyList<Appointment> Others { get; private set; } = [];
    public IReadOnlyList<AppointmentGap> Gaps { get; private set; } = [];
    public bool May => HttpContext.CurrentUser().Is(Role.ComplianceManager);

    public async Task OnGetAsync(CancellationToken ct)
    {
        (_, On) = await clock.NowAsync(ct);
        try
        {
            On = TypedDate.ReadOptional(Asked, "on") ?? On;
        }
        catch (InvalidInput refusal)
        {
            Wrong = refusal.In(texts);
        }
        await using var connection = await db.OpenAsync(ct);
        Company = await CompanyStore.LoadAsync(connection, On, ct);
        Stamps = [.. Company.Stamps.Select(stamp => new Stamp(SectionFacts.Stamp(stamp, words)))];
        var all = await AppointmentStore.AllAsync(connection, ct);
        (Held, Others) = ([.. all.Where(row => row.Holds(On))], [.. all.Where(row => !row.Holds(On))]);
        Gaps = AppointmentStore.Gaps(await AppointmentStore.KindsAsync(connection, ct), all, On);
    }
}
