using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Notifications;
using AuditTracker.Tests.Platform.Mail;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

/// <summary>Reports of mail servers, from a folder and over the API: each is read once, and a mail that did not arrive waits for a person.</summary>
public sealed class BouncesTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("bounces").FullName;
    private TestApp app = null!;
    private long mail;
    private string id = "";

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync(("AuditTracker:Mail:Bounces", folder));
        await app.Database.SetClockAsync("2026-11-24T09:05:00");
        await using (var work = await app.Database.BeginAsync())
        {
            await work.TellManyAsync([SendMailsTests.Opened(1, Cast.Alice)]);
            await work.CommitAsync();
        }
        await app.Get<SendMails>().RunAsync(default);
        mail = await app.Database.ScalarAsync<long>("select id from mails where state = 'accepted'");
        id = await app.Database.ScalarAsync<string>("select message_id from mails");
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    private string New(string name, byte[] content)
    {
        var file = Path.Combine(Directory.CreateDirectory(Path.Combine(folder, "new")).FullName, name);
        File.WriteAllBytes(file, content);
        return file;
    }

    private Task<int> ReadAsync() => app.Get<ReadBounces>().RunAsync(default);

    [Fact]
    public async Task A_mail_that_did_not_arrive_has_failed_waits_for_a_person_and_is_not_tried_again()
    {
        New("1.mx", DeliveryReportTests.Report(id, recipient: Cast.Alice.Mail));
        Assert.Equal(1, await ReadAsync());
        Assert.Equal(0, await ReadAsync());

        Assert.Equal(("failed", "recipient"), (await app.Database.ScalarAsync<string>("select state from mails"), await app.Database.ScalarAsync<string>("select fault from mails")));
        Assert.True(File.Exists(Path.Combine(folder, "cur", "1.mx:2,S")));
        await app.Database.SetClockAsync("2026-11-27T09:05:00");
        Assert.Equal(0, await app.Get<SendMails>().RunAsync(default));

        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("届かなかったメールが1通", WebUtility.HtmlDecode(await manager.GetStringAsync("/")));
        Assert.Contains($"/mails/{mail}?", await manager.GetStringAsync("/mails?state=failed"));
        var page = WebUtility.HtmlDecode(await manager.GetStringAsync($"/mails/{mail}"));
        Assert.Contains("宛先がありません", page);
        Assert.Contains("アドレスを直して", page);
        Assert.Contains($"/mails/{mail}?handler=again", page);
        Assert.DoesNotContain("届かなかったメールが", WebUtility.HtmlDecode(await (await app.PagesAsAsync(Cast.Alice)).GetStringAsync("/")));
    }

    [Theory]
    [InlineData("update people set email = 'right@example.test', email_key = 'right@example.test' where id = 1")]
    [InlineData("update people set left_on = '2026-11-30' where id = 1")]
    [InlineData("mail")]
    public async Task A_wrong_address_is_told_until_it_is_right_however_the_mail_ended(string mends)
    {
        New("1.mx", DeliveryReportTests.Report(id, recipient: Cast.Alice.Mail));
        await ReadAsync();
        // A newer reminder takes the place of what bounced, and months go by.
        await TellAsync(work => work.SettleAsync("collection:1"));
        await app.Database.SetClockAsync("2027-02-24T09:05:00");
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("届かなかったメールが1通", await manager.PageAsync("/"));

        if (mends == "mail")
        {
            await TellAsync(work => work.TellManyAsync([SendMailsTests.Opened(2, Cast.Alice)]));
            Assert.Equal(1, await app.Get<SendMails>().RunAsync(default));
        }
        else
        {
            await app.Database.ArrangeAsync(mends);
        }
        Assert.DoesNotContain("届かなかったメールが", await manager.PageAsync("/"));
    }

    [Fact]
    public async Task A_reminder_counts_when_it_did_not_come_back_or_somebody_says_that_it_arrived()
    {
        var carol = (await app.Get<AuditTracker.Accounts.CallerStore>().BySignInAsync(Cast.Carol.Mail, "test"))!;
        var manager = (await app.Get<AuditTracker.Accounts.CallerStore>().BySignInAsync(Cast.Manami.Mail, "test"))!;
        var ledger = app.Get<NoticeLedger>();
        async Task<int> TimesAsync() => (await ledger.RemindedAsync(carol, "collection:1", default))!.At.Count;
        await app.Database.ArrangeAsync("update notices set template = 'evidence/collection-due-soon'");
        Assert.Equal(1, await TimesAsync());
        New("1.mx", DeliveryReportTests.Report(id, recipient: Cast.Alice.Mail));
        await ReadAsync();
        Assert.Equal(0, await TimesAsync());

        // Sent again, the line keeps what the first server said.
        var words = await app.Database.ScalarAsync<string>("select reply from mails");
        await app.Get<ResolveMail>().SendAgainAsync(manager, mail, default);
        Assert.Equal(1, await app.Get<SendMails>().RunAsync(default));
        Assert.Equal(1, await TimesAsync());
        var line = (await ledger.ListAsync(carol, "collection:1", null, new(NoticeLedger.Newest, true, 50), default)).Rows.Single();
        Assert.Equal(words, line.Earlier);
        var page = await (await app.PagesAsAsync(Cast.Carol)).PageAsync("/notices?about=collection:1");
        Assert.Contains("Answer to the mail before", page);
        Assert.Contains(words.Split(' ')[0], page[page.IndexOf("Answer to the mail before", StringComparison.Ordinal)..]);

        await app.Database.ArrangeAsync("update mail_attempts set outcome = 'unknown'; update mails set state = 'unknown' where resend_of is not null");
        Assert.Equal(0, await TimesAsync());
        await app.Get<ResolveMail>().ArrivedAsync(manager, await app.Database.ScalarAsync<long>("select max(id) from mails"), default);
        Assert.Equal(1, await TimesAsync());
    }

    private async Task TellAsync(Func<AuditTracker.Platform.Database.UnitOfWork, Task<int>> act)
    {
        await using var work = await app.Database.BeginAsync();
        await act(work);
        await work.CommitAsync();
    }

    [Fact]
    public async Task A_late_report_about_a_mail_that_is_being_tried_again_ends_that_too()
    {
        await app.Database.ArrangeAsync("update mails set state = 'unknown'");
        New("1", DeliveryReportTests.Report("x@y", envelope: id.Replace("=", "+3D")));
        await ReadAsync();
        Assert.Equal("failed", await app.Database.ScalarAsync<string>("select state from mails"));
    }

    [Theory]
    [InlineData("delayed", "4.4.1")]
    [InlineData("delivered", "2.0.0")]
    public async Task A_report_of_a_delay_or_an_arrival_is_kept_and_changes_nothing(string action, string status)
    {
        New("1", DeliveryReportTests.Report(id, action, status));
        await ReadAsync();
        Assert.Equal("accepted", await app.Database.ScalarAsync<string>("select state from mails"));
        Assert.Contains(status, await (await app.PagesAsAsync(Cast.Adam)).GetStringAsync($"/mails/{mail}"));
    }

    [Fact]
    public async Task The_same_report_is_read_once_and_a_file_whose_worker_died_only_moves()
    {
        var report = DeliveryReportTests.Report(id);
        New("1", report);
        await ReadAsync();
        await app.Database.ArrangeAsync("update mails set state = 'accepted', bounced_at = null"); // a person knows better
        New("1", report);
        New("2", report);
        Assert.Equal(2, await ReadAsync());
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, "new")));
        Assert.Equal(3, Directory.GetFiles(Path.Combine(folder, "cur")).Length);
        Assert.Equal("accepted", await app.Database.ScalarAsync<string>("select state from mails"));
        Assert.Equal(1, await app.Database.ScalarAsync<int>("select count(*) from mail_reports"));
    }

    [Fact]
    public async Task What_cannot_be_read_or_is_not_ours_is_put_aside_with_a_reason()
    {
        New("text", "From: a@b.example\r\n\r\nI am away."u8.ToArray());
        New("foreign", DeliveryReportTests.Report("somebody@else.example"));
        New("large", new byte[TakeBounce.Longest + 1]);
        New("nul", Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(DeliveryReportTests.Report("nobody@else.example")).Replace("Recipient address", "Re\0cipient", StringComparison.Ordinal)));
        Assert.Equal(4, await ReadAsync());
        Assert.Equal(["foreign", "large", "nul", "text"], Directory.GetFiles(Path.Combine(folder, "aside")).Select(Path.GetFileName).Order());
        Assert.Equal(4, await app.Database.ScalarAsync<int>("select count(*) from mail_reports where mail_id is null and reason <> ''"));
        Assert.Equal(0, await ReadAsync());
        Assert.Contains("There is no delivery status in it", await (await app.PagesAsAsync(Cast.Adam)).GetStringAsync("/health"));
    }

    [Fact]
    public async Task A_folder_of_eml_files_is_read_when_they_have_settled()
    {
        var file = Path.Combine(folder, "1.eml");
        await File.WriteAllBytesAsync(file, DeliveryReportTests.Report(id));
        Assert.Equal(0, await ReadAsync());
        File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddMinutes(-1));
        Assert.Equal(1, await ReadAsync());
        Assert.True(File.Exists(Path.Combine(folder, "read", "1.eml")));
        Assert.Equal("failed", await app.Database.ScalarAsync<string>("select state from mails"));
    }

    [Fact]
    public async Task A_report_comes_over_the_api_from_those_who_operate_only()
    {
        static ByteArrayContent Body(byte[] report) => new(report) { Headers = { { "Content-Type", "message/rfc822" } } };
        var report = DeliveryReportTests.Report(id);
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Alice).PostAsync("/api/mails/bounces", Body(report))).StatusCode);
        Assert.Equal("accepted", await app.Database.ScalarAsync<string>("select state from mails"));

        var first = await (await app.As(Cast.Adam).PostAsync("/api/mails/bounces", Body(report))).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal((mail, "failed", true), (first.GetProperty("mail").GetInt64(), first.GetProperty("action").GetString(), first.GetProperty("isNew").GetBoolean()));
        var second = await (await app.As(Cast.Adam).PostAsync("/api/mails/bounces", Body(report))).Content.ReadFromJsonAsync<JsonElement>();
        Assert.False(second.GetProperty("isNew").GetBoolean());
        var unread = await (await app.As(Cast.Manami).PostAsync("/api/mails/bounces", Body("x"u8.ToArray()))).Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEmpty(unread.GetProperty("reason").GetString()!);
    }
}
