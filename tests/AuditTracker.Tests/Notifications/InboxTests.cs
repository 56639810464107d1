using System.Net;
using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

public sealed class InboxTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:10:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task What_mails_tell_stands_in_the_inbox_of_its_person_and_nobody_elses()
    {
        await TellAsync(1);
        await app.Get<SendMails>().RunAsync(default);
        var alice = await app.PagesAsAsync(Cast.Alice);

        var page = await alice.PageAsync("/inbox");
        Assert.Contains("証跡の依頼：アクセス権棚卸し", page);
        Assert.Contains("未読の通知が1件あります", page);
        Assert.Contains("data-unread", page);
        Assert.DoesNotContain("アクセス権棚卸し", await (await app.PagesAsAsync(Cast.Mallory)).PageAsync("/inbox"));
        // A compliance manager sees everybody's mails, and only their own notices here.
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("アクセス権棚卸し", await manager.PageAsync("/inbox"));
        var id = await app.Database.ScalarAsync<long>("select max(id) from notices");
        Assert.Equal(HttpStatusCode.NotFound, (await manager.PostFormAsync("/inbox", "/inbox?handler=read", ("id", $"{id}"))).StatusCode);
        await manager.GetAsync($"/evidence/requests?inbox={id}");
        await manager.GetAsync($"/evidence/requests?notice={id}");
        Assert.Equal(1L, await UnreadAsync(alice));
        Assert.True(await app.Database.ScalarAsync<bool>("select read_at is null and opened_at is null from notices"));
    }

    [Fact]
    public async Task Opening_marks_read_and_the_link_of_the_mail_counts_as_opened_once()
    {
        await TellAsync(1);
        await TellAsync(2);
        await app.Get<SendMails>().RunAsync(default);
        var (first, second) = await FirstTwoAsync();
        var text = await app.Database.ScalarAsync<string>("select body_text from mails where state = 'accepted'");
        Assert.Contains($"/evidence/collections/1?notice={first}", text);

        // A scanner follows the link without a session: it is sent to the sign-in page, and nobody has opened anything.
        var scanner = await app.Anonymous().GetAsync($"/inbox?notice={first}");
        Assert.StartsWith("/sign-in?back=", scanner.Headers.Location!.ToString());
        Assert.Contains($"notice%3D{first}", scanner.Headers.Location!.ToString());
        Assert.Equal(2L, await app.Database.ScalarAsync<long>("select count(*) from notices where opened_at is null"));

        var alice = await app.PagesAsAsync(Cast.Alice);
        var followed = await alice.GetAsync($"/inbox?unread=true&notice={first}");
        Assert.Equal("/inbox?unread=true", followed.Headers.Location!.ToString());
        var opened = await app.Database.ScalarAsync<DateTime>("select opened_at from notices where id = @first", new { first });
        await app.Database.SetClockAsync("2026-11-24T11:00:00");
        await alice.GetAsync($"/inbox?notice={first}");
        Assert.Equal(opened, await app.Database.ScalarAsync<DateTime>("select opened_at from notices where id = @first", new { first }));
        Assert.Equal(1L, await UnreadAsync(alice));

        // By the inbox it is read, and the mail's link was not followed.
        await alice.GetAsync($"/inbox?inbox={second}");
        Assert.True(await app.Database.ScalarAsync<bool>("select read_at is not null and opened_at is null from notices where id = @second", new { second }));
        Assert.Equal(0L, await UnreadAsync(alice));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.GetAsync("/inbox?notice=99999999999999999999")).StatusCode);
    }

    [Fact]
    public async Task All_read_means_what_was_shown()
    {
        await TellAsync(1);
        var alice = await app.PagesAsAsync(Cast.Alice);
        var shown = await app.Database.ScalarAsync<long>("select max(id) from notices");
        await TellAsync(2);
        await alice.PostFormAsync("/inbox", "/inbox?handler=all", ("upTo", $"{shown}"));
        Assert.Equal(1L, await UnreadAsync(alice));
        // What is settled needs no reading.
        await app.Database.ArrangeAsync("update notices set closed_at = business_now() where id > @shown", new { shown });
        Assert.Equal(0L, await UnreadAsync(alice));
        Assert.Contains("済み", await alice.PageAsync("/inbox"));
    }

    [Fact]
    public async Task A_long_list_is_paged()
    {
        for (var i = 1; i <= 60; i++)
        {
            await TellAsync(i);
        }
        var alice = await app.PagesAsAsync(Cast.Alice);
        var (seen, path) = (0, "/inbox");
        for (var pages = 0; path.Length > 0 && pages < 5; pages++)
        {
            var page = await alice.PageAsync(path);
            seen += System.Text.RegularExpressions.Regex.Count(page, "class=\"name\"");
            path = System.Text.RegularExpressions.Regex.Match(page, "href=\"(/inbox\\?after=[^\"]+)\"").Groups[1].Value;
        }
        Assert.Equal(60, seen);
    }

    [Fact]
    public async Task Asking_for_the_count_again_and_again_keeps_no_session_alive()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        await app.Database.ArrangeAsync("update sessions set seen_at = now() - interval '20 minutes'");
        var before = await app.Database.ScalarAsync<DateTime>("select max(seen_at) from sessions");
        alice.DefaultRequestHeaders.Add(IdentifyCaller.PollHeader, "1");
        Assert.Equal(0L, await UnreadAsync(alice));
        Assert.Equal(before, await app.Database.ScalarAsync<DateTime>("select max(seen_at) from sessions"));
        alice.DefaultRequestHeaders.Remove(IdentifyCaller.PollHeader);
        await UnreadAsync(alice);
        Assert.NotEqual(before, await app.Database.ScalarAsync<DateTime>("select max(seen_at) from sessions"));
    }

    private async Task<(long, long)> FirstTwoAsync() => (await app.Database.ScalarAsync<long>("select min(id) from notices"), await app.Database.ScalarAsync<long>("select max(id) from notices"));

    private static async Task<long> UnreadAsync(HttpClient client) =>
        System.Text.Json.JsonDocument.Parse(await client.GetStringAsync("/inbox?handler=count")).RootElement.GetProperty("unread").GetInt64();

    private async Task TellAsync(long collection)
    {
        await using var work = await app.Database.BeginAsync();
        await work.TellAsync(SendMailsTests.Opened(collection, Cast.Alice));
        await work.CommitAsync();
    }
}
