using System.Net;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.Overview;

public sealed class PersonPageTests : IAsyncLifetime
{
    private TestApp app = null!;
    private HttpClient pages = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        pages = await app.PagesAsAsync(Cast.Manami);
        var manager = app.As(Cast.Manami);
        await manager.ImportAsync(Lines(Person("0001", title: "部長"), Person("0002", name: "髙﨑 花子", manager: "0001"), Person("0003", left: "2026/3/31")), "?apply=true&effective=2026-04-01");
        await manager.ImportAsync(Lines(Person("0001", title: "部長"), Person("0002", name: "髙﨑 花子", code: "D800", department: "品質部", title: "課長")), "?apply=true&effective=2026-10-01");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Posts_are_shown_on_any_day_and_what_happened_below_them()
    {
        var today = await pages.PageAsync("/people/0002");
        Assert.Contains("品質部 課長", today);
        Assert.Contains("異動", today);
        Assert.Contains("入社", today);
        var before = await pages.PageAsync("/people/0002?on=2026/9/30");
        Assert.Contains(">開発部 </span>", before);
        Assert.DoesNotContain(">品質部 課長</span>", before);
        Assert.Contains("/accounts/invite?find=0002", today);
        Assert.Contains("まだありません", today);
        Assert.Contains("利用中", await pages.PageAsync("/people/" + Cast.Alice.EmployeeNo));
        // The head sees the record; the account is the inviters' matter, and changing the manager's.
        var hana = await (await app.PagesAsAsync(Cast.Hana)).PageAsync("/people/" + Cast.Alice.EmployeeNo);
        Assert.DoesNotContain("利用中", hana);
        Assert.DoesNotContain("兼務を追加", hana);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Mallory)).GetAsync("/people/0002")).StatusCode);
    }

    [Fact]
    public async Task A_concurrent_post_begins_and_ends_on_the_page()
    {
        const string Path = "/people/0002";
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Path, null, ("Input.Code", "D1"), ("Input.Title", "部長代理"), ("Input.From", "2026/11/1"))).StatusCode);
        Assert.Contains("第一部 部長代理", await pages.PageAsync(Path));
        Assert.Contains("髙﨑 花子", await pages.PageAsync("/people?department=D1"));
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Path, null, ("Input.Code", "D1"), ("Input.Title", "部長代理"), ("Input.From", "2026-11-01"), ("Input.To", "2026/11/30"))).StatusCode);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from posts where not is_primary and to_on = '2026-11-30'"));
        var wrong = await pages.PostFormAsync(Path, null, ("Input.Code", "D800"), ("Input.From", "2026/11/1"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        Assert.Contains("すでに部門「D800」に所属しています", await wrong.TextAsync());
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostFormAsync(Path, null, ("Input.Code", "D2"), ("Input.From", "いつか"))).StatusCode);
        // One's own page may be opened, not changed.
        var alice = await app.PagesAsAsync(Cast.Alice);
        Assert.Equal(HttpStatusCode.NotFound, (await alice.PostFormAsync("/tokens", "/people/" + Cast.Alice.EmployeeNo, ("Input.Code", "D2"), ("Input.From", "2026/11/1"))).StatusCode);
    }

    [Fact]
    public async Task The_list_is_narrowed_to_those_on_leave_or_gone_and_leave_is_not_the_administrators_to_see()
    {
        await app.Database.ArrangeAsync("insert into leaves (person_id, kind, from_on) select id, 'childcare', '2026-10-01' from people where employee_no = '0002'");
        var leave = await pages.PageAsync("/people?state=leave");
        Assert.Contains("髙﨑 花子", leave);
        Assert.DoesNotContain("/people/0001", leave);
        Assert.DoesNotContain("髙﨑 花子", await pages.PageAsync("/people?state=leave&on=2026/9/30"));
        var gone = await pages.PageAsync("/people?state=left");
        Assert.Contains("/people/0003", gone);
        Assert.DoesNotContain("髙﨑 花子", gone);
        Assert.Contains("育児休業", await pages.PageAsync("/people/0002"));
        Assert.DoesNotContain("髙﨑 花子", await (await app.PagesAsAsync(Cast.Adam)).PageAsync("/people?state=leave"));
    }

    [Fact]
    public async Task Appointments_of_the_day_stand_on_the_page()
    {
        await app.Database.ArrangeAsync("""
            insert into appointments (kind, apart, single, person_id, from_on, by_actor, at) select k.key, k.apart, k.single, p.id, '2026-04-01', 'operator:test', now() from people p, appointment_kinds k
            where p.employee_no = '0002' and not k.per_department order by k.position limit 1
            """);
        var title = await app.Database.ScalarAsync<string?>("select k.title_ja from appointments a join appointment_kinds k on k.key = a.kind");
        var page = await pages.PageAsync("/people/0002");
        Assert.Equal(title is not null, page.Contains("<dt>任命</dt>"));
        Assert.Contains(title ?? "", page);
        Assert.DoesNotContain("<dt>任命</dt>", await pages.PageAsync("/people/0002?on=2026/3/31"));
    }
}
