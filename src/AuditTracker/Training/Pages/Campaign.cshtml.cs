using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

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
    public Pace Pace { get; private set; } = null!;
    public IReadOnlyList<string> Points => [.. Pace.Days.Select(day => $"{day.On.Month}/{day.On.Day}")];
    public IReadOnlyList<double> Places => [.. Pace.Days.Select(Pace.Place)];

    /// <summary>Which point is the due date.</summary>
    public int DuePoint => Pace.Days.Select(day => day.On).ToList().IndexOf(Campaign.DueOn);
    public string Forecast => !Campaign.IsRunning || Numbers.Unexplained == 0 ? T["ForecastNothing", Numbers.Unexplained]
        : Pace.EndsOn is { } on ? T["ForecastOn", Numbers.Unexplained, DateText.Table(on)] : T["ForecastUnknown", Numbers.Unexplained];
    public bool HasRoster => Campaign.StartedAt is not null && Numbers.Total > 0;
    public bool IsOwnPlan => Campaign.ByAccount == Caller.AccountId;
    public bool SeesCourse => TrainingScope.SeesNumbers(Caller);

    /// <summary>Top management sees numbers and no people.</summary>
    public bool SeesPeople => !TrainingScope.SeesNumbers(Caller) || TrainingScope.SeesPeople(Caller);
    public IReadOnlyList<string> Steps => [T["StepPlan"], T["StepApprove"], T["StepRun"], T["StepReport"], T["StepClose"]];
    public string AudienceText => Campaign.IsForJoiners ? T["AudienceJoiners", Campaign.JoinerDays] : Audience.Everyone ? T["AudienceEveryone"]
        : string.Join(T["Comma"], Audience.EmploymentTypes.Concat(Audience.Departments).Concat(Audience.Tags.Select(tag => T["AudienceTag", tag].Value)).Concat(Audience.People.Count > 0 ? [T["AudiencePeople", Audience.People.Count].Value] : []));

    /// <summary>The chart's finding as a sentence.</summary>
    public string Finding => Pace.Done == Pace.Plan ? T["PaceAsPlanned", Pace.Done] : Pace.Done > Pace.Plan ? T["PaceAhead", Pace.Done, Pace.Done - Pace.Plan] : T["PaceBehind", Pace.Done, Pace.Plan - Pace.Done];
    public IReadOnlyList<TrendLine> Lines => [.. new[] { Line("Done", day => day.Done), Line("PlanLine", day => day.Plan), Line("ForecastLine", day => day.Forecast) }.Where(line => line.Percents.Any(percent => percent is not null))];

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
        // Side by side: each of them waits for the server more than it works.
        var (course, audience) = (courses.FindAsync(Campaign.Course, Campaign.CourseVersion, ct), audiences.OfAsync(id, ct));
        if (Campaign.StartedAt is null)
        {
            Numbers = new Progress([]).Numbers;
        }
        else
        {
            var (progress, waiting, days) = (Campaigns.ProgressAsync(Caller, id, asOf, ct), exemptions.WaitingAsync(Caller, id, ct), Campaigns.DaysAsync(Caller, id, asOf, ct));
            await Task.WhenAll(progress, waiting, days);
            (Numbers, Departments, Types, Waiting) = ((await progress).Numbers, (await progress).Departments, (await progress).Types, await waiting);
            Pace = Pace.Of(Campaign.OpensOn, Campaign.DueOn, Numbers, await days, JapanTime.DateOf(asOf), Campaign.IsRunning);
        }
        (Course, Audience) = ((await course)!, await audience);
        return true;
    }

    private TrendLine Line(string word, Func<PaceDay, int?> of) => new(T[word], [.. Pace.Days.Select(day => Pace.Percent(of(day)))]);
}
