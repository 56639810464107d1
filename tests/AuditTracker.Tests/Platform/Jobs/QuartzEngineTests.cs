using System.Collections.Concurrent;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Jobs;
using AuditTracker.Tests.Support;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuditTracker.Tests.Platform.Jobs;

public sealed class QuartzEngineTests : IAsyncLifetime
{
    private const string EverySecond = "* * * * * ?";
    private const string NineOClock = "0 0 9 * * ?";

    private readonly ConcurrentQueue<string> ran = new();
    private readonly List<QuartzEngine> engines = [];
    private readonly ServiceProvider services = new ServiceCollection().AddScoped<Scoped>().BuildServiceProvider();
    private readonly Recorder log = new();
    private string database = null!;
    private NpgsqlDataSource owner = null!;
    private NpgsqlDataSource app = null!;

    private sealed class Scoped;

    public async Task InitializeAsync()
    {
        var postgres = await TestPostgres.GetAsync();
        database = await postgres.CreateDatabaseAsync();
        owner = NpgsqlDataSource.Create(postgres.Owner(database));
        app = NpgsqlDataSource.Create(postgres.App(database));
        await QuartzSchema.ProvisionAsync(owner, ClusterRoles.App, default);
    }

    public async Task DisposeAsync()
    {
        foreach (var engine in engines)
        {
            await engine.StopAsync(default);
            await engine.DisposeAsync();
        }

        await services.DisposeAsync();
        await owner.DisposeAsync();
        await app.DisposeAsync();
        await (await TestPostgres.GetAsync()).DropDatabaseAsync(database);
    }

