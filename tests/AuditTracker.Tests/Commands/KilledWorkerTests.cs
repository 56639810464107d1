using System.Net.Http.Json;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Commands;

/// <summary>
/// The worker is held from outside by a lock on a table it is about to write, killed there with SIGKILL, and started again: nothing is
/// lost and nothing doubled.
/// </summary>
public sealed class KilledWorkerTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync();
    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Killed_while_opening_collections()
    {
        await app.Database.SetClockAsync("2026-10-05T09:30:00");
        await app.AddRequestAsync(Scene.Request("month", "2026-04-01", title: "月次"));
        await HoldAndKillAsync("notices", nameof(OpenDueCollections));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from collection_acts"));

        await RunInNewWorkerAsync(nameof(OpenDueCollections), "select count(*) = 6 from collections where state = 'open'");
        Assert.Equal(6, await app.Database.ScalarAsync<long>("select count(*) from collection_acts where act = 'open'"));
        Assert.Equal(6, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/collection-opened'"));
    }

    [Fact]
    public async Task Killed_while_sending_mail()
    {
        await app.Database.SetClockAsync("2026-10-05T09:30:00");
        await app.AddRequestAsync();
        await app.Get<OpenDueCollections>().RunAsync(default);
        // Held after the mail was handed over and before its outcome is written: the moment nobody can tell apart from outside.
        await HoldAndKillAsync("mail_attempts", nameof(SendMails));
        Assert.Equal("sending", await app.Database.ScalarAsync<string>("select state from mails"));
        Assert.Single(Mails());

        await app.Database.ArrangeAsync("update mails set lease_until = now() - interval '1 second'");
        await RunInNewWorkerAsync(nameof(SendMails), "select state = 'accepted' from mails");
        Assert.Single(Mails());
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from mails"));
        await RunInNewWorkerAsync(nameof(SendMails), "select true");
        Assert.Single(Mails());
    }

    private string[] Mails() => Directory.GetFiles(app.Database.Installation.Settings.MailFolder, "*.eml");

    private async Task HoldAndKillAsync(string table, string job)
    {
        await using var holder = new NpgsqlConnection(app.Database.OwnerConnection);
        await holder.OpenAsync();
        await using (var held = await holder.BeginTransactionAsync())
        {
            await holder.ExecuteAsync($"lock table {table} in access exclusive mode", transaction: held);
            await using var worker = WorkerProcess.Start(app.Database);
            await WorkerProcess.AskAsync(app.Database, job);
            await app.Database.UntilAsync($"select exists (select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = '{table}' and not l.granted)");
            await worker.KillAsync();
        }
        // The server notices the dead client and rolls its transaction back.
        await app.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state = 'idle in transaction')");
    }

    private async Task RunInNewWorkerAsync(string job, string until)
    {
        await using var worker = WorkerProcess.Start(app.Database);
        await WorkerProcess.AskAsync(app.Database, job);
        await app.Database.UntilAsync(until);
    }
}
