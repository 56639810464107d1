using AuditTracker.Accounts;
using AuditTracker.Platform.Database;

namespace AuditTracker.Commands;

/// <summary><c>token add --account MAIL --name NAME [--days 90]</c> prints the token alone.</summary>
public static class TokenCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        if (arguments.Alone(0) != "add")
        {
            throw new UsageException("Write: token add --account MAIL --name NAME [--days 90]");
        }
        var days = int.TryParse(arguments.Get("--days") ?? "90", out var given) ? given : throw new UsageException("--days takes a number.");
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        var actor = Actor.Operator("token");
        var user = await services.GetRequiredService<CallerStore>().BySignInAsync(arguments.Need("--account"), actor.Request)
            ?? throw new UsageException($"No active account signs in as {arguments.Need("--account")}.");
        Console.WriteLine(await services.GetRequiredService<Tokens>().AddAsync(user, arguments.Need("--name"), days, withFactor: true, actor));
        return 0;
    }
}
