using System.Net.Http.Json;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Reports;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Commands;

/// <summary>
/// The worker is held from outside by a lock on a table it is about to write, killed there with SIGKILL, and started again: nothing is
/// lost and nothing doubled. A class each, so that they wait side by side.
/// </summary>
public abstract class KilledWorkerTests : IAsyncLifetime
{
    protected TestApp App { get; private set; } = null!;

    public async Task InitializeAsync() => App = await TestApp.StartAsync();
    public async Task DisposeAsync() => await App.DisposeAsync();

    /// <summary>Settings of the workers, as in the environment.</summary>
    protected (string Name, string Value)[] WorkerSettings { get; set; } = [];

    protected string[] Mails() => Directory.GetFiles(App.Database.Installation.Settings.MailFolder, "*.eml");

    protected async Task HoldAndKillAsync(string table, string job)
    {
        await using var holder = new NpgsqlConnection(App.Database.OwnerConnection);
        await holder.OpenAsync();
        await using (var held = await holder.BeginTransactionAsync())
        {
            await holder.ExecuteAsync($"lock table {table} in access exclusive mode", transaction: held);
            await using var worker = WorkerProcess.Start(App.Database, WorkerSettings);
            await WorkerProcess.AskAsync(App.Database, job);
            await App.Database.UntilAsync($"select exists (select 1 from pg_locks l join pg_class c on c.oid = l.relation where c.relname = '{table}' and not l.granted)");
            await worker.KillAsync();
        }
        // The server notices the dead client and rolls its transaction back.
        await App.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state = 'idle in transaction')");
    }

    protected async Task RunInNewWorkerAsync(string job, string until)
    {
        await using var worker = WorkerProcess.Start(App.Database, WorkerSettings);
        await WorkerProcess.AskAsync(App.Database, job);
        await App.Database.UntilAsync(until);
    }
}

public sealed class KilledWhileOpeningTests : KilledWorkerTests
{
    [Fact]
    public async Task Every_collection_opens_once_and_is_asked_for_once()
    {
        await App.Database.SetClockAsync("2026-10-05T09:30:00");
        await App.AddRequestAsync(Scene.Request("month", "2026-04-01", title: "月次"));
        await HoldAndKillAsync("notices", nameof(OpenDueCollections));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from collection_acts"));

        await RunInNewWorkerAsync(nameof(OpenDueCollections), "select count(*) = 6 from collections where state = 'open'");
        Assert.Equal(6, await App.Database.ScalarAsync<long>("select count(*) from collection_acts where act = 'open'"));
        Assert.Equal(6, await App.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/collection-opened'"));
    }
}

public sealed class KilledWhileSendingTests : KilledWorkerTests
{
    [Fact]
    public async Task Every_mail_leaves_once()
    {
        await App.Database.SetClockAsync("2026-10-05T09:30:00");
        await App.AddRequestAsync();
        await App.Get<OpenDueCollections>().RunAsync(default);
        // Held after the mail was handed over and before its outcome is written: the moment nobody can tell apart from outside.
        await HoldAndKillAsync("mail_attempts", nameof(SendMails));
        Assert.Equal("sending", await App.Database.ScalarAsync<string>("select state from mails"));
        Assert.Single(Mails());

        await App.Database.ArrangeAsync("update mails set lease_until = now() - interval '1 second'");
        await RunInNewWorkerAsync(nameof(SendMails), "select state = 'accepted' from mails");
        Assert.Single(Mails());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from mails"));
        await RunInNewWorkerAsync(nameof(SendMails), "select true");
        Assert.Single(Mails());
    }
}

public sealed class KilledWhileBuildingTests : KilledWorkerTests
{
    [Fact]
    public async Task The_workbook_is_built_once()
    {
        await App.AddRequestAsync();
        await App.OpenAsync();
        var collection = (await App.CollectionAsync(await App.AddRequestAsync(Scene.Request(title: "二つ目")))).Id();
        await App.Get<OpenDueCollections>().RunAsync(default);
        (await App.SubmitAsync(Cast.Alice, collection)).EnsureSuccessStatusCode();
        var asked = await App.As(Cast.Manami).PostAsJsonAsync("/api/reports/evidence", new { framework = "iso27001-2022", from = "2026-04-01", to = "2027-03-31", language = "ja" });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, asked.StatusCode);
        await HoldAndKillAsync("evidence", nameof(BuildReports));
        Assert.Equal("running", await App.Database.ScalarAsync<string>("select state from report_runs"));

        await App.Database.ArrangeAsync("update report_runs set lease_until = now() - interval '1 second'");
        await RunInNewWorkerAsync(nameof(BuildReports), "select state = 'done' from report_runs");
        var sha256 = await App.Database.ScalarAsync<string>("select sha256 from report_runs");
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from report_runs"));
        var file = await App.As(Cast.Manami).GetByteArrayAsync($"/api/reports/runs/{await App.Database.ScalarAsync<long>("select id from report_runs")}/file");
        Assert.Equal(sha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(file)));
    }
}

public sealed class KilledWhileBringingInTests : KilledWorkerTests
{
    [Fact]
    public async Task Past_evidence_goes_on_behind_the_last_that_was_brought_in()
    {
        System.Text.Encoding.RegisterProvider(System.Text.CodePagesEncodingProvider.Instance);
        await App.AddRequestAsync();
        await App.OpenAsync();
        var asked = await App.As(Cast.Manami).PostAsync("/api/evidence/past?apply=true", new MultipartFormDataContent { { new ByteArrayContent(PastEvidenceTests.Good), "file", "past.zip" } });
        Assert.Equal(System.Net.HttpStatusCode.Accepted, asked.StatusCode);
        // The first is in, the second is being written: held where a row the worker needs is locked, not the table.
        await App.Database.ArrangeAsync("""
            create function hold_second() returns trigger language plpgsql as $$ begin
                if (select count(*) from submissions) > 1 then perform pg_advisory_xact_lock(4711); end if; return null; end $$;
            grant execute on function hold_second() to audit_tracker_app;
            create trigger hold_second after insert on submissions for each statement execute function hold_second();
            """);
        await using (var holder = new NpgsqlConnection(App.Database.OwnerConnection))
        {
            await holder.OpenAsync();
            await holder.ExecuteAsync("select pg_advisory_lock(4711)");
            await using var worker = WorkerProcess.Start(App.Database, WorkerSettings);
            await WorkerProcess.AskAsync(App.Database, nameof(BringInPastEvidence));
            await App.Database.UntilAsync("select exists (select 1 from pg_locks where locktype = 'advisory' and objid = 4711 and not granted)");
            await worker.KillAsync();
            await holder.ExecuteAsync("select pg_advisory_unlock(4711)");
        }
        await App.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state in ('active', 'idle in transaction') and pid <> pg_backend_pid())");
        Assert.Equal((1L, "running"), (await App.Database.ScalarAsync<long>("select count(*) from submissions"), await App.Database.ScalarAsync<string>("select state from past_evidence_runs")));

        await App.Database.ArrangeAsync("drop trigger hold_second on submissions; update past_evidence_runs set lease_until = now() - interval '1 second'");
        await RunInNewWorkerAsync(nameof(BringInPastEvidence), "select state = 'done' from past_evidence_runs");
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from submissions"));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(distinct submission_id) from past_evidence_pieces"));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select attempts from past_evidence_runs"));
    }
}
