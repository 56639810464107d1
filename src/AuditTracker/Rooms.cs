using AuditTracker.Accounts;
using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker;

/// <summary>The map of the house: every room, every schedule and the menu on one page.</summary>
public static class Rooms
{
    /// <summary>Registers every room, in the order in which they may use each other.</summary>
    public static IServiceCollection AddRooms(this IServiceCollection services, Installation installation) => services
        .AddSingleton(installation).AddSingleton(installation.Settings).AddSingleton(installation.App)
        .AddSingleton<Db>().AddSingleton<BusinessClock>().AddSingleton(TimeProvider.System)
        .AddLocalization()
        .AddSingleton(NamedRoles)
        .AddAccounts();

    public static void MapRooms(this IEndpointRouteBuilder app)
    {
        app.MapAccounts();
    }

    /// <summary>Loads the data that ships with the program, after every migration.</summary>
    public static Task ProvisionAsync(Installation installation, CancellationToken ct) => Task.CompletedTask;

    /// <summary>Roles that follow from the rows that name a person (design §7a).</summary>
    private static readonly IReadOnlyList<NamedRole> NamedRoles =
    [
        new(Role.ControlOwner, "exists (select 1 from controls where owner_id = @person)"),
        new(Role.ControlOwner, "exists (select 1 from collections where assignee_id = @person) or exists (select 1 from evidence_requests where owner_id = @person)"),
        new(Role.ControlOwner, "exists (select 1 from department_versions where head_id = @person and clock.today between from_on and coalesce(to_on, 'infinity'))"),
        new(Role.Reviewer, "exists (select 1 from collections where reviewer_id = @person) or exists (select 1 from evidence_requests where reviewer_id = @person)"),
    ];
}
