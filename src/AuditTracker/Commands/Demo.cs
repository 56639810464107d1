using AuditTracker.Accounts;
using AuditTracker.Platform.Database;
using Microsoft.AspNetCore.Identity;

namespace AuditTracker.Commands;

/// <summary>
/// The demo company: loaded into an empty database and one quarter of its past played through the use cases under the business clock.
/// A demo never becomes a real installation; start one with <c>--empty</c>.
/// </summary>
public static class Demo
{
    private const string Password = "hibari-demo-2026";

    public static async Task<int> RunAsync(string[] args)
    {
        await using var installation = await Installation.OpenAsync(new Arguments(args).Settings());
        await installation.MigrateAsync();
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        var signIns = await LoadIntoEmptyAsync(services, installation);
        Console.WriteLine(signIns ?? "The database holds real data; the demo company is only loaded into an empty one.");
        return signIns is null ? 1 : 0;
    }

    /// <summary>Loads the demo unless the database holds anything else; a load that was killed half-way starts over.</summary>
    /// <returns>The sign-ins to print; null when this is a real installation.</returns>
    public static async Task<string?> LoadIntoEmptyAsync(IServiceProvider services, Installation installation, CancellationToken ct = default)
    {
        var db = services.GetRequiredService<Db>();
        var (isDemo, isLoaded, isEmpty) = await StateAsync(db, ct);
        if (!isDemo && !isEmpty)
        {
            return null;
        }
        var password = Password;
        if (isDemo && !isLoaded)
        {
            await Migrator.DropAsync(installation.Owner, ct);
            await installation.MigrateAsync(ct);
        }
        if (!isLoaded)
        {
            password = installation.Settings.IsLoopback ? Password : Platform.Security.Secrets.New();
            await using (var work = await db.BeginAsync(Actor.Operator("demo"), ct))
            {
                await work.ExecuteAsync("update installation set is_demo = true", ct: ct);
                await work.CommitAsync(ct);
            }
            var company = new DemoCompany(services, Path.Combine(Settings.Templates, "demo"));
            await company.FoundAsync(password, ct);
            await new DemoQuarter(services, company).PlayAsync(ct);
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

    private static async Task<(bool IsDemo, bool IsLoaded, bool IsEmpty)> StateAsync(Db db, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<(bool, bool, bool)>("select is_demo, demo_loaded, not exists (select 1 from people) and not exists (select 1 from accounts) from installation", ct: ct);
    }

    private static async Task<bool> OpensWithAsync(Db db, string password, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var hash = await connection.FirstAsync<string>("select password_hash from accounts where sign_in_key = 'manager@hibari-net.example'", ct: ct);
        return hash is not null && new PasswordHasher<object>().VerifyHashedPassword(new object(), hash, password) != PasswordVerificationResult.Failed;
    }
}
