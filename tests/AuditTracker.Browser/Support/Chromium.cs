using AuditTracker.Accounts;
using AuditTracker.Tests.Support;
using Microsoft.Playwright;

namespace AuditTracker.Browser.Support;

/// <summary>The machine's own Chromium, one for a collection of tests; every visitor gets a profile of their own.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // As root Chromium refuses its sandbox; the rest keeps it from talking to anybody but the test's host.
    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];

    private IPlaywright? driver;
    private IBrowser? browser;

    public async Task InitializeAsync()
    {
        driver = await Playwright.CreateAsync();
        browser = await driver.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium-headless-shell", Args = Arguments });
    }

    public async Task DisposeAsync()
    {
        await browser!.CloseAsync();
        driver!.Dispose();
    }

    /// <summary>Somebody in front of the screen.</summary>
    /// <param name="who">Signed in as; null = nobody yet.</param>
    /// <param name="language">The browser's and, for who is signed in, the account's.</param>
    /// <param name="width">Of the window in px.</param>
    /// <param name="script">Whether the browser runs script.</param>
    /// <param name="host">By which name the app is opened; passkeys want one, and an address is none.</param>
    public async Task<Visitor> VisitAsync(TestApp app, Cast.Member? who = null, string language = "ja", int width = 1280, bool script = true, string? host = null)
    {
        var address = host is null ? app.Address : new UriBuilder(app.Address) { Host = host }.Uri;
        var context = await browser!.NewContextAsync(new()
        {
            BaseURL = address.ToString(),
            Locale = language == "ja" ? "ja-JP" : "en-US",
            ViewportSize = new() { Width = width, Height = 800 },
            JavaScriptEnabled = script,
            ColorScheme = ColorScheme.Light,
            ReducedMotion = ReducedMotion.Reduce,
        });
        context.SetDefaultTimeout(15_000);
        if (who is not null)
        {
            await app.Database.ArrangeAsync("update accounts set language = @language where id = @AccountId and language <> @language", new { language, who.AccountId });
            // A secure cookie is set for https only, and then also sent to this host on plain http, as it is the loopback.
            await context.AddCookiesAsync([new Cookie { Name = IdentifyCaller.SessionCookie, Value = await TestApp.SessionAsync(app.Services, who), Url = $"https://{address.Host}/", Secure = true, HttpOnly = true }]);
        }
        return new Visitor(context, await context.NewPageAsync(), address, language);
    }
}

/// <summary>The tests that look around the office; they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class InTheOffice : ICollectionFixture<Chromium>, ICollectionFixture<Office>
{
    public const string Name = "Office";
}

/// <summary>The tests that change things, each in a company of its own; they run beside those of the office.</summary>
[CollectionDefinition(Name)]
public sealed class InOwnCompanies : ICollectionFixture<Chromium>
{
    public const string Name = "Own companies";
}