    private QuartzEngine Engine(params Schedule[] schedules)
    {
        var engine = new QuartzEngine(app, schedules, services, LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information).AddProvider(log)));
        engines.Add(engine);
        return engine;
    }

    private async Task<QuartzEngine> StartedAsync(params Schedule[] schedules)
    {
        var engine = Engine(schedules);
        await engine.StartAsync(default);
        return engine;
    }

    private Schedule Noting(string name, string cron, string? note = null) => new(name, cron, (_, _) =>
    {
        ran.Enqueue(note ?? name);
        return Task.FromResult(1);
    });

    private static async Task UntilAsync(Func<bool> condition, int seconds = 20)
    {
        for (var i = 0; i < seconds * 20 && !condition(); i++)
        {
            await Task.Delay(50);
        }

        Assert.True(condition());
    }

    private async Task<T> QueryAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    [Fact]
    public async Task Work_is_called_at_its_times_each_time_with_services_of_its_own()
    {
        var scopes = new ConcurrentQueue<Scoped>();
        await StartedAsync(new Schedule("Tick", EverySecond, (scope, _) =>
        {
            scopes.Enqueue(scope.GetRequiredService<Scoped>());
            return Task.FromResult(0);
        }));

        await UntilAsync(() => scopes.Count >= 3);

        Assert.Equal(scopes.Count, scopes.Distinct().Count());
    }

    [Fact]
    public async Task Nine_o_clock_is_nine_in_tokyo()
    {
        await StartedAsync(Noting("Nine", NineOClock));

        var next = DateTimeOffset.Parse(await QueryAsync<string>(
            "select (timestamptz '0001-01-01 00:00:00+00' + next_fire_time / 10 * interval '1 microsecond')::text from quartz.qrtz_triggers where trigger_name = 'Nine'"));
        Assert.Equal(new TimeSpan(0, 0, 0), next.ToUniversalTime().TimeOfDay);
        Assert.InRange(next, DateTimeOffset.UtcNow, DateTimeOffset.UtcNow.AddDays(1));
    }

    [Fact]
    public async Task Two_workers_never_run_one_schedule_at_once()
    {
        var inside = 0;
        var most = 0;
        var done = 0;
        var slow = new Schedule("Slow", EverySecond, async (_, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref inside));
            await Task.Delay(1500);
            Interlocked.Decrement(ref inside);
            Interlocked.Increment(ref done);
            return 1;
        });
        await StartedAsync(slow);
        await StartedAsync(slow);

        await UntilAsync(() => done >= 3);

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Run_now_works_from_a_process_that_runs_nothing_itself()
    {
        var web = Engine(Noting("Daily", NineOClock, "on web"));
        await web.RunNowAsync("Daily", default); // before any worker has started
        await StartedAsync(Noting("Daily", NineOClock, "on worker"));
        await UntilAsync(() => ran.Count == 1);
        await web.RunNowAsync("Daily", default);
        await UntilAsync(() => ran.Count == 2);

        Assert.All(ran, where => Assert.Equal("on worker", where));
        await Assert.ThrowsAsync<ArgumentException>(() => web.RunNowAsync("Nothing", default));
    }

    [Fact]
    public async Task Schedules_follow_the_code()
    {
        var first = await StartedAsync(Noting("Gone", EverySecond), Noting("Moved", NineOClock), Noting("Same", NineOClock));
        await UntilAsync(() => ran.Contains("Gone"));
        await first.StopAsync(default);
        ran.Clear();

        await StartedAsync(Noting("Moved", EverySecond), Noting("Same", NineOClock), Noting("New", EverySecond));
        await UntilAsync(() => ran.Contains("Moved") && ran.Contains("New"));

        Assert.DoesNotContain("Gone", ran);
        Assert.Equal("Moved New Same", await QueryAsync<string>("select string_agg(job_name, ' ' order by job_name) from quartz.qrtz_job_details"));
        Assert.Equal(3, await QueryAsync<int>("select count(*) from quartz.qrtz_triggers"));
    }

    [Fact]
    public async Task Times_missed_while_no_worker_ran_are_made_up_once()
    {
        var first = await StartedAsync(Noting("Nightly", NineOClock));
        await first.StopAsync(default);
        // As if the worker had stopped three days ago: .NET ticks.
        await QueryAsync<object>("update quartz.qrtz_triggers set next_fire_time = next_fire_time - 4 * 864000000000, prev_fire_time = null");

        await StartedAsync(Noting("Nightly", NineOClock));
        await UntilAsync(() => !ran.IsEmpty, seconds: 30);
        await Task.Delay(1500);

        Assert.Single(ran);
    }

    [Fact]
    public async Task A_failing_schedule_goes_on_and_disturbs_no_other()
    {
        var failures = 0;
        await StartedAsync(
            new Schedule("Fails", EverySecond, (_, _) => ++failures > 0 ? throw new InvalidOperationException("no") : Task.FromResult(0)),
            Noting("Works", EverySecond));

        await UntilAsync(() => failures >= 2 && ran.Count >= 2);
        Assert.Contains(log.Lines, line => line.StartsWith("Error AuditTracker.Platform.Jobs.QuartzEngine Job Fails failed"));
        Assert.Contains(log.Lines, line => line.StartsWith("Information AuditTracker.Platform.Jobs.QuartzEngine Job Works: 1 rows"));
        Assert.Contains(log.Lines, line => line.Contains(" Quartz.")); // its own troubles reach our log
    }

    [Fact]
    public async Task Stopping_signals_what_runs_and_waits_for_it()
    {
        var began = false;
        var ended = false;
        var engine = await StartedAsync(new Schedule("Long", EverySecond, async (_, cancel) =>
        {
            began = true;
            try
            {
                await Task.Delay(TimeSpan.FromMinutes(5), cancel);
                return 1;
            }
            finally
            {
                await Task.Delay(300, CancellationToken.None);
                ended = true;
            }
        }));
        await UntilAsync(() => began);

        await engine.StopAsync(default);

        Assert.True(ended);
    }

    [Fact]
    public async Task The_app_role_uses_the_tables_but_cannot_make_any_and_a_missing_schema_is_said_at_start()
    {
        await QuartzSchema.ProvisionAsync(owner, ClusterRoles.App, default); // a second time changes nothing
        await using var connection = await app.OpenConnectionAsync();
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("create table quartz.mine (id int)"));
        await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync("drop table quartz.qrtz_locks"));

        await QueryAsync<object>("drop schema quartz cascade");
        await Assert.ThrowsAnyAsync<Exception>(() => Engine(Noting("Tick", EverySecond)).StartAsync(default));
    }

    private sealed class Recorder : ILoggerProvider
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ILogger CreateLogger(string categoryName) => new Category(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Category(Recorder recorder, string name) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
                recorder.Lines.Enqueue($"{logLevel} {name} {formatter(state, exception)}");
        }
    }
}
