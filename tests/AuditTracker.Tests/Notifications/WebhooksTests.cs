using System.Net;
using System.Text.Json;
using AuditTracker.Notifications;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

/// <summary>Events told to other systems, against a real receiver on the loopback that answers as a test wants it.</summary>
public sealed class WebhooksTests : IAsyncLifetime
{
    private readonly WebhookReceiver receiver = new();
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        await receiver.StartAsync();
        app = await TestApp.StartAsync(("AuditTracker:Webhooks:Private", "127.0.0.1"), ("AuditTracker:Webhooks:Chatwork", $"{receiver.Address}chatwork"));
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Fact]
    public async Task What_happens_is_told_signed_and_once_when_it_was_taken()
    {
        var secret = await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted", "collection.returned");
        var collection = await HandInAsync();
        Assert.Equal(1, await SendAsync());
        Assert.Equal(0, await SendAsync());
        var got = Assert.Single(receiver.Got);
        var body = JsonDocument.Parse(got.Body).RootElement;
        Assert.Equal(("collection.submitted", $"collection:{collection}", "アクセス権棚卸し"), (body.GetProperty("event").GetString(), body.GetProperty("subject").GetString(), body.GetProperty("title").GetString()));
        Assert.EndsWith($"/evidence/collections/{collection}", body.GetProperty("url").GetString());
        Assert.Equal("2026-07-01", body.GetProperty("period").GetProperty("from").GetString());
        Assert.DoesNotContain(Cast.Alice.Name, got.Body);
        Assert.Equal(body.GetProperty("id").GetString(), got.Headers["X-AuditTracker-Event-Id"]);

        // As a receiver checks it: the time is in what is signed.
        var signature = got.Headers[WebhookMessage.SignatureHeader].Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        using var hmac = new System.Security.Cryptography.HMACSHA256(System.Text.Encoding.UTF8.GetBytes(secret!));
        Assert.Equal(Convert.ToHexStringLower(hmac.ComputeHash(System.Text.Encoding.UTF8.GetBytes($"{signature["t"]}.{got.Body}"))), signature["v1"]);
        Assert.InRange(DateTimeOffset.UtcNow.ToUnixTimeSeconds() - long.Parse(signature["t"]), 0, 60);

        (await app.DecideAsync(Cast.Bob, collection, "return", "もう一度")).EnsureSuccessStatusCode();
        Assert.Equal(1, await SendAsync());
        Assert.Contains("collection.returned", receiver.Got.Last().Body);
        // Nobody chose this one.
        (await app.SubmitAsync(Cast.Alice, collection)).EnsureSuccessStatusCode();
        (await app.DecideAsync(Cast.Bob, collection, "accept", "")).EnsureSuccessStatusCode();
        Assert.Equal(1, await SendAsync());
        Assert.DoesNotContain("accepted", string.Concat(receiver.Got.Select(one => one.Body)));
    }

    [Fact]
    public async Task Slack_Teams_and_Chatwork_get_it_in_their_own_way_and_titles_stay_text()
    {
        await AddAsync("slack", $"{receiver.Address}slack/T0/B0/secret", "collection.submitted");
        await AddAsync("teams", $"{receiver.Address}teams", "collection.submitted");
        await AddAsync("chatwork", "12345", "collection.submitted");
        await HandInAsync("<!channel> [To:1] *棚卸し* & [x](http://evil.test)");
        Assert.Equal(3, await SendAsync());
        var slack = JsonDocument.Parse(receiver.Got.Single(one => one.Path == "/slack/T0/B0/secret").Body).RootElement.GetProperty("text").GetString()!;
        Assert.StartsWith("*証跡が提出されました*\n<http", slack);
        Assert.Contains("&lt;!channel&gt;", slack);
        var card = JsonDocument.Parse(receiver.Got.Single(one => one.Path == "/teams").Body).RootElement.GetProperty("attachments")[0].GetProperty("content");
        Assert.Equal("AdaptiveCard", card.GetProperty("type").GetString());
        Assert.DoesNotContain("[x](", card.GetProperty("body")[1].GetProperty("text").GetString());
        var chatwork = receiver.Got.Single(one => one.Path == "/chatwork/rooms/12345/messages");
        Assert.Equal("token-of-chatwork", chatwork.Headers["X-ChatWorkToken"]);
        var said = WebUtility.UrlDecode(chatwork.Body);
        Assert.StartsWith("body=[info][title]証跡が提出されました[/title]", said);
        Assert.DoesNotContain("[To:1]", said);
    }

    [Fact]
    public async Task A_receiver_that_is_out_of_order_is_asked_again_later_with_the_same_number_and_given_up_in_the_end()
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await HandInAsync();
        receiver.Answer = _ => 503;
        Assert.Equal(0, await SendAsync());
        Assert.Equal("deferred", await StateAsync());
        Assert.Equal(0, await SendAsync());
        Assert.Single(receiver.Got);
        for (var i = 2; i <= SendWebhooks.MostAttempts; i++)
        {
            await DueAsync();
            await SendAsync();
        }
        Assert.Equal("dead", await StateAsync());
        Assert.Equal(SendWebhooks.MostAttempts, receiver.Got.Count);
        Assert.Single(receiver.Got.Select(one => one.Headers["X-AuditTracker-Event-Id"]).Distinct());
        Assert.Equal((long)SendWebhooks.MostAttempts, await app.Database.ScalarAsync<long>("select count(*) from webhook_attempts where status = 503"));

        // From the page it is tried again.
        receiver.Answer = _ => 204;
        var adam = await app.PagesAsAsync(Cast.Adam);
        Assert.Contains("given up", await PageForms.PageAsync(adam, "/webhooks"));
        var delivery = await app.Database.ScalarAsync<long>("select id from webhook_deliveries");
        Assert.Equal(HttpStatusCode.Redirect, (await adam.PostFormAsync("/webhooks/1", "/webhooks/1?handler=retry", ("delivery", $"{delivery}"))).StatusCode);
        Assert.Equal(1, await SendAsync());
        Assert.Equal("done", await StateAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await adam.PostFormAsync("/webhooks/1", "/webhooks/1?handler=retry", ("delivery", $"{delivery}"))).StatusCode);
    }

    [Theory]
    [InlineData(302)]
    [InlineData(404)]
    [InlineData(410)]
    public async Task A_redirect_is_not_followed_and_a_wrong_address_not_asked_again(int status)
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await HandInAsync();
        receiver.Answer = _ => status;
        await SendAsync();
        Assert.Equal("dead", await StateAsync());
        Assert.Equal("/hook", Assert.Single(receiver.Got).Path);
    }

    [Fact]
    public async Task A_worker_that_ends_before_or_after_the_answer_leaves_it_to_be_sent_again_with_the_same_number()
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await HandInAsync();
        // Ended after it was claimed, or after the receiver had it: the row is the same.
        await app.Database.ArrangeAsync("update webhook_deliveries set state = 'sending', attempts = 1, lease_until = clock_timestamp() + interval '1 minute'");
        Assert.Equal(0, await SendAsync());
        Assert.Empty(receiver.Got);
        await app.Database.ArrangeAsync("update webhook_deliveries set lease_until = clock_timestamp() - interval '1 second'");
        Assert.Equal(1, await SendAsync());
        Assert.Equal(("done", 2L), (await StateAsync(), await app.Database.ScalarAsync<long>("select attempts from webhook_deliveries")));

        // Two workers at once: each delivery once.
        for (var i = 0; i < 12; i++)
        {
            await app.Get<Webhooks>().TestAsync(await AdamAsync(), 1, default);
        }
        receiver.Delay = TimeSpan.FromMilliseconds(30);
        await Task.WhenAll(SendAsync(), SendAsync(), SendAsync());
        Assert.Equal(13, receiver.Got.Count);
        Assert.Equal(13, receiver.Got.Select(one => one.Headers["X-AuditTracker-Event-Id"]).Distinct().Count());
    }

    [Fact]
    public async Task What_is_undone_is_told_to_nobody_and_a_paused_one_waits()
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await using (var work = await app.Database.BeginAsync())
        {
            await work.AnnounceAsync(new Announcement("collection.submitted", "collection:9", "x", "/"));
        }
        Assert.Equal(0L, await app.Database.ScalarAsync<long>("select count(*) from webhook_events"));
        await HandInAsync();
        var adam = await app.PagesAsAsync(Cast.Adam);
        await adam.PostFormAsync("/webhooks/1", "/webhooks/1?handler=pause");
        Assert.Equal(0, await SendAsync());
        await adam.PostFormAsync("/webhooks/1", "/webhooks/1?handler=resume");
        Assert.Equal(1, await SendAsync());
        await adam.PostFormAsync("/webhooks/1?check=end", "/webhooks/1?handler=end");
        Assert.True(await app.Database.ScalarAsync<bool>("select ended_at is not null and length(address) = 0 and secret is null from webhooks"));
        Assert.Equal(HttpStatusCode.NotFound, (await adam.GetAsync("/webhooks/1")).StatusCode);
    }

    [Fact]
    public async Task Addresses_and_keys_are_stored_protected_and_shown_to_nobody()
    {
        var secret = await AddAsync("generic", $"{receiver.Address}hook/very-secret-path", "collection.submitted");
        var adam = await app.PagesAsAsync(Cast.Adam);
        var pages = await PageForms.PageAsync(adam, "/webhooks") + await PageForms.PageAsync(adam, "/webhooks/1") + await PageForms.PageAsync(adam, "/trail");
        Assert.DoesNotContain("very-secret-path", pages);
        Assert.DoesNotContain(secret!, pages);
        Assert.Equal(0L, await app.Database.ScalarAsync<long>("select count(*) from webhooks where position('very-secret'::bytea in address) > 0 or position(@secret::bytea in secret) > 0", new { secret = System.Text.Encoding.ASCII.GetBytes(secret!) }));
        // A row's bytes open nothing in another row.
        await AddAsync("generic", $"{receiver.Address}other", "collection.submitted");
        await app.Database.ArrangeAsync("update webhooks set address = (select address from webhooks where id = 1) where id = 2");
        await app.Get<Webhooks>().TestAsync(await AdamAsync(), 2, default);
        Assert.Equal(0, await SendAsync());
        Assert.Empty(receiver.Got);
    }

    [Theory]
    [InlineData("slack", "ftp://hooks.example.test/x", "Input.Address")]
    [InlineData("slack", "https://user:pass@hooks.example.test/x", "Input.Address")]
    [InlineData("slack", "https://10.0.0.7/x", "Input.Address")]
    [InlineData("slack", "https://[::ffff:169.254.169.254]/x", "Input.Address")]
    [InlineData("chatwork", "https://x", "Input.Address")]
    [InlineData("generic", "", "Input.Address")]
    [InlineData("nonsense", "https://example.test/", "Input.Kind")]
    public async Task What_cannot_be_an_address_is_refused_at_its_field_and_stays_typed(string kind, string address, string field)
    {
        var adam = await app.PagesAsAsync(Cast.Adam);
        var answer = await adam.PostFormAsync("/webhooks/new", "/webhooks/new", ("Input.Name", "わたしの送り先"), ("Input.Kind", kind), ("Input.Address", address), ("Input.Token", "token-of-chatwork"), ("Input.Events", "mail.failed"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = await answer.TextAsync();
        Assert.Contains("わたしの送り先", page);
        Assert.Contains($"#{field.Replace('.', '_')}", page);
        Assert.Equal(0L, await app.Database.ScalarAsync<long>("select count(*) from webhooks"));
    }

    [Fact]
    public async Task A_name_that_means_this_machine_gets_nowhere_also_when_it_is_judged_only_at_the_connection()
    {
        using var http = GuardedHttp.Create([], TimeSpan.FromSeconds(5));
        foreach (var address in new[] { receiver.Address.ToString(), $"http://localhost:{receiver.Address.Port}/" })
        {
            var refused = await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetAsync(address));
            Assert.True(refused is AddressRefused || refused.InnerException is AddressRefused, refused.ToString());
        }
        Assert.Empty(receiver.Got);
        // Named by the operator it is reached, and a redirect is an answer, not a way.
        using var allowed = GuardedHttp.Create(PublicAddresses.Networks("127.0.0.0/8")!, TimeSpan.FromSeconds(5));
        receiver.Answer = _ => 302;
        Assert.Equal(HttpStatusCode.Found, (await allowed.GetAsync(receiver.Address)).StatusCode);
    }

    [Fact]
    public async Task A_receiver_that_never_answers_is_not_waited_for_long()
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await HandInAsync();
        receiver.Delay = TimeSpan.FromSeconds(30);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await SendAsync();
        Assert.InRange(watch.Elapsed, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(25));
        Assert.Equal("deferred", await StateAsync());
    }

    [Fact]
    public async Task A_key_that_was_lost_is_made_anew_shown_once_and_signs_from_then_on()
    {
        var lost = await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await AddAsync("slack", $"{receiver.Address}slack", "mail.failed");
        var adam = await app.PagesAsAsync(Cast.Adam);
        var page = await (await adam.PostFormAsync("/webhooks/1?check=key", "/webhooks/1?handler=key")).TextAsync();
        var secret = System.Text.RegularExpressions.Regex.Match(page, "whsec_[A-Za-z0-9_-]+").Value;
        Assert.True(secret.Length > 20 && secret != lost);
        Assert.DoesNotContain(secret, await PageForms.PageAsync(adam, "/webhooks/1"));
        await HandInAsync();
        Assert.Equal(1, await SendAsync());
        var got = receiver.Got.Single();
        var signature = got.Headers[WebhookMessage.SignatureHeader].Split(',').Select(part => part.Split('=')).ToDictionary(part => part[0], part => part[1]);
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(System.Text.Encoding.UTF8.GetBytes(secret), System.Text.Encoding.UTF8.GetBytes($"{signature["t"]}.{got.Body}"))), signature["v1"]);
        Assert.Equal(1L, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'webhook.keyRenewed'"));
        // Others have no key of ours.
        Assert.Equal(HttpStatusCode.NotFound, (await adam.PostFormAsync("/webhooks/2", "/webhooks/2?handler=key")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Manami)).GetAsync("/webhooks/1?check=key")).StatusCode);
    }

    [Fact]
    public async Task A_receiver_that_keeps_its_answer_open_has_taken_it_and_holds_up_nobody()
    {
        await AddAsync("generic", $"{receiver.Address}hook", "collection.submitted");
        await HandInAsync();
        receiver.OpenFor = TimeSpan.FromMinutes(5);
        using var enough = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Equal(1, await app.Get<SendWebhooks>().RunAsync(enough.Token));
        Assert.Equal(("done", 200L), (await StateAsync(), await app.Database.ScalarAsync<long>("select status from webhook_attempts")));
    }

    private Task<int> SendAsync() => app.Get<SendWebhooks>().RunAsync(default);

    private Task<string> StateAsync() => app.Database.ScalarAsync<string>("select state from webhook_deliveries order by id desc limit 1");

    private Task DueAsync() => app.Database.ArrangeAsync("update webhook_deliveries set not_before = clock_timestamp() where state = 'deferred'");

    private async Task<CurrentUser> AdamAsync() => (await app.Get<AuditTracker.Accounts.CallerStore>().BySignInAsync(Cast.Adam.Mail, "test"))!;

    private async Task<long> HandInAsync(string title = "アクセス権棚卸し")
    {
        var request = await app.AddRequestAsync(Scene.Request(title: title));
        await app.OpenAsync();
        var collection = (await app.CollectionAsync(request)).Id();
        (await app.SubmitAsync(Cast.Alice, collection)).EnsureSuccessStatusCode();
        return collection;
    }

    /// <returns>The key, as the page shows it once.</returns>
    private async Task<string?> AddAsync(string kind, string address, params string[] events)
    {
        var adam = await app.PagesAsAsync(Cast.Adam);
        var answer = await adam.PostFormAsync("/webhooks/new", "/webhooks/new",
            [("Input.Name", $"{kind} {address[^5..]}"), ("Input.Kind", kind), ("Input.Address", address), ("Input.Token", "token-of-chatwork"), ("Input.Language", "ja"), .. events.Select(name => ("Input.Events", name))]);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Redirect, await answer.TextAsync());
        return kind == "generic" ? System.Text.RegularExpressions.Regex.Match(await answer.TextAsync(), "whsec_[A-Za-z0-9_-]+").Value : null;
    }
}
