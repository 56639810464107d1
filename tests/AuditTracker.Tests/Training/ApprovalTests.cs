using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>What waits for approval is told to those who can, shown to them, and no longer once it is decided.</summary>
public sealed class ApprovalTests : IAsyncLifetime
{
    private readonly School school = new();

    public async Task InitializeAsync()
    {
        await school.InitializeAsync();
        // A second compliance manager, so that somebody else of the secretariat may approve too.
        await school.Database.ArrangeAsync("insert into role_grants (account_id, role, from_on, at) values (2, 'complianceManager', '2020-04-01', now())");
    }

    public Task DisposeAsync() => school.DisposeAsync();

    private static CurrentUser Bob => Desk.User(Cast.Bob, Role.ComplianceManager);

    private T Get<T>() where T : notnull => school.App.Get<T>();

    private Task<IReadOnlyList<long>> ToldAsync(string what) =>
        school.Database.ListAsync<long>($"select person_id from notices where template = 'training/to-approve' and subject like '{what}:%' and closed_at is null order by person_id");

    private async Task<string> WaitingAsync(CurrentUser user) => string.Join(' ', (await Get<ApprovalStore>().WaitingAsync(user, default)).Select(row => $"{row.What}:{row.Count}"));

    [Fact]
    public async Task A_plan_is_told_to_those_who_can_approve_it_but_not_to_its_author_and_settled_by_the_approval()
    {
        var plans = Get<PlanCampaign>();
        var id = await plans.SaveAsync(School.Manager, null, School.Plan(opens: "2026-11-09"));
        Assert.Equal([Cast.Bob.PersonId, Cast.Tom.PersonId], await ToldAsync("trainingPlan"));
        Assert.Equal(("", "plan:1", "plan:1", ""), (await WaitingAsync(School.Manager), await WaitingAsync(Bob), await WaitingAsync(School.Top), await WaitingAsync(Desk.User(Cast.Carol, Role.InternalAuditor))));
        // Whoever changes it wrote it: Bob may no longer approve, Manami may.
        await plans.SaveAsync(Bob, id, School.Plan(opens: "2026-11-10") with { Version = 1 });
        Assert.Equal([Cast.Manami.PersonId, Cast.Tom.PersonId], await ToldAsync("trainingPlan"));
        Assert.Equal("ApproveOwn", (await Assert.ThrowsAsync<Refusal>(() => plans.ApproveAsync(Bob, id))).Key);
        Assert.Equal(3, await school.NoticesAsync("template = 'training/to-approve'"));
        await plans.ApproveAsync(School.Manager, id);
        Assert.Empty(await ToldAsync("trainingPlan"));
        Assert.Equal("", await WaitingAsync(School.Top));
    }

    [Fact]
    public async Task Exemptions_are_told_with_how_many_each_reader_may_decide_on_until_none_is_left()
    {
        var id = await school.RunAsync();
        var exempt = Get<ExemptPeople>();
        await exempt.AskAsync(School.Manager, id, [await school.RosterAsync(id, Cast.Alice), await school.RosterAsync(id, Cast.Tom)], "away", "海外出向", null, School.Day("2026-11-20"));
        async Task<string> CountsAsync() => string.Join(' ', await school.Database.ListAsync<string>("select person_id || ':' || (model ->> 'exemptions') from notices where subject like 'trainingExemptions:%' and closed_at is null order by person_id"));
        // Tom's own is not his to decide.
        Assert.Equal("2:2 7:1", await CountsAsync());
        await exempt.AskAsync(Bob, id, [await school.RosterAsync(id, Cast.Mallory)], "other", "裁判員", null, School.Day("2026-11-20"));
        Assert.Equal("2:2 5:1 7:2", await CountsAsync());
        Assert.Equal(("exemptions:1", "exemptions:2", "exemptions:2"), (await WaitingAsync(School.Manager), await WaitingAsync(Bob), await WaitingAsync(School.Top)));
        var waiting = await exempt.WaitingAsync(School.Top, id, default);
        await exempt.DecideAsync(Bob, id, [waiting.Single(ask => ask.PersonId == Cast.Alice.PersonId).Id], approves: true);
        // Mallory completes: nothing is left to decide about her, nor for Manami and Tom.
        Assert.True(await school.TakeAsync(Cast.Mallory, id));
        Assert.Equal("2:2", await CountsAsync());
        await exempt.DecideAsync(Bob, id, [waiting.Single(ask => ask.PersonId == Cast.Tom.PersonId).Id], approves: false);
        Assert.Equal("", await CountsAsync());
    }

