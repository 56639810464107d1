namespace AuditTracker.Reports;

/// <summary>The door of the room.</summary>
public static class ReportsRoom
{
    public static IServiceCollection AddReports(this IServiceCollection services) => services
        .AddSingleton<ReportRunStore>().AddSingleton<RequestReport>().AddSingleton<DownloadReport>()
        .AddSingleton<EvidenceWorkbook>().AddSingleton<BuildReports>()
        .AddSingleton<TrainingWorkbook>().AddSingleton<FiledReports>().AddSingleton<BuildFilings>()
        .AddSingleton<FilingStore>().AddSingleton<FilingPapers>().AddSingleton<BuildPapers>();

    public static void MapReports(this IEndpointRouteBuilder app) => ReportsApi.Map(app);
}
