namespace AuditTracker.Controls;

/// <summary>The door of the room.</summary>
public static class ControlsRoom
{
    public static IServiceCollection AddControls(this IServiceCollection services) => services
        .AddSingleton<ControlStore>().AddSingleton<ChangeControl>().AddSingleton<LoadFrameworks>();
}
