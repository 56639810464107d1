using System.Diagnostics.Metrics;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Telemetry;

namespace AuditTracker.Health;

/// <summary>Reads every half minute how much waits for a worker, for the metrics; runs only where they are sent.</summary>
public sealed class QueueLengths(Db db, ILogger<QueueLengths> log) : BackgroundService
{
    private volatile IReadOnlyList<Measurement<long>> last = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Measures.ObserveQueues(() => last);
        while (true)
        {
            try
            {
                await using var connection = await db.OpenAsync(stoppingToken);
                last = [.. (await connection.ListAsync<(string Queue, long Count)>("""
                    select 'mails', count(*) from mails where state in ('queued', 'sending', 'deferred')
                    union all select 'mails to decide', count(*) from mails where state = 'unknown'
                    union all select 'reports', count(*) from report_runs where state in ('queued', 'running')
                    union all select 'collections to open', count(*) from collections where state = 'planned' and opens_on <= tokyo_date(business_now())
                    """, ct: stoppingToken)).Select(row => new Measurement<long>(row.Count, new KeyValuePair<string, object?>("queue", row.Queue)))];
            }
            catch (Exception problem) when (problem is not OperationCanceledException)
            {
                log.LogWarning("Queues could not be counted: {Kind}", Incident.KindOf(problem));
            }
            await Task.Delay(TimeSpan.FromSeconds(30), stoppingToken);
        }
    }
}
