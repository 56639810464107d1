using AuditTracker.Notifications;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Notifications;

/// <summary>A real worker is killed between leaving a mail in the folder and writing that down, while somebody collects the folder at once.</summary>
public sealed class KilledWhileLeavingTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync();

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Everybody_gets_one_mail_collected_or_not(bool collects)
    {
        await app.Database.SetClockAsync("2026-11-24T09:05:00");
        await using (var work = await app.Database.BeginAsync())
        {
            await work.TellManyAsync([SendMailsTests.Opened(1, Cast.Alice), SendMailsTests.Opened(2, Cast.Bob)]);
            await work.CommitAsync();
        }
        var collected = new List<string>();
        var folder = app.Database.Installation.Settings.MailFolder;
        await using (var holder = new NpgsqlConnection(app.Database.OwnerConnection))
        {
            await holder.OpenAsync();
            await using var held = await holder.BeginTransactionAsync();
            await holder.ExecuteAsync("lock table mail_attempts in access exclusive mode", transaction: held);
            await using var worker = WorkerProcess.Start(app.Database);
            await WorkerProcess.AskAsync(app.Database, nameof(SendMails));
            await app.Database.UntilAsync("select exists (select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = 'mail_attempts' and not l.granted)");
            Collect();
            await worker.KillAsync();
        }
        await app.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state <> 'idle' and pid <> pg_backend_pid())");
        Assert.Equal(collects ? 1 : 0, collected.Count);
        Assert.Equal("sending", await app.Database.ScalarAsync<string>("select min(state) from mails where state <> 'queued'"));
        await app.Database.ArrangeAsync("update mails set lease_until = clock_timestamp() - interval '1 second' where state = 'sending'");
        await app.Get<SendMails>().RunAsync(default);
        collects = true;
        Collect();

        Assert.Equal(2, collected.Count);
        Assert.Equal(2, collected.Distinct().Count());
        Assert.Equal(2, await app.Database.ScalarAsync<int>("select count(*)::int from mails where state = 'accepted'"));
        Assert.Empty(Directory.GetFiles(Path.Combine(folder, ".handed")));

        void Collect()
        {
            if (!collects)
            {
                return;
            }
            foreach (var file in Directory.Exists(folder) ? Directory.GetFiles(folder, "*.eml") : [])
            {
                collected.Add(Path.GetFileName(file));
                File.Delete(file);
            }
        }
    }
}
