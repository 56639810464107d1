using AuditTracker.Platform.Jobs;

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

    public static void MapHealth(this IEndpointRouteBuilder app) => HealthApi.Map(app);
}
