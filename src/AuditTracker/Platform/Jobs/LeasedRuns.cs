using AuditTracker.Platform.Database;

namespace AuditTracker.Platform.Jobs;

/// <summary>How far a run has come, as its row says.</summary>
/// <param name="Stage">Worded by the room.</param>
public sealed record RunProgress(string Stage, long Done, long Total)
{
    public static RunProgress None { get; } = new("", 0, 0);
}

/// <summary>A run that this worker holds.</summary>
/// <param name="Attempts">How often a worker began; also tells a worker that has lost its lease from the one that has it.</param>
public sealed record HeldRun(long Id, int Attempts);

/// <summary>
/// Work that a person started (design §4): rows of one table with state (queued, running, done, failed), attempts, stage, done, total,
/// lease_until, error and finished_at. A run belongs to a worker as long as its lease is renewed; killed anywhere, another one takes it over,
/// and only who still has the lease may finish it.
/// </summary>
/// <param name="table">The rows' table; its room writes everything else in it.</param>
/// <param name="fails">Says in the trail that a run has failed.</param>
public sealed class LeasedRuns(Db db, string table, string job, Func<UnitOfWork, long, string?, CancellationToken, Task> fails, ILogger log)
{
    /// <summary>Begun so often without an end, a run has failed.</summary>
    public const int MostAttempts = 3;

    /// <summary>The rows that a finished or failing step may still touch: those this worker holds.</summary>
    public const string Held = "id = @Id and state = 'running' and attempts = @Attempts";

    private static readonly TimeSpan Renewal = TimeSpan.FromSeconds(1);

    /// <summary>Takes the oldest run that waits or whose worker has fallen silent; null when there is none.</summary>
    public async Task<HeldRun?> ClaimAsync(CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        var run = await work.FirstAsync<HeldRun>($"""
            update {table} set state = 'running', attempts = attempts + 1, lease_until = clock_timestamp() + interval '2 minutes', stage = '', done = 0, total = 0
            where id = (
                select id from {table} where state = 'queued' or (state = 'running' and lease_until < clock_timestamp() and attempts < @MostAttempts)
                order by id limit 1 for update skip locked)
            returning id, attempts
            """, new { MostAttempts }, ct);
        await work.CommitAsync(ct);
        return run;
    }

    /// <summary>Does the work while the lease is renewed every second, then finishes it: nothing is renewed under the feet of what finishes.</summary>
    /// <param name="progress">How far the work has come.</param>
    /// <param name="work">The work; cancelled when the lease is lost or the worker stops.</param>
    /// <param name="finish">Ends the run in one transaction; false when it was no longer this worker's.</param>
    /// <param name="error">The words of a problem for a person to act on, which another attempt would not mend; null: try again.</param>
    /// <returns>Whether the run has ended.</returns>
    public async Task<bool> HoldAsync<T>(HeldRun run, Func<RunProgress> progress, Func<CancellationToken, Task<T>> work, Func<T, Task<bool>> finish, Func<Exception, bool, string?> error, CancellationToken ct)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var lease = RenewAsync(run, progress, stop);
        try
        {
            var done = await work(stop.Token);
            await stop.CancelAsync();
            await lease;
            return await finish(done);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The worker stops: what it began waits for another one at once, and does not count.
            await UpdateAsync(run, "state = 'queued', attempts = attempts - 1, lease_until = null", null, CancellationToken.None);
            throw;
        }
        catch (OperationCanceledException)
        {
            log.LogWarning("{Table} {Run}: another worker has taken it over", table, run.Id);
            return false;
        }
        catch (Exception problem)
        {
            var isLast = run.Attempts >= MostAttempts;
            if (error(problem, isLast) is { } words)
            {
                log.LogWarning(problem, "{Table} {Run} has failed", table, run.Id);
                await FailAsync(run, words, ct);
                return !isLast;
            }
            log.LogError(problem, "{Table} {Run} failed, attempt {Attempt}", table, run.Id, run.Attempts);
            await UpdateAsync(run, "state = 'queued', lease_until = null", null, ct);
            return false;
        }
        finally
        {
            await stop.CancelAsync();
            await lease;
        }
    }

    /// <summary>A run whose workers died again and again may be what kills them.</summary>
    /// <param name="error">SQL of the error's words.</param>
    public async Task GiveUpAsync(string error, CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        foreach (var id in await work.QueryAsync<long>($"""
            update {table} set state = 'failed', error = {error}, lease_until = null, finished_at = @Now
            where state = 'running' and lease_until < clock_timestamp() and attempts >= @MostAttempts returning id
            """, new { MostAttempts, work.Now }, ct))
        {
            await fails(work, id, null, ct);
        }
        await work.CommitAsync(ct);
    }

    private Task<UnitOfWork> BeginAsync(CancellationToken ct) => db.BeginAsync(Actor.Job(job), ct);

    /// <summary>Every second, in a short transaction of its own: the lease, and how far it has come. Stops the work when the lease is lost.</summary>
    private async Task RenewAsync(HeldRun run, Func<RunProgress> progress, CancellationTokenSource stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Renewal, stop.Token);
                try
                {
                    if (!await UpdateAsync(run, "lease_until = clock_timestamp() + interval '2 minutes', stage = @Stage, done = @Done, total = @Total", progress(), stop.Token))
                    {
                        await stop.CancelAsync();
                    }
                }
                catch (Npgsql.NpgsqlException problem)
                {
                    log.LogWarning(problem, "{Table} {Run}: the lease could not be renewed this time", table, run.Id);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private async Task<bool> UpdateAsync(HeldRun run, string set, RunProgress? progress, CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        var rows = await work.ExecuteAsync($"update {table} set {set} where {Held}", new { run.Id, run.Attempts, progress?.Stage, progress?.Done, progress?.Total }, ct);
        await work.CommitAsync(ct);
        return rows == 1;
    }

    private async Task FailAsync(HeldRun run, string words, CancellationToken ct)
    {
        await using var work = await BeginAsync(ct);
        await work.ExecuteAsync($"update {table} set state = 'failed', error = @words, lease_until = null, finished_at = @Now where {Held}", new { run.Id, run.Attempts, words, work.Now }, ct);
        await fails(work, run.Id, words, ct);
        await work.CommitAsync(ct);
    }
}
