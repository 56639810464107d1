using System.Diagnostics;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Notifications;

/// <summary>Mails a minute, all workers together, and what a long queue must not hold up.</summary>
public sealed class MailPaceTests
{
    private static (string Key, string Value)[] Smtp(SmtpPeer peer, string perMinute, int connections = 2) =>
    [
        ("AuditTracker:Mail:Transport", "smtp"), ("AuditTracker:Mail:Smtp:Host", "localhost"), ("AuditTracker:Mail:Smtp:Port", $"{peer.Port}"), ("AuditTracker:Mail:Smtp:Security", "none"),
        ("AuditTracker:Mail:PerMinute", perMinute), ("AuditTracker:Mail:Connections", $"{connections}"),
    ];

    [Fact]
    public async Task Two_workers_together_keep_the_pace_and_the_connections()
    {
        await using var peer = new SmtpPeer();
        await using var database = await TestDatabase.CreateAsync(Smtp(peer, "600"));
        await QueueAsync(database, 30);
        await database.SetClockAsync("2026-11-24T09:05:00");
        var watch = Stopwatch.StartNew();

        await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => database.Get<SendMails>().RunAsync(default))));

        Assert.Equal(30, peer.Taken.Count);
        Assert.True(watch.Elapsed > TimeSpan.FromSeconds(2.8), $"30 mails, ten a second at the most, took {watch.Elapsed}");
        Assert.InRange(peer.MostAtOnce, 1, 2);
    }

    [Fact]
    public async Task What_the_window_does_not_hold_waits_for_the_next_one()
    {
        await using var peer = new SmtpPeer();
        await using var database = await TestDatabase.CreateAsync(Smtp(peer, "120"));
        await QueueAsync(database, 40);
        await database.SetClockAsync("2026-11-24T09:59:57");

        await database.Get<SendMails>().RunAsync(default);

        Assert.InRange(peer.Taken.Count, 1, 8);
        Assert.Equal(40 - peer.Taken.Count, await database.ScalarAsync<int>("select count(*) from mails where state = 'queued' and attempts = 0"));
    }

    [Fact]
    public async Task A_backlog_of_ten_thousand_stops_neither_other_jobs_nor_a_mail_at_once()
    {
        await using var peer = new SmtpPeer();
        await using var app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:05:00");
        await QueueAsync(app.Database, 10_000);
        await app.AddRequestAsync();
        await using var worker = WorkerProcess.Start(app.Database, [.. Smtp(peer, "60").Select(setting => (setting.Key.Replace(":", "__"), setting.Value))]);
        await WorkerProcess.AskAsync(app.Database, nameof(SendMails));
        await app.Database.UntilAsync("select count(*) >= 3 from mails where state = 'accepted'");

        await WorkerProcess.AskAsync(app.Database, nameof(OpenDueCollections));
        await app.Database.UntilAsync("select exists (select from collections where state = 'open')");
        await using (var work = await app.Database.BeginAsync())
        {
            await work.TellNowAsync(new Notice("now/1", "notifications/test", null, "account:1") { Model = new Dictionary<string, object?> { ["sentAt"] = work.Now, ["transport"] = "smtp", ["link"] = "/mails" } }, new Recipient("急ぎ", "now@example.test", "ja"));
            await work.CommitAsync();
        }
        await app.Database.UntilAsync("select state = 'accepted' from mails where to_address = 'now@example.test'");
        Assert.True(await app.Database.ScalarAsync<int>("select count(*) from mails where state = 'queued'") > 9_000);
    }

    private static Task QueueAsync(TestDatabase database, int count) => database.ArrangeAsync($$"""
        update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
        insert into people (employee_no, name, name_key, email, email_key, hired_on)
        select 'X' || n, '人' || n, '人', 'p' || n || '@example.test', 'p' || n || '@example.test', '2020-04-01' from generate_series(1, {{count}}) n;
        insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at)
        select 'daily', id, name, email, 'ja', 'queued', 'm' || id || '@example.test', now() from people where employee_no like 'X%';
        insert into notices (key, template, person_id, subject, urgency, due_on, model, created_at)
        select 'opened/' || id, 'evidence/collection-opened', id, 'collection:' || id, 4, '2026-12-04', '{{Model}}'::jsonb, now() from people where employee_no like 'X%';
        analyze people, mails, notices
        """);

    private static readonly string Model = System.Text.Json.JsonSerializer.Serialize(SendMailsTests.Opened(1, Cast.Alice).Model);
}
