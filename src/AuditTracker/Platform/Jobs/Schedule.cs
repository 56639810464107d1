namespace AuditTracker.Platform.Jobs;

/// <summary>One recurring piece of work.</summary>
/// <param name="Name">A verb phrase, unique and stable: <c>OpenDueCollections</c>.</param>
/// <param name="Cron">Quartz cron (seconds first) in Asia/Tokyo: <c>0 * * * * ?</c> every minute, <c>0 30 6 * * ?</c> at 6:30.</param>
/// <param name="Run">
/// Does what is due now and returns how many rows it touched; gets services of a scope of its own. Due rows are the queue: a
/// lost or doubled call must cost nothing.
/// </param>
public sealed record Schedule(string Name, string Cron, Func<IServiceProvider, CancellationToken, Task<int>> Run)
{
    /// <summary>When it is due next after an instant, UTC; null = never again.</summary>
    public DateTime? NextAfter(DateTime at) => QuartzSchema.NextAfter(Cron, at);
}

/// <summary>
/// Calls every <see cref="Schedule"/> at its times on one of the workers: never twice at once, once (not n times) after missed
/// times, again when the worker that ran it has died.
/// </summary>
public interface IJobEngine
{
    /// <summary>Brings the stored schedules in line with the code and begins to run them. Workers only.</summary>
    Task StartAsync(CancellationToken cancel);

    /// <summary>Begins no more work, signals what runs and waits for it.</summary>
    Task StopAsync(CancellationToken cancel);

    /// <summary>Has one schedule run soon on some worker, from any process; its times stay as they are.</summary>
    /// <exception cref="ArgumentException">No schedule has this name.</exception>
    Task RunNowAsync(string name, CancellationToken cancel);
}
