using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser.Support;

/// <summary>A person at a browser, and what went wrong behind the person's back.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private readonly IBrowserContext context;
    private readonly string language;
    private readonly List<string> troubles = [];

    internal Visitor(IBrowserContext context, IPage page, Uri address, string language)
    {
        (this.context, this.language, Page) = (context, language, page);
        page.Console += (_, message) =>
        {
            // That a page answers 400 or 404 is what some tests ask for; other requests that fail are noted below.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("Failed to load resource", StringComparison.Ordinal))
            {
                troubles.Add($"{page.Url} console: {message.Text}");
            }
        };
        page.PageError += (_, error) => troubles.Add($"{page.Url} script: {error}");
        page.Request += (_, request) =>
        {
            if (!new Uri(request.Url).Authority.Equals(address.Authority, StringComparison.Ordinal))
            {
                troubles.Add($"{page.Url} asked a stranger: {request.Url}");
            }
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400 && response.Request.ResourceType != "document")
            {
                troubles.Add($"{page.Url} {response.Status}: {response.Url}");
            }
        };
    }

    public IPage Page { get; }

    /// <summary>Console errors, script errors, requests to third parties and missing files, with the page they were seen on.</summary>
    public IReadOnlyList<string> Troubles => troubles;

    public ILocator Main => Page.Locator("main");

    /// <summary>The word of this visitor's language.</summary>
    public string Say(string ja, string en) => language == "ja" ? ja : en;

    public async Task<int> OpenAsync(string path) => (await Page.GotoAsync(path))!.Status;

    /// <summary>Presses the button or link with this name in the page's main part.</summary>
    public async Task PressAsync(string ja, string en)
    {
        var name = Say(ja, en);
        await Main.GetByRole(AriaRole.Button, new() { Name = name, Exact = true }).Or(Main.GetByRole(AriaRole.Link, new() { Name = name, Exact = true })).First.ClickAsync();
    }

    /// <summary>Types into the field with this label.</summary>
    public Task FillAsync(string ja, string en, string value) => Main.GetByLabel(Say(ja, en)).First.FillAsync(value);

    /// <summary>The person picker: search, then choose among those found.</summary>
    internal async Task ChooseAsync(string field, string typed, Cast.Member who)
    {
        await Main.Locator($"[name='Input.{field}Search']").FillAsync(typed);
        await Main.Locator($"fieldset:has([name='Input.{field}Search']) button[value=find]").ClickAsync();
        await Main.GetByRole(AriaRole.Radio, new() { NameRegex = new(who.Name) }).First.CheckAsync();
    }

    /// <summary>Waits until the main part shows this text.</summary>
    public Task SeesAsync(string ja, string en) => SeesAsync(Say(ja, en));

    /// <inheritdoc cref="SeesAsync(string, string)"/>
    public async Task SeesAsync(string text)
    {
        try
        {
            await Main.GetByText(text).First.WaitForAsync();
        }
        catch (TimeoutException)
        {
            var shown = await Main.InnerTextAsync();
            Assert.Fail($"{Page.Url} does not show \"{text}\" but:\n{shown[..Math.Min(shown.Length, 1500)]}");
        }
    }

    /// <summary>What the page hands to a screen reader, in its order: role and name of each part that is not hidden from it.</summary>
    public async Task<IReadOnlyList<(string Role, string Name)>> ReadAloudAsync()
    {
        var session = await context.NewCDPSessionAsync(Page);
        var tree = (await session.SendAsync("Accessibility.getFullAXTree"))!.Value.GetProperty("nodes").EnumerateArray()
            .Where(node => !node.GetProperty("ignored").GetBoolean()).Select(node => (Text(node, "role"), Text(node, "name"))).ToList();
        await session.DetachAsync();
        return tree;

        static string Text(System.Text.Json.JsonElement node, string part) => node.TryGetProperty(part, out var value) && value.TryGetProperty("value", out var text) ? text.ToString() : "";
    }

    public ValueTask DisposeAsync() => context.DisposeAsync();
}
