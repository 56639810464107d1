using System.Security.Claims;
using AuditTracker.Platform.Security;

namespace AuditTracker.Accounts;

/// <summary>
/// Middleware: bearer tokens open the API, the session cookie opens the pages; neither opens the other's door, so a page's cookie
/// can never be ridden into the API.
/// </summary>
public static class IdentifyCaller
{
    /// <summary>The <c>__Host-</c> prefix binds the cookie to this host, HTTPS (or loopback) and the whole path.</summary>
    public const string SessionCookie = "__Host-session";

    /// <summary>Signs the browser in. Lax, so that a link in a mail finds the session; forms carry their own token against forgery.</summary>
    /// <param name="secret">The session's secret.</param>
    public static void Give(HttpContext http, string secret) => http.Response.Cookies.Append(SessionCookie, secret, Options());

    /// <summary>What a page asks by itself, again and again, carries this: nobody is at the keyboard for it, and the session ends all the same.</summary>
    public const string PollHeader = "X-Poll";

    /// <summary>Between password and second factor; opens nothing else.</summary>
    public const string WaitingCookie = "__Host-sign-in";

    /// <summary>What a right password leads to: signed in and on to <paramref name="back"/>, or the second step. Null when it was not right.</summary>
    public static string? Lead(HttpContext http, SignInResult result, string back)
    {
        switch (result)
        {
            case SignInResult.Started started:
                Give(http, started.Token);
                http.Response.Cookies.Delete(WaitingCookie, Options());
                return back;
            case SignInResult.Awaits awaits:
                http.Response.Cookies.Append(WaitingCookie, awaits.Token, Options());
                return $"/sign-in/code?back={Uri.EscapeDataString(back)}";
            default:
                return null;
        }
    }

    /// <summary>Ties a mailed code to the browser that asked for it; opens nothing by itself.</summary>
    private const string AskedCookie = "__Host-mailed-code";

    public static void KeepAsked(HttpContext http, string secret) => http.Response.Cookies.Append(AskedCookie, secret, Options());

    /// <summary>The secret of what this browser asked for; null: nothing.</summary>
    public static string? Asked(HttpContext http) => http.Request.Cookies[AskedCookie] is { Length: > 0 } secret ? secret : null;

    /// <summary>Takes the cookie away again.</summary>
    public static void Take(HttpContext http) => http.Response.Cookies.Delete(SessionCookie, Options());

    /// <summary>The session behind a signed-in page; the API has none.</summary>
    public static CallerSession Session(this HttpContext http) => http.Features.Get<CallerSession>() ?? throw new InvalidOperationException("Only pages have a session.");

    private static CookieOptions Options() => new() { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Lax, Path = "/", IsEssential = true };

    /// <summary>A path that leads nowhere is still answered in the reader's language.</summary>
    private static bool IsPageAskedFor(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    public static IApplicationBuilder UseCaller(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var callers = http.RequestServices.GetRequiredService<CallerStore>();
        var settings = http.RequestServices.GetRequiredService<Settings>();
        var isApi = http.Request.Path.StartsWithSegments("/api");
        CurrentUser? user = null;
        if (http.Request.Headers.Authorization.ToString() is { } header && header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
        {
            if (isApi || http.Request.Path.StartsWithSegments("/openapi"))
            {
                user = await callers.ByTokenAsync(header["Bearer ".Length..].Trim(), http.TraceIdentifier, http.RequestAborted);
            }
        }
        else if (!isApi && (http.GetEndpoint() is not null || IsPageAskedFor(http.Request)) && http.Request.Cookies[SessionCookie] is { Length: > 0 } session)
        {
            if (await callers.BySessionAsync(session, settings.SessionIdle, http.TraceIdentifier, http.RequestAborted, isUse: !http.Request.Headers.ContainsKey(PollHeader)) is { } found)
            {
                user = found.User;
                http.Features.Set(found.Session);
            }
        }
        if (user is not null)
        {
            http.Features.Set(user);
            // Antiforgery binds its tokens to this name.
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, $"{user.AccountId}")], "session"));
        }
        await next(http);
    });
}
