namespace AuditTracker.Trail;

/// <summary>The door of the room.</summary>
public static class TrailRoom
{
    public static IServiceCollection AddTrail(this IServiceCollection services) => services
        .AddSingleton<TrailStore>().AddSingleton<TrailWords>().AddSingleton<SubjectLinks>()
        .AddSingleton(provider => new HeadJournal(Path.Combine(provider.GetRequiredService<Settings>().Data, "trail", "heads")))
        .AddSingleton<SealTrail>().AddSingleton<AnchorTrail>().AddSingleton<VerifyTrail>().AddSingleton<TrailSegment>()
        .AddSingleton<Verifications>().AddSingleton<RunVerifications>()
        .AddSingleton<TrailProtection>().AddHostedService(provider => provider.GetRequiredService<TrailProtection>());

    public static void MapTrail(this IEndpointRouteBuilder app) => TrailApi.Map(app);
}
