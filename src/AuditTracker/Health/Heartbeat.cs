using System.Reflection;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;

namespace AuditTracker.Health;

/// <summary>One row a process: when it last said that it lives, by the database's clock. A clean stop is written down too.</summary>
public sealed class Heartbeat(Db db, string kind, ILogger<Heartbeat> log) : BackgroundService
{
    /// <summary>How often.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(20);

    private readonly string id = Guid.NewGuid().ToString("N");

    public static string Version { get; } = typeof(Heartbeat).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await BeatAsync(stops: false, stoppingToken);
                await Task.Delay(Every, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(3));
            await BeatAsync(stops: true, soon.Token);
        }
    }

    private async Task BeatAsync(bool stops, CancellationToken ct)
    {
        try
        {
            await using var work = await db.BeginAsync(Actor.Job(nameof(Heartbeat)), ct);
            await work.ExecuteAsync("""
                insert into processes (id, kind, machine, version, started_at, beat_at)
                values (@id, @kind, @machine, @Version, clock_timestamp(), clock_timestamp())
                on conflict (id) do update set beat_at = clock_timestamp(), stopped_at = case when @stops then clock_timestamp() end;
                delete from processes where beat_at < clock_timestamp() - interval '1 day';
                """, new { id, kind, machine = $"{Environment.MachineName} {Environment.ProcessId}", Version, stops }, ct);
            await work.CommitAsync(ct);
        }
        catch (Exception problem) when (problem is not OperationCanceledException || stops)
        {
            log.LogWarning("The heartbeat could not be written: {Kind}", Incident.KindOf(problem));
        }
    }
}
