using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>Plan, roster, joiners and leavers, exemptions, attendance, report, closing; and numbers that add up at every instant.</summary>
public sealed class CampaignTests : IAsyncLifetime
{
    private readonly School school = new();

    private TestDatabase Database => school.Database;

    public Task InitializeAsync() => school.InitializeAsync();

    public Task DisposeAsync() => school.DisposeAsync();

    private T Get<T>() where T : notnull => school.App.Get<T>();

    private static async Task<string> RefusedAsync(Func<Task> act) => (await Assert.ThrowsAnyAsync<Refusal>(act)).Key;

    private Task EventAsync(Cast.Member member, string kind, string on, long? corrects = null) => Database.ArrangeAsync(
        "insert into people_events (person_id, kind, happened_on, at, corrects_id, leave_id) values (@PersonId, @kind, @on::date, business_now(), @corrects, (select max(id) from leaves where person_id = @PersonId and @kind = 'on_leave'))",
        new { member.PersonId, kind, on, corrects });

    [Fact]
    public async Task A_plan_is_approved_by_another_person_and_starts_by_itself_on_its_opening_day_with_one_roster()
    {
        var plans = Get<PlanCampaign>();
        var id = await plans.SaveAsync(School.Manager, null, School.Plan(opens: "2026-11-09", cutoff: "2026-11-04"));
        Assert.Equal("ApproveOwn", await RefusedAsync(() => plans.ApproveAsync(School.Manager, id)));
        await Assert.ThrowsAsync<NotFound>(() => plans.ApproveAsync(Desk.User(Cast.Alice), id));
        await plans.ApproveAsync(School.Top, id);
        Assert.Equal("PlanApproved", await RefusedAsync(() => plans.SaveAsync(School.Manager, id, School.Plan() with { Version = 2 })));
        await Database.ArrangeAsync("insert into people (employee_no, name, name_key, email, email_key, hired_on) values ('900050', '遅野 来', '遅野 来', 'oso@example.test', 'oso@example.test', '2026-11-05')");
        Assert.Equal(0, await Get<StartCampaigns>().RunAsync(default));
        await Database.SetClockAsync("2026-11-09 08:00");
        // Several workers at once freeze one roster.
        Assert.Equal(8, (await Task.WhenAll(Get<StartCampaigns>().RunAsync(default), Get<StartCampaigns>().RunAsync(default))).Sum());
        Assert.Equal(8, await Database.ScalarAsync<long>("select count(*) from training_roster"));
        Assert.Equal(8, await school.NoticesAsync("template = 'training/opened'"));
        Assert.Equal(("第一部", "D1"), ((await Database.ListAsync<string>("select department from training_roster where person_id = 1"))[0], (await Database.ListAsync<string>("select department_code from training_roster where person_id = 1"))[0]));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(async () =>
        {
            await using var work = await Database.BeginAsync();
            await work.ExecuteAsync("update training_roster set name = 'x'");
        });
    }

    [Theory]
    [InlineData("everyone", 8)]
    [InlineData("department", 2)]
    [InlineData("type", 3)]
    [InlineData("person", 1)]
    [InlineData("tag", 2)]
    [InlineData("tags and a department", 4)]
    [InlineData("a tag nobody has", 0)]
    public async Task An_audience_takes_in_whom_its_preview_counted(string rule, int people)
    {
        await Database.ArrangeAsync("""
            update people set employment_type = '派遣' where id in (1, 2, 3);
            insert into person_tags (person_id, tag) values (2, 'NOC'), (2, '在宅勤務'), (3, 'NOC'), (4, '在宅勤務'), (6, 'NOC');
            update people set left_on = '2026-10-31' where id = 6 and @rule like '%tag%'
            """, new { rule });
        var audience = rule switch
        {
            "everyone" => new Audience(true, [], [], []),
            "department" => new Audience(false, [], ["D1"], []),
            "type" => new Audience(false, ["派遣"], [], []),
            "tag" => new Audience(false, [], [], []) { Tags = ["NOC"] },
            "tags and a department" => new Audience(false, [], ["D1"], []) { Tags = ["在宅勤務"] },
            "a tag nobody has" => new Audience(false, [], [], []) { Tags = ["noc"] },
            _ => new Audience(false, [], [], [Cast.Bob.EmployeeNo]),
        };
        Assert.Equal(people, (await Get<AudienceStore>().PreviewAsync(School.Manager, audience, School.Day("2026-11-02"), default)).Sum(part => part.People));
        Assert.Empty(await Get<AudienceStore>().PreviewAsync(Desk.User(Cast.Alice), audience, School.Day("2026-11-02"), default));
        await school.RunAsync(School.Plan(audience: audience));
        Assert.Equal(people, await Database.ScalarAsync<long>("select count(*) from training_roster"));
    }

