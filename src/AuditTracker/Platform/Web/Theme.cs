using AuditTracker.Platform.Security;

namespace AuditTracker.Platform.Web;

/// <summary>Keeps a chosen theme with the reader's account. The room of accounts registers it; without it only the cookie remembers.</summary>
public sealed record AccountTheme(Func<HttpContext, string, Task> Remember);

/// <summary>Light, dark, or as the device says.</summary>
public static class Theme
{
    /// <summary>The choices, the device's own first.</summary>
    public static readonly string[] All = ["system", "light", "dark"];

    private const string Cookie = "theme", Shortcuts = "shortcuts";

    /// <summary>The theme of this reader: the account's, else this browser's.</summary>
    public static string Of(HttpContext http) =>
        http.Caller()?.Theme ?? (http.Request.Cookies[Cookie] is { } theme && All.Contains(theme) ? theme : All[0]);

    /// <summary>Lets this browser remember a choice, for the pages before sign-in.</summary>
    public static void Keep(HttpContext http, string? theme)
    {
        if (All.Contains(theme))
        {
            Language.Remember(http, Cookie, theme!);
        }
    }

    /// <summary>Whether keys such as <c>/</c> act; a reader may switch them off (WCAG 2.1.4).</summary>
    public static bool HasShortcuts(HttpContext http) => http.Request.Cookies[Shortcuts] != "off";

    /// <summary>Answers <c>/display?theme=dark&amp;back=/…</c> and <c>/display?shortcuts=off&amp;back=/…</c>.</summary>
    internal static async Task<IResult> Switch(HttpContext http, string? theme, string? shortcuts, string? back)
    {
        if (shortcuts is "on" or "off")
        {
            Language.Remember(http, Shortcuts, shortcuts);
        }

        if (theme is not null && All.Contains(theme))
        {
            Keep(http, theme);
            // A link elsewhere may lead here: it must not change what is kept with the account.
            if (Language.IsOwnLink(http) && http.RequestServices.GetService<AccountTheme>() is { } account)
            {
                await account.Remember(http, theme);
            }
        }

        return Results.LocalRedirect(LocalPath.Or(back, "/"));
    }
}
