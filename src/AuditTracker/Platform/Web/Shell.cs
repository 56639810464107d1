namespace AuditTracker.Platform.Web;

/// <summary>What the layout shows around a page, already worded in the reader's language.</summary>
/// <param name="Company">The company's short name.</param>
/// <param name="Menu">Groups of the side menu; entries this person may not open are absent.</param>
/// <param name="PersonName">Who is signed in, or null.</param>
/// <param name="ToReview">How many things wait for this person's review.</param>
/// <param name="SystemNotice">One line under the header (mail stopped, demo clock moved), or null.</param>
/// <param name="BusinessNow">The business clock (UTC) for the footer, or null to leave it out.</param>
/// <param name="Version">Version of the product.</param>
/// <param name="SecretariatContact">Whom to ask: extension and mail of the secretariat.</param>
/// <param name="HasSearch">True once <c>/search</c> exists.</param>
/// <param name="Lines">Further lines there, for those who can do something about it.</param>
/// <param name="Personal">Entries of the user menu above sign-out (sessions, tokens).</param>
/// <param name="Unread">Notices the reader has not seen yet; null: they have no inbox.</param>
/// <param name="Session">When the reader will be signed out; null: they are not, or not in the browser.</param>
public sealed record Shell(
    string Company,
    IReadOnlyList<MenuGroup> Menu,
    string? PersonName,
    int ToReview,
    string? SystemNotice,
    DateTime? BusinessNow,
    string Version,
    string SecretariatContact,
    bool HasSearch = false,
    IReadOnlyList<MenuEntry>? Personal = null,
    IReadOnlyList<SystemLine>? Lines = null,
    SessionLeft? Session = null,
    int? Unread = null)
{
    /// <summary>What is shown when nobody could say more: no company, no menu, nobody signed in.</summary>
    public static Shell Unknown { get; } = new("", [], null, 0, null, null, "", "");

    /// <summary>A menu only for people with more than one or two places to go; others find their entries in the header.</summary>
    public bool HasSide => Menu.Sum(group => group.Entries.Count) > 2;
}

/// <summary>How long a session lasts if nothing more is asked for, and whose it is: what was typed is given back to nobody else.</summary>
public sealed record SessionLeft(int Seconds, long Account);

/// <summary>One line under the header, and where something is done about it, if the reader may.</summary>
public sealed record SystemLine(string Text, string? Href, string LinkText);

/// <summary>A group of the menu; the first one has no title.</summary>
public sealed record MenuGroup(string? Title, IReadOnlyList<MenuEntry> Entries);

/// <summary>A place to go. <paramref name="Count"/> only for today and to-review; <paramref name="Current"/> marks the place the reader is in.</summary>
public sealed record MenuEntry(string Href, string Text, int? Count, bool Current);

/// <summary>Loads the shell of one request. The map of rooms registers it; it is asked once per page, and reads the request before it waits for anything.</summary>
public delegate Task<Shell> LoadShell(HttpContext http);

/// <summary>Reads the shell of the request at hand.</summary>
public static class ShellOfRequest
{
    /// <summary>The shell loaded for this request, or <see cref="Shell.Unknown"/>.</summary>
    public static Shell Shell(this HttpContext http) =>
        http.Items[typeof(Shell)] as Shell ?? Web.Shell.Unknown;

    /// <summary>Begins loading a shell, to be handed to <see cref="LoadShellAsync"/>.</summary>
    internal static Task<Shell>? BeginShellAsync(this HttpContext http) => http.RequestServices.GetService<LoadShell>()?.Invoke(http);

    /// <summary>Loads the shell unless this request has it already.</summary>
    internal static async Task LoadShellAsync(this HttpContext http, Task<Shell>? begun = null)
    {
        if (!http.Items.ContainsKey(typeof(Shell)) && (begun ?? http.BeginShellAsync()) is { } loading)
        {
            http.Items[typeof(Shell)] = await loading;
        }
    }
}