    [Fact]
    public async Task Tags_in_use_are_ticked_on_the_form_counted_by_its_preview_and_frozen_with_the_roster()
    {
        await Database.ArrangeAsync("insert into person_tags (person_id, tag) values (1, 'NOC'), (2, 'NOC'), (3, '在宅勤務'), (4, '退職した人だけ'); update people set left_on = '2026-10-31' where id = 4");
        var pages = await school.App.PagesAsAsync(Cast.Manami);
        var empty = await PageForms.PageAsync(pages, "/training/campaigns/new");
        Assert.Matches("name=\"Input.Tags\" value=\"在宅勤務\"", empty);
        Assert.DoesNotContain("退職した人だけ", empty);
        (string, string)[] form =
        [
            ("Input.Title", "NOC教育"), ("Input.Kind", "yearly"), ("Input.Course", "all-staff"), ("Input.OpensOn", "2026/11/2"), ("Input.DueOn", "2026/11/30"), ("Input.JoinerDays", "5"),
            ("Input.Responsible", Cast.Manami.EmployeeNo), ("Input.Tags", "NOC"), ("Input.Tags", "a、b"),
        ];
        var preview = await (await pages.PostFormAsync("/training/campaigns/new", null, [.. form, ("do", "preview")])).TextAsync();
        Assert.Contains("対象者の見込み 2名", preview);
        Assert.Contains(Cast.Alice.Name, preview);
        Assert.Matches("value=\"NOC\" checked", preview);
        var saved = (await pages.PostFormAsync("/training/campaigns/new", null, form)).Headers.Location!.ToString();
        Assert.Contains("タグ「NOC」", await PageForms.PageAsync(pages, saved));
        var id = await Database.ScalarAsync<long>("select max(id) from training_campaigns");
        Assert.Equal("tag NOC", await Database.ScalarAsync<string>("select string_agg(kind || ' ' || value, ',') from training_audience where campaign_id = @id", new { id }));

        // A tag nobody has any more stays in the plan until somebody unticks it.
        await Database.ArrangeAsync("delete from person_tags where tag = 'NOC'");
        Assert.Matches("value=\"NOC\" checked", await PageForms.PageAsync(pages, $"/training/campaigns/{id}/edit"));
        await Database.ArrangeAsync("insert into person_tags (person_id, tag) values (2, 'NOC'), (3, 'NOC')");
        await Get<PlanCampaign>().ApproveAsync(School.Top, id);
        await Get<StartCampaigns>().RunAsync(default);
        Assert.Equal([2L, 3L], await Database.ListAsync<long>("select person_id from training_roster order by 1"));

        // A joiner who is given the tag belongs to the campaign for joiners.
        await Database.ArrangeAsync("insert into people (employee_no, name, name_key, email, email_key, hired_on) values ('900060', '新野 入', '新野 入', 'new@example.test', 'new@example.test', '2026-11-03'); insert into person_tags (person_id, tag) select id, 'NOC' from people where employee_no = '900060'");
        await Database.SetClockAsync("2026-11-04 09:00");
        await Get<StartCampaigns>().RunAsync(default);
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(2, await Database.ScalarAsync<long>("select count(*) from training_roster"));
    }

    [Fact]
    public async Task A_department_means_those_below_it_too()
    {
        await Database.ArrangeAsync("update department_versions set parent_id = 2 where department_id = 1");
        Assert.Equal(8, (await Get<AudienceStore>().PreviewAsync(School.Manager, new(false, [], ["D2"], []), School.Day("2026-11-02"), default)).Sum(part => part.People));
    }

