using System.Net;
using System.Net.Http.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Another owner, on whose behalf, and nothing to hand in.</summary>
public sealed class OwnerTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task The_owner_hands_over_within_the_department_and_the_new_owner_is_told()
    {
        var request = await desk.RequestAsync("引き継ぐ依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Alice, id, Cast.Mallory.EmployeeNo)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Alice, id, Cast.Alice.EmployeeNo)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Manami, id, Cast.Bob.EmployeeNo)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Mallory, id, Cast.Hana.EmployeeNo)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Carol, id, Cast.Hana.EmployeeNo)).StatusCode);
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}/owner");
        Assert.Contains("花田 花", page);
        Assert.DoesNotContain("森 真理", await alice.PageAsync($"/evidence/collections/{id}/owner?q=%E6%A3%AE"));
        using (var nobody = await alice.SendAsync(page, $"/evidence/collections/{id}/owner"))
        {
            Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
            Assert.Contains("担当する人を探して選んでください。", await nobody.Content.ReadAsStringAsync());
        }
        using (var done = await alice.SendAsync(page, $"/evidence/collections/{id}/owner", ("Input.Owner", Cast.Hana.EmployeeNo), ("Input.Reason", "休みに入る")))
        {
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        }
        Assert.Equal(["evidence/collection-opened"], await desk.App.Database.ListAsync<string>("select template from notices where subject = @subject and person_id = @person and closed_at is null", new { subject = $"collection:{id}", person = Cast.Hana.PersonId }));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from notices where subject = @subject and person_id = @person and closed_at is null", new { subject = $"collection:{id}", person = Cast.Alice.PersonId }));
        Assert.Matches("相川 有栖 担当を変更 相川 有栖 → 花田 花 休みに入る", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/collections/{id}")));
        // Only this period changed hands.
        Assert.Equal(Cast.Alice.PersonId, await desk.App.Database.ScalarAsync<long>("select assignee_id from collections where id = @id", new { id = await desk.CollectionAsync(request, "2026-04-01") }));
    }

    [Fact]
    public async Task A_head_of_many_finds_every_colleague_by_search()
    {
        await desk.App.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_kana, name_key, email, email_key, language, hired_on)
            select 'C' || n, '同僚 ' || n, 'ドウリョウ' || to_char(n, 'FM00'), '同僚' || n || 'ドウリョウ', 'c' || n || '@x.test', 'c' || n || '@x.test', 'ja', '2020-04-01' from generate_series(1, 60) n;
            insert into posts (person_id, department_id, from_on) select id, 1, '2020-04-01' from people where employee_no like 'C%';
            """);
        var id = await desk.CollectionAsync(await desk.RequestAsync("同僚に渡す依頼"), "2026-07-01");
        var hana = await desk.App.PagesAsAsync(Cast.Hana);
        var page = await hana.PageAsync($"/evidence/collections/{id}/owner");
        Assert.Contains("はじめの50名です", page);
        Assert.DoesNotContain("同僚 60", page);
        var found = await hana.PageAsync($"/evidence/collections/{id}/owner?q={Uri.EscapeDataString("同僚60")}");
        Assert.Contains("同僚 60", found);
        Assert.DoesNotContain("同僚 59", found);
        Assert.DoesNotContain("はじめの50名です", found);
        Assert.Contains("C60", await hana.PageAsync($"/evidence/collections/{id}/owner?q=C60"));
        Assert.DoesNotContain("森 真理", await hana.PageAsync($"/evidence/collections/{id}/owner?q={Uri.EscapeDataString("森")}"));
        using var done = await hana.SendAsync(found, $"/evidence/collections/{id}/owner?q=x", ("Input.Owner", "C60"));
        Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        await desk.App.Database.ArrangeAsync("delete from posts where person_id in (select id from people where employee_no like 'C%')");
    }

    [Fact]
    public async Task The_whole_request_changes_hands_as_a_version_and_plans_go_on()
    {
        var request = await desk.RequestAsync("まるごと引き継ぐ依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2026-04-01"), Cast.Alice, "済み");
        Assert.Equal(HttpStatusCode.NoContent, (await SayAsync(Cast.Manami, id, Cast.Mallory.EmployeeNo, whole: true)).StatusCode);
        Assert.Equal(["submitted 1", "planned 4", "open 4"], await desk.App.Database.ListAsync<string>(
            "select distinct on (state) state || ' ' || assignee_id from collections where request_id = @request and period_from < '2027-01-01' and period_from <> '2026-04-01' or id = @first order by state desc", new { request, first = await desk.CollectionAsync(request, "2026-04-01") }));
        Assert.Equal(2, await desk.App.Database.ScalarAsync<int>("select version from evidence_requests where id = @request and owner_id = 4", new { request }));
        Assert.Equal(Cast.Mallory.PersonId, await desk.App.Database.ScalarAsync<long>("select owner_id from request_versions where request_id = @request and version = 2", new { request }));
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from request_items where request_id = @request and version = 2", new { request }));
    }

    [Fact]
    public async Task Changing_a_request_takes_back_no_period_that_was_handed_over_and_keeps_who_had_the_others()
    {
        var request = await desk.RequestAsync("渡した回のある依頼");
        var (open, lent, spokenOf) = (await desk.CollectionAsync(request, "2026-07-01"), await desk.CollectionAsync(request, "2026-10-01"), await desk.CollectionAsync(request, "2027-01-01"));
        Assert.Equal(HttpStatusCode.NoContent, (await SayAsync(Cast.Manami, lent, Cast.Mallory.EmployeeNo)).StatusCode);
        await desk.App.Get<CommentOnCollection>().AddAsync(Desk.Manager, spokenOf, "様式が変わります");
        await ChangeAsync(request, row => row with { Minutes = 25, Owner = Cast.Hana.EmployeeNo });
        Assert.Equal([(open, Cast.Hana.PersonId), (lent, Cast.Mallory.PersonId), (spokenOf, Cast.Hana.PersonId)],
            await desk.App.Database.ListAsync<(long, long)>("select id, assignee_id from collections where id in (@open, @lent, @spokenOf) order by id", new { open, lent, spokenOf }));
        Assert.Equal([open, spokenOf], await desk.App.Database.ListAsync<long>(
            "select collection_id from collection_assignments where collection_id in (@open, @lent, @spokenOf) and from_id = 1 and to_id = 8 and by_account = 5 order by 1", new { open, lent, spokenOf }));
        // The new reviewer cannot keep what they would owe.
        await ChangeAsync(request, row => row with { Reviewer = Cast.Mallory.EmployeeNo });
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync(lent));
    }

    [Fact]
    public async Task Who_holds_one_period_only_cannot_give_the_whole_request_away()
    {
        var request = await desk.RequestAsync("貸した回のある依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal(HttpStatusCode.NoContent, (await SayAsync(Cast.Manami, id, Cast.Mallory.EmployeeNo)).StatusCode);
        var mallory = Desk.User(Cast.Mallory, Role.ControlOwner);
        var refused = await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<ChangeOwner>().RunAsync(mallory, id, Cast.Adam.EmployeeNo, null, whole: true));
        Assert.Equal("WholeNotYours", refused.Key);
        Assert.Equal(1, await desk.App.Database.ScalarAsync<int>("select version from evidence_requests where id = @request and owner_id = 1", new { request }));
        Assert.DoesNotContain("Input.Whole", await (await desk.App.PagesAsAsync(Cast.Mallory)).PageAsync($"/evidence/collections/{id}/owner"));
        Assert.Contains("Input.Whole", await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{await desk.CollectionAsync(request, "2026-04-01")}/owner"));
        Assert.Contains("Input.Whole", await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/collections/{id}/owner"));
    }

    [Fact]
    public async Task What_is_merely_planned_follows_a_whole_request_and_can_be_planned_anew()
    {
        var request = await desk.RequestAsync("まるごと渡して毎月にする依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal(HttpStatusCode.NoContent, (await SayAsync(Cast.Manami, id, Cast.Mallory.EmployeeNo, whole: true)).StatusCode);
        var planned = await desk.CollectionAsync(request, "2026-10-01");
        Assert.Equal(Cast.Mallory.PersonId, await AssigneeAsync(planned));
        await ChangeAsync(request, row => row with { Every = AuditTracker.Calendar.PeriodKind.Month });
        Assert.Equal(new DateOnly(2026, 10, 31), await desk.App.Database.ScalarAsync<DateOnly>("select period_to from collections where request_id = @request and period_from = '2026-10-01' and assignee_id = 4", new { request }));
    }

    [Fact]
    public async Task A_manager_hands_in_for_somebody_named_and_neither_decides()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("代わりに出す依頼", reviewer: Cast.Bob), "2026-07-01");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("誰の分として提出するか", page);
        using (var reviewer = await manami.HandInAsync(page, id, [("a.csv", "a")], ("Input.OnBehalfOf", Cast.Bob.EmployeeNo)))
        {
            Assert.Equal(HttpStatusCode.BadRequest, reviewer.StatusCode);
        }
        using (var done = await manami.HandInAsync(page, id, [("a.csv", "a")], ("Input.OnBehalfOf", Cast.Hana.EmployeeNo)))
        {
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        }
        Assert.Contains("花田 花 さんの代わりに 間 真奈美 さんが提出", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/collections/{id}")));
        var review = desk.App.Get<ReviewCollection>();
        Assert.Equal("OwnSubmission", (await Assert.ThrowsAsync<Refusal>(() => review.DecideAsync(Desk.Manager, id, Decision.Accept, ""))).Key);
        Assert.Equal("OwnSubmission", (await Assert.ThrowsAsync<Refusal>(() => review.DecideAsync(Desk.User(Cast.Hana, Role.ComplianceManager), id, Decision.Accept, ""))).Key);
        Assert.Equal(CollectionState.Accepted, await review.DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Accept, ""));
    }

    [Fact]
    public async Task Nothing_in_the_period_is_declared_with_its_reason()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("該当なしの依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        using (var done = await alice.HandInAsync(await alice.PageAsync($"/evidence/collections/{id}"), id, [], ("Input.Nothing", "退職者は0件")))
        {
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        }
        var text = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/review?at={id}"));
        // Who says so, when and why: in the checks and beside the piece.
        Assert.Matches("相川 有栖 ?さんが 2026/11/24（火） に、該当なし（0件）と申告しています。理由を確かめてください。", text);
        var page = Browsing.Plain(await alice.PageAsync($"/evidence/collections/{id}"));
        Assert.Matches("相川 有栖 ?さんが 2026/11/24（火） に、該当なし（0件）と申告。理由： 退職者は0件", page);
        Assert.True(await desk.App.Database.ScalarAsync<bool>("select e.nothing from evidence e join submissions s on s.id = e.submission_id where s.collection_id = @id", new { id }));
    }

    [Fact]
    public async Task In_the_workbook_a_statement_of_nothing_is_a_kind_of_its_own_with_name_day_and_reason()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("該当なしを数える依頼"), "2026-07-01");
        await desk.App.Get<HandIn>().SubmitAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, new HandInInput("", [], null, null, null, []) { Nothing = "事故は0件" });
        var sheet = Platform.Workbooks.Workbook.Read(await Quarter.WriteAsync(desk.App.Database, Quarter.Order(cutoff: Quarter.Japan("2026-11-24 18:00"))))["証跡"]!;
        var row = sheet.Rows.Cast<System.Data.DataRow>().Single(row => row[3] is "該当なしを数える依頼").ItemArray;
        Assert.Equal(("相川 有栖", "該当なしの申告", "該当なし（0件）：事故は0件"), (row[12], row[15], row[19]));
        Assert.Equal(new DateTime(2026, 11, 24), ((DateTime)row[8]!).Date);
    }

    [Fact]
    public async Task A_past_collection_says_under_which_version_it_was_asked_and_how_long_its_evidence_lay_about()
    {
        var request = await desk.RequestAsync("版のある依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, "一覧", capturedOn: "2026-10-05");
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var before = Browsing.Plain(await bob.PageAsync($"/evidence/collections/{id}"));
        Assert.DoesNotContain("最新は版", before);
        Assert.Matches("取得日.{0,20}10/0?5.{0,8}（提出の50日前）", before);
        await desk.App.Get<ChangeOwner>().RunAsync(Desk.Manager, await desk.CollectionAsync(request, "2026-04-01"), Cast.Hana.EmployeeNo, null, whole: true);
        Assert.Contains("版1で依頼（最新は版2）", Browsing.Plain(await bob.PageAsync($"/evidence/collections/{id}")));
    }

    private Task<long> AssigneeAsync(long id) => desk.App.Database.ScalarAsync<long>("select assignee_id from collections where id = @id", new { id });

    private async Task ChangeAsync(long request, Func<RequestInput, RequestInput> change)
    {
        var row = (await desk.App.Get<RequestStore>().FindAsync(Desk.Manager, request, default))!;
        await desk.App.Get<SaveRequest>().ChangeAsync(Desk.Manager, request, row.Version, change(new(row.Title, row.Guidance, row.Minutes, row.Items, row.Owner, row.Reviewer,
            row.Recurrence, row.OpensOffset, row.DueOffset, row.Unit, row.StartOn, row.EndOn)));
    }

    private Task<HttpResponseMessage> SayAsync(Cast.Member who, long id, string owner, bool whole = false) => desk.App.As(who).PostAsJsonAsync($"/api/evidence/collections/{id}/owner", new { owner, whole });
}
