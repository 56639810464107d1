using System.Globalization;
using System.Text.RegularExpressions;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Commands;

/// <summary>The verbs of the one binary (design §7). No verb, or a first argument that starts with "-", means web.</summary>
public static partial class Verbs
{
    /// <param name="Usage">What follows the name; the options it names are the ones the verb knows.</param>
    private sealed record Verb(string Name, string Usage, string Effect, Func<string[], Task<int>> Run)
    {
        public string Line => $"audit-tracker {Name} {Usage} {Common}".Replace("  ", " ", StringComparison.Ordinal);

        /// <summary>Names every option that is not one of the verb's; a value may look like an option.</summary>
        public void RefuseUnknownOptions(string[] args)
        {
            var known = OptionPattern().Matches($"{Usage} {Common}").ToLookup(match => match.Groups["name"].Value, match => match.Groups["value"].Length > 0);
            for (var i = 0; i < args.Length; i++)
            {
                if (args[i].StartsWith('-'))
                {
                    var name = args[i].Split('=')[0];
                    i += !known.Contains(name) ? throw new UsageException($"{name} is not an option of {Name}.") : known[name].First() && name == args[i] ? 1 : 0;
                }
            }
        }
    }

    private const string Common = "[--data DIR] [--port PORT] [--listen ADDRESS]";

    private static readonly Verb[] All =
    [
        new("serve", "[--empty]", "web and worker in one process, with a private PostgreSQL when no connection is configured; the demo company unless --empty", Serve.RunAsync),
        new("web", "", "the pages and the API", Web.RunAsync),
        new("worker", "", "the jobs", Worker.RunAsync),
        new("migrate", "", "bring the database to this program's schema", Migrate.RunAsync),
        new("demo", "", "load the demo company into an empty database", Demo.RunAsync),
        new("import", "FILE.csv [--apply] [--effective DATE] [--missing leave --on DATE] | evidence FOLDER --as MAIL [--apply] [--skip-errors]", "import people, or past evidence with its sheet", Import.RunAsync),
        new("report", "evidence --framework KEY --from DATE --to DATE [--cutoff INSTANT] [--language ja|en] --out FILE", "build a workbook", Report.RunAsync),
        new("verify", VerifyCommand.Usage, "check the sealed trail, or an exported part of it; write such a part", VerifyCommand.RunAsync),
        new("erase", EraseCommand.Usage, "take a personal value out of the trail, with the entry that tells so", EraseCommand.RunAsync),
        new("account", "first | add --mail MAIL --name NAME [--person NO] [--role ROLE]… | list", "add and list accounts", AccountCommand.RunAsync),
        new("token", "add --account MAIL --name NAME [--days 90]", "make an API token", TokenCommand.RunAsync),
        new("backup", "--to DIR [--keep N] [--verify]", "write database, files and keys to a folder, beside a running service", Backup.RunAsync),
        new("restore", "--from DIR", "make an installation from a backup, in an empty folder (--data)", Restore.RunAsync),
        new("mails", "release --waiting send|settle", "let mails leave again after a restore; what waited at the backup is sent, or set aside for somebody to decide", MailsCommand.RunAsync),
        new("settings", "", "print every setting, secrets hidden", SettingsCommand.RunAsync),
    ];

    public static Task<int> RunAsync(string[] args) => RunAsync(args, Console.Out, Console.Error);

    /// <summary>The verb; what it prints itself still goes to the console.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error)
    {
        var isVerb = args.Length > 0 && !args[0].StartsWith('-');
        var name = args is ["--help", ..] or ["-h", ..] ? "help" : isVerb ? args[0] : "web";
        if (All.FirstOrDefault(verb => verb.Name == name) is not { } verb)
        {
            await (name == "help" ? output : error).WriteLineAsync($"audit-tracker VERB … {Common}\n\n" + string.Join('\n', All.Select(known => $"  {known.Name,-9} {known.Effect}{(known.Usage.Length > 0 ? $": {known.Name} {known.Usage}" : "")}")));
            return name == "help" ? 0 : 2;
        }
        var rest = isVerb ? args[1..] : args;
        if (rest.Any(arg => arg is "--help" or "-h"))
        {
            await output.WriteLineAsync($"{verb.Line}\n\n{verb.Effect}");
            return 0;
        }
        try
        {
            verb.RefuseUnknownOptions(rest);
            return await verb.Run(rest);
        }
        catch (Exception problem) when (problem is PrivateClusterException or UsageException or InvalidOperationException { InnerException: null })
        {
            await error.WriteLineAsync($"audit-tracker {name}: {problem.Message}");
            return 1;
        }
        catch (Refusal refusal)
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("en");
            await using var words = new ServiceCollection().AddLogging().AddTexts().BuildServiceProvider();
            await error.WriteLineAsync($"audit-tracker {name}: {refusal.In(words.GetRequiredService<IStringLocalizerFactory>())}");
            return 1;
        }
        catch (IOException problem) when (problem.InnerException is AddressInUseException)
        {
            await error.WriteLineAsync($"audit-tracker {name}: {problem.Message} Stop what uses it, or choose another port with --port.");
            return 1;
        }
    }

    [GeneratedRegex("(?<name>--[a-z]+)(?<value> ?)")]
    private static partial Regex OptionPattern();
}

/// <summary>The command line cannot be carried out as given; the message says what to write.</summary>
public sealed class UsageException(string message) : Exception(message);
