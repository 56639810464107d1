using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Telemetry;

namespace AuditTracker.Health;

/// <summary>The door of the room.</summary>
public static class HealthRoom
{
    public static IServiceCollection AddHealth(this IServiceCollection services) => services
        .AddSingleton<HealthStore>().AddSingleton<JobRunStore>().AddSingleton<SystemLines>()
        .AddSingleton<RecordJobRun>(all => all.GetRequiredService<JobRunStore>().RecordAsync);

    /// <summary>This process says every twenty seconds that it lives.</summary>
    /// <param name="kind"><c>serve</c>, <c>web</c> or <c>worker</c>.</param>
    public static IServiceCollection AddHeartbeat(this IServiceCollection services, string kind) => services
        .AddHostedService(all => ActivatorUtilities.CreateInstance<Heartbeat>(all, kind));

    /// <summary>Sends metrics and traces when the operator has set where to.</summary>
    public static IServiceCollection AddMeasuring(this IServiceCollection services, Settings settings) =>
        settings.TelemetryEndpoint is null ? services : services.AddTelemetry(settings, Heartbeat.Version).AddHostedService<QueueLengths>();

    public static void MapHealth(this IEndpointRouteBuilder app) => HealthApi.Map(app);
}
