using AuditTracker.Platform.Web;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Overview;

/// <summary>Where calendars ask. Unknown, taken away, left: the same 404; nothing of it is kept by anybody in between.</summary>
public static class CalendarFeedFile
{
    private static readonly string[] Asking = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/calendar/{secret}.ics", Asking, async (string secret, CalendarFeeds feeds, HttpContext http, CancellationToken ct) =>
    {
        var from = http.Connection.RemoteIpAddress?.ToString() ?? "";
        http.Response.Headers.CacheControl = "private, no-cache";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        http.Response.Headers["X-Robots-Tag"] = "noindex";
        CalendarContent? content;
        try
        {
            content = await feeds.ReadAsync(secret, from, ct);
        }
        catch (AskedTooOften)
        {
            return TooMany(http);
        }
        if (content is null)
        {
            return Results.NotFound();
        }
        http.Response.Headers.ContentDisposition = "inline; filename=\"audit-tracker.ics\"";
        return Results.File(content.Bytes, CalendarText.MediaType, entityTag: new EntityTagHeaderValue(content.Tag));
    }).AllowAnonymous().ExcludeFromDescription();

    private static IResult TooMany(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "600";
        return Results.StatusCode(StatusCodes.Status429TooManyRequests);
    }
}
