using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

public sealed partial class MailPagesTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T15:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task The_ledger_opens_for_compliance_managers_and_administrators_only()
    {
        var id = await WaitingMailAsync(1);
        foreach (var member in Cast.All)
        {
            var client = await app.PagesAsAsync(member);
            var expected = member == Cast.Manami || member == Cast.Adam ? HttpStatusCode.OK : HttpStatusCode.NotFound;
            Assert.Equal((member.Nick, expected, expected), (member.Nick, (await client.GetAsync("/mails")).StatusCode, (await client.GetAsync($"/mails/{id}")).StatusCode));
        }
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/mails/999999")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await manager.GetAsync("/mails?state=nonsense")).StatusCode);
    }

    [Fact]
    public async Task A_waiting_mail_shows_when_it_leaves_and_what_it_would_say()
    {
        var id = await WaitingMailAsync(1);
        var manager = await app.PagesAsAsync(Cast.Manami);

        var list = await PageAsync(manager, "/mails");
        Assert.Contains(Cast.Alice.Name, list);
        Assert.Contains("送信待ち", list);
        Assert.Contains("datetime=\"2026-11-25T00:00:00Z\"", list);
        var page = await PageAsync(manager, $"/mails/{id}");
        Assert.Contains("今送る場合の本文", page);
        Assert.Contains("アクセス権棚卸し", page);
        Assert.DoesNotContain("style=", page);
        Assert.DoesNotContain("<iframe", page);
    }

    [Fact]
    public async Task An_administrator_sees_that_a_mail_went_but_not_a_word_of_it()
    {
        var id = await WaitingMailAsync(1);
        await SendNowAsync(id);
        var administrator = await app.PagesAsAsync(Cast.Adam);

        var pages = await PageAsync(administrator, "/mails") + await PageAsync(administrator, $"/mails/{id}");
        Assert.Matches("Handed over|受け渡し済み", pages);
        Assert.DoesNotContain("アクセス権棚卸し", pages);
        Assert.DoesNotContain("handler=now", pages);
        Assert.Equal(HttpStatusCode.NotFound, (await administrator.GetAsync($"/mails/{id}?handler=html")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(administrator, "/mails", $"/mails/{id}?handler=again")).StatusCode);
    }

    [Fact]
    public async Task Send_now_works_from_the_page_and_says_when_todays_mail_has_left()
    {
        await SendNowAsync(await WaitingMailAsync(1));
        Assert.Single(Directory.GetFiles(app.Database.Installation.Settings.MailFolder, "*.eml"));

        var second = await WaitingMailAsync(2);
        var refused = await PostAsync(await app.PagesAsAsync(Cast.Manami), $"/mails/{second}", $"/mails/{second}?handler=now");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        Assert.Contains("今日のメールはすでに送りました", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task The_html_part_comes_as_a_sandboxed_file()
    {
        var id = await WaitingMailAsync(1);
        await SendNowAsync(id);

        var html = await (await app.PagesAsAsync(Cast.Manami)).GetAsync($"/mails/{id}?handler=html");
        Assert.Equal("attachment", html.Content.Headers.ContentDisposition!.DispositionType);
        Assert.StartsWith("sandbox", html.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Contains("アクセス権棚卸し", await html.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_mail_of_unknown_ending_asks_for_a_decision()
    {
        var id = await WaitingMailAsync(1);
        await SendNowAsync(id);
        await app.Database.ArrangeAsync("update mails set state = 'unknown' where id = @id", new { id });
        var manager = await app.PagesAsAsync(Cast.Manami);

        Assert.Contains("［届いていた］か［送り直す］", await PageAsync(manager, $"/mails/{id}"));
        Assert.Contains("結果不明 1", await PageAsync(manager, "/mails"));
        var again = await PostAsync(manager, $"/mails/{id}", $"/mails/{id}?handler=again");
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(1, await app.Get<SendMails>().RunAsync(default));
        Assert.Contains("【再送】", await PageAsync(manager, again.Headers.Location!.ToString()));
    }

    [Fact]
    public async Task Nothing_sent_yet_says_what_will_be_here_and_a_test_mail_can_be_sent()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("まだ送っていません", await PageAsync(manager, "/mails"));

        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync(manager, "/mails", "/mails?handler=test")).StatusCode);
        Assert.Equal(1, await app.Get<SendMails>().RunAsync(default));
        Assert.Contains("【テスト】", await PageAsync(manager, "/mails"));
    }

    private async Task<long> WaitingMailAsync(long collection)
    {
        await using var work = await app.Database.BeginAsync();
        await work.TellAsync(SendMailsTests.Opened(collection, Cast.Alice));
        await work.CommitAsync();
        return await app.Database.ScalarAsync<long>("select max(id) from mails");
    }

    private async Task SendNowAsync(long id)
    {
        var answer = await PostAsync(await app.PagesAsAsync(Cast.Manami), $"/mails/{id}", $"/mails/{id}?handler=now");
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.Equal(1, await app.Get<SendMails>().RunAsync(default));
    }

    private static async Task<string> PageAsync(HttpClient client, string path)
    {
        var answer = await client.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string page, string path)
    {
        var token = Token().Match(await client.GetStringAsync(page)).Groups[1].Value;
        return await client.PostAsync(path, new FormUrlEncodedContent([new("__RequestVerificationToken", token)]));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
