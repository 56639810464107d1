using System.Diagnostics;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;

namespace AuditTracker.Trail;

/// <summary>Tells those who look after the system that a verification found something, or could not be carried through. Filled by a higher room.</summary>
/// <param name="first">The first thing found; null: it could not be carried through.</param>
public delegate Task TellVerification(UnitOfWork work, long verification, int findings, Finding? first, CancellationToken ct);

/// <summary>
/// Job: verifies the trail when somebody asked and once a week, held by a lease (<see cref="LeasedRuns"/>). It only reads, so a worker killed anywhere is
/// followed by one that begins again.
/// </summary>
public sealed class RunVerifications(Db db, VerifyTrail verify, SealTrail seal, ILogger<RunVerifications> log, TellVerification? tell = null)
{
    private readonly LeasedRuns runs = new(db, "trail_verifications", nameof(RunVerifications), async (work, id, _, ct) =>
    {
        await work.ActAsync("trail.verificationFailed", $"verification:{id}", ct: ct);
        await (tell?.Invoke(work, id, 0, null, ct) ?? Task.CompletedTask);
    }, log);

    /// <returns>How many verifications were done.</returns>
    public async Task<int> RunAsync(CancellationToken ct = default)
    {
        await AskByTheWeekAsync(ct);
        await runs.GiveUpAsync("'Died'", ct);
        var done = 0;
        while (await ClaimAsync(ct) is { } run)
        {
            if (!await VerifyAsync(run, ct))
            {
                return done; // the next round tries again
            }
            done++;
        }
        return done;
    }

    internal Task<HeldRun?> ClaimAsync(CancellationToken ct) => runs.ClaimAsync(ct);

    /// <summary>Seven days after the last one, whoever asked for it; after a longer pause once.</summary>
    private async Task AskByTheWeekAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(RunVerifications)), ct);
        await work.ExecuteAsync("""
            insert into trail_verifications (asked_at)
            select @Now where coalesce((select max(made_at) from trail_verifications), (select recorded_at from trail.entries order by id limit 1)) < clock_timestamp() - interval '7 days'
            on conflict do nothing
            """, new { work.Now }, ct);
        await work.CommitAsync(ct);
    }

    private async Task<bool> VerifyAsync(HeldRun run, CancellationToken ct)
    {
        var (done, total, watch) = (0L, 0L, Stopwatch.StartNew());
        return await runs.HoldAsync(run, () => new RunProgress("", Interlocked.Read(ref done), Interlocked.Read(ref total)), async stop =>
        {
            // After a pause the sealer has not caught up yet, which is no fault of the trail: its first round marks, its second seals.
            await seal.RunAsync(stop);
            await seal.RunAsync(stop);
            await using (var connection = await db.OpenAsync(stop))
            {
                var sealedEntries = await connection.FirstAsync<long>("select coalesce(sum(entries), 0)::bigint from trail.seals", ct: stop);
                Interlocked.Exchange(ref total, sealedEntries);
            }
            return await verify.RunAsync(withRows: true, progress: entries =>
            {
                Interlocked.Exchange(ref done, entries);
                return Task.CompletedTask;
            }, ct: stop);
        }, verdict => FinishAsync(run, verdict, watch.ElapsedMilliseconds, ct), (_, isLast) => isLast ? "Failed" : null, ct);
    }

    private async Task<bool> FinishAsync(HeldRun run, Verdict verdict, long tookMs, CancellationToken ct)
    {
        var first = verdict.Findings is [var one, ..] ? one : null;
        await using var work = await db.BeginAsync(Actor.Job(nameof(RunVerifications)), ct);
        if (await work.ExecuteAsync($"""
            update trail_verifications set state = 'done', stage = '', lease_until = null, finished_at = @Now, took_ms = @tookMs, entries = @Entries, seals = @Seals, checked_rows = @Rows, head = @Head,
                findings = @findings, first_kind = @kind, first_where = @Where, first_detail = @Detail where {LeasedRuns.Held}
            """, new { run.Id, run.Attempts, work.Now, tookMs, verdict.Entries, verdict.Seals, verdict.Rows, verdict.Head, findings = verdict.Findings.Count, kind = first?.Kind.ToString(), first?.Where, first?.Detail }, ct) == 0)
        {
            return false;
        }
        await work.ActAsync("trail.verified", $"verification:{run.Id}", new Dictionary<string, string?> { ["findings"] = FormattableString.Invariant($"{verdict.Findings.Count}"), ["finding"] = first?.Kind.ToString(), ["place"] = first?.Where }, ct: ct);
        if (first is not null)
        {
            await (tell?.Invoke(work, run.Id, verdict.Findings.Count, first, ct) ?? Task.CompletedTask);
        }
        await work.CommitAsync(ct);
        return true;
    }
}
