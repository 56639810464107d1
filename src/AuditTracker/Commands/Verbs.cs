using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>The verbs of the one binary (design §7). No verb, or a first argument that starts with "-", means web.</summary>
public static class Verbs
{
    private sealed record Verb(string Name, string Effect, Func<string[], Task<int>> Run);

    private static readonly Verb[] All =
    [
        new("serve", "web and worker in one process, with a private PostgreSQL when no connection is configured", Serve.RunAsync),
        new("web", "the pages and the API", Web.RunAsync),
        new("worker", "the jobs", Worker.RunAsync),
        new("migrate", "bring the database to this program's schema", Migrate.RunAsync),
        new("demo", "load the demo company into an empty database", Demo.RunAsync),
        new("import", "import people: import FILE.csv [--apply] [--effective DATE] [--missing leave --on DATE]", Import.RunAsync),
        new("report", "build a workbook: report evidence --framework KEY --from DATE --to DATE [--cutoff INSTANT] [--language ja|en] --out FILE", Report.RunAsync),
        new("account", "account first | add --mail MAIL --name NAME [--role ROLE]… | list", AccountCommand.RunAsync),
        new("token", "token add --account MAIL --name NAME [--days 90]", TokenCommand.RunAsync),
        new("settings", "print every setting, secrets hidden", SettingsCommand.RunAsync),
    ];

    public static async Task<int> RunAsync(string[] args)
    {
        var isVerb = args.Length > 0 && !args[0].StartsWith('-');
        var name = args is ["--help", ..] or ["-h", ..] ? "help" : isVerb ? args[0] : "web";
        if (All.FirstOrDefault(verb => verb.Name == name) is not { } verb)
        {
            (name == "help" ? Console.Out : Console.Error).WriteLine("audit-tracker VERB [--data DIR] …\n\n" + string.Join('\n', All.Select(known => $"  {known.Name,-9} {known.Effect}")));
            return name == "help" ? 0 : 2;
        }
        try
        {
            return await verb.Run(isVerb ? args[1..] : args);
        }
        catch (Exception problem) when (problem is PrivateClusterException or UsageException or InvalidOperationException { InnerException: null })
        {
            await Console.Error.WriteLineAsync($"audit-tracker {name}: {problem.Message}");
            return 1;
        }
        catch (Refusal refusal)
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
            await using var words = new ServiceCollection().AddLogging().AddLocalization().BuildServiceProvider();
            await Console.Error.WriteLineAsync($"audit-tracker {name}: {refusal.In(words.GetRequiredService<IStringLocalizerFactory>())}");
            return 1;
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"audit-tracker {name}: {problem.Message} Stop what uses it, or choose another port with --port.");
            return 1;
        }
    }
}

/// <summary>The command line cannot be carried out as given; the message says what to write.</summary>
public sealed class UsageException(string message) : Exception(message);
