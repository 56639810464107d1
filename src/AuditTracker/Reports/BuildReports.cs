using System.IO.Pipelines;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>
/// Job: builds the workbooks people asked for, one at a time. A run belongs to a worker as long as its lease is renewed; killed anywhere,
/// another one takes it over, and only who still has the lease may finish it.
/// </summary>
public sealed class BuildReports(Db db, BlobStore blobs, EvidenceWorkbook workbook, ILogger<BuildReports> log)
{
    /// <summary>Begun so often without an end, a run has failed.</summary>
    public const int MostAttempts = 3;

    private static Actor Me => Actor.Job(nameof(BuildReports));
    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    /// <returns>How many workbooks were built.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await GiveUpAsync(ct);
        var built = 0;
        while (await ClaimAsync(ct) is { } run)
        {
            if (!await BuildAsync(run, ct))
            {
                return built; // the next round tries again
            }
            built++;
        }
        return built;
    }

    /// <summary>Takes the oldest run that waits or whose worker has fallen silent; null when there is none.</summary>
    internal async Task<ReportRun?> ClaimAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Me, ct);
        var id = await work.FirstAsync<long?>("""
            update report_runs set state = 'running', attempts = attempts + 1, lease_until = clock_timestamp() + interval '2 minutes', stage = '', done = 0, total = 0
            where id = (
                select id from report_runs where state = 'queued' or (state = 'running' and lease_until < clock_timestamp() and attempts < @MostAttempts)
                order by id limit 1 for update skip locked)
            returning id
            """, new { MostAttempts }, ct);
        var run = id is null ? null : await work.FirstAsync<ReportRun>($"select {ReportRunStore.Columns} {ReportRunStore.From} where r.id = @id", new { id }, ct);
        await work.CommitAsync(ct);
        return run;
    }

    private async Task<bool> BuildAsync(ReportRun run, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var progress = new Latest();
        var lease = RenewAsync(run, progress, stop);
        try
        {
            var blob = await SaveAsync(run.Order, progress, stop.Token);
            await stop.CancelAsync();
            await lease; // what is being finished is not renewed under its feet
            return await FinishAsync(run, blob, progress.Value.Total, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The worker stops: what it began waits for another one at once, and does not count.
            await UpdateAsync(run, "state = 'queued', attempts = attempts - 1, lease_until = null", null, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("Report {Run}: another worker has taken it over", run.Id);
            return false;
        }
        catch (WorkbookLimitException problem)
        {
            log.LogWarning("Report {Run}: {Problem}", run.Id, problem.Message);
            await FailAsync(run, $"TooManyRows:{progress.Value.Stage}", ct);
            return true;
        }
        catch (Exception problem)
        {
            log.LogError(problem, "Report {Run} failed, attempt {Attempt}", run.Id, run.Attempts);
            if (run.Attempts >= MostAttempts)
            {
                await FailAsync(run, $"BuildFailed:{progress.Value.Stage}", ct);
            }
            else
            {
                await UpdateAsync(run, "state = 'queued', lease_until = null", null, ct);
            }
            return false;
        }
        finally
        {
            await stop.CancelAsync();
            await lease;
        }
    }

    /// <summary>The writer fills one end of a pipe while the store hashes and keeps what comes out of the other.</summary>
    private async Task<Blob> SaveAsync(ReportOrder order, Latest progress, CancellationToken ct)
    {
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 1 << 20, resumeWriterThreshold: 1 << 19));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var saving = Task.Run(async () =>
        {
            await using var bytes = pipe.Reader.AsStream();
            try
            {
                return await blobs.SaveAsync(bytes, long.MaxValue, stop.Token);
            }
            catch
            {
                await stop.CancelAsync(); // nobody reads any more: the writer must not go on
                throw;
            }
        }, CancellationToken.None);
        Exception? failed = null;
        try
        {
            await using var output = pipe.Writer.AsStream(leaveOpen: true);
            await workbook.WriteAsync(order, output, progress, stop.Token);
            progress.Report(progress.Value with { Stage = "saving" });
        }
        catch (Exception problem)
        {
            failed = problem;
        }
        await pipe.Writer.CompleteAsync(failed);
        return await WhichAsync(saving, failed);
    }

    /// <summary>Of the two ends, the one that failed first is the cause.</summary>
    private static async Task<Blob> WhichAsync(Task<Blob> saving, Exception? failed)
    {
        await ((Task)saving).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (failed is not null and not OperationCanceledException || (failed is not null && saving is { IsFaulted: false }))
        {
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed);
        }
        return await saving;
    }

    private async Task<bool> FinishAsync(ReportRun run, Blob blob, long total, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Me, ct);
        await BlobRegister.KeepAsync(work, blobs, blob.Sha256, ct);
        await work.ExecuteAsync("insert into blobs (sha256, size, created_at) values (@Sha256, @Size, @Now) on conflict do nothing", new { blob.Sha256, blob.Size, work.Now }, ct);
        if (await work.ExecuteAsync("""
            update report_runs set state = 'done', stage = '', done = @total, total = @total, lease_until = null, file_name = @fileName, sha256 = @Sha256, size = @Size, finished_at = @Now
            where id = @Id and state = 'running' and attempts = @Attempts
            """, new { run.Id, run.Attempts, total, fileName = workbook.FileName(run.Order), blob.Sha256, blob.Size, work.Now }, ct) == 0)
        {
            return false;
        }
        await work.ActAsync("report.built", $"report:{run.Id}", new Dictionary<string, string?> { ["sha256"] = blob.Sha256, ["size"] = $"{blob.Size}" }, ct: ct);
        await work.CommitAsync(ct);
        return true;
    }

    /// <summary>Every second, in a short transaction of its own: the lease, and how far it has come. Stops the building when the lease is lost.</summary>
    private async Task RenewAsync(ReportRun run, Latest progress, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Renewal, stop.Token);
                try
                {
                    if (!await UpdateAsync(run, "lease_until = clock_timestamp() + interval '2 minutes', stage = @Stage, done = @Done, total = @Total", progress.Value, stop.Token))
                    {
                        await stop.CancelAsync();
                    }
                }
                catch (Npgsql.NpgsqlException problem)
                {
                    log.LogWarning(problem, "Report {Run}: the lease could not be renewed this time", run.Id);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The building has ended.
        }
    }

    private async Task<bool> UpdateAsync(ReportRun run, string set, BuildProgress? progress, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Me, ct);
        var rows = await work.ExecuteAsync($"update report_runs set {set} where id = @Id and state = 'running' and attempts = @Attempts", new { run.Id, run.Attempts, progress?.Stage, progress?.Done, progress?.Total }, ct);
        await work.CommitAsync(ct);
        return rows == 1;
    }

    private async Task FailAsync(ReportRun run, string error, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Me, ct);
        await work.ExecuteAsync("update report_runs set state = 'failed', error = @error, lease_until = null, finished_at = @Now where id = @Id and state = 'running' and attempts = @Attempts", new { run.Id, run.Attempts, error, work.Now }, ct);
        await work.ActAsync("report.failed", $"report:{run.Id}", new Dictionary<string, string?> { ["error"] = error }, ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>A run whose workers died again and again may be what kills them.</summary>
    private async Task GiveUpAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Me, ct);
        foreach (var id in await work.QueryAsync<long>("""
            update report_runs set state = 'failed', error = 'BuildFailed:' || stage, lease_until = null, finished_at = @Now
            where state = 'running' and lease_until < clock_timestamp() and attempts >= @MostAttempts returning id
            """, new { MostAttempts, work.Now }, ct))
        {
            await work.ActAsync("report.failed", $"report:{id}", ct: ct);
        }
        await work.CommitAsync(ct);
    }

    private sealed class Latest : IProgress<BuildProgress>
    {
        public BuildProgress Value { get; private set; } = BuildProgress.None;

        public void Report(BuildProgress value) => Value = value;
    }
}
