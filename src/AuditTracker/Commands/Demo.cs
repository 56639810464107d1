using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Jobs;
using AuditTracker.Platform.Mail;
using Microsoft.AspNetCore.Identity;

namespace AuditTracker.Commands;

/// <summary>
/// The demo company: loaded into an empty database and a year and a half of its past played through the use cases under the business clock.
/// A demo never becomes a real installation; start one with <c>--empty</c>.
/// </summary>
public sealed class Demo(Installation installation)
{
    private const string Password = "hibari-demo-2026";

    public static async Task<int> RunAsync(string[] args)
    {
        await using var installation = await Installation.OpenAsync(new Arguments(args).Settings(), mayCreate: true);
        var demo = new Demo(installation);
        await installation.MigrateAsync(demo.BeginAsync);
        var signIns = await demo.LoadAsync();
        Console.WriteLine(signIns ?? "The database holds real data; the demo company is only loaded into an empty one.");
        return signIns is null ? 1 : 0;
    }

    /// <summary>
    /// Declares an empty database a demo and sets its clock back to where its past begins, before anything is written. A demo whose loading
    /// was cut short is thrown away and begun anew.
    /// </summary>
    public async Task BeginAsync()
    {
        var db = new Db(installation.App);
        var (isDemo, isLoaded, isEmpty) = await StateAsync(db);
        if (isDemo && !isLoaded)
        {
            await Migrator.DropAsync(installation.Owner);
            // The pool remembers what it prepared for the tables that are gone.
            installation.App.Clear();
            await Migrator.MigrateAsync(installation.Owner, installation.AppRole);
            isEmpty = true;
        }
        if (isEmpty)
        {
            await using var work = await db.BeginAsync(Actor.Operator("demo"));
            await work.ExecuteAsync("update installation set is_demo = true");
            await BusinessClock.StartAtAsync(work, DemoCompany.Founded);
            await work.CommitAsync();
        }
    }

    /// <summary>Remembers that this installation is a real one.</summary>
    /// <exception cref="InvalidOperationException">It is a demo, which never becomes a real installation.</exception>
    public static async Task RefuseAsync(Installation installation)
    {
        var db = new Db(installation.App);
        await using var work = await db.BeginAsync(Actor.Operator("serve"));
        if (await work.FirstAsync<bool>("select is_demo from installation"))
        {
            throw new InvalidOperationException("This data folder holds the demo company, which never becomes a real installation. Give --empty a folder of its own (--data DIR).");
        }
        await work.ExecuteAsync("update installation set begun_empty = true where not begun_empty");
        await work.CommitAsync();
    }

    /// <summary>Plays the demo unless it was played before.</summary>
    /// <returns>The sign-ins to print; null when this is a real installation.</returns>
    public async Task<string?> LoadAsync(CancellationToken ct = default)
    {
        var db = new Db(installation.App);
        var (isDemo, isLoaded, _) = await StateAsync(db);
        if (!isDemo)
        {
            return null;
        }
        var password = Password;
        if (!isLoaded)
        {
            // Beyond loopback a password that everybody can read here would be no password.
            password = installation.Settings.IsLoopback ? Password : Platform.Security.Secrets.New();
            await PlayAsync(password, ct);
            await using var done = await db.BeginAsync(Actor.Operator("demo"), ct);
            await done.ExecuteAsync("update installation set demo_loaded = true", ct: ct);
            await done.CommitAsync(ct);
        }
        else if (!await OpensWithAsync(db, Password, ct))
        {
            return "A demo; its passwords were printed when it was loaded.";
        }
        return $"Demo of ひばりネット株式会社. Sign in as admin@, manager@, owner@, reviewer@, auditor@, top@ or employee@hibari-net.example, password {password}";
    }

    /// <summary>
    /// Nothing waits for the disk: a demo cut short is thrown away. One sync of the file system and the commit of the row that says it is loaded
    /// make all of it durable.
    /// </summary>
    private async Task PlayAsync(string password, CancellationToken ct)
    {
        await using var hasty = installation.InHaste();
        await using (var services = new ServiceCollection().AddLogging().AddRooms(hasty)
            .AddSingleton(new BlobStore(Path.Combine(installation.Settings.Data, "blobs"), syncs: false))
            .AddSingleton<IMailTransport>(new PickupFolder(installation.Settings.MailFolder, syncs: false))
            .AddSingleton<IJobEngine, NobodyToWake>()
            .BuildServiceProvider())
        {
            var company = new DemoCompany(services, Path.Combine(Settings.Templates, "demo"));
            await company.FoundAsync(password, ct);
            await new DemoYear(services, company).PlayAsync(ct);
        }
        DurableFiles.SyncFileSystem(installation.Settings.Data);
    }

    /// <summary>The demo runs the jobs itself, when its story says so.</summary>
    private sealed class NobodyToWake : IJobEngine
    {
        public Task StartAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancel) => Task.CompletedTask;

        public Task RunNowAsync(string name, CancellationToken cancel) => Task.CompletedTask;
    }

    private static async Task<(bool IsDemo, bool IsLoaded, bool IsEmpty)> StateAsync(Db db)
    {
        await using var connection = await db.OpenAsync();
        return await connection.FirstAsync<(bool, bool, bool)>("select is_demo, demo_loaded, not is_demo and not begun_empty and not exists (select 1 from people) and not exists (select 1 from accounts) from installation");
    }

    private static async Task<bool> OpensWithAsync(Db db, string password, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var hash = await connection.FirstAsync<string>("select password_hash from accounts where sign_in_key = 'manager@hibari-net.example'", ct: ct);
        return hash is not null && new PasswordHasher<object>().VerifyHashedPassword(new object(), hash, password) != PasswordVerificationResult.Failed;
    }
}
