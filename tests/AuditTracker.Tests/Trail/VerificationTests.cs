using System.Net;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

/// <summary>A verification asked for on the page, done by any worker, and what people learn of it.</summary>
public sealed class VerificationTests : IAsyncLifetime
{
    private const string Change = "update trail.entry_values set value = '別人' where (entry_id, side, name) = (select entry_id, side, name from trail.entry_values order by entry_id limit 1)";
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SealAllAsync();
    }

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Asked_for_once_done_by_a_worker_and_shown_with_who_when_and_how_long()
    {
        var adam = await app.PagesAsAsync(Cast.Adam);
        Assert.Contains("Not verified yet", await adam.PageAsync("/trail"));
        Assert.Equal(HttpStatusCode.Redirect, (await AskAsync(adam)).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await AskAsync(await app.PagesAsAsync(Cast.Carol))).StatusCode);
        Assert.Equal("queued", await app.Database.ScalarAsync<string>("select state from trail_verifications"));
        Assert.Contains("\"state\":\"queued\"", await adam.GetStringAsync("/trail?handler=verification"));

        Assert.Equal(1, await RunAsync());

        var page = await adam.PageAsync("/trail");
        Assert.Contains("Sound", page);
        Assert.Contains("Asked for by 安達 望", page);
        Assert.Matches(@"\d+\.\d s, [\d,]+ entries", page);
        Assert.Equal(await app.Database.ScalarAsync<byte[]>("select head from trail.seals order by number desc limit 1 offset (select count(*) from trail.seals where number > (select seals from trail_verifications))"),
            await app.Database.ScalarAsync<byte[]>("select head from trail_verifications"));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from mails"));
        // Nothing is left to do, and it can be asked for again.
        Assert.Equal(0, await RunAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await AskAsync(await app.PagesAsAsync(Cast.Carol))).StatusCode);
    }

    [Fact]
    public async Task Others_who_read_the_trail_see_the_result_and_may_not_ask()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("handler=verify\"", await manami.PageAsync("/trail"));
        Assert.Equal(HttpStatusCode.NotFound, (await manami.PostFormAsync("/profile", "/trail?handler=verify")).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from trail_verifications"));
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Tom)).GetAsync("/trail?handler=verification")).StatusCode);
    }

    [Fact]
    public async Task What_is_found_is_named_on_the_page_told_by_mail_once_and_stands_under_the_header_until_it_is_sound_again()
    {
        await app.Database.ArrangeAsync("create table kept as select * from trail.entry_values");
        await app.Database.ArrangeAsync(Change);
        var adam = await app.PagesAsAsync(Cast.Adam);
        await AskAsync(adam);
        Assert.Equal(1, await RunAsync());
        var page = await adam.PageAsync("/trail");
        Assert.Matches("1 fault[^s]", page);
        Assert.Matches("First fault: Entry [0-9]+: the personal value", page);
        Assert.Contains("The last verification of the trail found faults", await adam.PageAsync("/"));
        Assert.Contains("操作記録の検証で異常が見つかったか", await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/"));
        Assert.Matches("1 fault[^s]", await adam.PageAsync("/health"));
        Assert.Equal([Cast.Manami.PersonId, Cast.Adam.PersonId], await app.Database.ListAsync<long>("select m.person_id from mails m join notices n on n.mail_id = m.id where n.template = 'accounts/trail-unsound' order by 1"));

        await app.Database.ArrangeAsync("update trail.entry_values v set value = k.value from kept k where (v.entry_id, v.side, v.name) = (k.entry_id, k.side, k.name) and v.value is distinct from k.value");
        await AskAsync(adam);
        await RunAsync();
        Assert.DoesNotContain("The last verification of the trail", await adam.PageAsync("/"));
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from mails"));
    }

    [Fact]
    public async Task A_worker_that_was_killed_is_followed_by_another_and_one_that_always_dies_is_told()
    {
        await AskAsync(await app.PagesAsAsync(Cast.Adam));
        var work = app.Get<RunVerifications>();
        Assert.NotNull(await work.ClaimAsync(default));
        Assert.Equal(0, await RunAsync());
        await ExpireAsync();
        Assert.Equal(1, await RunAsync());
        Assert.Equal("done", await app.Database.ScalarAsync<string>("select state from trail_verifications"));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'trail.verified'"));

        await AskAsync(await app.PagesAsAsync(Cast.Adam));
        for (var i = 0; i < 3; i++)
        {
            Assert.NotNull(await work.ClaimAsync(default));
            await ExpireAsync();
        }
        Assert.Equal(0, await RunAsync());
        Assert.Equal(["done", "failed"], await app.Database.ListAsync<string>("select state from trail_verifications order by id"));
        Assert.Contains("could not be carried through", await (await app.PagesAsAsync(Cast.Adam)).PageAsync("/trail"));
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from mails"));
    }

    [Fact]
    public async Task It_comes_round_every_week_once_and_not_by_the_clock_of_a_demo()
    {
        await app.Database.SetClockAsync("2031-01-06T09:00:00");
        Assert.Equal(0, await RunAsync());
        await app.Database.ArrangeAsync("insert into trail_verifications (asked_at, made_at, state, finished_at, findings) values (now(), now() - interval '6 days', 'done', now(), 0)");
        Assert.Equal(0, await RunAsync());
        await app.Database.ArrangeAsync("update trail_verifications set made_at = now() - interval '30 days'");
        Assert.Equal(1, await RunAsync());
        Assert.Equal(0, await RunAsync());
        Assert.Contains("毎週の検証", await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/trail"));
    }

    private static Task<HttpResponseMessage> AskAsync(HttpClient pages) => pages.PostFormAsync("/profile", "/trail?handler=verify");

    private Task<int> RunAsync() => app.Get<RunVerifications>().RunAsync();

    private Task ExpireAsync() => app.Database.ArrangeAsync("update trail_verifications set lease_until = now() - interval '1 second' where state = 'running'");
}
