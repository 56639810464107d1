using System.IO.Pipelines;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Telemetry;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>
/// Job: builds the workbooks people asked for, one at a time, each held by a lease (<see cref="LeasedRuns"/>).
/// </summary>
public sealed class BuildReports(Db db, BlobStore blobs, EvidenceWorkbook workbook, ILogger<BuildReports> log)
{
    /// <summary>Begun so often without an end, a run has failed.</summary>
    public const int MostAttempts = LeasedRuns.MostAttempts;

    private readonly LeasedRuns runs = new(db, "report_runs", nameof(BuildReports), (work, id, error, ct) =>
    {
        Measures.ReportEnded("failed");
        return work.ActAsync("report.failed", $"report:{id}", error is null ? null : new Dictionary<string, string?> { ["error"] = error }, ct: ct);
    }, log);

    private static Actor Me => Actor.Job(nameof(BuildReports));

    /// <returns>How many workbooks were built.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await runs.GiveUpAsync("'BuildFailed:' || stage", ct);
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
        if (await runs.ClaimAsync(ct) is not { } held)
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<ReportRun>($"select {ReportRunStore.Columns} {ReportRunStore.From} where r.id = @Id", held, ct) is { } run ? run with { Attempts = held.Attempts } : null;
    }

    private Task<bool> BuildAsync(ReportRun run, CancellationToken ct)
    {
        var progress = new Latest();
        return runs.HoldAsync(new HeldRun(run.Id, run.Attempts), () => new RunProgress(progress.Value.Stage, progress.Value.Done, progress.Value.Total),
            stop => SaveAsync(run.Order, progress, stop), blob => FinishAsync(run, blob, progress.Value.Total, ct),
            (problem, isLast) => problem is WorkbookLimitException ? $"TooManyRows:{progress.Value.Stage}" : isLast ? $"BuildFailed:{progress.Value.Stage}" : null, ct);
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
        await KeepFile.AddAsync(work, blobs, blob, isSent: false, ct);
        if (await work.ExecuteAsync("""
            update report_runs set state = 'done', stage = '', done = @total, total = @total, lease_until = null, file_name = @fileName, sha256 = @Sha256, size = @Size, finished_at = @Now
            where id = @Id and state = 'running' and attempts = @Attempts
            """, new { run.Id, run.Attempts, total, fileName = workbook.FileName(run.Order), blob.Sha256, blob.Size, work.Now }, ct) == 0)
        {
            return false;
        }
        await work.ActAsync("report.built", $"report:{run.Id}", new Dictionary<string, string?> { ["sha256"] = blob.Sha256, ["size"] = $"{blob.Size}" }, ct: ct);
        await work.CommitAsync(ct);
        Measures.ReportEnded("done");
        return true;
    }

    private sealed class Latest : IProgress<BuildProgress>
    {
        public BuildProgress Value { get; private set; } = BuildProgress.None;

        public void Report(BuildProgress value) => Value = value;
    }
}
