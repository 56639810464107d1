using System.Diagnostics;
using Npgsql;
using Quartz;
using Quartz.Extensibility;

namespace AuditTracker.Platform.Jobs;

/// <summary>The job engine on Quartz, its state in PostgreSQL and shared by all workers (clocks within a second).</summary>
/// <param name="app">As the app role; <see cref="QuartzSchema"/> has made the tables.</param>
/// <param name="schedules">The list of the map of the house.</param>
public sealed class QuartzEngine(
    NpgsqlDataSource app,
    IReadOnlyList<Schedule> schedules,
    IServiceProvider services,
    ILoggerFactory logs) : IJobEngine, IJobFactory, IAsyncDisposable
{
    private const string Group = "schedules";

    private static readonly TimeZoneInfo Tokyo = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");

    private readonly Dictionary<string, Schedule> byName = schedules.ToDictionary(s => s.Name, StringComparer.Ordinal);
    private readonly ILogger log = logs.CreateLogger<QuartzEngine>();
    private readonly SemaphoreSlim building = new(1);
    private StandaloneSchedulerFactory? factory;
    private IScheduler? scheduler;

    public async Task StartAsync(CancellationToken cancel)
    {
        var engine = await SchedulerAsync(cancel);
        foreach (var schedule in schedules)
        {
            await StoreAsync(engine, schedule, cancel);
        }

        foreach (var job in (await engine.QueryJobs(new JobQuery { Group = GroupMatcher<JobKey>.GroupEquals(Group) }, cancel)).Items)
        {
            if (!byName.ContainsKey(job.Key.Name))
            {
                await engine.DeleteJob(job.Key, cancel);
            }
        }

        await engine.Start(cancel);
    }

    public async Task StopAsync(CancellationToken cancel)
    {
        if (scheduler is not null)
        {
            await scheduler.Shutdown(waitForJobsToComplete: true, cancel);
        }
    }

    public async Task RunNowAsync(string name, CancellationToken cancel)
    {
        if (!byName.TryGetValue(name, out var schedule))
        {
            throw new ArgumentException($"There is no schedule {name}.", nameof(name));
        }

        var engine = await SchedulerAsync(cancel);
        if (!await engine.Exists(KeyOf(schedule), cancel))
        {
            await StoreAsync(engine, schedule, cancel); // before any worker has ever started
        }

        await engine.TriggerJob(KeyOf(schedule), cancellationToken: cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (factory is not null)
        {
            await factory.DisposeAsync();
        }

        building.Dispose();
    }

    ValueTask<JobScope> IJobFactory.CreateJob(TriggerFiredBundle bundle, IScheduler scheduler, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new JobScope(new ScheduledJob(this)));

    ValueTask IJobFactory.ReturnJob(JobScope scope, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    private async Task RunAsync(string name, CancellationToken cancel)
    {
        if (!byName.TryGetValue(name, out var schedule))
        {
            log.LogWarning("Job {Job} belongs to another version; this worker does not know it.", name);
            return;
        }

        var watch = Stopwatch.StartNew();
        try
        {
            var rows = await schedule.RunAsync(services, log, cancel);
            log.Log(rows > 0 ? LogLevel.Information : LogLevel.Debug, "Job {Job}: {Rows} rows in {Elapsed} ms.", name, rows, watch.ElapsedMilliseconds);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The worker stops. What is due is still due.
        }
        catch (Exception e)
        {
            // Its next time is the retry; to Quartz a thrown exception would say no more than that.
            log.LogError(e, "Job {Job} failed after {Elapsed} ms. Incident {Incident}", name, watch.ElapsedMilliseconds, e.Data["incident"]);
        }
    }

    private static async Task StoreAsync(IScheduler engine, Schedule schedule, CancellationToken cancel)
    {
        var key = new TriggerKey(schedule.Name, Group);
        var job = JobBuilder.Create<ScheduledJob>()
            .WithIdentity(KeyOf(schedule))
            .DisallowConcurrentExecution(true)
            .RequestRecovery(true)
            .StoreDurably(true)
            .Build();
        await engine.AddJob(job, AddJobOptions.Replacing, cancel);

        // An unchanged trigger is left alone: a new one would forget the times missed while no worker ran.
        if (await engine.GetTrigger(key, cancel) is ICronTrigger known && known.CronExpressionString == schedule.Cron && known.TimeZone.Id == Tokyo.Id)
        {
            return;
        }

        var trigger = TriggerBuilder.Create(TimeProvider.System)
            .WithIdentity(key)
            .ForJob(KeyOf(schedule))
            .WithSchedule(CronScheduleBuilder.Create(schedule.Cron).InTimeZone(Tokyo).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed))
            .Build();
        await engine.ScheduleJob(trigger, ScheduleJobOptions.Replacing, cancel);
    }

    private static JobKey KeyOf(Schedule schedule) => new(schedule.Name, Group);

    private async Task<IScheduler> SchedulerAsync(CancellationToken cancel)
    {
        await building.WaitAsync(cancel);
        try
        {
            if (scheduler is null)
            {
                factory = QuartzSchema.Configure(app, SchemaProvisioning.Validate, quartz =>
                {
                    quartz.UseJobFactory(this);
                    quartz.Services.AddLogging(logging => logging.AddProvider(new Forward(logs)));
                }).Build();
                scheduler = await factory.GetScheduler(cancel);
            }

            return scheduler;
        }
        finally
        {
            building.Release();
        }
    }

    /// <summary>Quartz has a container of its own; a database that is down must be read in our log.</summary>
    private sealed class Forward(ILoggerFactory logs) : ILoggerProvider
    {
        public ILogger CreateLogger(string categoryName) => logs.CreateLogger(categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class ScheduledJob(QuartzEngine engine) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
            await engine.RunAsync(context.JobDetail.Key.Name, cancellationToken);
    }
}
