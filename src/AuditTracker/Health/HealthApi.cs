using AuditTracker.Platform.Security;

namespace AuditTracker.Health;

/// <summary>The wire of the operator's view: what <c>/health</c> shows.</summary>
public static class HealthApi
{
    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/api/health", (HttpContext http, HealthStore health, CancellationToken ct) => health.ReadAsync(http.CurrentUser(), ct))
        .May(Role.Administrator).WithTags("health");
}
