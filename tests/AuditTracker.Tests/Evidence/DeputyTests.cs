using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Alice is on leave from 26 November to the end of the year; Hana is her manager, Mallory of another department.</summary>
public sealed class DeputyTests : IAsyncLifetime
{
    private readonly Desk desk = new();
    private long request, collection;

    private TestApp App => desk.App;

    public async Task InitializeAsync()
    {
        await desk.InitializeAsync();
        request = await desk.RequestAsync();
        collection = await desk.CollectionAsync(request, "2026-07-01");
        await App.Database.ArrangeAsync($"insert into leaves (person_id, kind, from_on, to_on) values ({Cast.Alice.PersonId}, 'childcare', '2026-11-26', '2026-12-31')");
        await App.Database.SetClockAsync("2026-11-26T09:00:00");
    }

    public Task DisposeAsync() => desk.DisposeAsync();

    [Fact]
    public async Task From_the_first_day_of_leave_to_the_last_the_manager_stands_in_and_is_asked_once()
    {
        await App.Database.SetClockAsync("2026-11-25T23:59:00");
        Assert.Equal(0, await RunAsync());
        await App.Database.SetClockAsync("2026-11-26T00:00:30");
        // April to June and July to September are open.
        Assert.Equal(2, await RunAsync());
        Assert.Equal(0, await RunAsync());
        Assert.Equal((Cast.Alice.PersonId, Cast.Hana.PersonId), await WhoAsync(collection));
        Assert.Equal([(Cast.Hana.PersonId, true)], await AskedAsync(collection));
        await App.Database.SetClockAsync("2026-12-31T23:59:00");
        Assert.Equal(0, await RunAsync());
        await App.Database.SetClockAsync("2027-01-01T00:00:30");
        Assert.Equal(2, await RunAsync());
        Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
        Assert.Equal([(Cast.Alice.PersonId, true), (Cast.Hana.PersonId, false)], await AskedAsync(collection));
        Assert.Equal([(Cast.Hana.PersonId, null), (null, Cast.Hana.PersonId)], await App.Database.ListAsync<(long?, long?)>($"select deputy_id, before_id from collection_deputies where collection_id = {collection} order by id"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>($"select count(*) from trail.entries where what = 'collection.deputyStandsIn' and subject = 'collection:{collection}'"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>($"select count(*) from trail.entries where what = 'collection.deputyEnded' and subject = 'collection:{collection}'"));
    }

    [Fact]
    public async Task When_nobody_can_stand_in_compliance_managers_are_told_once_and_shown_where_to_name_somebody()
    {
        await App.Database.ArrangeAsync($"insert into leaves (person_id, kind, from_on, to_on) select id, 'other', '2026-11-26', '2026-11-30' from people where id not in ({Cast.Alice.PersonId}, {Cast.Manami.PersonId}, {Cast.Mallory.PersonId})");
        Assert.Equal(2, await RunAsync());
        Assert.Equal(0, await RunAsync());
        Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
        Assert.Equal([(Cast.Manami.PersonId, $"/people/{Cast.Alice.EmployeeNo}/deputy", true)], await ToldAsync());
        var today = await (await App.PagesAsAsync(Cast.Manami)).PageAsync("/");
        Assert.Contains($"href=\"/people/{Cast.Alice.EmployeeNo}/deputy\"", today);
        foreach (var other in new[] { Cast.Alice, Cast.Bob, Cast.Carol, Cast.Mallory })
        {
            Assert.DoesNotContain("/deputy", await (await App.PagesAsAsync(other)).PageAsync("/"));
        }
        await App.Get<NameDeputy>().RunAsync(Desk.Manager, Cast.Alice.EmployeeNo, Cast.Mallory.EmployeeNo, default);
        Assert.Equal(2, await RunAsync());
        Assert.Equal([(Cast.Manami.PersonId, $"/people/{Cast.Alice.EmployeeNo}/deputy", false)], await ToldAsync());
        Assert.DoesNotContain("/deputy\"", await (await App.PagesAsAsync(Cast.Manami)).PageAsync("/"));

        Task<IReadOnlyList<(long, string, bool)>> ToldAsync() => App.Database.ListAsync<(long, string, bool)>("select person_id, model ->> 'link', closed_at is null from notices where template = 'evidence/collection-no-deputy' and subject = @subject order by id", new { subject = $"collection:{collection}" });
    }

    [Fact]
    public async Task Programs_name_a_deputy_and_the_owner_filter_finds_what_somebody_stands_in_for()
    {
        var path = $"/api/evidence/deputies/{Cast.Alice.EmployeeNo}";
        foreach (var (who, read) in new[] { (Cast.Manami, HttpStatusCode.OK), (Cast.Alice, HttpStatusCode.OK), (Cast.Bob, HttpStatusCode.NotFound), (Cast.Mallory, HttpStatusCode.NotFound) })
        {
            Assert.Equal(read, (await App.As(who).GetAsync(path)).StatusCode);
            if (who != Cast.Manami)
            {
                Assert.Equal(who == Cast.Alice ? HttpStatusCode.BadRequest : HttpStatusCode.NotFound, (await App.As(who).PutAsJsonAsync(path, new { deputy = Cast.Mallory.EmployeeNo })).StatusCode);
            }
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await App.As(Cast.Manami).PutAsJsonAsync(path, new { deputy = "999999" })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await App.As(Cast.Manami).PutAsJsonAsync(path, new { deputy = Cast.Alice.EmployeeNo })).StatusCode);
        var named = await (await App.As(Cast.Manami).PutAsJsonAsync(path, new { deputy = Cast.Mallory.EmployeeNo })).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((Cast.Alice.EmployeeNo, "2026-11-26", "2026-12-31", Cast.Mallory.EmployeeNo), (named.Text("person"), named.Text("from"), named.Text("to"), named.Text("deputy")));
        Assert.Empty(await FoundAsync());
        await RunAsync();
        Assert.Contains(collection, await FoundAsync());
        Assert.All(await FoundAsync(), id => Assert.True(id > 0));
        Assert.Equal(JsonValueKind.Null, (await (await App.As(Cast.Manami).PutAsJsonAsync(path, new { deputy = (string?)null })).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("deputy").ValueKind);

        async Task<List<long>> FoundAsync() => [.. (await App.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?assignee={Cast.Mallory.EmployeeNo}")).GetProperty("items").EnumerateArray().Select(item => item.Id())];
    }

    [Fact]
    public async Task Whoever_goes_on_leave_names_a_colleague_of_theirs_who_is_told_and_nobody_else()
    {
        await App.Database.SetClockAsync("2026-11-24T09:00:00"); // two days before the leave
        await App.Database.ArrangeAsync($"insert into posts (person_id, department_id, from_on, is_primary) values ({Cast.Carol.PersonId}, 1, '2020-04-01', false)");
        var alice = await App.PagesAsAsync(Cast.Alice);
        var path = $"/people/{Cast.Alice.EmployeeNo}/deputy";
        Assert.Contains($"href=\"{path}\"", await alice.PageAsync($"/people/{Cast.Alice.EmployeeNo}"));
        var page = await alice.PageAsync(path);
        Assert.Contains($"value=\"{Cast.Hana.EmployeeNo}\"", page);
        Assert.DoesNotContain($"value=\"{Cast.Mallory.EmployeeNo}\"", page);
        Assert.DoesNotContain($"value=\"{Cast.Alice.EmployeeNo}\"", page);
        foreach (var other in new[] { Cast.Bob, Cast.Mallory, Cast.Hana })
        {
            var pages = await App.PagesAsAsync(other);
            Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync(path)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await pages.SendAsync(await pages.PageAsync("/profile"), path, ("Input.Deputy", other.EmployeeNo), ("do", "name"))).StatusCode);
        }
        using (var stranger = await alice.SendAsync(page, path, ("Input.Deputy", Cast.Mallory.EmployeeNo), ("do", "name")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, stranger.StatusCode);
            Assert.Contains("同じ部門の人", await stranger.Content.ReadAsStringAsync());
        }
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from leave_deputies"));
        var colleague = Cast.Carol.EmployeeNo;
        for (var twice = 0; twice < 2; twice++)
        {
            Assert.Equal(HttpStatusCode.Redirect, (await alice.SendAsync(page, path, ("Input.Deputy", colleague), ("do", "name"))).StatusCode);
        }
        Assert.Equal([(colleague, true)], await ToldAsync());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'person.deputyNamed'"));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.SendAsync(page, path, ("Input.Deputy", Cast.Hana.EmployeeNo), ("do", "name"))).StatusCode);
        Assert.Equal([(colleague, false), (Cast.Hana.EmployeeNo, true)], await ToldAsync());
        await App.Database.SetClockAsync("2026-11-26T00:00:30");
        Assert.Equal(2, await RunAsync());
        Assert.Equal((Cast.Alice.PersonId, Cast.Hana.PersonId), await WhoAsync(collection));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.SendAsync(page, path, ("do", "clear"))).StatusCode);
        Assert.Equal([(colleague, false), (Cast.Hana.EmployeeNo, false)], await ToldAsync());

        Task<IReadOnlyList<(string, bool)>> ToldAsync() => App.Database.ListAsync<(string, bool)>("select p.employee_no, n.closed_at is null from notices n join people p on p.id = n.person_id where template = 'evidence/deputy-named' order by n.id");
    }

