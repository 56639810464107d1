using AuditTracker.Notifications;
using AuditTracker.Platform.Mail;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Tests.Notifications;

/// <summary>Mails to a real mail server with a queue and mailboxes, over STARTTLS: what is in the mailbox in the end is what the ledger says.</summary>
public sealed class RealServerTests : IAsyncLifetime
{
    private const int People = 120;
    private TestDatabase database = null!;
    private readonly RealExim server = new();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.ArrangeAsync($"""
            update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
            insert into people (employee_no, name, name_key, email, email_key, hired_on)
            select 'X' || n, '人' || n, '人', a || n || '@example.test', a || n || '@example.test', '2020-04-01'
            from generate_series(1, {People}) n, lateral (select case when n % 20 = 0 then 'nobody' when n % 20 = 1 then 'later' else 'p' end as a) address
            """);
        await database.SetClockAsync("2026-11-24T09:05:00");
        await server.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_real_server_that_is_killed_and_comes_back_has_each_mail_once()
    {
        var people = await database.ListAsync<long>("select id from people where employee_no like 'X%'");
        await using (var work = await database.BeginAsync())
        {
            await work.TellManyAsync([.. people.Select(id => SendMailsTests.Opened(id, Cast.Alice) with { Key = $"opened/{id}", PersonId = id })]);
            await work.CommitAsync();
        }
        var sending = Task.WhenAll(SendAsync(), SendAsync());
        await database.UntilAsync("select count(*) >= 10 from mails where state = 'accepted'");
        await server.KillAsync();
        await sending;
        await server.StartAsync();
        foreach (var now in new[] { "2026-11-24T09:12:00", "2026-11-24T09:40:00", "2026-11-27T09:01:00" })
        {
            await database.SetClockAsync(now);
            await Task.WhenAll(SendAsync(), SendAsync());
        }

        var states = (await database.ListAsync<(string Id, string Address, string State)>("select message_id, to_address, state from mails")).ToList();
        var accepted = states.Where(mail => mail.State == "accepted").Select(mail => mail.Id).ToList();
        await server.UntilAsync(accepted);
        Assert.Equal(server.Delivered.Count, server.Delivered.Distinct().Count());
        Assert.Empty(accepted.Except(server.Delivered));
        Assert.Equal(People, states.Count);
        Assert.All(states, mail => Assert.Equal(mail.Address[..2] switch { "no" => "failed", "la" => "deferred", _ => mail.State == "unknown" ? "unknown" : "accepted" }, mail.State));
        Assert.InRange(states.Count(mail => mail.State == "unknown"), 0, 4); // at most what was on its four connections
        Assert.All(server.Delivered.Except(accepted), id => Assert.Equal("unknown", states.Single(mail => mail.Id == id).State));
        Assert.Contains("OK id=", await database.ScalarAsync<string>("select reply from mails where state = 'accepted' limit 1"));
        Assert.Contains("5.1.1 no such user", await database.ScalarAsync<string>("select reply from mails where state = 'failed' and fault = 'recipient' limit 1"));
    }

    private async Task SendAsync()
    {
        await using var transport = new SmtpTransport(new SmtpServer("localhost", server.Port, SmtpSecurity.StartTls, Authorities: [server.Authority]), 2, TimeSpan.Zero);
        await new SendMails(database.Db, database.Get<MailQueue>(), database.Get<WriteMail>(), transport, [], database.Installation.Settings, NullLogger<SendMails>.Instance).RunAsync(default);
    }
}
