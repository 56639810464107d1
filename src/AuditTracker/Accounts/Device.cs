namespace AuditTracker.Accounts;

/// <summary>A browser in words a person recognises it by: <c>Chrome (Windows)</c>. What it calls itself is a claim, not a proof.</summary>
public static class Device
{
    // The order matters: Edge and Opera call themselves Chrome too, Chrome calls itself Safari, Android calls itself Linux.
    private static readonly (string Mark, string Name)[] Browsers = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari")];
    private static readonly (string Mark, string Name)[] Systems = [("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "Mac"), ("CrOS", "ChromeOS"), ("Linux", "Linux")];

    /// <summary>Browser and system, or null when the browser said nothing known.</summary>
    public static string? Of(string agent)
    {
        var (browser, system) = (Find(Browsers, agent), Find(Systems, agent));
        return browser is null ? system : system is null ? browser : $"{browser} ({system})";
    }

    private static string? Find((string Mark, string Name)[] known, string agent) =>
        known.Where(entry => agent.Contains(entry.Mark, StringComparison.Ordinal)).Select(entry => entry.Name).FirstOrDefault();
}
