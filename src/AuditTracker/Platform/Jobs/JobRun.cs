using AuditTracker.Platform.Telemetry;

namespace AuditTracker.Platform.Jobs;

/// <summary>How a job runs or ran, by the system's clock.</summary>
/// <param name="Rows">How many rows it touched.</param>
/// <param name="Failure">What kind of fault ended it (<see cref="Incident.KindOf"/>), or null.</param>
/// <param name="Incident">The fault's number in the log.</param>
public sealed record JobRun(string Job, DateTime StartedAt, DateTime? EndedAt = null, int Rows = 0, string? Failure = null, string? Incident = null);

/// <summary>Writes down how a job goes. A higher room fills it; without it nothing is written down.</summary>
public delegate Task RecordJobRun(JobRun run);

/// <summary>Runs a schedule in a scope of its own and has it written down, whoever asked for it.</summary>
public static class ScheduleRuns
{
    /// <returns>How many rows it touched.</returns>
    /// <exception cref="Exception">What the job threw; it carries its number as <c>Data["incident"]</c>.</exception>
    public static async Task<int> RunAsync(this Schedule schedule, IServiceProvider services, ILogger log, CancellationToken ct)
    {
        var record = services.GetService<RecordJobRun>();
        var run = new JobRun(schedule.Name, DateTime.UtcNow);
        await WriteAsync(run);
        var rows = 0;
        using var span = Measures.StartJob(schedule.Name);
        try
        {
            await using var scope = services.CreateAsyncScope();
            rows = await schedule.Run(scope.ServiceProvider, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw; // the worker stops; what is due is still due
        }
        catch (Exception fault)
        {
            Measures.JobEnded(schedule.Name, DateTime.UtcNow - run.StartedAt, 0, Platform.Incident.KindOf(fault));
            var incident = Platform.Incident.New();
            fault.Data["incident"] = incident;
            await WriteAsync(run with { EndedAt = DateTime.UtcNow, Failure = Platform.Incident.KindOf(fault), Incident = incident });
            throw;
        }
        Measures.JobEnded(schedule.Name, DateTime.UtcNow - run.StartedAt, rows, null);
        await WriteAsync(run with { EndedAt = DateTime.UtcNow, Rows = rows });
        return rows;

        async Task WriteAsync(JobRun now)
        {
            try
            {
                await (record?.Invoke(now) ?? Task.CompletedTask);
            }
            catch (Exception problem)
            {
                // What was done stays done, also where it cannot be written down.
                log.LogWarning("How job {Job} goes could not be written down: {Kind}", now.Job, Platform.Incident.KindOf(problem));
            }
        }
    }
}
