using System.Diagnostics;
using AuditTracker.Commands;
using AuditTracker.Tests.Support;
using AuditTracker.Tests.Trail;
using AuditTracker.Trail;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Commands;

/// <summary>The trail inside a backup, and a backup in the place of the living database.</summary>
public sealed class VerifyBackupTests : Drill
{
    private string Scratch => Directory.CreateDirectory(Fresh + "-scratch").FullName;

    [Fact]
    public async Task A_backup_is_verified_without_touching_the_installation_and_nothing_is_left()
    {
        await App.Database.SealAllAsync();
        await BackUpAsync();
        var before = await App.Database.ScalarAsync<long>("select count(*) from trail.entries");

        var verdict = await VerifyAsync(withRows: true);

        Assert.Empty(verdict.Findings);
        Assert.InRange(verdict.Entries, 100, before);
        Assert.InRange(verdict.Rows, 500, long.MaxValue);
        Assert.Equal(before, await App.Database.ScalarAsync<long>("select count(*) from trail.entries"));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));

        // A head noted outside, so far as the backup reaches, must be in it; so must every head one gives.
        await HandInAsync("later");
        await App.Database.SealAllAsync();
        Assert.Empty((await VerifyAsync()).Findings);
        var newest = await App.Database.ScalarAsync<byte[]>("select head from trail.seals order by number desc limit 1");
        Assert.Equal(FindingKind.HeadUnknown, Assert.Single((await VerifyAsync(heads: newest)).Findings).Kind);
    }

    [Fact]
    public async Task What_was_changed_before_the_backup_is_found_in_it_and_one_that_was_killed_is_cleared_away()
    {
        await App.Database.SealAllAsync();
        var id = await App.Database.ScalarAsync<long>("select max(id) from trail.entries where what = 'collection.submitted'");
        await App.Database.ArrangeAsync("update trail.entries set canonical = convert_to(replace(convert_from(canonical, 'UTF8'), 'submitted', 'withdrawn'), 'UTF8') where id = @id", new { id });
        await BackUpAsync();

        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audit-tracker.dll"), "verify", "--backup", Backups, "--scratch", Scratch, "--data", App.Database.Installation.Settings.Data]);
        using (var killed = Process.Start(start)!)
        {
            for (var since = DateTime.UtcNow; Servers().Length == 0; await Task.Delay(20))
            {
                Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(2) && !killed.HasExited, "its server did not start");
            }
            killed.Kill();
            await killed.WaitForExitAsync();
        }
        var left = int.Parse(File.ReadLines(Assert.Single(Servers())).First());
        Assert.True(Directory.Exists($"/proc/{left}"));

        Assert.Contains(new Finding(FindingKind.EntryChanged, $"{id}"), (await VerifyAsync()).Findings);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Scratch));
        Assert.False(Directory.Exists($"/proc/{left}"));

        string[] Servers() => Directory.GetFiles(Scratch, "postmaster.pid", SearchOption.AllDirectories).Where(IsReady).ToArray();

        // The making of a cluster has a server for a moment too, which is never ready.
        static bool IsReady(string file)
        {
            try
            {
                return File.ReadAllText(file).Contains("ready", StringComparison.Ordinal);
            }
            catch (FileNotFoundException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task An_older_backup_in_the_place_of_the_living_database_is_found_by_the_heads_noted_outside_only()
    {
        await App.Database.SealAllAsync();
        await BackUpAsync();
        await HandInAsync("later");
        await App.Database.SealAllAsync();
        var newest = await App.Database.ScalarAsync<byte[]>("select head from trail.seals order by number desc limit 1");
        await RestoreAsync(Backups);
        // The data folder went back with the database: nothing here knows better, a head from elsewhere does.
        Assert.Empty((await VerifyFreshAsync()).Findings);
        Assert.Equal(new Finding(FindingKind.HeadUnknown, Convert.ToHexStringLower(newest)), Assert.Single((await VerifyFreshAsync(newest)).Findings));
        // Only the database went back.
        File.Copy(Path.Combine(App.Database.Installation.Settings.Data, "trail", "heads"), Path.Combine(Directory.CreateDirectory(Path.Combine(Fresh, "trail")).FullName, "heads"), overwrite: true);
        Assert.Contains(new Finding(FindingKind.HeadUnknown, Convert.ToHexStringLower(newest)), (await VerifyFreshAsync()).Findings);
    }

    private Task<Verdict> VerifyAsync(bool withRows = false, params byte[][] heads) =>
        new VerifyBackup(App.Database.Installation.Settings, _ => { }).RunAsync(Backups, Scratch, heads, withRows, default);

    private async Task<Verdict> VerifyFreshAsync(params byte[][] heads)
    {
        await using var installation = await Installation.OpenAsync(SettingsOf(), mayCreate: false);
        await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
        return await services.GetRequiredService<VerifyTrail>().RunAsync(heads);
    }
}