    [Fact]
    public async Task Leavers_and_people_on_leave_are_explained_with_the_date_and_told_no_more_and_who_is_back_has_fourteen_days()
    {
        await Database.ArrangeAsync("insert into leaves (person_id, kind, from_on, to_on) values (2, 'childcare', '2026-10-01', '2026-11-12')");
        var id = await school.RunAsync();
        Assert.Equal(new Numbers(0, 0, 0, 7, 1, 0, 0, 0, 0), await school.NumbersAsync(id));
        Assert.Equal(7, await school.NoticesAsync("template = 'training/opened'"));

        await Database.ArrangeAsync("update people set left_on = '2026-11-10' where id = 1; insert into leaves (person_id, kind, from_on) values (4, 'sick', '2026-11-05')");
        await EventAsync(Cast.Alice, "left", "2026-11-10");
        await EventAsync(Cast.Mallory, "on_leave", "2026-11-05");
        await EventAsync(Cast.Bob, "transferred", "2026-11-05");
        await Database.SetClockAsync("2026-11-06 09:00");
        var follow = Get<FollowPeopleEvents>();
        Assert.Equal(2, await follow.RunAsync(default));
        Assert.Equal(0, await follow.RunAsync(default));
        Assert.Equal(2, (await school.NumbersAsync(id)).Leave);
        await Database.SetClockAsync("2026-11-11 09:00");
        Assert.Equal(1, (await Task.WhenAll(follow.RunAsync(default), follow.RunAsync(default))).Sum());
        Assert.Equal(new Numbers(0, 0, 0, 5, 2, 1, 0, 0, 0), await school.NumbersAsync(id));
        Assert.Equal(2, await school.NoticesAsync("template = 'training/opened' and closed_at is not null"));

        // Bob's leave ends; Mallory comes back. Both are due fourteen days later, not before the campaign's own date.
        await EventAsync(Cast.Mallory, "back", "2026-11-20");
        await Database.SetClockAsync("2026-11-20 09:00");
        await follow.RunAsync(default);
        Assert.Equal(new Numbers(0, 0, 0, 7, 0, 1, 0, 0, 0), await school.NumbersAsync(id));
        var page = await Get<CampaignStore>().PeopleAsync(School.Manager, id, new(null, null, null, null), new(CampaignStore.PeopleOrders[0], false, 50), await school.NowAsync(), default);
        Assert.Equal((School.Day("2026-12-04"), School.Day("2026-11-30")), (page.Rows.Single(row => row.PersonId == Cast.Mallory.PersonId).DueOn, page.Rows.Single(row => row.PersonId == Cast.Bob.PersonId).DueOn));
        // As it was: the rows still tell it.
        Assert.Equal(2, (await school.NumbersAsync(id, new DateTime(2026, 11, 10, 0, 0, 0, DateTimeKind.Utc))).Leave);
    }

    [Fact]
    public async Task Who_comes_back_or_leaves_while_the_report_waits_is_not_lost_and_is_told_when_it_goes_on()
    {
        await Database.ArrangeAsync("insert into leaves (person_id, kind, from_on) values (1, 'sick', '2026-10-05'), (8, 'sick', '2026-10-05')");
        var id = await school.RunAsync(School.Plan(audience: new(false, [], [], [Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, Cast.Hana.EmployeeNo])));
        Assert.True(await school.TakeAsync(Cast.Bob, id));
        await Get<CloseCampaign>().ReportAsync(School.Manager, id, "全員が理解しました。");
        await Database.SetClockAsync("2026-11-10 09:00");
        await EventAsync(Cast.Alice, "back", "2026-11-10");
        await EventAsync(Cast.Hana, "left", "2026-11-09");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(new Numbers(1, 0, 0, 1, 0, 1, 0, 0, 0), await school.NumbersAsync(id));
        Assert.Equal("Unexplained", await RefusedAsync(() => Get<CloseCampaign>().ApproveAsync(School.Top, id)));
        Assert.Equal(0, await school.NoticesAsync("template = 'training/opened' and person_id = 1"));
        await Get<CloseCampaign>().GoOnAsync(School.Top, id);
        Assert.Equal(1, await school.NoticesAsync("template = 'training/opened' and person_id = 1 and closed_at is null"));
        Assert.Equal(0, await school.NoticesAsync("template = 'training/opened' and person_id = 8"));
    }

    [Fact]
    public async Task An_induction_is_not_taken_up_again_beside_another_one()
    {
        var first = await school.RunAsync(School.Plan("joiners", due: "2027-03-31", course: "new-joiners"));
        await Database.ArrangeAsync("update training_campaigns set state = 'reported', reported_by = 5, reported_at = business_now() where id = @first", new { first });
        await school.RunAsync(School.Plan("joiners", due: "2027-03-31", course: "new-joiners"));
        Assert.Equal("OneForJoiners", await RefusedAsync(() => Get<CloseCampaign>().GoOnAsync(School.Top, first)));
        var top = await school.App.PagesAsAsync(Cast.Tom);
        Assert.Equal(System.Net.HttpStatusCode.Conflict, (await top.PostFormAsync($"/training/campaigns/{first}/report", $"/training/campaigns/{first}/report?handler=goOn")).StatusCode);
    }

