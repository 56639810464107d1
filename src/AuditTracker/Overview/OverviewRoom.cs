namespace AuditTracker.Overview;

/// <summary>The door of the room.</summary>
public static class OverviewRoom
{
    public static IServiceCollection AddOverview(this IServiceCollection services) => services
        .AddSingleton<ItemStore>().AddSingleton<ShowItems>().AddSingleton<CoverageWords>().AddSingleton<OwedStore>()
        .AddSingleton<TodayStore>().AddSingleton<ShowToday>().AddSingleton<ShowCoverage>().AddSingleton<YearStore>().AddSingleton<ShowYear>()
        .AddSingleton<TodayStore>().AddSingleton<ShowToday>()
        .AddSingleton<SetupSteps>()
        .AddSingleton<GapStore>().AddSingleton<ShowGaps>().AddSingleton<ShowAhead>()
        .AddSingleton<CalendarFeeds>()
        .AddSingleton<SearchStore>().AddSingleton<SearchEverything>();

    public static void MapOverview(this IEndpointRouteBuilder app)
    {
        OverviewApi.Map(app);
        CalendarFeedFile.Map(app);
    }
}
