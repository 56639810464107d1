using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>A day of the pace: how many were done by its end, and how many by the plan.</summary>
public sealed record PaceDay(DateOnly On, int Done, int Plan);

/// <summary>Will everyone be done by the end, and who not?</summary>
[May]
public sealed class CampaignModel(CampaignStore campaigns, CourseStore courses, AudienceStore audiences, PlanCampaign plan, ExemptPeople exemptions, BusinessClock clock, IStringLocalizer<Words> words) : CampaignPage(campaigns, clock, words)
{
    [BindProperty] public List<long> Ids { get; set; } = [];
    public Numbers Numbers { get; private set; } = null!;
    public Course Course { get; private set; } = null!;
    public Audience Audience { get; private set; } = null!;
    public IReadOnlyList<PartNumbers> Departments { get; private set; } = [];
    public IReadOnlyList<PartNumbers> Types { get; private set; } = [];
    public IReadOnlyList<Exemption> Waiting { get; private set; } = [];
    public IReadOnlyList<PaceDay> Days { get; private set; } = [];
    public IReadOnlyList<string> Points => [.. Days.Select(day => $"{day.On.Month}/{day.On.Day}")];
    public string Forecast { get; private set; } = "";
    public bool HasRoster => Campaign.StartedAt is not null && Numbers.Total > 0;
    public bool IsOwnPlan => Campaign.ByAccount == Caller.AccountId;
    public bool SeesCourse => TrainingScope.SeesNumbers(Caller);

    /// <summary>Top management sees numbers and no people.</summary>
    public bool SeesPeople => !TrainingScope.SeesNumbers(Caller) || TrainingScope.SeesPeople(Caller);
    public IReadOnlyList<string> Steps => [T["StepPlan"], T["StepApprove"], T["StepRun"], T["StepReport"], T["StepClose"]];
    public string AudienceText => Campaign.IsForJoiners ? T["AudienceJoiners", Campaign.JoinerDays] : Audience.Everyone ? T["AudienceEveryone"]
        : string.Join(T["Comma"], Audience.EmploymentTypes.Concat(Audience.Departments).Concat(Audience.People.Count > 0 ? [T["AudiencePeople", Audience.People.Count].Value] : []));

    /// <summary>The chart's finding as a sentence.</summary>
    public string Finding => Days.Count == 0 ? "" : Days[^1] is var last && last.Done == last.Plan ? T["PaceAsPlanned", last.Done] : last.Done > last.Plan ? T["PaceAhead", last.Done, last.Done - last.Plan] : T["PaceBehind", last.Done, last.Plan - last.Done];
    public IReadOnlyList<TrendLine> Lines => [new(T["Done"], [.. Days.Select(day => (int?)Percent(day.Done))]), new(T["PlanLine"], [.. Days.Select(day => (int?)Percent(day.Plan))])];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    public Task<IActionResult> OnPostApproveAsync(long id, CancellationToken ct) => ActAsync(async () => { await plan.ApproveAsync(Caller, id, ct); return T["DoneApproved"]; }, $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    public Task<IActionResult> OnPostReopenAsync(long id, CancellationToken ct) => ActAsync(async () => { await plan.ReopenAsync(Caller, id, ct); return T["DoneReopened"]; }, $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    public Task<IActionResult> OnPostDecideAsync(long id, CancellationToken ct) => ActAsync(async () => T["DoneExempted", await exemptions.DecideAsync(Caller, id, Ids, true, ct)], $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    public Task<IActionResult> OnPostDeclineAsync(long id, CancellationToken ct) => ActAsync(async () => T["DoneDeclined", await exemptions.DecideAsync(Caller, id, Ids, false, ct)], $"/training/campaigns/{id}", () => LoadAsync(id, ct));

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        if (!await FindAsync(id, ct))
        {
            return false;
        }
        var asOf = Campaign.ClosedAt ?? Now;
        Course = (await courses.FindAsync(Campaign.Course, Campaign.CourseVersion, ct))!;
        Audience = await audiences.OfAsync(id, ct);
        Numbers = await Campaigns.NumbersAsync(Caller, id, asOf, ct);
        if (HasRoster)
        {
            Departments = await Campaigns.PartsAsync(Caller, id, asOf, byType: false, ct);
            Types = await Campaigns.PartsAsync(Caller, id, asOf, byType: true, ct);
            Waiting = await exemptions.WaitingAsync(Caller, id, ct);
            Pace(await Campaigns.DaysAsync(Caller, id, asOf, ct), JapanTime.DateOf(asOf));
        }
        return true;
    }

    /// <summary>At most 14 points from the opening to today; the plan is a straight line to the due date, the forecast goes on as the last seven days did.</summary>
    private void Pace(IReadOnlyList<DayDone> done, DateOnly last)
    {
        var (from, to, all) = (Campaign.OpensOn, Campaign.DueOn, Numbers.Total - Numbers.Exempt);
        var length = Math.Max(1, last.DayNumber - from.DayNumber);
        int DoneBy(DateOnly on) => done.Where(day => day.On <= on).Sum(day => day.Done);
        int PlanBy(DateOnly on) => to == from ? all : all * Math.Clamp(on.DayNumber - from.DayNumber, 0, to.DayNumber - from.DayNumber) / (to.DayNumber - from.DayNumber);
        Days = [.. Enumerable.Range(0, Math.Min(length, 13) + 1).Select(point => from.AddDays(length * point / Math.Min(length, 13))).Distinct().Select(on => new PaceDay(on, DoneBy(on), PlanBy(on)))];
        var rate = (DoneBy(last) - DoneBy(last.AddDays(-7))) / 7.0;
        Forecast = !Campaign.IsRunning || Numbers.Unexplained == 0 ? T["ForecastNothing", Numbers.Unexplained]
            : rate <= 0 ? T["ForecastUnknown", Numbers.Unexplained] : T["ForecastOn", Numbers.Unexplained, DateText.Table(last.AddDays((int)Math.Min(3650, Math.Ceiling(Numbers.Unexplained / rate))))];
    }

    private int Percent(int done) => Numbers.Total - Numbers.Exempt is > 0 and var all ? Math.Min(100, done * 100 / all) : 0;
}
