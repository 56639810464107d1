using AuditTracker.Health;
using AuditTracker.Platform.Telemetry;

namespace AuditTracker.Commands;

/// <summary>The jobs, without pages.</summary>
public static class Worker
{
    public static async Task<int> RunAsync(string[] args)
    {
        await using var installation = await Installation.OpenAsync(new Arguments(args).Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.AddLines(installation.Settings).AddFilter("Microsoft", LogLevel.Warning).AddFilter("Quartz", LogLevel.Warning);
        // Keys of webhooks are protected like all secrets that are stored.
        builder.Services.AddStoredSecrets(installation.Settings);
        builder.Services.AddRooms(installation).AddHostedService<KeepServer>().AddHeartbeat("worker").AddMeasuring(installation.Settings).AddWorker();
        using var host = builder.Build();
        await host.RunAsync();
        return 0;
    }
}
