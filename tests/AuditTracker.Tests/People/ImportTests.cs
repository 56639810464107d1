using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.People;

/// <summary>The room as its imports find it: 24 November 2026, nobody but the cast, and the compliance manager at the API.</summary>
public abstract class ImportTests : IAsyncLifetime
{
    protected TestApp App { get; private set; } = null!;
    protected HttpClient Manager { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        await App.Database.SetClockAsync("2026-11-24T09:00:00");
        Manager = App.As(Cast.Manami);
    }

    public async Task DisposeAsync() => await App.DisposeAsync();
}
