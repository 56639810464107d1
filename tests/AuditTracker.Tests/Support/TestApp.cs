using System.Net;
using System.Net.Http.Headers;
using AuditTracker.Accounts;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuditTracker.Tests.Support;

/// <summary>The product itself on a real port of the loopback, on a database of its own. Jobs run only when a test runs them.</summary>
public sealed class TestApp : IAsyncLifetime
{
    private WebApplication? app;

    public TestDatabase Database { get; private set; } = null!;
    public Uri Address { get; private set; } = null!;
    public IServiceProvider Services => app!.Services;
    public T Get<T>() where T : notnull => app!.Services.GetRequiredService<T>();

    /// <summary>Settings to start with; set before <see cref="InitializeAsync"/>.</summary>
    public (string Key, string Value)[] Settings { get; init; } = [];

    public static async Task<TestApp> StartAsync(params (string Key, string Value)[] settings)
    {
        var started = new TestApp { Settings = settings };
        await started.InitializeAsync();
        return started;
    }

    public async Task InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(Settings);
        app = Web.Build(Database.Installation, worksHere: false);
        await app.StartAsync();
        Address = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DisposeAsync()
    {
        await app!.DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>The API as a member of the cast.</summary>
    public HttpClient As(Cast.Member member)
    {
        var client = Anonymous();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", member.Token);
        return client;
    }

    /// <summary>The pages as a member of the cast, signed in with a session; redirects are not followed.</summary>
    public async Task<HttpClient> PagesAsAsync(Cast.Member member)
    {
        var client = Anonymous();
        ((CookieJar)client.GetHandler()).Set(IdentifyCaller.SessionCookie, await SessionAsync(Services, member));
        return client;
    }

    /// <summary>A session of a member of the cast, for the cookie.</summary>
    /// <param name="factor">What it came in with besides the password; null: nothing, and some roles come no further than to get one.</param>
    public static async Task<string> SessionAsync(IServiceProvider services, Cast.Member member, string? factor = SecondFactor.Totp)
    {
        await using var work = await services.GetRequiredService<Db>().BeginAsync(new Actor("visitor", "test"));
        var token = await services.GetRequiredService<SignIn>().BeginSessionAsync(work, member.AccountId, "test", CancellationToken.None, factor);
        await work.CommitAsync();
        return token;
    }

    /// <summary>Nobody; keeps cookies as a browser on loopback would.</summary>
    public HttpClient Anonymous()
    {
        var jar = new CookieJar(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        var client = new TestClient(jar) { BaseAddress = Address };
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("ja");
        return client;
    }
}

/// <summary>A client that remembers its handler, so that tests can put a cookie in.</summary>
internal sealed class TestClient(CookieJar jar) : HttpClient(jar)
{
    public CookieJar Jar => jar;
}

/// <summary>Keeps cookies by name whatever the scheme: .NET's own jar would hold Secure cookies back from http on loopback.</summary>
internal sealed class CookieJar(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    private readonly Dictionary<string, string> cookies = [];

    public void Set(string name, string value) => cookies[name] = value;

    public string this[string name] => cookies[name];

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (cookies.Count > 0)
        {
            request.Headers.Add("Cookie", string.Join("; ", cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")));
        }
        var response = await base.SendAsync(request, ct);
        if (response.Headers.TryGetValues("Set-Cookie", out var set))
        {
            foreach (var pair in set.Select(line => line.Split(';')[0].Split('=', 2)))
            {
                if (pair[1].Length == 0)
                {
                    cookies.Remove(pair[0]); // taken back
                    continue;
                }
                cookies[pair[0]] = pair[1];
            }
        }
        return response;
    }
}

internal static class TestClients
{
    public static CookieJar GetHandler(this HttpClient client) => ((TestClient)client).Jar;
}
