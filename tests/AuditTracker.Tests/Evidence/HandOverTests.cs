using AuditTracker.Platform.Database;
using System.Net;
using AuditTracker.Evidence;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.Evidence;

public sealed class HandOverTests : IAsyncLifetime
{
    private readonly Desk desk = new();
    private long request, collection;

    private TestApp App => desk.App;

    public async Task InitializeAsync()
    {
        await desk.InitializeAsync();
        request = await desk.RequestAsync();
        collection = await desk.CollectionAsync(request, "2026-07-01");
    }

    public Task DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task The_day_after_the_last_day_what_is_open_goes_to_the_manager_once()
    {
        await LeaveAsync("2026/11/30");
        await App.Database.SetClockAsync("2026-11-30T18:00:00");
        Assert.Equal(0, await RunAsync());
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        Assert.Equal(1, await RunAsync());
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync());
        Assert.Equal(0, await RunAsync());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from leaver_handovers"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>($"select count(*) from notices where template = 'evidence/leaver-handed-over' and person_id = {Cast.Hana.PersonId}"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'leaver.handedOver' and subject = 'person:900001'"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>($"select count(*) from trail.entries where what = 'collection.handedOver' and subject = 'collection:{collection}'"));
        // The request is nobody's now, and listed so.
        var none = await App.Get<RequestStore>().PageAsync(Desk.Manager, new RequestFilter(Owner: RequestFilter.NoOwner), new ListSlice(RequestOrders.Added, false, 50), default);
        Assert.Equal([request], none.Rows.Select(row => row.Id));
        // The secretariat is told, and finds it on the first page.
        Assert.Equal([Cast.Manami.PersonId], await App.Database.ListAsync<long>("select person_id from notices where template = 'evidence/leaver-left-behind' and model ->> 'requests' = '1' and model -> 'reviewed' = 'null' and model ->> 'link' = '/people/900001/hand-over'"));
        var manami = await App.PagesAsAsync(Cast.Manami);
        Assert.Matches("担当者なしの依頼 1 ", Browsing.Plain(await manami.PageAsync("/")));
        Assert.Contains("アクセス権棚卸し", await manami.PageAsync("/evidence/requests?owner=none"));
        // What has ended needs no other owner.
        await App.Database.ArrangeAsync("update evidence_requests set end_on = '2026-11-30'");
        Assert.DoesNotContain("アクセス権棚卸し", await manami.PageAsync("/evidence/requests?owner=none"));
        Assert.DoesNotContain("担当者なしの依頼", await manami.PageAsync("/"));
    }

    [Fact]
    public async Task What_waits_goes_to_the_next_reviewer_but_never_to_who_handed_it_in()
    {
        var (first, second) = (await desk.CollectionAsync(request, "2026-04-01"), collection);
        await desk.HandInAsync(first, Cast.Alice, "本人が提出");
        await desk.HandInAsync(second, Cast.Manami, "事務局が提出");
        await App.Get<HandOver>().RunAsync(Desk.Manager, Cast.Bob.EmployeeNo, Cast.Manami.EmployeeNo, [request], [], default);
        Assert.Equal((Cast.Manami.PersonId, Cast.Bob.PersonId), (await ReviewerAsync(first), await ReviewerAsync(second)));
        const string Told = "select person_id from notices where template = 'evidence/collection-handed-in' and closed_at is null and subject = @subject order by 1";
        Assert.Equal([Cast.Manami.PersonId], await App.Database.ListAsync<long>(Told, new { subject = $"collection:{first}" }));
        Assert.Equal([Cast.Bob.PersonId], await App.Database.ListAsync<long>(Told, new { subject = $"collection:{second}" }));
        // The next one may have both.
        await App.Get<HandOver>().RunAsync(Desk.Manager, Cast.Manami.EmployeeNo, Cast.Mallory.EmployeeNo, [request], [], default);
        Assert.Equal((Cast.Mallory.PersonId, Cast.Mallory.PersonId), (await ReviewerAsync(first), await ReviewerAsync(second)));
        var mallory = await App.PagesAsAsync(Cast.Mallory);
        Assert.Matches("確認待ち 2 ", Browsing.Plain(await mallory.PageAsync("/")));
    }

    [Fact]
    public async Task A_reviewer_who_has_left_is_told_to_the_secretariat_and_listed()
    {
        await desk.HandInAsync(collection, Cast.Alice, "提出");
        var manami = await App.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("確認者なしの依頼", await manami.PageAsync("/"));
        await LeaveAsync("2026/11/25", Cast.Bob);
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await Task.WhenAll(RunAsync(), RunAsync());
        Assert.Equal([Cast.Manami.PersonId], await App.Database.ListAsync<long>("select person_id from notices where template = 'evidence/leaver-left-behind' and model ->> 'reviewed' = '1' and model ->> 'waiting' = '1' and model -> 'requests' = 'null'"));
        var today = Browsing.Plain(await manami.PageAsync("/"));
        Assert.Matches("確認者なしの依頼 1 ", today);
        Assert.Matches("確認者不在の証跡 2 ", today);
        Assert.Contains("アクセス権棚卸し", await manami.PageAsync("/evidence/requests?reviewer=none"));
        var listed = await manami.PageAsync("/evidence/collections?reviewer=none");
        Assert.Contains($"/evidence/collections/{collection}", listed);
        Assert.Contains("確認者不在", listed);
        // All that the list shows, and nothing else, is what a change of all of them is made of.
        await desk.RequestAsync("確認者のいる依頼", reviewer: Cast.Hana);
        Assert.DoesNotContain("確認者のいる依頼", await manami.PageAsync("/evidence/requests/bulk?act=End&all=true&reviewer=none"));
        await App.Get<HandOver>().RunAsync(Desk.Manager, Cast.Bob.EmployeeNo, Cast.Hana.EmployeeNo, [request], [], default);
        Assert.Equal(Cast.Hana.PersonId, await ReviewerAsync(collection));
        Assert.DoesNotContain("確認者なしの依頼", await manami.PageAsync("/"));
    }

    [Fact]
    public async Task What_cannot_go_to_its_reviewer_is_not_said_to_be_handed_over()
    {
        await App.Get<ChangeOwner>().RunAsync(Desk.Manager, collection, Cast.Mallory.EmployeeNo, null, whole: false);
        var pages = await App.PagesAsAsync(Cast.Manami);
        var other = await desk.CollectionAsync(await desk.RequestAsync("花田が確認する", reviewer: Cast.Hana), "2026-07-01");
        await App.Get<ChangeOwner>().RunAsync(Desk.Manager, other, Cast.Mallory.EmployeeNo, null, whole: false);
        using var alone = await pages.PostFormAsync("/people/900004/hand-over", null, ("Input.To", Cast.Bob.EmployeeNo), ("Input.Collections", $"{collection}"));
        Assert.Equal(HttpStatusCode.Conflict, alone.StatusCode);
        Assert.Contains("引き継ぎ先の人が確認者です", await alone.TextAsync());
        using var partly = await pages.PostFormAsync("/people/900004/hand-over", null, ("Input.To", Cast.Bob.EmployeeNo), ("Input.Collections", $"{collection}"), ("Input.Collections", $"{other}"));
        Assert.Equal(HttpStatusCode.Conflict, partly.StatusCode);
        Assert.Contains("1件を引き継ぎました。次は元のままです", await partly.TextAsync());
        Assert.Equal((Cast.Mallory.PersonId, Cast.Bob.PersonId), (await AssigneeAsync(), await App.Database.ScalarAsync<long>("select assignee_id from collections where id = @other", new { other })));
        // Handed in meanwhile.
        await desk.HandInAsync(other, Cast.Bob, "提出");
        using var late = await pages.PostFormAsync("/people/900004/hand-over", null, ("Input.To", Cast.Tom.EmployeeNo), ("Input.Collections", $"{other}"));
        Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
    }

    private Task<long> ReviewerAsync(long id) => App.Database.ScalarAsync<long>("select reviewer_id from collections where id = @id", new { id });

    [Fact]
    public async Task Killed_before_the_end_it_leaves_nothing_and_the_next_run_does_it_once()
    {
        await LeaveAsync("2026/11/25");
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await App.Database.ArrangeAsync("""
            create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
            create trigger fail before insert on leaver_handovers execute function public.fail();
            """);
        await Assert.ThrowsAsync<Npgsql.PostgresException>(RunAsync);
        Assert.Equal(Cast.Alice.PersonId, await AssigneeAsync());
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/leaver-handed-over'"));
        await App.Database.ArrangeAsync("drop trigger fail on leaver_handovers");
        await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync());
        Assert.Equal((1L, 1L), (await App.Database.ScalarAsync<long>("select count(*) from leaver_handovers"), await App.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/leaver-handed-over'")));
    }

    [Fact]
    public async Task Nobody_hands_over_for_somebody_whose_last_day_was_moved_or_withdrawn()
    {
        await LeaveAsync("2026/11/25");
        await LeaveAsync("2027/3/31");
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        Assert.Equal(0, await RunAsync());
        Assert.Equal(Cast.Alice.PersonId, await AssigneeAsync());
    }

    [Fact]
    public async Task What_opens_after_the_leave_goes_on_to_the_manager_and_never_to_its_reviewer()
    {
        var reviewed = await desk.RequestAsync("花田が確認する", reviewer: Cast.Hana);
        await LeaveAsync("2026/11/25");
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await RunAsync();
        Assert.Equal(Cast.Alice.PersonId, await App.Database.ScalarAsync<long>("select assignee_id from collections where request_id = @reviewed and period_from = '2026-07-01'", new { reviewed }));
        // Nobody may have it: the compliance manager is told once, until somebody does.
        var stuck = await desk.CollectionAsync(reviewed, "2026-07-01");
        await RunAsync();
        Assert.Equal([(Cast.Manami.PersonId, true)], await UnownedAsync(stuck));
        await App.Get<ChangeOwner>().RunAsync(Desk.Manager, stuck, Cast.Mallory.EmployeeNo, null, whole: false);
        await RunAsync();
        Assert.Equal([(Cast.Manami.PersonId, false)], await UnownedAsync(stuck));
        await App.Database.SetClockAsync("2027-01-04T09:00:00");
        await App.Get<OpenDueCollections>().RunAsync(default);
        await RunAsync();
        Assert.Equal(Cast.Hana.PersonId, await App.Database.ScalarAsync<long>("select assignee_id from collections where request_id = @request and period_from = '2026-10-01'", new { request }));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from leaver_handovers"));
    }

    [Fact]
    public async Task Where_the_manager_reviews_it_the_next_up_the_line_takes_it()
    {
        var reviewed = await desk.RequestAsync("花田が確認する", reviewer: Cast.Hana);
        await App.Database.ArrangeAsync("insert into managers (person_id, manager_id, from_on) values (@hana, @tom, '2020-04-01'), (@tom, @hana, '2020-04-01')", new { hana = Cast.Hana.PersonId, tom = Cast.Tom.PersonId });
        await LeaveAsync("2026/11/25");
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await RunAsync();
        Assert.Equal(Cast.Tom.PersonId, await App.Database.ScalarAsync<long>("select assignee_id from collections where request_id = @reviewed and period_from = '2026-07-01'", new { reviewed }));
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync());
        // Kept as handed over by nobody in person, and shown so.
        Assert.Equal(1, await App.Database.ScalarAsync<long>($"select count(*) from collection_assignments where collection_id = {collection} and from_id = {Cast.Alice.PersonId} and to_id = {Cast.Hana.PersonId} and by_account is null"));
        Assert.Matches("（自動） 担当を変更 相川 有栖 → 花田 花", Browsing.Plain(await (await App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/collections/{collection}")));
    }

    [Fact]
    public async Task The_secretariat_chooses_another_owner_before_or_after()
    {
        var pages = await App.PagesAsAsync(Cast.Manami);
        await LeaveAsync("2026/11/30");
        const string Page = "/people/900001/hand-over";
        var shown = WebUtility.HtmlDecode(await pages.GetStringAsync(Page));
        Assert.Contains("アクセス権棚卸し（顧客DB）", shown);
        Assert.Contains(Cast.Hana.EmployeeNo, shown);
        Assert.Contains(Page, WebUtility.HtmlDecode(await pages.GetStringAsync("/people/900001")));
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Page, null, ("Input.To", "7777"), ("Input.Requests", $"{request}"))).StatusCode);
        // By name; what a search finds is seen before it counts, and what was ticked stays.
        var found = await (await pages.PostFormAsync(Page, null, ("do", "hand-over"), ("Input.ToSearch", Cast.Mallory.Name), ("Input.Requests", $"{request}"))).TextAsync();
        Assert.Matches($"value=\"{Cast.Mallory.EmployeeNo}\"[^>]* checked", found);
        Assert.Matches($"name=\"Input.Requests\" value=\"{request}\" checked", found);
        Assert.NotEqual(Cast.Mallory.PersonId, await AssigneeAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Page, null, ("do", "hand-over"), ("Input.Requests", $"{request}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Page, null, ("Input.To", Cast.Mallory.EmployeeNo), ("Input.Requests", $"{request}"))).StatusCode);
        Assert.Equal(Cast.Mallory.PersonId, await AssigneeAsync());
        Assert.Equal(Cast.Mallory.PersonId, await App.Database.ScalarAsync<long>("select owner_id from evidence_requests where id = @request", new { request }));
        // To the reviewer it cannot go: the request stays and the page says why.
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/900004/hand-over", null, ("Input.To", Cast.Alice.EmployeeNo), ("Input.Requests", $"{request}"))).StatusCode);
        var refused = await pages.PostFormAsync(Page, null, ("Input.To", Cast.Bob.EmployeeNo), ("Input.Requests", $"{request}"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        foreach (var member in new[] { Cast.Mallory, Cast.Hana, Cast.Adam, Cast.Tom, Cast.Carol })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await (await App.PagesAsAsync(member)).GetAsync(Page)).StatusCode);
        }
    }

    private async Task<IReadOnlyList<(long, bool)>> UnownedAsync(long id) =>
        await App.Database.ListAsync<(long, bool)>("select person_id, closed_at is null from notices where template = 'evidence/collection-unowned' and subject = @subject", new { subject = $"collection:{id}" });

    private Task<int> RunAsync() => App.Get<HandOverLeavers>().RunAsync(default);

    private Task<long> AssigneeAsync() => App.Database.ScalarAsync<long>("select assignee_id from collections where id = @collection", new { collection });

    private async Task LeaveAsync(string on, Cast.Member? who = null)
    {
        var leaver = who ?? Cast.Alice;
        var (_, answer) = await App.As(Cast.Manami).ImportAsync(
            Lines(Person(leaver.EmployeeNo, name: leaver.Name, mail: leaver.Mail, code: "D1", department: "第一部", left: on, manager: Cast.Hana.EmployeeNo)), "?apply=true");
        Assert.True(answer!.Applied);
    }
}
