using AuditTracker.Accounts;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace AuditTracker.Tests.Trail;

public sealed class TrailProtectionTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();
    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task The_app_role_is_protected_from_itself_and_nothing_is_logged()
    {
        var log = new Lines();
        var protection = new TrailProtection(database.Db, log);
        await protection.StartAsync(CancellationToken.None);
        Assert.True(await protection.IsProtectedAsync());
        Assert.Empty(log.Written);
    }

    [Fact]
    public async Task The_owner_as_the_app_is_logged_at_start()
    {
        await using var owner = NpgsqlDataSource.Create(database.OwnerConnection + ";Pooling=false");
        var log = new Lines();
        var protection = new TrailProtection(new Db(owner), log);
        await protection.StartAsync(CancellationToken.None);
        Assert.False(await protection.IsProtectedAsync());
        Assert.StartsWith("Warning The trail is not protected", Assert.Single(log.Written), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_single_right_to_write_is_enough_to_say_so()
    {
        await database.ArrangeAsync("grant update (value) on trail.entry_values to audit_tracker_app");
        Assert.False(await database.Get<TrailProtection>().IsProtectedAsync());
    }

    [Fact]
    public async Task The_page_says_so_when_only_the_owners_connection_is_configured()
    {
        await using var single = new Installation(database.Installation.Settings, database.OwnerConnection + ";Pooling=false", database.OwnerConnection);
        await using var app = Web.Build(single, worksHere: false);
        await app.StartAsync();
        var session = await TestApp.SessionAsync(app.Services, Cast.Manami);
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false }) { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        client.DefaultRequestHeaders.Add("Cookie", $"{IdentifyCaller.SessionCookie}={session}");
        Assert.Contains("この記録は保護されていません", await client.GetStringAsync("/trail"), StringComparison.Ordinal);
    }

    private sealed class Lines : ILogger<TrailProtection>
    {
        public List<string> Written { get; } = [];
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Written.Add($"{logLevel} {formatter(state, exception)}");
    }
}
