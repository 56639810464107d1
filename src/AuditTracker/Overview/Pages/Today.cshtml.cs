using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Training;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Overview.Pages;

/// <summary>A part of the first page; null when it could not be loaded, which does not keep the others from being shown.</summary>
public sealed record Part<T>(T? Value) where T : class;

/// <summary>What must I do now? One's own work first; numbers of a department or the company only for those who steer it.</summary>
[May]
public sealed class TodayModel(ShowToday show, ShowItems items, TodayStore store, TakeTraining trainings, MentionStore mentions, ChangeReports reports, ApprovalStore approvals, CompanyDays days, Care care, EndpointDataSource endpoints, ILogger<TodayModel> log, IStringLocalizer<Words> words) : PageModel
{
    public CompanyDay Day { get; private set; } = null!;
    public Part<MyWork> Mine { get; private set; } = null!;
    public Part<MyReviews> Waiting { get; private set; } = null!;

    /// <summary>Applications for waivers and other due dates that the reader decides on.</summary>
    public Part<MyAsks> Asks { get; private set; } = null!;

    /// <summary>What the reader has to take, with its minutes.</summary>
    public Part<IReadOnlyList<(Taking Training, int Minutes)>> Trainings { get; private set; } = new([]);

    /// <summary>Comments that name the reader and that they have not opened.</summary>
    public Part<IReadOnlyList<MentionRow>> Mentions { get; private set; } = new([]);

    /// <summary>Plans, reports and exemptions of trainings that the reader may approve.</summary>
    public Part<IReadOnlyList<WaitingApproval>> Approvals { get; private set; } = new([]);

    /// <summary>What a head's people owe; for those who do not see the whole company.</summary>
    public Part<IReadOnlyList<DepartmentFigures>> Departments { get; private set; } = new([]);

    /// <summary>The three parts of the company, for compliance managers and management; null for everybody else.</summary>
    public Part<IReadOnlyList<Figure>>? Company { get; private set; }
    public Part<IReadOnlyList<FrameworkCoverage>>? Coverage { get; private set; }
    public Part<IReadOnlyList<StripMonth>>? Year { get; private set; }

    /// <summary>For compliance managers: owners who are away with nobody in their place, and a schedule that outruns the calendar.</summary>
    public IReadOnlyList<AwayOwner> Away { get; private set; } = [];
    public Outrun? Outrun { get; private set; }

    /// <summary>For compliance managers: changes of the company that the review body must be told of.</summary>
    public Part<IReadOnlyList<ChangeReport>> ToReport { get; private set; } = new([]);

    /// <summary>Nothing is asked of anybody yet: the compliance manager is shown what comes first.</summary>
    public bool IsEmpty { get; private set; }
    public bool HasSetup => endpoints.Endpoints.OfType<RouteEndpoint>().Any(endpoint => endpoint.RoutePattern.RawText == "setup");
    public int Count => (int)((Mine.Value?.Count ?? 0) + (Waiting.Value?.Count ?? 0) + (Trainings.Value?.Count ?? 0) + (Approvals.Value?.Count ?? 0) + (Asks.Value?.Count ?? 0));

    public async Task OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        Day = await days.LoadAsync(ct);
        var mine = LoadAsync(() => show.MineAsync(user, Day, ct));
        var waiting = LoadAsync(() => show.WaitingAsync(user, ct));
        var asks = LoadAsync(() => show.AsksAsync(user, ct));
        var named = LoadAsync(() => mentions.NewAsync(user, MostMentions, ct));
        var approval = LoadAsync(() => approvals.WaitingAsync(user, ct));
        var toReport = LoadAsync(() => reports.DueAsync(user, MostReports, ct));
        Trainings = await LoadAsync(() => trainings.ToDoAsync(user, ct));
        IsEmpty = user.Is(Role.ComplianceManager) && !await store.HasRequestsAsync(ct);
        if (user.IsAny(Role.ComplianceManager, Role.Management))
        {
            await LoadCompanyAsync(user, ct);
        }
        else
        {
            Departments = await LoadAsync(() => show.DepartmentsAsync(user, Day, ct));
        }
        (Mine, Waiting, Asks, Mentions, Approvals, ToReport) = (await mine, await waiting, await asks, await named, await approval, await toReport);
    }

    private const int MostAway = 5;
    private const int MostMentions = 20;
    private const int MostReports = 20;

    public string Language { get; } = CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;

    /// <summary>11月, Nov.</summary>
    public string MonthName(DateOnly month) => DateText.Month(month.Month);

    private async Task LoadCompanyAsync(CurrentUser user, CancellationToken ct)
    {
        if (IsEmpty)
        {
            return;
        }
        var company = LoadAsync(() => show.CompanyAsync(user, Day, ct));
        var coverage = LoadAsync(() => items.FrameworksAsync(user, ct));
        var year = LoadAsync(() => show.YearAsync(user, Day, ct));
        if (user.Is(Role.ComplianceManager))
        {
            Away = (await LoadAsync(() => care.AwayAsync(user, MostAway, ct))).Value ?? [];
            Outrun = (await LoadAsync(async () => new Part<Outrun>(await care.OutrunAsync(ct)))).Value?.Value;
        }
        (Company, Coverage, Year) = (await company, await coverage, await year);
    }

    /// <summary>The worst true state: late, sent back, due soon, asked for.</summary>
    public string StateOf(CollectionRow row) => $"collection.{Day.Label(row)}";

    /// <summary>How much of it presses, and how long it takes: 期限超過1件 · 今週が期限2件 · 合わせて約35分.</summary>
    public string SumOf(MyWork mine) => string.Join(" · ", new[]
    {
        mine.Overdue > 0 ? words["OfThemOverdue", mine.Overdue].Value : null,
        mine.ThisWeek > 0 ? words["OfThemThisWeek", mine.ThisWeek].Value : null,
        words[mine.Count > mine.Rows.Count ? "MinutesShown" : "MinutesInAll", mine.Minutes].Value,
    }.Where(part => part is not null));

    /// <summary>Relative words, beside the date: あと3日, 12日超過.</summary>
    public string DaysOf(CollectionRow row) => (row.DueOn.DayNumber - Day.Today.DayNumber) switch
    {
        0 => words["DueToday"],
        > 0 and var left => words["DaysLeft", left],
        var late => words["DaysLate", -late],
    };

    private async Task<Part<T>> LoadAsync<T>(Func<Task<T>> load) where T : class
    {
        try
        {
            return new(await load());
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            log.LogError(fault, "A part of the first page could not be loaded");
            return new(null);
        }
    }
}
