using AuditTracker.Accounts;
using AuditTracker.Platform.Security;

namespace AuditTracker.Controls;

/// <summary>The door of the room.</summary>
public static class ControlsRoom
{
    public static IServiceCollection AddControls(this IServiceCollection services) => services
        .AddSingleton<ControlStore>().AddSingleton<ChangeControl>().AddSingleton<LoadFrameworks>();

    /// <summary>Roles that follow from being named in this room's rows, or from heading a department whose items these are.</summary>
    public static IEnumerable<NamedRole> NamedRoles =>
    [
        new(Role.ControlOwner, "exists (select 1 from controls where owner_id = @person)"),
        new(Role.ControlOwner, "exists (select 1 from department_versions where head_id = @person and clock.today between from_on and coalesce(to_on, 'infinity'))"),
    ];
}
