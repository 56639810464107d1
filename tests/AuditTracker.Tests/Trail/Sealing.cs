using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

internal static class Sealing
{
    /// <summary>Runs the sealer until every entry is sealed. Operations under way anywhere on the server, other tests' too, make it wait.</summary>
    public static async Task SealAllAsync(this TestDatabase database)
    {
        for (var since = DateTime.UtcNow; await database.ScalarAsync<bool>("select coalesce((select max(through_id) from trail.seals), 0) < (select max(id) from trail.entries)"); await Task.Delay(20))
        {
            Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(2), "the trail was not sealed");
            await database.Get<SealTrail>().RunAsync();
        }
        await database.Get<SealTrail>().RunAsync();
    }
}