    [Fact]
    public async Task Killed_anywhere_it_leaves_nothing_and_three_workers_tell_once()
    {
        foreach (var (table, operation) in new[] { ("collections", "update"), ("notices", "insert"), ("trail.entries", "insert") })
        {
            await App.Database.ArrangeAsync($"""
                create or replace function public.fail() returns trigger language plpgsql as $$ begin raise exception 'killed'; end $$;
                create trigger zz_fail before {operation} on {table} execute function public.fail();
                """);
            await Assert.ThrowsAsync<Npgsql.PostgresException>(RunAsync);
            await App.Database.ArrangeAsync($"alter table {table} disable trigger zz_fail");
            Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
            Assert.DoesNotContain(await AskedAsync(collection), asked => asked.Person == Cast.Hana.PersonId);
        }
        var moved = await Task.WhenAll(RunAsync(), RunAsync(), RunAsync());
        Assert.Equal(2, moved.Sum());
        Assert.Equal([(Cast.Hana.PersonId, true)], await AskedAsync(collection));
    }

    [Fact]
    public async Task Who_is_named_for_the_leave_sees_lists_and_hands_in_while_it_lasts_and_nobody_else_of_theirs_does()
    {
        var mallory = Desk.User(Cast.Mallory, Role.ControlOwner);
        var pages = await App.PagesAsAsync(Cast.Mallory);
        Assert.Equal((HttpStatusCode.NotFound, 0), ((await pages.GetAsync($"/evidence/collections/{collection}")).StatusCode, await MineAsync(mallory)));
        await App.Get<NameDeputy>().RunAsync(Desk.Manager, Cast.Alice.EmployeeNo, Cast.Mallory.EmployeeNo, default);
        Assert.Equal(2, await RunAsync());
        Assert.Equal(2, await MineAsync(mallory));
        // The owner, away, has nothing to do, and still sees it.
        Assert.Equal(0, await MineAsync(Desk.User(Cast.Alice, Role.ControlOwner)));
        Assert.NotNull(await App.Get<CollectionStore>().FindAsync(Desk.User(Cast.Alice, Role.ControlOwner), collection, default));
        var page = Browsing.Plain(await pages.PageAsync($"/evidence/collections/{collection}"));
        Assert.Contains("担当 相川 有栖", page);
        Assert.Contains("代理 森 真理 担当が不在の間", page);
        Assert.Matches("相川 有栖 ?さんの代理として提出してください", page);
        Assert.DoesNotMatch("休職|育児", page);
        Assert.Matches("（自動） 代理を変更 なし → 森 真理", page);
        Assert.Contains("代理 森 真理", Browsing.Plain(await pages.PageAsync("/evidence/collections")));
        Assert.Contains("アクセス権棚卸し", await pages.PageAsync("/"));
        // Handing in says for whom; giving the whole request away is not a deputy's.
        await Assert.ThrowsAsync<Refusal>(() => App.Get<ChangeOwner>().RunAsync(mallory, collection, Cast.Hana.EmployeeNo, null, whole: true));
        await desk.HandInAsync(collection, Cast.Mallory, "一覧");
        Assert.Matches("相川 有栖 ?さんの代わりに ?森 真理 ?さんが提出", Browsing.Plain(await pages.PageAsync($"/evidence/collections/{collection}")));
        await App.Database.SetClockAsync("2027-01-04T09:00:00");
        await RunAsync();
        // What was handed in meanwhile stays in sight, and goes back to the owner when it is returned; the other one went back with the leave.
        Assert.Equal((1, 1), (await MineAsync(mallory), await MineAsync(Desk.User(Cast.Alice, Role.ControlOwner))));
        await App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), collection, Decision.Return, "8月分がありません。");
        Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
        Assert.Contains((Cast.Alice.PersonId, true), await App.Database.ListAsync<(long, bool)>($"select person_id, closed_at is null from notices where template = 'evidence/collection-returned' and subject = 'collection:{collection}'"));
        Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync($"/evidence/collections/{collection}")).StatusCode);
    }

    [Fact]
    public async Task What_falls_due_after_the_leave_waits_for_the_owner()
    {
        await App.Database.ArrangeAsync($"update collections set due_on = '2027-01-04' where id = {collection}");
        Assert.Equal(1, await RunAsync());
        Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
        await App.Database.ArrangeAsync($"update collections set due_on = '2026-12-31' where id = {collection}");
        Assert.Equal(1, await RunAsync());
        // A leave until further notice has no last day; one that was withdrawn is none.
        await App.Database.ArrangeAsync($"update collections set due_on = '2027-06-30' where id = {collection}");
        Assert.Equal(1, await RunAsync());
        await App.Database.ArrangeAsync("update leaves set to_on = null");
        Assert.Equal(1, await RunAsync());
        await App.Database.ArrangeAsync("delete from leaves");
        Assert.Equal(2, await RunAsync());
    }

    [Fact]
    public async Task The_reviewer_and_whoever_is_away_or_gone_are_passed_over()
    {
        await App.Database.ArrangeAsync($"insert into managers (person_id, manager_id, from_on) values ({Cast.Hana.PersonId}, {Cast.Tom.PersonId}, '2020-04-01')");
        await App.Get<NameDeputy>().RunAsync(Desk.Manager, Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, default);
        await RunAsync();
        Assert.Equal((Cast.Alice.PersonId, Cast.Hana.PersonId), await WhoAsync(collection));
        await App.Database.ArrangeAsync($"insert into leaves (person_id, kind, from_on, to_on) values ({Cast.Hana.PersonId}, 'sick', '2026-11-26', '2026-11-30')");
        await RunAsync();
        Assert.Equal((Cast.Alice.PersonId, Cast.Tom.PersonId), await WhoAsync(collection));
        await App.Database.ArrangeAsync($"update people set left_on = '2026-11-25' where id = {Cast.Tom.PersonId}");
        await RunAsync();
        Assert.Equal((Cast.Alice.PersonId, null), await WhoAsync(collection));
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await RunAsync();
        Assert.Equal((Cast.Alice.PersonId, Cast.Hana.PersonId), await WhoAsync(collection));
    }

    [Fact]
    public async Task What_opens_during_the_leave_and_every_reminder_goes_to_the_deputy()
    {
        await App.Get<NameDeputy>().RunAsync(Desk.Manager, Cast.Alice.EmployeeNo, Cast.Mallory.EmployeeNo, default);
        var monthly = await desk.RequestAsync("監視記録", startOn: "2026-11-01", every: PeriodKind.Month);
        var november = await desk.CollectionAsync(monthly, "2026-11-01");
        await App.Database.SetClockAsync("2026-12-01T09:00:00");
        await App.Get<OpenDueCollections>().RunAsync(default);
        Assert.Equal((Cast.Alice.PersonId, Cast.Mallory.PersonId), await WhoAsync(november));
        await App.Database.SetClockAsync("2026-12-21T09:00:00");
        await RunAsync();
        await App.Get<RemindOwners>().RunAsync(default);
        var told = await App.Database.ListAsync<(string, long)>($"select template, person_id from notices where subject = 'collection:{november}' order by id");
        Assert.Equal([("evidence/collection-opened", Cast.Mallory.PersonId), ("evidence/collection-overdue", Cast.Mallory.PersonId), ("evidence/collection-overdue-manager", Cast.Hana.PersonId)], told);
        Assert.Equal("相川 有栖", await App.Database.ScalarAsync<string>($"select model ->> 'standsInFor' from notices where template = 'evidence/collection-overdue' and subject = 'collection:{november}'"));
    }

    [Fact]
    public async Task A_manager_who_stands_in_neither_waives_nor_moves_what_they_owe()
    {
        await App.Get<NameDeputy>().RunAsync(Desk.Manager, Cast.Alice.EmployeeNo, Cast.Manami.EmployeeNo, default);
        await RunAsync();
        await Assert.ThrowsAsync<Refusal>(() => App.Get<WaiveCollection>().WaiveAsync(Desk.Manager, collection, "対象がありません。"));
    }

    [Fact]
    public async Task The_secretariat_names_the_deputy_on_a_page_of_its_own_and_others_cannot()
    {
        const string Page = "/people/900001/deputy";
        var pages = await App.PagesAsAsync(Cast.Manami);
        Assert.Contains("花田 花", await pages.PageAsync("/people/900001"));
        Assert.Contains(Page, await pages.PageAsync("/people/900001"));
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Page, null, ("do", "name"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Page, null, ("do", "name"), ("Input.Deputy", "7777"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Page, null, ("do", "name"), ("Input.Deputy", Cast.Alice.EmployeeNo))).StatusCode);
        Assert.Matches($"value=\"{Cast.Mallory.EmployeeNo}\"[^>]* checked", await (await pages.PostFormAsync(Page, null, ("do", "name"), ("Input.DeputySearch", Cast.Mallory.Name))).TextAsync());
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from leave_deputies"));
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Page, null, ("do", "name"), ("Input.Deputy", Cast.Mallory.EmployeeNo))).StatusCode);
        Assert.Contains("森 真理", await pages.PageAsync("/people/900001"));
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Page, null, ("do", "clear"))).StatusCode);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from leave_deputies"));
        // Nobody away: there is nothing to name.
        Assert.Equal(HttpStatusCode.NotFound, (await pages.GetAsync("/people/900002/deputy")).StatusCode);
        foreach (var member in new[] { Cast.Hana, Cast.Adam, Cast.Tom, Cast.Carol })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await (await App.PagesAsAsync(member)).GetAsync(Page)).StatusCode);
        }
        // Others who see the person do not see who stands in during a leave.
        Assert.DoesNotContain("<dt>代理</dt>", await (await App.PagesAsAsync(Cast.Carol)).PageAsync("/people/900001"));
    }

    private Task<int> RunAsync() => App.Get<LetDeputiesStandIn>().RunAsync(default);

    private async Task<int> MineAsync(CurrentUser user) => (int)await App.Get<CollectionStore>().CountAsync(user, new CollectionFilter(Mine: true, Active: true), 100, default);

    private async Task<(long Owner, long? Deputy)> WhoAsync(long id) => (await App.Database.ListAsync<(long, long?)>($"select assignee_id, deputy_id from collections where id = {id}"))[0];

    /// <summary>Whom the notices behind the leave's first day ask, newest first, and whether they still stand.</summary>
    private Task<IReadOnlyList<(long Person, bool Stands)>> AskedAsync(long id) =>
        App.Database.ListAsync<(long Person, bool Stands)>($"select person_id, closed_at is null from notices where template = 'evidence/collection-opened' and subject = 'collection:{id}' and key ~ ':[0-9]+:[0-9]+:[0-9]+$' order by id desc");
}
