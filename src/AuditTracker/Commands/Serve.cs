using AuditTracker.Accounts;

namespace AuditTracker.Commands;

/// <summary>Everything in one process: database, migrations, demo (unless --empty), web and worker.</summary>
public static class Serve
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args, "--empty");
        var settings = arguments.Settings();
        Web.RefuseUnsafeListening(settings);
        await using var installation = await Installation.OpenAsync(settings, mayCreate: true);
        var demo = arguments.Has("--empty") ? null : new Demo(installation);
        await installation.MigrateAsync(demo is null ? () => Demo.RefuseAsync(installation) : demo.BeginAsync);
        await using var app = Web.Build(installation, worksHere: true);
        var signIns = demo is null ? null : await demo.LoadAsync();
        await app.StartAsync();
        var address = await RunningAddress.WriteAsync(settings, app);
        Console.WriteLine($"\nAuditTracker: {address}");
        if (signIns is not null)
        {
            Console.WriteLine(signIns);
        }
        else if (await app.Services.GetRequiredService<FirstAdministrator>().LinkAsync() is { } path)
        {
            Console.WriteLine($"First administrator, once, within 24 hours: {address}{path}");
        }
        Console.Out.Flush();
        await app.WaitForShutdownAsync();
        return 0;
    }
}
