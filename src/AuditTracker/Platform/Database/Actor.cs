using AuditTracker.Platform.Security;

namespace AuditTracker.Platform.Database;

/// <summary>Who a write is recorded under. People are named by account id and worded only when the trail is read.</summary>
/// <param name="Name"><c>account:12</c>, <c>job:OpenDueCollections</c> or <c>operator:import</c>.</param>
/// <param name="Request">The request's or run's id, to find everything one click caused.</param>
public sealed record Actor(string Name, string Request)
{
    public static Actor Of(CurrentUser user) => new($"account:{user.AccountId}", user.RequestId);

    /// <summary>A background job, by the name it has on the schedules page.</summary>
    public static Actor Job(string name) => new($"job:{name}", Guid.NewGuid().ToString("N")[..12]);

    /// <summary>Somebody at the command line of the machine.</summary>
    public static Actor Operator(string verb) => new($"operator:{verb}", Guid.NewGuid().ToString("N")[..12]);
}
