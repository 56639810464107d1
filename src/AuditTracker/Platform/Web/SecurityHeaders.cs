using Microsoft.Net.Http.Headers;

namespace AuditTracker.Platform.Web;

/// <summary>What every answer tells the browser: no script or style but ours, no frames, no guessing of types, nothing kept of pages.</summary>
public static class SecurityHeaders
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'none'; "
        + "object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

    /// <summary>Adds the headers; answers that set one of their own (a sandboxed file, a cached style sheet) keep it.</summary>
    public static void Set(HttpContext http)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        if (http.Request.IsHttps && !IsLoopback(http.Request.Host.Host))
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        http.Response.OnStarting(() =>
        {
            if (!headers.ContainsKey(HeaderNames.CacheControl))
            {
                headers.CacheControl = "no-store";
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>This page may show frames of our own.</summary>
    public static void MayFrame(HttpContext http) => http.Response.Headers.ContentSecurityPolicy = Policy + "; frame-src 'self'";

    /// <summary>This answer is a mail's HTML for such a frame: no script, no requests, an origin of its own; opened by itself it is as harmless.</summary>
    public static void IsFramedMail(HttpContext http)
    {
        http.Response.Headers.ContentSecurityPolicy = "sandbox allow-popups; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
        http.Response.Headers.XFrameOptions = "SAMEORIGIN";
    }

    private static bool IsLoopback(string host) => host is "localhost" or "127.0.0.1" or "[::1]";
}
