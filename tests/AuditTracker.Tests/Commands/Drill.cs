using System.Security.Cryptography;
using AuditTracker.Commands;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace AuditTracker.Tests.Commands;

/// <summary>An installation with something to lose, a folder for its backups and a fresh one to restore into.</summary>
public abstract class Drill : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("audit-tracker-drill-").FullName;

    protected Drill() => File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.OtherExecute);

    protected TestApp App { get; private set; } = null!;
    protected string Backups => Path.Combine(folder, "backups");
    protected string Fresh => Path.Combine(folder, "fresh");
    protected long Collection { get; private set; }

    public async Task InitializeAsync()
    {
        App = await TestApp.StartAsync();
        var request = await App.AddRequestAsync();
        await App.OpenAsync();
        Collection = (await App.CollectionAsync(request)).Id();
        (await App.SubmitAsync(Cast.Alice, Collection, ("一覧.csv", "id,name\n1,a"), ("記録.txt", "四半期の記録"))).EnsureSuccessStatusCode();
        // A page with a form makes the service write its keys.
        Assert.Contains("__RequestVerificationToken", await App.Anonymous().GetStringAsync("/sign-in"));
    }

    public async Task DisposeAsync()
    {
        await App.DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    protected Task<Backup.Result> BackUpAsync(int? keep = null, bool verify = false, string? to = null) => new Backup(App.Database.Installation, _ => { }).TakeAsync(to ?? Backups, keep, verify, default);

    protected Task RestoreAsync(string from, Action<string>? say = null, params (string Key, string Value)[] settings) => new Restore(SettingsOf(settings), say ?? (_ => { })).RunAsync(from, default);

    /// <summary>Of the fresh folder; its database is a private cluster unless another is given.</summary>
    protected Settings SettingsOf(params (string Key, string Value)[] settings) => Settings.From(new ConfigurationBuilder().AddInMemoryCollection(
        settings.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)).Append(new("AuditTracker:Data", Fresh)).Append(new("AuditTracker:Port", "0"))).Build());

    /// <summary>Hands in another file, as one that nobody else has.</summary>
    protected async Task HandInAsync(string text)
    {
        (await App.DecideAsync(Cast.Bob, Collection, "return", "もう一度")).EnsureSuccessStatusCode();
        (await App.SubmitAsync(Cast.Alice, Collection, ("一覧.csv", text))).EnsureSuccessStatusCode();
    }

    protected static Dictionary<string, string> FilesOf(string blobs) => Directory.EnumerateFiles(Path.Combine(blobs, "sha256"), "*", SearchOption.AllDirectories)
        .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));

    protected static void FlipAByte(string path)
    {
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
    }
}
