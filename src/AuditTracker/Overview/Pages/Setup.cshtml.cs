using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Overview.Pages;

/// <summary>One person's mail of one day, as it will be.</summary>
public sealed record ComingMail(DateOnly On, string Name, IReadOnlyList<ComingNotice> Lines);

/// <summary>The first set-up, step by step, and what will be mailed to whom once it runs.</summary>
[May(Role.ComplianceManager)]
public sealed class SetupModel(Db db, SetupSteps steps, ForecastMails forecast, CompanyDays days, IMailTransport transport, Settings settings) : PageModel
{
    /// <summary>Mails and lines of a mail shown.</summary>
    public const int MailsShown = 200, LinesShown = 5;

    private CompanyDay? day;

    public IReadOnlyList<SetupStep> Steps { get; private set; } = [];
    public MailForecast? Forecast { get; private set; }
    public IReadOnlyList<ComingMail> Mails { get; private set; } = [];
    public int Unshown { get; private set; }
    public bool IsDemo { get; private set; }

    /// <summary>Where mails are left while no mail server is set.</summary>
    public string? Folder => transport is PickupFolder ? settings.MailFolder : null;

    public async Task OnGetAsync(CancellationToken ct)
    {
        day = await days.LoadAsync(ct);
        Steps = await steps.LoadAsync(ct);
        Forecast = await forecast.LoadAsync(HttpContext.CurrentUser(), SetupSteps.DaysAhead, ct);
        var mails = Forecast.Notices.GroupBy(notice => (notice.On, notice.PersonId, notice.Name)).Select(mail => new ComingMail(mail.Key.On, mail.Key.Name, [.. mail])).ToList();
        (Mails, Unshown) = ([.. mails.Take(MailsShown)], Math.Max(0, mails.Count - MailsShown));
        await using var connection = await db.OpenAsync(ct);
        IsDemo = await connection.FirstAsync<bool>("select is_demo from installation", ct: ct);
    }

    public string Label(DateOnly from, DateOnly to) => day!.Label(from, to);
}
