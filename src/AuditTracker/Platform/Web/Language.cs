using System.Globalization;

namespace AuditTracker.Platform.Web;

/// <summary>
/// The language of an account: <paramref name="Read"/> gives "ja", "en" or null for this request, <paramref name="Remember"/>
/// keeps a choice. The room of accounts registers it; without it only the cookie and the browser are asked.
/// </summary>
public sealed record AccountLanguage(Func<HttpContext, string?> Read, Func<HttpContext, string, Task> Remember);

/// <summary>Japanese first, English second: account, then cookie, then Accept-Language.</summary>
public static class Language
{
    /// <summary>The languages there are; the first is the one for everybody who asked for none of them.</summary>
    public static readonly string[] All = ["ja", "en"];

    private const string Cookie = "language";

    /// <summary>
    /// Sets the language of words for the rest of this request. Numbers and dates keep the invariant culture: how they are
    /// written is decided by the product, and a ja-JP culture with the Japanese calendar would read 2026 as an era year.
    /// </summary>
    public static void Apply(HttpContext http)
    {
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(Choose(http));
    }

    /// <summary>The language this request is answered in; decided once.</summary>
    public static string Choose(HttpContext http)
    {
        if (http.Items[typeof(Language)] is string chosen)
        {
            return chosen;
        }

        chosen = Known(http.RequestServices.GetService<AccountLanguage>()?.Read(http))
            ?? Known(http.Request.Cookies[Cookie])
            ?? http.Request.GetTypedHeaders().AcceptLanguage
                .OrderByDescending(language => language.Quality ?? 1)
                .Select(language => Known(language.Value.Value)).FirstOrDefault(known => known is not null)
            ?? All[0];
        http.Items[typeof(Language)] = chosen;
        return chosen;
    }

    /// <summary>Answers <c>/language?to=en&amp;back=/…</c>: remembers the choice and goes back to where the reader was.</summary>
    internal static async Task<IResult> Switch(HttpContext http, string? to, string? back)
    {
        if (Known(to) is { } language)
        {
            Remember(http, Cookie, language);
            // A link elsewhere may lead here: it must not change what is kept with the account.
            if (IsOwnLink(http) && http.RequestServices.GetService<AccountLanguage>() is { } account)
            {
                await account.Remember(http, language);
            }
        }

        return Results.LocalRedirect(LocalPath.Or(back, "/"));
    }

    /// <summary>The link stood on a page of ours: the browser says so, or, where it does not tell (old ones, proxies that strip it), the page it came from does.</summary>
    internal static bool IsOwnLink(HttpContext http) => http.Request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "" => Uri.TryCreate(http.Request.Headers.Referer.ToString(), UriKind.Absolute, out var page) && page.Authority == http.Request.Host.Value,
        var site => site == "same-origin",
    };

    internal static void Remember(HttpContext http, string cookie, string value) =>
        http.Response.Cookies.Append(cookie, value, new CookieOptions
        {
            MaxAge = TimeSpan.FromDays(365),
            HttpOnly = true,
            SameSite = SameSiteMode.Lax,
            Secure = http.Request.IsHttps,
            IsEssential = true,
        });

    private static string? Known(string? language) =>
        language is null ? null : All.FirstOrDefault(known => language == known || language.StartsWith(known + "-", StringComparison.OrdinalIgnoreCase));
}
