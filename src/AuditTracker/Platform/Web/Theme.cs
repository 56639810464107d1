namespace AuditTracker.Platform.Web;

/// <summary>Light, dark, or as the device says.</summary>
public static class Theme
{
    /// <summary>The choices, the device's own first.</summary>
    public static readonly string[] All = ["system", "light", "dark"];

    private const string Cookie = "theme";

    /// <summary>The theme of this reader.</summary>
    public static string Of(HttpContext http) =>
        http.Request.Cookies[Cookie] is { } theme && All.Contains(theme) ? theme : All[0];

    /// <summary>Answers <c>/display?theme=dark&amp;back=/…</c>.</summary>
    internal static IResult Switch(HttpContext http, string? theme, string? back)
    {
        if (theme is not null && All.Contains(theme))
        {
            Language.Remember(http, Cookie, theme);
        }

        return Results.LocalRedirect(LocalPath.Or(back, "/"));
    }
}
