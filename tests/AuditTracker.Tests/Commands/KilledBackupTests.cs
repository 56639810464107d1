using System.Diagnostics;
using AuditTracker.Commands;
using AuditTracker.Tests.Support;
using Dapper;
using Npgsql;

namespace AuditTracker.Tests.Commands;

/// <summary>A backup in a process of its own, held from outside and killed there with SIGKILL: what it leaves is never taken for a backup, and the next one is whole.</summary>
public sealed class KilledBackupTests : Drill
{
    [Fact]
    public async Task Killed_while_the_database_is_written_out()
    {
        // The dump asks for every table; this one is not counted, so that only the dump waits for it.
        await App.Database.ArrangeAsync("create schema aside; create table aside.held (id int)");
        await using (var holder = new NpgsqlConnection(App.Database.OwnerConnection))
        {
            await holder.OpenAsync();
            await using var held = await holder.BeginTransactionAsync();
            await holder.ExecuteAsync("lock table aside.held in access exclusive mode", transaction: held);
            await KillAsync(() => App.Database.ScalarAsync<bool>("select exists (select 1 from pg_stat_activity where application_name = 'pg_dump' and wait_event_type = 'Lock' and datname = current_database())"));
        }
        await WholeAsync(parts: 1);
    }

    [Fact]
    public async Task Killed_while_files_are_copied()
    {
        // A file that never answers: a pipe nobody writes to stands in its place.
        var file = Directory.GetFiles(Path.Combine(App.Database.Installation.Settings.Data, "blobs", "sha256"), "*", SearchOption.AllDirectories).Max(StringComparer.Ordinal)!;
        File.Move(file, file + ".aside");
        Process.Start("mkfifo", file).WaitForExit();
        await KillAsync(() => Task.FromResult(Directory.Exists(Backups) && Directory.EnumerateFiles(Path.Combine(Backups), "*", SearchOption.AllDirectories).Any(path => path.Contains("/blobs/sha256/", StringComparison.Ordinal))));
        File.Delete(file);
        File.Move(file + ".aside", file);
        // As if it had been cut off in the middle of a file, too.
        await File.WriteAllTextAsync(Path.Combine(Backups, "blobs", "incoming", "0123"), "half");
        await WholeAsync(parts: 1);
        Assert.Empty(Directory.GetFiles(Path.Combine(Backups, "blobs", "incoming")));
    }

    [Fact]
    public async Task Killed_after_the_manifest_it_is_a_backup()
    {
        await using (var holder = new NpgsqlConnection(App.Database.OwnerConnection))
        {
            await holder.OpenAsync();
            await using var held = await holder.BeginTransactionAsync();
            await holder.ExecuteAsync("lock table backups in share mode", transaction: held);
            await KillAsync(() => Task.FromResult(Directory.Exists(Backups) && BackupFolder.List(Backups).Count == 1));
        }
        await RestoreAsync(Backups);
        await WholeAsync(parts: 0);
    }

    private async Task KillAsync(Func<Task<bool>> there)
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "audit-tracker.dll"), "backup", "--to", Backups, "--data", App.Database.Installation.Settings.Data])
        {
            Environment = { ["ConnectionStrings__Main"] = App.Database.AppConnection, ["ConnectionStrings__Owner"] = App.Database.OwnerConnection },
        })!;
        for (var since = DateTime.UtcNow; !await there(); await Task.Delay(50))
        {
            Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(1) && !process.HasExited, "the backup did not come to the point where it is held");
        }
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>What was left is no backup, and the next run clears it away and is one.</summary>
    private async Task WholeAsync(int parts)
    {
        Assert.Equal(parts, Directory.GetDirectories(Backups, "*.part").Length);
        if (parts > 0)
        {
            await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups));
        }
        var taken = await BackUpAsync();
        Assert.Empty(Directory.GetDirectories(Backups, "*.part"));
        Assert.Equal(taken.Folder, BackupFolder.List(Backups)[0]);
        if (Directory.Exists(Fresh))
        {
            Directory.Delete(Fresh, recursive: true);
        }
        await RestoreAsync(Backups);
        Assert.Equal(taken.Manifest.Blobs.Select(blob => blob.Sha256), FilesOf(Path.Combine(Fresh, "blobs")).Values.Order());
    }
}
