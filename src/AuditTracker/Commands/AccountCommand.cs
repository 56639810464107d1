using System.Globalization;
using AuditTracker.Accounts;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>
/// <c>account first</c> prints the first administrator's link; <c>account add --mail MAIL --name NAME [--person NO] [--role ROLE]…</c> adds an
/// account and prints its invitation link (a reviewer's role is written <c>reviewer:FRAMEWORK</c>); <c>account list</c> lists them.
/// </summary>
public static class AccountCommand
{
    private const string Usage = "Write: account first | add --mail MAIL --name NAME [--person NO] [--role ROLE]… | list";

    public static async Task<int> RunAsync(string[] args)
    {
        var arguments = new Arguments(args);
        var verb = arguments.Alone(0);
        if (verb is not ("first" or "add" or "list"))
        {
            throw new UsageException(Usage);
        }
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
        await using var installation = await Installation.OpenAsync(arguments.Settings(), mayCreate: false);
        await installation.RefuseForeignSchemaAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        try
        {
            Console.WriteLine(verb switch
            {
                "first" => Address(installation, await services.GetRequiredService<FirstAdministrator>().LinkAsync() ?? throw new UsageException("There are accounts already. Add one: account add --mail MAIL --name NAME --role administrator")),
                "add" => Address(installation, await AddAsync(services.GetRequiredService<AddAccount>(), arguments)),
                _ => await ListAsync(services),
            });
            return 0;
        }
        catch (Refusal refusal)
        {
            throw new UsageException(refusal.In(services.GetRequiredService<IStringLocalizerFactory>()));
        }
        catch (NotFound)
        {
            throw new UsageException($"There is no person with employee number {arguments.Get("--person")}.");
        }
    }

    private static Task<string> AddAsync(AddAccount add, Arguments arguments) =>
        add.RunAsync(arguments.Need("--mail"), arguments.Need("--name"), arguments.Get("--person"), [.. arguments.All("--role").Select(Parse)], Actor.Operator("account"));

    private static (Role, string?) Parse(string given) => given.Split(':', 2) is [var name, .. var rest] && RoleNames.TryParse(name, out var role)
        ? (role, rest.FirstOrDefault())
        : throw new UsageException($"There is no role {given}. Roles: {string.Join(' ', GrantedRoles.All.Select(known => known.Wire()))}");

    private static async Task<string> ListAsync(IServiceProvider services) =>
        string.Join('\n', (await services.GetRequiredService<AccountStore>().AllAsync(DateTime.UtcNow))
            .Select(row => string.Join('\t', row.SignIn, row.Name, row.EmployeeNo ?? "-", row.State.ToString(), row.Roles.Length == 0 ? "-" : string.Join(',', row.Roles))));

    private static string Address(Installation installation, string path) => RunningAddress.Read(installation.Settings) + path;
}
