using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Reports;

/// <summary>What somebody asks for.</summary>
/// <param name="CutoffAt">UTC; null: now.</param>
public sealed record ReportInput(string Framework, DateOnly From, DateOnly To, DateTime? CutoffAt, string Language);

/// <summary>Asking for a workbook: a row for a worker, and an act. Nothing is built here.</summary>
public sealed class RequestReport(Db db, IJobEngine jobs, ILogger<RequestReport> log)
{
    /// <exception cref="InvalidInput">A field cannot be taken.</exception>
    /// <exception cref="NotFound">The user may not ask.</exception>
    public async Task<long> AskAsync(CurrentUser user, ReportInput input, CancellationToken ct = default)
    {
        if (!ReportRunStore.MayAsk(user))
        {
            throw new NotFound();
        }
        long id;
        await using (var work = await db.BeginAsync(Actor.Of(user), ct))
        {
            var order = await CheckAsync(work, input, ct);
            id = await work.FirstAsync<long>("""
                insert into report_runs (kind, framework, from_on, to_on, cutoff_at, language, requested_by, created_at)
                values (@kind, @Framework, @From, @To, @CutoffAt, @Language, @AccountId, @Now) returning id
                """, new { kind = ReportOrder.Evidence, order.Framework, order.From, order.To, order.CutoffAt, order.Language, user.AccountId, work.Now }, ct);
            await work.ActAsync("report.requested", $"report:{id}", new Dictionary<string, string?>
            {
                ["kind"] = ReportOrder.Evidence,
                ["framework"] = order.Framework,
                ["from"] = $"{order.From:yyyy-MM-dd}",
                ["to"] = $"{order.To:yyyy-MM-dd}",
                ["cutoff"] = DataHash.Exactly(order.CutoffAt),
            }, ct: ct);
            await work.CommitAsync(ct);
        }
        await WakeAsync(ct);
        return id;
    }

    /// <summary>Has a run that failed built again, with the cut-off it had.</summary>
    /// <exception cref="NotFound">Not there, or the user may not ask.</exception>
    /// <exception cref="Refusal">It did not fail.</exception>
    public async Task AskAgainAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using (var work = await db.BeginAsync(Actor.Of(user), ct))
        {
            var state = await work.FirstAsync<string>("select state from report_runs where id = @id and @mayAsk for update", new { id, mayAsk = ReportRunStore.MayAsk(user) }, ct) ?? throw new NotFound();
            if (state != "failed")
            {
                throw Refusal.Of<Words>("RunDidNotFail");
            }
            await work.ExecuteAsync("update report_runs set state = 'queued', attempts = 0, stage = '', done = 0, total = 0, error = null, lease_until = null, finished_at = null where id = @id", new { id }, ct);
            await work.ActAsync("report.requestedAgain", $"report:{id}", ct: ct);
            await work.CommitAsync(ct);
        }
        await WakeAsync(ct);
    }

    /// <summary>The rules of an order; also for the command line.</summary>
    /// <exception cref="InvalidInput">A field cannot be taken.</exception>
    public static async Task<ReportOrder> CheckAsync(UnitOfWork work, ReportInput input, CancellationToken ct = default)
    {
        if (!await work.FirstAsync<bool>("select exists (select 1 from frameworks where key = @Framework)", input, ct))
        {
            throw InvalidInput.At<Words>("framework", "FrameworkUnknown", input.Framework);
        }
        if (input.To < input.From)
        {
            throw InvalidInput.At<Words>("to", "PeriodBackwards");
        }
        if (input.From.Year < 2000 || input.To > input.From.AddYears(10))
        {
            throw InvalidInput.At<Words>("from", "PeriodTooLong");
        }
        if (input.Language is not ("ja" or "en"))
        {
            throw InvalidInput.At<Words>("language", "LanguageUnknown");
        }
        // The database keeps microseconds; what it would round must not differ from what is printed.
        var cutoff = input.CutoffAt is { } given ? given.AddTicks(-(given.Ticks % TimeSpan.TicksPerMicrosecond)) : work.Now;
        return cutoff <= work.Now ? new ReportOrder(input.Framework, input.From, input.To, cutoff, input.Language) : throw InvalidInput.At<Words>("cutoff", "CutoffInFuture");
    }

    /// <summary>A worker looks every few seconds anyway: not being able to wake it costs no more than that.</summary>
    private async Task WakeAsync(CancellationToken ct)
    {
        try
        {
            await jobs.RunNowAsync(nameof(BuildReports), ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            log.LogWarning(problem, "No worker could be woken; the next round builds the workbook");
        }
    }
}
