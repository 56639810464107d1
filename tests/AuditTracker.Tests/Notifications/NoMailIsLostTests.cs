using AuditTracker.Notifications;
using AuditTracker.Platform.Mail;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Tests.Notifications;

/// <summary>Mails to a server that misbehaves at every step: none is taken twice, and none is missing but those a person is asked about.</summary>
public sealed class NoMailIsLostTests : IAsyncLifetime
{
    private const int People = 150;
    private TestDatabase database = null!;
    private readonly SmtpPeer peer = new();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.ArrangeAsync($"""
            update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
            insert into people (employee_no, name, name_key, email, email_key, hired_on)
            select 'X' || n, '人' || n, '人', 'p' || n || '@example.test', 'p' || n || '@example.test', '2020-04-01' from generate_series(1, {People}) n
            """);
        await database.SetClockAsync("2026-11-24T09:05:00");
    }

    public async Task DisposeAsync()
    {
        await peer.DisposeAsync();
        await database.DisposeAsync();
    }

    [Fact]
    public async Task A_server_that_fails_at_every_step_takes_each_mail_once_at_most()
    {
        await TellAllAsync("opened");
        var chance = new Random(4711);
        var (recipients, dots) = (0, 0);
        var faults = new (string Step, string Answer)[]
        {
            ("connect", "421 4.3.2 busy"), ("connect", SmtpPeer.Drop), ("EHLO", "garbage"), ("MAIL", "451 4.3.0 later"), ("MAIL", SmtpPeer.Drop), ("RCPT", "450 4.2.0 greylisted"), ("RCPT", SmtpPeer.Drop), ("DATA", SmtpPeer.Drop),
            ("DATA", "451 later"), ("body", SmtpPeer.Drop), ("dot", SmtpPeer.Drop), ("dot", SmtpPeer.TakeAndDrop), ("dot", "451 4.3.0 later"), ("dot", "garbage"), ("RCPT", "550 5.1.1 no such user"),
        };
        peer.Offers = ["PIPELINING", "SIZE 1000000"];
        peer.Says = async (step, _) =>
        {
            (string Step, string Answer) fault;
            int turn;
            lock (chance)
            {
                (fault, turn) = (faults[chance.Next(faults.Length)], chance.Next(4));
                // Those that the end of the test looks for come in any case.
                var certain = step == "RCPT" && ++recipients == 4 ? "550 5.1.1 no such user" : step == "dot" ? ++dots switch { 3 or 7 => SmtpPeer.TakeAndDrop, 5 or 9 => SmtpPeer.Drop, _ => null } : null;
                if (certain is not null)
                {
                    return certain;
                }
            }
            await Task.Delay(turn == 3 && step == "dot" ? 50 : 0); // the 250 comes late
            return turn == 0 && fault.Step == step ? fault.Answer : null;
        };
        // Days pass, once three at a time; what was turned away comes again. Then the server recovers.
        foreach (var (now, isWell) in new[] { ("2026-11-24T09:05:00", false), ("2026-11-24T09:20:00", false), ("2026-11-24T09:50:00", false), ("2026-11-27T09:00:30", false), ("2026-11-27T09:30:00", true), ("2026-11-30T09:01:00", true), ("2026-11-30T13:00:00", true) })
        {
            await database.SetClockAsync(now);
            if (isWell)
            {
                peer.Says = (_, _) => Task.FromResult<string?>(null);
            }
            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(SendAsync)));
        }

        var states = (await database.ListAsync<(string Id, string State)>("select message_id, state from mails")).ToDictionary(mail => mail.Id, mail => mail.State);
        var taken = peer.Taken.GroupBy(mail => mail.MessageId).ToDictionary(mail => mail.Key, mail => mail.Count());
        Assert.All(taken, mail => Assert.Equal((mail.Key, 1), (mail.Key, mail.Value)));
        Assert.Equal(People, states.Count);
        Assert.All(states, mail => Assert.Contains(mail.Value, new[] { "accepted", "failed", "unknown" }));
        Assert.All(states.Where(mail => mail.Value == "accepted"), mail => Assert.Contains(mail.Key, taken));
        Assert.All(states.Where(mail => mail.Value == "failed"), mail => Assert.DoesNotContain(mail.Key, taken));
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from notices n left join mails m on m.id = n.mail_id where m.id is null"));
        // The faults did happen: unknown both of those that were taken and of those that were not.
        var unknown = states.Where(mail => mail.Value == "unknown").ToList();
        Assert.Contains(unknown, mail => taken.ContainsKey(mail.Key));
        Assert.Contains(unknown, mail => !taken.ContainsKey(mail.Key));
        Assert.Contains("failed", states.Values);
        Assert.True(states.Values.Count(state => state == "accepted") > People / 2);
        Assert.Equal("recipient", await database.ScalarAsync<string>("select min(fault) from mails where state = 'failed'"));
        Assert.Equal($"smtp localhost:{peer.Port}", await database.ScalarAsync<string>("select distinct via from mail_attempts"));
    }

    [Fact]
    public async Task A_wrong_password_loses_no_mail()
    {
        await TellAllAsync("opened");
        peer.Offers = ["AUTH PLAIN"];
        peer.Answer("AUTH", "535 5.7.8 wrong");
        await SendAsync();
        Assert.Equal(People, await database.ScalarAsync<int>("select count(*) from mails where state = 'deferred' and fault = 'route' and attempts = 1"));

        peer.Says = (_, _) => Task.FromResult<string?>(null);
        await database.SetClockAsync("2026-11-24T09:11:00");
        await SendAsync();
        Assert.Equal(People, peer.Taken.Select(mail => mail.MessageId).Distinct().Count());
        Assert.Equal(People, await database.ScalarAsync<int>("select count(*) from mails where state = 'accepted' and fault is null"));
    }

    [Fact]
    public async Task A_mail_left_by_one_way_is_not_repeated_by_another()
    {
        await TellAllAsync("opened");
        await database.ArrangeAsync("update mails set state = 'sending', attempts = 1, via = 'smtp elsewhere:25', lease_until = now() - interval '1 second', sent_on = '2026-11-24' where id = (select min(id) from mails)");
        await database.Get<SendMails>().RunAsync(default); // into the folder, which may repeat its own
        Assert.Equal("unknown", await database.ScalarAsync<string>("select state from mails order by id limit 1"));
        Assert.Equal(People - 1, await database.ScalarAsync<int>("select count(*) from mails where state = 'accepted' and via = 'folder'"));
    }

    private async Task TellAllAsync(string step)
    {
        var people = await database.ListAsync<long>("select id from people where employee_no like 'X%'");
        await using var work = await database.BeginAsync();
        await work.TellManyAsync([.. people.Select(id => SendMailsTests.Opened(id, Cast.Alice) with { Key = $"{step}/{id}", PersonId = id })]);
        await work.CommitAsync();
    }

    /// <summary>A worker with connections of its own.</summary>
    private async Task SendAsync()
    {
        await using var transport = new SmtpTransport(new SmtpServer("localhost", peer.Port, SmtpSecurity.None, User: peer.Offers.Contains("AUTH PLAIN") ? "audit" : "", Password: "secret"), 2, TimeSpan.Zero);
        await new SendMails(database.Db, database.Get<MailQueue>(), database.Get<WriteMail>(), transport, [], database.Installation.Settings, NullLogger<SendMails>.Instance).RunAsync(default);
    }
}