    [Fact]
    public async Task A_closed_campaign_shows_the_same_numbers_everywhere_for_ever()
    {
        await Database.ArrangeAsync("insert into leaves (person_id, kind, from_on, to_on) values (1, 'sick', '2026-10-05', '2026-11-10')");
        var id = await school.RunAsync(School.Plan(audience: new(false, [], [], [Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo])));
        Assert.True(await school.TakeAsync(Cast.Bob, id));
        await Get<CloseCampaign>().ReportAsync(School.Manager, id, "全員が理解しました。");
        await Get<CloseCampaign>().ApproveAsync(School.Top, id);
        async Task<(int, int, int, string, DateOnly)> SeenAsync() => (await Get<CampaignStore>().PageAsync(School.Manager, new(CampaignStore.Orders[0], false, 50), default)).Rows.Single() is var row
            && (await Get<CampaignStore>().OfPersonAsync(School.Manager, Cast.Alice.EmployeeNo, default)).Single() is var training ? (row.Completed, row.Unexplained, row.Exempt, training.State, training.DueOn) : default;
        var closed = (1, 0, 1, "training.exempt", School.Day("2026-11-30"));
        Assert.Equal(closed, await SeenAsync());
        await Database.SetClockAsync("2027-02-01 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(closed, await SeenAsync());
        Assert.Equal(0, await Database.ScalarAsync<long>("select count(*) from training_exemptions where ended_at is not null"));
        // Ended all the same, as earlier versions did: what was closed is told as of then.
        await Database.ArrangeAsync("update training_exemptions set ended_at = business_now(), follow_up_on = '2027-02-15'");
        Assert.Equal(closed, await SeenAsync());
    }

    [Fact]
    public async Task Who_has_a_later_due_date_of_their_own_has_it_everywhere()
    {
        var id = await school.RunAsync(School.Plan(due: "2026-11-20"));
        await Database.ArrangeAsync("insert into leaves (person_id, kind, from_on, to_on) values (1, 'sick', '2026-11-05', '2026-11-15')");
        await EventAsync(Cast.Alice, "on_leave", "2026-11-05");
        await Database.SetClockAsync("2026-11-06 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        await Database.SetClockAsync("2026-11-25 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        var training = (await Get<CampaignStore>().OfPersonAsync(School.Manager, Cast.Alice.EmployeeNo, default)).Single();
        Assert.Equal(("training.notStarted", School.Day("2026-11-30")), (training.State, training.DueOn));
        var feeds = Get<AuditTracker.Overview.CalendarFeeds>();
        var content = System.Text.Encoding.UTF8.GetString((await feeds.ReadAsync(await feeds.IssueAsync(Desk.User(Cast.Alice), default), "test", default))!.Bytes);
        Assert.Contains("20261130", content);
        Assert.DoesNotContain("20261120", content);
        // Leaving before it explains.
        await EventAsync(Cast.Alice, "left", "2026-11-27");
        await Database.SetClockAsync("2026-11-28 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(1, (await school.NumbersAsync(id)).Left);
    }

    [Fact]
    public async Task A_last_day_that_was_told_wrong_explains_nobody()
    {
        var id = await school.RunAsync();
        await EventAsync(Cast.Alice, "left", "2026-11-03");
        await Database.SetClockAsync("2026-11-04 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(1, (await school.NumbersAsync(id)).Left);
        await EventAsync(Cast.Alice, "back", "2026-11-03", await Database.ScalarAsync<long>("select max(id) from people_events where kind = 'left'"));
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal((0, 8), ((await school.NumbersAsync(id)).Left, (await school.NumbersAsync(id)).NotStarted));
    }

    [Fact]
    public async Task Who_joins_goes_on_the_roster_of_the_induction_and_not_of_the_yearly_one()
    {
        var yearly = await school.RunAsync();
        var joiners = await school.RunAsync(School.Plan("joiners", due: "2027-03-31", course: "new-joiners"));
        Assert.Equal(0, (await school.NumbersAsync(joiners)).Total);
        Assert.Equal("OneForJoiners", await RefusedAsync(() => school.RunAsync(School.Plan("joiners", due: "2027-03-31", course: "new-joiners"))));
        await Database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, hired_on) values ('900050', '新田 忍', '新田 忍', 'nitta@example.test', 'nitta@example.test', '2026-11-16');
            insert into people_events (person_id, kind, happened_on, at) select id, 'joined', hired_on, business_now() from people where employee_no = '900050'
            """);
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(0, (await school.NumbersAsync(joiners)).Total);
        await Database.SetClockAsync("2026-11-16 08:30");
        await Get<FollowPeopleEvents>().RunAsync(default);
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal((1, 8), ((await school.NumbersAsync(joiners)).Total, (await school.NumbersAsync(yearly)).Total));
        Assert.Equal(School.Day("2026-11-21"), await Database.ScalarAsync<DateOnly>("select due_on from training_roster where source = 'joined'"));
        Assert.Equal(1, await school.NoticesAsync($"template = 'training/opened' and person_id = (select id from people where employee_no = '900050')"));
    }

    [Fact]
    public async Task Who_joins_while_no_induction_runs_waits_however_long_and_is_shown_until_one_takes_them_in()
    {
        foreach (var (number, hired, told) in new[] { ("900050", "2026-11-01", "2026-11-02"), ("900051", "2026-10-20", "2026-11-02"), ("900052", "2026-11-02", "2026-11-02"), ("900053", "2019-04-01", "2026-11-02") })
        {
            await Database.ArrangeAsync("""
                insert into people (employee_no, name, name_key, email, email_key, hired_on) values (@number, @number, @number, @number || '@example.test', @number || '@example.test', @hired::date);
                insert into people_events (person_id, kind, happened_on, at) select id, 'joined', hired_on, @told::timestamptz from people where employee_no = @number
                """, new { number, hired, told });
        }
        await Database.SetClockAsync("2027-03-01 09:00");
        await Database.ArrangeAsync("update people set left_on = '2027-02-01' where employee_no = '900052'");
        await Get<FollowPeopleEvents>().RunAsync(default);
        var store = Get<CampaignStore>();
        // Who was there long before they were told of was trained before; who has left needs none.
        Assert.Equal([("900051", 2), ("900050", 2)], (await store.WaitingJoinersAsync(School.Manager, 10, default)).Select(joiner => (joiner.EmployeeNo, joiner.Total)));
        Assert.Equal(("900051", 2), (await store.WaitingJoinersAsync(School.Manager, 1, default)).Select(joiner => (joiner.EmployeeNo, joiner.Total)).Single());
        Assert.Empty(await store.WaitingJoinersAsync(School.Top, 10, default));
        var (manager, top) = (await school.App.PagesAsAsync(Cast.Manami), await school.App.PagesAsAsync(Cast.Tom));
        var page = await PageForms.PageAsync(manager, "/training");
        Assert.Contains("入社時の教育を待っている方 2名", page);
        Assert.Contains("href=\"/training/campaigns/new?joiners=true\"", page);
        Assert.DoesNotContain("900051", await PageForms.PageAsync(top, "/training"));
        Assert.Contains("2026/10/20", await PageForms.PageAsync(manager, "/training/campaigns/new?joiners=true"));
        // One that takes in later ones only leaves them waiting, to be named in another.
        var later = await school.RunAsync(School.Plan("joiners", opens: "2027-03-01", due: "2027-03-31", course: "new-joiners"));
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(2, (await store.WaitingJoinersAsync(School.Manager, 10, default)).Count);
        Assert.Matches("900051\\s+900050", await PageForms.PageAsync(manager, "/training/campaigns/new?joiners=true"));
        await Database.ArrangeAsync("update training_campaigns set state = 'reported' where id = @later", new { later });
        var id = await school.RunAsync(School.Plan("joiners", opens: "2027-03-01", due: "2027-03-31", cutoff: "2026-10-20", course: "new-joiners"));
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal(2, (await school.NumbersAsync(id)).Total);
        Assert.Empty(await store.WaitingJoinersAsync(School.Manager, 10, default));
    }

    [Fact]
    public async Task A_session_before_the_due_date_is_in_time_whenever_it_is_recorded()
    {
        var id = await school.RunAsync(School.Plan(due: "2026-11-20"));
        await Database.SetClockAsync("2026-11-25 09:00");
        var record = Get<RecordAttendance>();
        var before = await school.NowAsync();
        var file = Attendance.Of(System.Text.Encoding.UTF8.GetBytes($"社員番号,得点,受講日\n{Cast.Alice.EmployeeNo},90,2026/11/18\n{Cast.Bob.EmployeeNo},,\n{Cast.Alice.EmployeeNo},,R8.11.18\n"));
        Assert.Equal(2, (await record.RunAsync(School.Manager, id, file with { AttendedOn = School.Day("2026-11-20") }, "session", "11月18日 本社")).Recorded);
        await record.RunAsync(School.Manager, id, Attendance.Typed(Cast.Hana.EmployeeNo), "paper", "回答は書庫");
        Assert.Equal([(1L, "2026-11-18"), (2L, "2026-11-20"), (8L, "2026-11-25")], await Database.ListAsync<(long, string)>("select r.person_id, g.attended_on::text from training_progress g join training_roster r on r.id = g.roster_id order by 1"));
        // In time by the day of the session; counted from when it was recorded, so that no number of an earlier instant changes.
        Assert.Equal(1, (await Get<CampaignFacts>().TotalsAsync(id, await school.NowAsync(), default)).Late);
        Assert.Equal((0, 3), ((await school.NumbersAsync(id, before)).Completed, (await school.NumbersAsync(id)).Completed));
        var alice = await school.App.PagesAsAsync(Cast.Alice);
        Assert.Contains("2026-11-18", await PageForms.PageAsync(alice, $"/training/mine/{await school.RosterAsync(id, Cast.Alice)}/certificate"));

        // Not to come, not before the opening, no riddle; nothing twice that is not the same.
        async Task<IEnumerable<(int, string, int?)>> ProblemsAsync(string lines) => (await record.RunAsync(School.Manager, id, Attendance.Of(System.Text.Encoding.UTF8.GetBytes($"社員番号,得点,受講日\n{lines}")), "paper", "回答は書庫")).Problems.Select(problem => (problem.Line, problem.Problem, problem.Other));
        var (carol, tom) = (Cast.Carol.EmployeeNo, Cast.Tom.EmployeeNo);
        Assert.Equal([(2, "AttendanceDayRange", null), (3, "AttendanceDayRange", null), (4, "AttendanceDay", null)], await ProblemsAsync($"{carol},,2026/11/26\n{tom},,2026/11/1\n{Cast.Adam.EmployeeNo},,いつか\n"));
        Assert.Equal([(4, "AttendanceContradicts", 2)], await ProblemsAsync($"{carol},90,\n{tom},,\n{carol},95,\n"));
        Assert.Equal([(3, "AttendanceContradicts", 2)], await ProblemsAsync($"{carol},,2026/11/18\n{carol},,2026/11/19\n"));
        foreach (var day in new[] { "2026-11-01", "2026-11-26" })
        {
            Assert.Equal("AttendedRange", await RefusedAsync(() => record.RunAsync(School.Manager, id, Attendance.Typed(carol) with { AttendedOn = School.Day(day) }, "paper", "回答は書庫")));
        }
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        var refused = await manager.PostFormAsync($"/training/campaigns/{id}/attendance", null, ("Input.How", "session"), ("Input.Note", "本社"), ("Input.Numbers", carol), ("Input.AttendedOn", "いつか"));
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("value=\"いつか\"", await refused.TextAsync());
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await manager.PostFormAsync($"/training/campaigns/{id}/attendance", null, ("Input.How", "session"), ("Input.Note", "本社"), ("Input.Numbers", carol), ("Input.AttendedOn", "2026/11/19"))).StatusCode);
        Assert.Equal("2026-11-19", await Database.ScalarAsync<string>("select g.attended_on::text from training_progress g join training_roster r on r.id = g.roster_id where r.person_id = 3"));
    }

    [Fact]
    public async Task An_exemption_has_a_reason_a_period_and_another_persons_approval_and_ends()
    {
        var id = await school.RunAsync();
        var (exempt, roster) = (Get<ExemptPeople>(), await school.RosterAsync(id, Cast.Alice));
        Assert.Equal("ToEmpty", await RefusedAsync(() => exempt.AskAsync(School.Manager, id, [roster], "away", "海外出向", null, null)));
        Assert.Equal(1, await exempt.AskAsync(School.Manager, id, [roster], "away", "海外出向", null, School.Day("2026-11-20")));
        Assert.Equal("NobodyToExempt", await RefusedAsync(() => exempt.AskAsync(School.Manager, id, [roster], "away", "海外出向", null, School.Day("2026-11-20"))));
        var ask = (await exempt.WaitingAsync(School.Top, id, default))[0];
        Assert.Equal(0, (await school.NumbersAsync(id)).Exempt);
        Assert.Equal("ApproveOwn", await RefusedAsync(() => exempt.DecideAsync(School.Manager, id, [ask.Id], true)));
        await Assert.ThrowsAsync<NotFound>(() => exempt.DecideAsync(Desk.User(Cast.Carol, Role.InternalAuditor), id, [ask.Id], true));
        await exempt.DecideAsync(School.Top, id, [ask.Id], true);
        Assert.Equal((1, 7), ((await school.NumbersAsync(id)).Away, (await school.NumbersAsync(id)).Unexplained));
        Assert.Equal(1, await school.NoticesAsync($"subject = 'training:{roster}' and closed_at is not null"));
        await Database.SetClockAsync("2026-11-21 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Equal((0, 8), ((await school.NumbersAsync(id)).Away, (await school.NumbersAsync(id)).Unexplained));
    }

    [Fact]
    public async Task What_one_asked_for_or_is_about_oneself_is_not_offered_for_approval_and_may_be_withdrawn()
    {
        var id = await school.RunAsync();
        var exempt = Get<ExemptPeople>();
        await exempt.AskAsync(School.Manager, id, [await school.RosterAsync(id, Cast.Alice), await school.RosterAsync(id, Cast.Tom)], "away", "海外出向", null, School.Day("2026-11-20"));
        Assert.Equal(2, await Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'training.exemptionAsked'"));
        var (about, own) = ((await exempt.WaitingAsync(School.Top, id, default)).Single(ask => ask.PersonId == Cast.Tom.PersonId), (await exempt.WaitingAsync(School.Top, id, default)).Single(ask => ask.PersonId == Cast.Alice.PersonId));
        Assert.Equal("ApproveOwn", await RefusedAsync(() => exempt.DecideAsync(School.Top, id, [about.Id, own.Id], true)));
        var (manager, top) = (await school.App.PagesAsAsync(Cast.Manami), await school.App.PagesAsAsync(Cast.Tom));
        static string Tick(Exemption ask) => $"<input type=\"checkbox\" name=\"Ids\" value=\"{ask.Id}\"";
        var (seenByManager, seenByTop) = (await PageForms.PageAsync(manager, $"/training/campaigns/{id}"), await PageForms.PageAsync(top, $"/training/campaigns/{id}"));
        Assert.DoesNotContain(Tick(own), seenByManager);
        Assert.Contains("自分の申請や自分についての申請は承認できません", seenByManager);
        Assert.Contains(Tick(own), seenByTop);
        Assert.DoesNotContain(Tick(about), seenByTop);
        Assert.Equal(System.Net.HttpStatusCode.Redirect, (await manager.PostFormAsync($"/training/campaigns/{id}", $"/training/campaigns/{id}?handler=decline", ("Ids", $"{own.Id}"))).StatusCode);
        Assert.Equal([about.Id], (await exempt.WaitingAsync(School.Top, id, default)).Select(ask => ask.Id));
    }

    [Fact]
    public async Task What_is_done_to_several_takes_only_those_still_to_go_and_is_one_transaction()
    {
        var id = await school.RunAsync();
        Assert.True(await school.TakeAsync(Cast.Alice, id));
        var (store, now) = (Get<CampaignStore>(), await school.NowAsync());
        var (alice, bob) = (await school.RosterAsync(id, Cast.Alice), await school.RosterAsync(id, Cast.Bob));
        Assert.Equal([bob], (await store.StillOpenAsync(School.Manager, id, new(null, null, null, null), [alice, bob, 999], 10, now, default)).Select(person => person.Id));
        Assert.Equal(7, (await store.StillOpenAsync(School.Manager, id, new("open", null, null, null), null, 10, now, default)).Count);
        Assert.Equal(3, (await store.StillOpenAsync(School.Manager, id, new(null, null, null, null), null, 3, now, default)).Count);
        Assert.Empty(await store.StillOpenAsync(Desk.User(Cast.Mallory), id, new(null, null, null, null), null, 10, now, default));
        var manager = await school.App.PagesAsAsync(Cast.Manami);
        var revoked = await manager.PostFormAsync($"/training/campaigns/{id}/people/act?act=revoke&id={bob}", $"/training/campaigns/{id}/people/act?act=revoke", ("Ids", $"{bob}"), ("Ids", $"{await school.RosterAsync(id, Cast.Carol)}"));
        Assert.Equal(System.Net.HttpStatusCode.Redirect, revoked.StatusCode);
        Assert.Equal((2L, 1L), (await Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'training.linksRevoked'"), await Database.ScalarAsync<long>("select count(distinct tx) from trail.entries where what = 'training.linksRevoked'")));
        await Assert.ThrowsAsync<NotFound>(() => Get<TrainingLinks>().RevokeAsync(School.Top, id, [bob], default));
    }

    [Fact]
    public async Task An_exemption_nobody_decided_on_is_over_with_its_last_day_and_may_be_asked_for_again()
    {
        var id = await school.RunAsync();
        var (exempt, roster) = (Get<ExemptPeople>(), await school.RosterAsync(id, Cast.Alice));
        await exempt.AskAsync(School.Manager, id, [roster], "away", "出張", null, School.Day("2026-11-10"));
        await Database.SetClockAsync("2026-11-11 09:00");
        await Get<FollowPeopleEvents>().RunAsync(default);
        Assert.Empty(await exempt.WaitingAsync(School.Top, id, default));
        Assert.Equal(School.Day("2026-11-30"), (await Get<TakeTraining>().FindAsync(School.As(Cast.Alice), roster, default))!.DueOn);
        Assert.Equal(1, await exempt.AskAsync(School.Manager, id, [roster], "away", "出張の延長", null, School.Day("2026-11-20")));
    }

    [Fact]
    public async Task Attendance_on_paper_is_all_lines_or_none_and_counts_once()
    {
        var id = await school.RunAsync();
        var record = Get<RecordAttendance>();
        var (recorded, _, problems) = await record.RunAsync(School.Manager, id, Attendance.Typed($"{Cast.Alice.EmployeeNo}、999999"), "session", "11月10日 本社");
        Assert.Equal((0, "AttendanceUnknown"), (recorded, problems.Single().Problem));
        var file = System.Text.Encoding.UTF8.GetBytes($"社員番号,得点\n{Cast.Alice.EmployeeNo},90\n{Cast.Bob.EmployeeNo},70\n");
        Assert.Equal("AttendanceNotPassed", (await record.RunAsync(School.Manager, id, Attendance.Of(file), "paper", "回答は書庫")).Problems.Single().Problem);
        Assert.Equal(0, (await school.NumbersAsync(id)).Completed);
        var good = Attendance.Of(System.Text.Encoding.UTF8.GetBytes($"社員番号,得点\n{Cast.Alice.EmployeeNo},90\n{Cast.Bob.EmployeeNo},\n{Cast.Alice.EmployeeNo},90\n"));
        Assert.Equal(2, (await record.RunAsync(School.Manager, id, good, "paper", "回答は書庫")).Recorded);
        var again = await record.RunAsync(School.Manager, id, good, "paper", "回答は書庫");
        Assert.Equal((0, 3), (again.Recorded, again.Already));
        Assert.Equal(2, (await school.NumbersAsync(id)).Completed);
        Assert.Equal(2, await school.NoticesAsync("template = 'training/opened' and closed_at is not null"));
        await Assert.ThrowsAsync<NotFound>(() => record.RunAsync(School.Top, id, good, "paper", "x"));
        Assert.Equal("AttendanceNoTable", await RefusedAsync(() => Task.FromResult(Attendance.Of("no table"u8.ToArray()))));
    }

    [Fact]
    public async Task Closing_waits_until_nobody_is_unexplained_and_needs_two_people()
    {
        var id = await school.RunAsync(School.Plan(audience: new(false, [], ["D1"], [])));
        var close = Get<CloseCampaign>();
        Assert.True(await school.TakeAsync(Cast.Alice, id));
        Assert.Equal("Unexplained", await RefusedAsync(() => close.ReportAsync(School.Manager, id, "全員が理解しました。")));
        Assert.True(await school.TakeAsync(Cast.Hana, id));
        await close.ReportAsync(School.Manager, id, "全員が理解しました。");
        Assert.Equal("ApproveOwn", await RefusedAsync(() => close.ApproveAsync(School.Manager, id)));
        await close.ApproveAsync(School.Top, id);
        Assert.Equal("NotReported", await RefusedAsync(() => close.ApproveAsync(School.Top, id)));
        Assert.Equal(1, await Database.ScalarAsync<long>($"select count(*) from filings where report = 'training' and subject = 'trainingCampaign:{id}'"));
        Assert.Equal(6, await Database.ScalarAsync<long>("select count(*) from filing_items"));
        Assert.Equal(0, await school.NoticesAsync("template like 'training/%' and closed_at is null"));
        Assert.Equal("TrainingOver", await RefusedAsync(async () => await Get<TakeTraining>().TurnAsync(School.As(Cast.Alice), await school.RosterAsync(id, Cast.Alice), 1)));
    }

    [Fact]
    public async Task Heads_see_their_own_people_top_management_numbers_and_others_nothing()
    {
        await Database.ArrangeAsync("update people set employment_type = '役員' where id = 8; insert into managers (person_id, manager_id, from_on) values (7, 8, '2020-04-01')");
        var id = await school.RunAsync();
        var store = Get<CampaignStore>();
        async Task<IEnumerable<long>> SeesAsync(CurrentUser user) =>
            (await store.PeopleAsync(user, id, new(null, null, null, null), new(CampaignStore.PeopleOrders[0], false, 50), await school.NowAsync(), default)).Rows.Select(row => row.PersonId);
        // Hana heads D1 (Alice and herself, an officer) and manages Tom.
        var hana = Desk.User(Cast.Hana, Role.ControlOwner);
        Assert.Equal([Cast.Alice.PersonId, Cast.Tom.PersonId], await SeesAsync(hana));
        Assert.Equal(2, (await school.NumbersAsync(id, user: hana)).Total);
        Assert.Equal((8, 0), ((await school.NumbersAsync(id, user: School.Top)).Total, (await SeesAsync(School.Top)).Count()));
        Assert.Equal(8, (await SeesAsync(Desk.User(Cast.Carol, Role.InternalAuditor))).Count());
        Assert.Null(await store.FindAsync(Desk.User(Cast.Mallory), id, default));
        Assert.Equal((0, 0), ((await SeesAsync(Desk.User(Cast.Mallory))).Count(), (await school.NumbersAsync(id, user: Desk.User(Cast.Mallory))).Total));
        Assert.Equal(0, await store.CountAsync(Desk.User(Cast.Mallory), id, new(null, null, null, null), await school.NowAsync(), default));
    }
}