    [Fact]
    public async Task What_is_about_a_reader_leaves_what_they_were_told_before()
    {
        var id = await school.RunAsync();
        var exempt = Get<ExemptPeople>();
        Task<IReadOnlyList<string>> ToldAsync() => school.Database.ListAsync<string>("select person_id || ':' || (model ->> 'exemptions') from notices where subject like 'trainingExemptions:%' and closed_at is null order by person_id");
        await exempt.AskAsync(School.Manager, id, [await school.RosterAsync(id, Cast.Alice)], "away", "海外出向", null, School.Day("2026-11-20"));
        Assert.Equal(["2:1", "7:1"], await ToldAsync());
        // The next one is about Tom: for him nothing new waits, and what waited waits on.
        await exempt.AskAsync(School.Manager, id, [await school.RosterAsync(id, Cast.Tom)], "away", "海外出向", null, School.Day("2026-11-20"));
        Assert.Equal(["2:2", "7:1"], await ToldAsync());
    }

    [Fact]
    public async Task A_report_is_told_returned_told_again_and_settled_by_the_closing_and_the_first_page_counts_it()
    {
        var id = await school.RunAsync(School.Plan(audience: new(false, [], [], [Cast.Alice.EmployeeNo])));
        Assert.True(await school.TakeAsync(Cast.Alice, id));
        var close = Get<CloseCampaign>();
        await close.ReportAsync(School.Manager, id, "全員が理解しました。");
        Assert.Equal([Cast.Bob.PersonId, Cast.Tom.PersonId], await ToldAsync("trainingReport"));
        var top = await school.App.PagesAsAsync(Cast.Tom);
        var today = await PageForms.PageAsync(top, "/");
        Assert.Contains("承認を待つ教育", today);
        Assert.Contains($"href=\"/training/campaigns/{id}/report?back=/\"", today);
        Assert.Contains("<title>(1) 今日", today);
        Assert.DoesNotContain("承認を待つ教育", await PageForms.PageAsync(await school.App.PagesAsAsync(Cast.Manami), "/"));
        await close.GoOnAsync(School.Top, id);
        Assert.Empty(await ToldAsync("trainingReport"));
        await close.ReportAsync(School.Manager, id, "全員が理解しました。次年度は事例を増やします。");
        Assert.Equal([Cast.Bob.PersonId, Cast.Tom.PersonId], await ToldAsync("trainingReport"));
        await close.ApproveAsync(School.Top, id);
        Assert.Equal(0, await school.NoticesAsync("template like 'training/%' and closed_at is null"));
    }

    [Fact]
    public async Task The_mail_says_what_to_approve_with_a_link_to_it()
    {
        var id = await Get<PlanCampaign>().SaveAsync(School.Manager, null, School.Plan(opens: "2026-11-09"));
        await school.Database.SetClockAsync("2026-11-04 09:05");
        await Get<AuditTracker.Notifications.SendMails>().RunAsync(default);
        var mail = await school.Database.ScalarAsync<string>("select subject || body_text from mails where person_id = @PersonId and state = 'accepted'", new { Cast.Tom.PersonId });
        Assert.Contains("【要対応】教育の計画の承認", mail);
        Assert.Contains("11月9日（月）に始まります", mail);
        Assert.Contains($"/training/campaigns/{id}", mail);
        Assert.DoesNotContain("報告書", mail);
    }
}
