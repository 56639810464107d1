using AuditTracker.Accounts;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Notifications;

/// <summary>A real worker is killed while it tells another system something: nothing is lost, and a repetition says its number.</summary>
public sealed class KilledWhileTellingTests : IAsyncLifetime
{
    private readonly WebhookReceiver receiver = new();
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        await receiver.StartAsync();
        app = await TestApp.StartAsync(("AuditTracker:Webhooks:Private", "127.0.0.1"));
        var adam = (await app.Get<CallerStore>().BySignInAsync(Cast.Adam.Mail, "test"))!;
        var (id, _) = await app.Get<Webhooks>().AddAsync(adam, new WebhookForm("x", "generic", $"{receiver.Address}hook", null, "ja", ["mail.failed"]), default);
        await app.Get<Webhooks>().TestAsync(adam, id, default);
    }

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await receiver.DisposeAsync();
    }

    [Theory]
    [InlineData("webhook_deliveries", 0)]
    [InlineData(null, 1)]
    [InlineData("webhook_attempts", 1)]
    public async Task Killed_before_during_and_after_the_conversation_it_is_told_by_the_next_worker(string? lockedTable, int before)
    {
        // Held from outside: before the row is claimed, while the receiver thinks, or before the outcome is written.
        receiver.Delay = lockedTable is null ? TimeSpan.FromSeconds(8) : TimeSpan.Zero;
        await using (var holder = new NpgsqlConnection(app.Database.OwnerConnection))
        {
            await holder.OpenAsync();
            await using var held = await holder.BeginTransactionAsync();
            if (lockedTable is not null)
            {
                await holder.ExecuteAsync($"lock table {lockedTable} in access exclusive mode", transaction: held);
            }
            await using var worker = WorkerProcess.Start(app.Database, ("AuditTracker__Webhooks__Private", "127.0.0.1"));
            await WorkerProcess.AskAsync(app.Database, nameof(SendWebhooks));
            if (lockedTable is null)
            {
                for (var i = 0; i < 600 && receiver.Got.IsEmpty; i++)
                {
                    await Task.Delay(100);
                }
            }
            else
            {
                await app.Database.UntilAsync($"select exists (select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = '{lockedTable}' and not l.granted)");
            }
            await worker.KillAsync();
        }
        // What the dead client had asked for last may still be running, with the row in its hands, before the server notices.
        await app.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state <> 'idle' and pid <> pg_backend_pid())");
        Assert.Equal(before, receiver.Got.Count);
        receiver.Delay = TimeSpan.Zero;
        await app.Database.ArrangeAsync("update webhook_deliveries set lease_until = clock_timestamp() - interval '1 second' where state = 'sending'");
        Assert.Equal(1, await app.Get<SendWebhooks>().RunAsync(default));
        Assert.Equal(0, await app.Get<SendWebhooks>().RunAsync(default));
        Assert.Equal(before + 1, receiver.Got.Count);
        Assert.Single(receiver.Got.Select(one => one.Headers["X-AuditTracker-Event-Id"]).Distinct());
        Assert.Equal("done", await app.Database.ScalarAsync<string>("select state from webhook_deliveries"));
    }
}
