using AuditTracker.Notifications;
using AuditTracker.Tests.Notifications;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Commands;

/// <summary>
/// A worker that speaks with a mail server on seven connections, each held at another step, and is killed there with SIGKILL: no mail arrives twice, and
/// none is missing but those that the page asks a person about.
/// </summary>
public sealed class KilledWhileSpeakingTests : KilledWorkerTests
{
    private static readonly string[] Steps = ["connect", "EHLO", "MAIL", "RCPT", "DATA", "body", "dot"];

    [Fact]
    public async Task Whatever_step_a_worker_dies_at_no_mail_arrives_twice_and_none_is_lost()
    {
        await using var peer = new SmtpPeer();
        WorkerSettings =
        [
            ("AuditTracker__Mail__Transport", "smtp"), ("AuditTracker__Mail__Smtp__Host", "127.0.0.1"), ("AuditTracker__Mail__Smtp__Port", $"{peer.Port}"), ("AuditTracker__Mail__Smtp__Security", "none"),
            ("AuditTracker__Mail__Connections", $"{Steps.Length}"),
        ];
        await App.Database.ArrangeAsync($"""
            update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
            insert into people (employee_no, name, name_key, email, email_key, hired_on)
            select 'X' || n, '人' || n, '人', 'p' || n || '@example.test', 'p' || n || '@example.test', '2020-04-01' from generate_series(1, {Steps.Length}) n
            """);
        await App.Database.SetClockAsync("2026-11-24T09:05:00");
        await TellAsync("opened");

        var held = 0;
        var release = new TaskCompletionSource();
        peer.Says = async (step, _) =>
        {
            if (step == Steps[(peer.Speaking - 1) % Steps.Length])
            {
                Interlocked.Increment(ref held);
                await release.Task;
            }
            return null;
        };
        await using (var worker = WorkerProcess.Start(App.Database, WorkerSettings))
        {
            await WorkerProcess.AskAsync(App.Database, nameof(SendMails));
            for (var since = DateTime.UtcNow; held < Steps.Length; await Task.Delay(50))
            {
                Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(2), $"{held} of {Steps.Length} are held.");
            }
            await worker.KillAsync();
        }
        release.SetResult();
        peer.Says = (_, _) => Task.FromResult<string?>(null);
        Assert.Equal(Steps.Length, await App.Database.ScalarAsync<int>("select count(*) from mails where state = 'sending'"));

        // Three days later two workers at once, and everybody has something new to be told.
        await App.Database.SetClockAsync("2026-11-27T09:05:00");
        await App.Database.ArrangeAsync("update mails set lease_until = now() - interval '1 second' where state = 'sending'");
        await TellAsync("overdue");
        await using var first = WorkerProcess.Start(App.Database, WorkerSettings);
        await using var second = WorkerProcess.Start(App.Database, WorkerSettings);
        await WorkerProcess.AskAsync(App.Database, nameof(SendMails));
        await App.Database.UntilAsync($"select count(*) = {Steps.Length} from mails where state = 'accepted'");

        Assert.Equal(Steps.Length, await App.Database.ScalarAsync<int>("select count(*) from mails where state = 'unknown'"));
        Assert.Equal(2 * Steps.Length, await App.Database.ScalarAsync<int>("select count(*) from mails"));
        Assert.Equal(peer.Taken.Count, peer.Taken.Select(mail => mail.MessageId).Distinct().Count());
        // Those held in the content and at the final dot were on the line to the end and did arrive; nobody here can know.
        Assert.Equal(Steps.Length + 2, peer.Taken.Count);
        var taken = peer.Taken.Select(mail => mail.MessageId).ToArray();
        Assert.Equal(Steps.Length, await App.Database.ScalarAsync<int>("select count(*) from notices n join mails m on m.id = n.mail_id where n.key like 'overdue/%' and m.message_id = any(@taken)", new { taken }));

        var manager = await App.PagesAsAsync(Cast.Manami);
        var list = await manager.GetStringAsync("/mails?state=unknown");
        foreach (var id in await App.Database.ListAsync<long>("select id from mails where state = 'unknown'"))
        {
            Assert.Contains($"/mails/{id}?", list);
            var page = await manager.GetStringAsync($"/mails/{id}");
            Assert.Contains($"/mails/{id}?handler=arrived", page);
            Assert.Contains($"/mails/{id}?handler=again", page);
        }
    }

    private async Task TellAsync(string step)
    {
        var people = await App.Database.ListAsync<long>("select id from people where employee_no like 'X%'");
        await using var work = await App.Database.BeginAsync();
        await work.TellManyAsync([.. people.Select(id => SendMailsTests.Opened(id, Cast.Alice) with { Key = $"{step}/{id}", PersonId = id })]);
        await work.CommitAsync();
    }
}
