using Microsoft.AspNetCore.Http.Features;

namespace AuditTracker.Platform.Telemetry;

/// <summary>Names the span of a request by method and route: a path may hold somebody's number, a query anything.</summary>
public static class Spans
{
    /// <summary>Behind routing, before what answers.</summary>
    public static IApplicationBuilder UseSpans(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
        }
        finally
        {
            if (http.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
            {
                var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "";
                span.DisplayName = $"{http.Request.Method} {route}".TrimEnd();
                span.SetTag("http.request.method", http.Request.Method).SetTag("http.route", route).SetTag("http.response.status_code", http.Response.StatusCode);
            }
        }
    });
}
