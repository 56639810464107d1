namespace AuditTracker.Commands;

/// <summary>Beside web and worker: brings the private PostgreSQL back when it was killed.</summary>
public sealed class KeepServer(Installation installation, ILogger<KeepServer> log) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => installation.KeepServerAsync(log, stoppingToken);
}
