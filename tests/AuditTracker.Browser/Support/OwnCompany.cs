using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Evidence;
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

    /// <summary>A quarterly request from July 2026 on.</summary>
    /// <returns>Its collection of July to September, opened if the clock says so.</returns>
    public async Task<long> OpenedAsync(string title, Cast.Member owner, Cast.Member reviewer)
    {
        var request = await App.Get<SaveRequest>().AddAsync(Desk.Manager, new RequestInput(title, "", 20, ["iso27001-2022:A.5.18"], owner.EmployeeNo, reviewer.EmployeeNo,
            PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new DateOnly(2026, 7, 1), null));
        await App.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        return await App.Database.ScalarAsync<long>("select id from collections where request_id = @request and period_from = '2026-07-01'", new { request });
    }

    public async ValueTask DisposeAsync() => await App.DisposeAsync();
}
