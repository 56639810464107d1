using System.Diagnostics;
using AuditTracker.Commands;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Commands;

public sealed class VerbsTests
{
    [Theory]
    [InlineData("token", "add", "--account", "a@example.test", "--name", "x")]
    [InlineData("account", "list")]
    [InlineData("report", "evidence", "--framework", "x", "--from", "2026-04-01", "--to", "2026-06-30", "--out", "x.xlsx")]
    [InlineData("web")]
    [InlineData("worker")]
    public async Task A_misspelt_data_folder_is_told_and_not_made(params string[] args)
    {
        var folder = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N"));
        var (code, _, error) = await RunAsync([.. args, "--data", folder]);
        Assert.Equal(1, code);
        Assert.Contains($"There is no installation in {folder}.", error);
        Assert.False(Directory.Exists(folder));
    }

    [Theory]
    [InlineData("--bogus is not an option of import.", "import", "people.csv", "--bogus")]
    [InlineData("--bogus is not an option of import.", "import", "people.csv", "--bogus=1")]
    [InlineData("--empty is not an option of token.", "token", "add", "--name", "--days", "--empty")]
    [InlineData("--days needs a value.", "token", "add", "--days")]
    public async Task An_option_that_the_verb_does_not_know_is_named(string sentence, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        Assert.Equal((1, ""), (code, output));
        Assert.Equal($"audit-tracker {args[0]}: {sentence}", error.Trim());
    }

    [Theory]
    [InlineData("serve", "[--empty]")]
    [InlineData("import", "FILE.csv [--apply]")]
    [InlineData("token", "add --account MAIL")]
    public async Task A_verb_asked_for_help_prints_its_usage_and_does_nothing(string verb, string usage)
    {
        var (code, output, error) = await RunAsync([verb, "--help"]);
        Assert.Equal((0, ""), (code, error));
        Assert.StartsWith($"audit-tracker {verb} {usage}", output);
    }

    [Fact]
    public async Task What_a_rule_refuses_is_one_sentence_and_links_lead_to_the_running_service()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (var app = Web.Build(database.Installation, worksHere: false))
        {
            await app.StartAsync();
            var bound = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
            Assert.Equal(bound.Replace("127.0.0.1", "localhost"), await RunningAddress.WriteAsync(database.Installation.Settings, app));
        }
        var running = await File.ReadAllTextAsync(Path.Combine(database.Installation.Settings.Data, "run", "address"));

        foreach (var wrong in new[] { new[] { "--name", "x", "--days", "0" }, ["--name", "x", "--days", "99999"], ["--name", ""] })
        {
            var (code, output, error) = await ProcessAsync(database, ["token", "add", "--account", Cast.Manami.Mail, .. wrong]);
            Assert.Equal((1, ""), (code, output));
            Assert.StartsWith("audit-tracker token: ", error);
            Assert.Single(error.Trim().Split('\n'));
        }
        var added = await ProcessAsync(database, "account", "add", "--mail", "op@example.test", "--name", "運用", "--role", "administrator");
        Assert.StartsWith($"{running}/invitation?token=", added.Output);
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        return (await Verbs.RunAsync(args, output, error), output.ToString(), error.ToString());
    }

    private static async Task<(int Code, string Output, string Error)> ProcessAsync(TestDatabase database, params string[] args)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audit-tracker.dll"), .. args, "--data", database.Installation.Settings.Data])
        {
            Environment = { ["ConnectionStrings__Main"] = database.AppConnection },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
