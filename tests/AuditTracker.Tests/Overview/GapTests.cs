using System.Data;
using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Overview;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>What is not arranged, counted against the tables, and how it is mended.</summary>
public sealed class GapTests(Desk desk) : IClassFixture<Desk>, IAsyncLifetime
{
    private const string Recount = """
        select count(*) from items i join frameworks f on f.key = i.framework join controls c on c.framework = i.framework and c.ref = i.ref
        where not i.is_group and not f.archived and not f.reference and c.applicable
          and not exists (select from request_items s join evidence_requests r on r.id = s.request_id and r.version = s.version
                          where s.framework = i.framework and s.ref = i.ref and '2026-11-24' between r.start_on and coalesce(r.end_on, 'infinity'))
        """;

    public Task InitializeAsync() => desk.OnceAsync(async () =>
    {
        await desk.RequestAsync(startOn: "2026-07-01");
        var left = await desk.RequestAsync("鍵台帳の点検", Cast.Mallory, item: "iso27001-2022:A.7.2");
        await desk.RequestAsync("来訪者記録", Cast.Hana, item: "iso27001-2022:A.7.3");
        await desk.App.Database.ArrangeAsync("""
            update people set left_on = '2026-11-20' where id = @mallory;
            insert into leaves (person_id, kind, from_on, to_on) values (@hana, 'childcare', '2026-11-01', '2026-11-24');
            """, new { mallory = Cast.Mallory.PersonId, hana = Cast.Hana.PersonId });
        Assert.True(left > 0);
    });

    public Task DisposeAsync() => Task.CompletedTask;

    private Task<Gaps> GapsAsync(CurrentUser? user = null, string? framework = null) => desk.App.Get<ShowGaps>().RunAsync(user ?? Desk.Manager, framework, CancellationToken.None);

    [Fact]
    public async Task Every_place_counts_the_same_items_without_a_request_as_the_tables_do()
    {
        var recounted = await desk.App.Database.ScalarAsync<long>(Recount);
        var gaps = await GapsAsync();
        Assert.Equal(recounted, gaps.NoRequest.Count);
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await Browsing.PageAsync(manami, "/controls/gaps");
        Assert.Contains($"{recounted:N0}件", Browsing.Plain(page));
        var (down, up) = (await WalkAsync(manami, "/controls/gaps"), await WalkAsync(manami, "/controls/gaps?sort=-item"));
        Assert.Equal(recounted, down.Count);
        Assert.Equal(recounted, down.Distinct().Count());
        Assert.Equal(down, up.AsEnumerable().Reverse());
        Assert.Contains($"/controls/gaps?kind=request\">{recounted}<", WebUtility.HtmlDecode(await Browsing.PageAsync(manami, "/controls/coverage")));
        Assert.Equal(recounted, (await Desk.WorkbookAsync(manami, page))[1].Rows.Count - 1);
    }

    /// <summary>The items of every page of a list, by what leads on and, from its end, by what leads back.</summary>
    private static async Task<List<string>> WalkAsync(HttpClient client, string address)
    {
        var (forth, back, pages) = (new List<string>(), new List<string>(), 0);
        string page;
        for (string? next = address; next is not null; next = Leading(page, "after"), pages++)
        {
            page = await Browsing.PageAsync(client, next);
            Assert.InRange(Items(page).Count, 1, 50);
            forth.AddRange(Items(page));
            address = next;
        }
        Assert.InRange(pages, 2, 50);
        for (string? next = address; next is not null; next = Leading(page, "before"))
        {
            page = await Browsing.PageAsync(client, next);
            back.InsertRange(0, Items(page));
        }
        Assert.Equal(forth, back);
        return forth;

        static List<string> Items(string page) => [.. Regex.Matches(page, "/evidence/requests/new.item=([^\"&]*)").Select(match => match.Groups[1].Value)];
        static string? Leading(string page, string way) => Regex.Match(page, $"href=\"([^\"]*[?;]{way}=item[^\"]*)\"") is { Success: true } link ? WebUtility.HtmlDecode(link.Groups[1].Value) : null;
    }

