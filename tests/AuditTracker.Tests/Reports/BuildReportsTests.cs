using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace AuditTracker.Tests.Reports;

public sealed class BuildReportsTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    private BuildReports Worker => database.Get<BuildReports>();

    public async Task InitializeAsync()
    {
        database = await TestDatabase.CreateAsync();
        await database.SetClockAsync("2026-11-24T09:00:00");
    }

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_worker_builds_what_was_asked_for_with_the_bytes_any_other_way_gives()
    {
        await Quarter.PlayAsync(database);
        var id = await AskAsync();
        Assert.Equal("queued", (await RunAsync(id)).State);

        Assert.Equal(1, await Worker.RunAsync(default));
        Assert.Equal(0, await Worker.RunAsync(default));

        var run = await RunAsync(id);
        Assert.Equal(("done", "証跡一覧_iso27001-2022_20261124.xlsx", 5L, 5L, 1d), (run.State, run.FileName, run.Done, run.Total, run.Progress));
        var kept = new MemoryStream();
        await using (var blob = database.Get<BlobStore>().Open(run.Sha256!))
        {
            await blob.CopyToAsync(kept);
        }
        Assert.Equal(run.Size, kept.Length);
        Assert.Equal(await Quarter.WriteAsync(database, run.Order), kept.ToArray());
        Assert.Equal(["report.requested account:5", "report.built job:BuildReports"], await ActsAsync(id));
    }

    [Fact]
    public async Task What_a_killed_worker_leaves_is_taken_over_when_its_lease_has_run_out_and_built_once()
    {
        var id = await AskAsync();
        var killed = await Worker.ClaimAsync(default);
        Assert.Equal((id, "running"), (killed!.Id, killed.State));

        Assert.Equal(0, await Worker.RunAsync(default)); // it may still be alive
        await ExpireAsync();
        Assert.Equal(1, await Worker.RunAsync(default));

        Assert.Equal(("done", 2), ((await RunAsync(id)).State, (await RunAsync(id)).Attempts));
        Assert.Single(await ActsAsync(id), act => act.StartsWith("report.built", StringComparison.Ordinal));
        Assert.Equal(1, await database.ScalarAsync<long>("select count(*) from report_runs"));
    }

    [Fact]
    public async Task A_worker_that_lost_its_lease_stops_and_finishes_nothing()
    {
        var id = await AskAsync();
        await using var held = await HoldAsync();
        var building = Worker.RunAsync(default);
        await HeldAsync();
        ReportRun? taken = null;
        while (taken is null)
        {
            await ExpireAsync(); // it renews every second, so this may take a second try
            taken = await Worker.ClaimAsync(default);
        }

        Assert.Equal(0, await building.WaitAsync(TimeSpan.FromSeconds(20)));
        await held.DisposeAsync();
        await ExpireAsync();
        Assert.Equal(1, await Worker.RunAsync(default));

        Assert.Equal(("done", 3), ((await RunAsync(id)).State, (await RunAsync(id)).Attempts));
        Assert.Single(await ActsAsync(id), act => act.StartsWith("report.built", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_workers_share_the_runs_and_double_none()
    {
        long[] ids = [await AskAsync(), await AskAsync("en"), await AskAsync(), await AskAsync("en")];

        var built = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Worker.RunAsync(default))));

        Assert.Equal(ids.Length, built.Sum());
        foreach (var id in ids)
        {
            Assert.Equal(("done", 1), ((await RunAsync(id)).State, (await RunAsync(id)).Attempts));
        }
    }

    [Fact]
    public async Task A_worker_that_is_told_to_stop_gives_its_run_back_at_once()
    {
        var id = await AskAsync();
        using var stop = new CancellationTokenSource();
        await using (await HoldAsync())
        {
            var building = Worker.RunAsync(stop.Token);
            await HeldAsync();
            await stop.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => building);
        }

        Assert.Equal(("queued", 0), ((await RunAsync(id)).State, (await RunAsync(id)).Attempts));
        Assert.Equal(1, await Worker.RunAsync(default));
    }

    [Fact]
    public async Task Three_workers_that_died_are_enough_and_the_asker_may_try_again()
    {
        var id = await AskAsync();
        for (var attempt = 0; attempt < BuildReports.MostAttempts; attempt++)
        {
            Assert.NotNull(await Worker.ClaimAsync(default));
            await ExpireAsync();
        }

        Assert.Equal(0, await Worker.RunAsync(default));
        Assert.Equal(("failed", "BuildFailed:"), ((await RunAsync(id)).State, (await RunAsync(id)).Error));

        await database.Get<RequestReport>().AskAgainAsync(Cast.Carol.User(), id);
        Assert.Equal(1, await Worker.RunAsync(default));
        Assert.Equal("done", (await RunAsync(id)).State);
        Assert.Equal("RunDidNotFail", (await Assert.ThrowsAsync<Refusal>(() => database.Get<RequestReport>().AskAgainAsync(Cast.Manami.User(), id))).Key);
    }

    [Fact]
    public async Task A_store_that_cannot_be_written_fails_the_run_after_three_rounds()
    {
        var id = await AskAsync();
        var folder = Directory.CreateTempSubdirectory("audit-tracker-broken-").FullName;
        var broken = new BuildReports(database.Db, new BlobStore(folder), database.Get<EvidenceWorkbook>(), NullLogger<BuildReports>.Instance);
        Directory.Delete(folder, recursive: true);

        for (var round = 0; round < 4; round++)
        {
            Assert.Equal(0, await broken.RunAsync(default));
        }

        Assert.Equal(("failed", 3), ((await RunAsync(id)).State, (await RunAsync(id)).Attempts));
        Assert.StartsWith("BuildFailed:", (await RunAsync(id)).Error);
    }

    [Fact]
    public async Task How_far_it_is_stands_in_the_row_while_it_is_built_and_not_in_the_trail()
    {
        var id = await AskAsync();
        await using var held = await HoldAsync();
        var building = Worker.RunAsync(default);
        await HeldAsync();
        var run = await RunAsync(id);
        for (var tries = 0; run.Stage.Length == 0 && tries < 100; tries++)
        {
            await Task.Delay(100);
            run = await RunAsync(id);
        }
        await held.DisposeAsync();

        Assert.Equal(1, await building);
        Assert.Equal(("running", "counting"), (run.State, run.Stage));
        Assert.Equal(2, await database.ScalarAsync<long>("select count(*) from trail.entries where kind = 'row' and what = 'report_runs.update'"));
    }

    private Task<long> AskAsync(string language = "ja") => database.Get<RequestReport>().AskAsync(Cast.Manami.User(), new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), null, language));

    private async Task<ReportRun> RunAsync(long id) => (await database.Get<ReportRunStore>().FindAsync(Cast.Tom.User(), id, default))!;

    /// <summary>Holds every worker in the middle of its work, as a busy database would, until it is disposed.</summary>
    private async Task<NpgsqlConnection> HoldAsync()
    {
        var connection = new NpgsqlConnection(database.OwnerConnection + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("begin; lock table evidence in access exclusive mode", connection);
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    private async Task HeldAsync()
    {
        while (await database.ScalarAsync<long>("select count(*) from pg_locks where not granted") == 0)
        {
            await Task.Delay(50);
        }
    }

    private Task ExpireAsync() => database.ArrangeAsync("update report_runs set lease_until = now() - interval '1 second' where state = 'running'");

    private Task<IReadOnlyList<string>> ActsAsync(long id) =>
        database.ListAsync<string>("select what || ' ' || actor from trail.entries where kind = 'act' and subject = 'report:' || @id order by id", new { id });
}
