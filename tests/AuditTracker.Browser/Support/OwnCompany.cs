using AuditTracker.Tests.Support;

namespace AuditTracker.Browser.Support;

/// <summary>A company of a test's own, with nobody but the cast.</summary>
public sealed class OwnCompany : IAsyncDisposable
{
    public TestApp App { get; } = new();

    public static async Task<OwnCompany> StartAsync(string japanTime)
    {
        var started = new OwnCompany();
        await started.App.InitializeAsync();
        await started.App.Database.SetClockAsync(japanTime);
        return started;
    }

    public Task<long> PeopleAsync() => App.Database.ScalarAsync<long>("select count(*) from people");

    public async ValueTask DisposeAsync() => await App.DisposeAsync();
}