    [Fact]
    public async Task Requests_without_an_owner_come_in_pages_by_due_date_and_all_are_counted()
    {
        var store = desk.App.Get<GapStore>();
        var whole = (await store.OwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, false, 50), default)).Rows;
        Assert.Equal(["鍵台帳の点検", "来訪者記録"], whole.Select(row => row.Title).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal(2, await store.CountOwnerlessAsync(Desk.Manager, null, default));
        Assert.Equal(0, await store.CountOwnerlessAsync(Desk.User(Cast.Alice, Role.ControlOwner), null, default));
        var first = await store.OwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, false, 1), default);
        Assert.Null(first.Before);
        var second = await store.OwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, false, 1, first.After), default);
        Assert.Null(second.After);
        Assert.Equal(whole.Select(row => row.Id), [first.Rows[0].Id, second.Rows[0].Id]);
        var streamed = new List<long>();
        await foreach (var row in store.AllOwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, true, 50), default))
        {
            streamed.Add(row.Id);
        }
        Assert.Equal(whole.Select(row => row.Id).Reverse(), streamed);

        // With nothing ahead they come last, and in pages all the same.
        await desk.App.Database.ArrangeAsync("update collections set state = 'waived' where state in ('planned', 'open', 'returned')");
        first = await store.OwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, false, 1), default);
        second = await store.OwnerlessAsync(Desk.Manager, null, new ListSlice(GapOrders.Due, false, 1, first.After), default);
        Assert.Null(first.Rows[0].NextDueOn);
        Assert.Equal(whole.Select(row => row.Id).Order(), [first.Rows[0].Id, Assert.Single(second.Rows).Id]);
        Assert.Null(second.After);
    }

    [Fact]
    public async Task Items_by_mapping_only_are_those_without_a_request_whose_counterpart_has_one()
    {
        var refs = (await desk.App.Database.ListAsync<string>("""
            with pairs as (select from_framework f, from_ref r, to_framework tf, to_ref tr from item_mappings where strength <> 'related'
                           union select to_framework, to_ref, from_framework, from_ref from item_mappings where strength <> 'related')
            select distinct p.f || ':' || p.r from pairs p join frameworks k on k.key = p.f join controls c on c.framework = p.f and c.ref = p.r
            where not k.archived and not k.reference and c.applicable
              and not exists (select from request_items s where s.framework = p.f and s.ref = p.r)
              and exists (select from request_items s join frameworks o on o.key = s.framework where s.framework = p.tf and s.ref = p.tr and not o.archived and not o.reference)
            """)).Order(StringComparer.Ordinal);
        var mapped = (await GapsAsync()).OnlyMapped.ToList();
        Assert.NotEmpty(mapped);
        Assert.Equal(refs, mapped.Select(one => ShowGaps.KeyOf(one.Item)).Order(StringComparer.Ordinal));
        Assert.All(mapped, one => Assert.All(one.By, by => Assert.NotEmpty(by.Requests)));
    }

    [Fact]
    public async Task Who_left_and_who_is_on_leave_today_own_nothing_and_the_line_leads_to_the_change_of_owner()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await Browsing.PageAsync(manami, "/controls/gaps?kind=owner");
        Assert.Contains("退職 2026/11/20（金）", Browsing.Plain(page));
        Assert.Contains("不在 2026/11/1（日）～2026/11/24（火）", Browsing.Plain(page).Replace("～ ", "～").Replace(" ～", "～"));
        var href = WebUtility.HtmlDecode(Regex.Match(page, "href=\"(/evidence/requests/bulk[^\"]*)\"").Groups[1].Value);
        Assert.Contains("鍵台帳の点検", await Browsing.PageAsync(manami, href));
    }

    [Fact]
    public async Task An_owner_sees_and_counts_their_own_only_and_mends_nothing_here()
    {
        await desk.App.Database.ArrangeAsync("update controls set owner_id = @alice where framework = 'iso27001-2022' and ref = 'A.8.9'", new { alice = Cast.Alice.PersonId });
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await Browsing.PageAsync(alice, "/controls/gaps");
        Assert.Contains("依頼のない項番 1", Browsing.Plain(page));
        Assert.Contains("A.8.9", page);
        Assert.DoesNotContain("/controls/gaps/adopt?", page);
        Assert.DoesNotContain("/evidence/requests/new", page);
        Assert.Contains("担当のいない依頼 0", Browsing.Plain(page));
        Assert.Equal(2, (await Desk.WorkbookAsync(alice, page))[1].Rows.Count);
        using var closed = await alice.GetAsync("/controls/gaps/adopt?id=iso27001-2022:A.8.9");
        Assert.NotEqual(HttpStatusCode.OK, closed.StatusCode);
    }

    [Fact]
    public async Task Templates_for_missing_items_become_requests_at_once_and_never_twice()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        const string Address = "/controls/gaps/adopt?id=safe-security-isp:8&id=iso27001-2022:A.8.2";
        var page = await Browsing.PageAsync(manami, Address);
        var offered = Regex.Matches(page, "name=\"Input.Entries\" value=\"(EV\\d+)\"[^>]*checked").Select(match => match.Groups[1].Value).ToList();
        Assert.Contains("EV02", offered);
        (string, string)[] fields = [.. offered.Select(entry => ("Input.Entries", entry)), ("Input.Owner", Cast.Alice.EmployeeNo), ("Input.Reviewer", Cast.Bob.EmployeeNo), ("Input.StartOn", "2026/11/24"), ("do", "adopt")];
        // Whoever sends them at the same time waits and makes nothing more.
        var sent = await Task.WhenAll(manami.SendAsync(page, Address, fields), manami.SendAsync(page, Address, fields));
        Assert.All(sent, answer => Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode));
        Assert.Equal(offered.Count, await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests where adopted_from = any(@offered)", new { offered = offered.ToArray() }));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests r where adopted_from is not null and not exists (select from collections c where c.request_id = r.id) and not exists (select from request_versions v where v.request_id = r.id and v.every = 'event')"));
        Assert.DoesNotContain((await GapsAsync()).NoRequest, one => ShowGaps.KeyOf(one.Item) == "iso27001-2022:A.8.2");
        page = Browsing.Plain(await Browsing.PageAsync(manami, Address));
        Assert.Contains("選んだ項番には、もう依頼があります。", page);
    }

    [Fact]
    public async Task A_refused_choice_makes_nothing_and_keeps_what_was_chosen()
    {
        var before = await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        const string Address = "/controls/gaps/adopt?id=iso27001-2022:A.5.24&id=iso27001-2022:A.8.13";
        var page = await Browsing.PageAsync(manami, Address);
        using var refused = await manami.SendAsync(page, Address, ("Input.Entries", Regex.Match(page, "value=\"(EV\\d+)\"").Groups[1].Value), ("Input.Owner", Cast.Alice.EmployeeNo), ("Input.Reviewer", Cast.Alice.EmployeeNo), ("Input.StartOn", "2026/11/24"), ("do", "adopt"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Single(Regex.Matches(await refused.Content.ReadAsStringAsync(), "name=\"Input.Entries\"[^>]*checked"));
        await Assert.ThrowsAsync<InvalidInput>(() => desk.App.Get<AdoptFromLibrary>().RunAsync(Desk.Manager, new AdoptInput(["EV20", "EV999"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, new(2026, 11, 24)), default));
        await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<AdoptFromLibrary>().RunAsync(Desk.User(Cast.Alice, Role.ControlOwner), new AdoptInput(["EV20"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, new(2026, 11, 24)), default));
        Assert.Equal(before, await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests"));
    }

    [Fact]
    public async Task An_item_is_put_into_the_form_of_a_request_that_is_running()
    {
        var id = (await desk.App.Database.ListAsync<long>("select min(id) from evidence_requests"))[0];
        var page = await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Manami), $"/evidence/requests/{id}/edit?item=iso27001-2022:A.5.15");
        Assert.Matches("name=\"Input.Items\" value=\"iso27001-2022:A.5.15\"", page);
        Assert.Matches("name=\"Input.Items\" value=\"iso27001-2022:A.5.18\"", page);
    }
}
