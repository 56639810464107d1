using System.Net;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Overview;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>The outlook is what comes true when the day has come, both ways; and coverage by department and safety measure is what the tables say.</summary>
public sealed class AheadTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly string[] Frameworks = ["iso27001-2022", "pmark-jisq15001-2023"];

    private async Task<Dictionary<string, CoverageState>> StatesAsync(Func<CoverageStore, string, Task<IReadOnlyDictionary<string, ItemCoverage>>> ask)
    {
        var found = new Dictionary<string, CoverageState>();
        foreach (var framework in Frameworks)
        {
            foreach (var (itemRef, coverage) in await ask(desk.App.Get<CoverageStore>(), framework))
            {
                found[$"{framework}:{itemRef}"] = coverage.State;
            }
        }
        return found;
    }

    private async Task AcceptAsync(long collection)
    {
        await desk.HandInAsync(collection, Cast.Alice, "id,name");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), collection, Decision.Accept, "");
    }

    [Fact]
    public async Task The_outlook_comes_true_when_nothing_comes_in_and_when_everything_does()
    {
        var quarterly = await desk.RequestAsync(startOn: "2026-07-01");
        await desk.RequestAsync("月次の点検", startOn: "2026-09-01", every: PeriodKind.Month, item: "iso27001-2022:A.8.13");
        var yearly = await desk.RequestAsync("年次の教育", startOn: "2026-04-01", every: PeriodKind.Year, item: "iso27001-2022:A.6.3");
        await desk.RequestAsync("これから始まる依頼", startOn: "2027-02-01", every: PeriodKind.Month, item: "iso27001-2022:A.7.4");
        var ending = await desk.RequestAsync("もうすぐ終わる依頼", startOn: "2026-10-01", every: PeriodKind.Month, item: "iso27001-2022:A.7.5");
        await desk.App.Get<ChangeRequests>().RunAsync(Desk.Manager, RequestsAct.End, new RequestFilter(Ids: [ending]), null, new(2027, 1, 31), default);
        await AcceptAsync(await desk.CollectionAsync(quarterly, "2026-07-01"));
        Assert.True(yearly > 0);

        var on = new DateOnly(2027, 6, 30);
        var nothing = await StatesAsync((store, framework) => store.OnDayAsync(framework, on, handedIn: false));
        var planned = await StatesAsync((store, framework) => store.OnDayAsync(framework, on, handedIn: true));
        Assert.Contains(CoverageState.Covered, planned.Values);
        Assert.NotEqual(planned.Count(pair => pair.Value == CoverageState.Covered), nothing.Count(pair => pair.Value == CoverageState.Covered));
        Assert.Equal(CoverageState.Missing, planned["iso27001-2022:A.7.5"]);
        Assert.Equal(await StatesAsync((store, framework) => store.OfFrameworkAsync(framework)), await StatesAsync((store, framework) => store.OnDayAsync(framework, new(2026, 11, 24), handedIn: false)));

        await desk.App.Database.SetClockAsync("2027-06-30 09:00");
        await desk.App.Get<ExtendPlans>().RunAsync(CancellationToken.None);
        await desk.App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        Assert.Equal(await StatesAsync((store, framework) => store.OfFrameworkAsync(framework)), nothing);

        foreach (var collection in await desk.App.Database.ListAsync<long>("select id from collections where due_on <= '2027-06-30' and state in ('open', 'returned') order by due_on, id"))
        {
            await AcceptAsync(collection);
        }
        Assert.Equal(await StatesAsync((store, framework) => store.OfFrameworkAsync(framework)), planned);

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await Browsing.PageAsync(manami, "/controls/coverage/ahead?on=2027-12-31");
        var ahead = await desk.App.Get<ShowAhead>().RunAsync(Desk.Manager, new(2027, 12, 31), null, default);
        Assert.Contains($"{ahead.Frameworks[0].Planned.Covered} / {ahead.Frameworks[0].Planned.Applicable} ({ahead.Frameworks[0].Planned.Percent}%)", Browsing.Plain(page));
        Assert.Equal(ahead.Items.Count, (await Desk.WorkbookAsync(manami, page))[1].Rows.Count - 1);
        foreach (var wrong in new[] { "2020-01-01", "2029-01-01", "いつか" })
        {
            using var refused = await manami.GetAsync($"/controls/coverage/ahead?on={wrong}");
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(wrong, await refused.Content.ReadAsStringAsync().ContinueWith(read => WebUtility.HtmlDecode(read.Result)));
        }
    }

    [Fact]
    public async Task All_that_a_new_plan_asks_for_covers_its_item_a_year_later()
    {
        await using var own = new Desk();
        await own.InitializeAsync();
        await own.App.Database.SetClockAsync("2026-11-24 09:00");
        foreach (var every in new[] { PeriodKind.Month, PeriodKind.Half, PeriodKind.Year })
        {
            await own.RequestAsync($"{every}", startOn: "2026-11-01", every: every, item: $"iso27001-2022:{every switch { PeriodKind.Month => "A.8.13", PeriodKind.Half => "A.8.14", _ => "A.8.15" }}");
        }
        var ahead = await own.App.Get<CoverageStore>().OnDayAsync("iso27001-2022", new(2027, 12, 31), handedIn: true);
        Assert.Equal((CoverageState.Covered, CoverageState.Covered, CoverageState.Covered), (ahead["A.8.13"].State, ahead["A.8.14"].State, ahead["A.8.15"].State));
    }

    [Fact]
    public async Task A_bare_statement_that_waits_for_review_promises_nothing_where_a_signature_is_asked_for()
    {
        await using var own = new Desk();
        await own.InitializeAsync();
        var alice = Desk.User(Cast.Alice, Role.ControlOwner);
        async Task<long> HandedInAsync(string item, string? statement)
        {
            var collection = await own.CollectionAsync(await own.RequestAsync("ポリシーの見直し", startOn: "2026-07-01", item: $"safe-security-isp:{item}"), "2026-07-01");
            if (statement is null)
            {
                await own.HandInAsync(collection, Cast.Alice, "署名と押印");
            }
            else
            {
                await own.App.Get<HandIn>().SubmitAsync(alice, collection, new HandInInput("", [], statement, null, null, []));
            }
            return collection;
        }
        await HandedInAsync("1.1.3", "見直しました");
        await HandedInAsync("1.1.4", null);
        var ahead = await own.App.Get<CoverageStore>().OnDayAsync("safe-security-isp", new(2026, 12, 1), handedIn: true);
        Assert.Equal((CoverageState.Stale, CoverageState.Covered), (ahead["1.1.3"].State, ahead["1.1.4"].State));
        // Behind the twelve months that are planned, what the rule will have asked for came in as well, and without it all is stale.
        foreach (var (handedIn, state) in new[] { (true, CoverageState.Covered), (false, CoverageState.Stale) })
        {
            Assert.Equal(state, (await own.App.Get<CoverageStore>().OnDayAsync("safe-security-isp", new(2028, 6, 30), handedIn))["1.1.4"].State);
        }
    }

    [Fact]
    public async Task Departments_and_safety_measures_are_counted_as_the_tables_say_and_every_number_opens_its_items()
    {
        await desk.App.Database.ArrangeAsync("update controls set owner_id = @alice where framework = 'iso27001-2022' and ref in ('A.5.18', 'A.5.19', 'A.6.3', 'A.8.13'); update controls set owner_id = @bob where framework = 'iso27001-2022' and ref = 'A.7.2'",
            new { alice = Cast.Alice.PersonId, bob = Cast.Bob.PersonId });
        var now = await desk.App.Get<ShowCoverage>().RunAsync(Desk.Manager, "iso27001-2022", await desk.App.Get<CompanyDays>().LoadAsync(default), default);
        Assert.Equal([("D1", 4), ("D2", 1), (null, now.Frameworks[0].Now.Applicable - 5)], now.ByDepartment.Select(share => (share.Key, share.Applicable)).OrderBy(pair => pair.Key ?? "z").Select(pair => ((string?)pair.Key, pair.Applicable)));
        foreach (var share in now.ByMeasure)
        {
            Assert.Equal(await desk.App.Database.ScalarAsync<long>("""
                select count(distinct from_ref) from item_mappings p join items m on m.framework = p.to_framework and m.ref = p.to_ref
                where p.from_framework = 'iso27001-2022' and p.to_framework = 'appi-safety-measures' and p.strength <> 'related' and m.theme = @theme
                """, new { theme = share.Key }), share.States.Values.Sum());
        }
        Assert.Equal(["general", "organizational", "people", "physical", "technological"], now.ByMeasure.Select(share => share.Key));
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        foreach (var (key, share) in now.ByMeasure.Select(share => ("measure", share)).Concat(now.ByDepartment.Select(share => ("department", share))))
        {
            Assert.Contains($">{share.States.Values.Sum()}項番<", await Browsing.PageAsync(manami, $"/controls?framework=iso27001-2022&{key}={share.Key ?? ItemFilter.NoOwner}"));
        }
    }
}
