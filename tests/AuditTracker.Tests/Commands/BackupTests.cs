using AuditTracker.Commands;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Commands;

public sealed class BackupTests : Drill
{
    [Fact]
    public async Task The_next_backup_copies_only_what_is_new_and_old_ones_go_with_the_files_only_they_had()
    {
        var first = await BackUpAsync();
        await HandInAsync("second");
        var second = await BackUpAsync();
        Assert.Equal((2, 1), (first.Copied, second.Copied));
        Assert.Equal(3, FilesOf(Path.Combine(Backups, "blobs")).Count);
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select copied from backups order by id desc limit 1"));
        // The first backup knew a file that the present one does not.
        await File.WriteAllTextAsync(Path.Combine(Backups, "blobs", "sha256", "ff"), "of an older backup");

        await BackUpAsync(keep: 2);
        Assert.Equal(2, BackupFolder.List(Backups).Count);
        Assert.False(Directory.Exists(first.Folder));
        Assert.Equal(second.Manifest.Blobs.Select(blob => blob.Sha256).Order(), FilesOf(Path.Combine(Backups, "blobs")).Keys.Order());
    }

    [Fact]
    public async Task A_byte_that_flipped_in_the_backup_is_named_and_nothing_is_made()
    {
        var taken = await BackUpAsync();
        var flipped = Directory.GetFiles(Path.Combine(Backups, "blobs", "sha256"), taken.Manifest.Blobs[0].Sha256, SearchOption.AllDirectories).Single();
        FlipAByte(flipped);
        var refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups));
        Assert.Contains(flipped, refused.Message);
        Assert.False(Directory.Exists(Fresh));

        Assert.Equal(0, (await BackUpAsync()).Copied);
        Assert.Equal(1, (await BackUpAsync(verify: true)).Copied);
        Assert.Equal(taken.Manifest.Blobs[0].Sha256, FilesOf(Path.Combine(Backups, "blobs"))[taken.Manifest.Blobs[0].Sha256]);

        FlipAByte(Path.Combine(taken.Folder, "database.dump"));
        refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(taken.Folder));
        Assert.Contains("database.dump", refused.Message);
    }

    [Fact]
    public async Task A_mail_text_that_changed_in_the_backup_or_points_elsewhere_is_named_and_nothing_is_made()
    {
        App.Get<AuditTracker.Platform.Templates.Templates>().SetOverride("mail/evidence/collection-opened.ja.subject", "われわれの言い方 {{title}}｜{{company}}");
        var taken = await BackUpAsync();
        var text = Path.Combine(taken.Folder, "templates", "mail", "evidence", "collection-opened.ja.subject.hbs");
        FlipAByte(text);
        Assert.Contains(text, (await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups))).Message);
        FlipAByte(text);

        var manifest = Path.Combine(taken.Folder, "manifest.json");
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("mail/evidence/collection-opened", "../../mail/evidence/collection-opened", StringComparison.Ordinal));
        Assert.Contains("lies elsewhere", (await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups))).Message);
        Assert.False(Directory.Exists(Fresh));
    }

    [Fact]
    public async Task A_file_that_went_bad_in_the_store_is_reported_and_the_good_copy_of_an_older_backup_stays()
    {
        var taken = await BackUpAsync();
        var bad = taken.Manifest.Blobs[0].Sha256;
        FlipAByte(Directory.GetFiles(Path.Combine(App.Database.Installation.Settings.Data, "blobs"), bad, SearchOption.AllDirectories).Single());

        Assert.Empty((await BackUpAsync()).Manifest.Damaged);
        var elsewhere = await BackUpAsync(to: Fresh);
        Assert.Equal([bad], elsewhere.Manifest.Damaged);
        Assert.DoesNotContain(bad, FilesOf(Path.Combine(Fresh, "blobs")).Values);
        Assert.Equal(bad, FilesOf(Path.Combine(Backups, "blobs"))[bad]);
    }

    [Fact]
    public async Task A_file_destroyed_while_the_backup_is_taken_is_not_called_damaged()
    {
        var sha256 = await App.Database.ScalarAsync<string>("select sha256 from kept_blobs order by sha256 limit 1");
        var taken = await new Backup(App.Database.Installation, said =>
        {
            if (said.StartsWith("Database:", StringComparison.Ordinal)) // the snapshot is written, the files come next
            {
                App.Database.ArrangeAsync("insert into destroyed_blobs (sha256, decided_at, removed_at) values (@sha256, business_now(), business_now())", new { sha256 }).GetAwaiter().GetResult();
                App.Get<AuditTracker.Platform.Files.BlobStore>().Remove(sha256);
            }
        }).TakeAsync(Backups, null, false, default);
        Assert.Empty(taken.Manifest.Damaged);
        Assert.DoesNotContain(taken.Manifest.Blobs, blob => blob.Sha256 == sha256);
        Assert.NotEmpty(taken.Manifest.Blobs);
    }

    [Fact]
    public async Task Folders_that_would_not_survive_or_would_mix_are_refused()
    {
        var data = App.Database.Installation.Settings.Data;
        await Assert.ThrowsAsync<UsageException>(() => BackUpAsync(to: Path.Combine(data, "backups")));
        var link = Backups + "-link";
        Directory.CreateSymbolicLink(link, data);
        await Assert.ThrowsAsync<UsageException>(() => BackUpAsync(to: Path.Combine(link, "backups")));
        Assert.False(Directory.Exists(Path.Combine(data, "backups")));

        await BackUpAsync();
        await using var other = await TestApp.StartAsync();
        await other.Database.ArrangeAsync("update installation set created_at = created_at - interval '1 day'");
        var refused = await Assert.ThrowsAsync<UsageException>(() => new Backup(other.Database.Installation, _ => { }).TakeAsync(Backups, 1, false, default));
        Assert.Contains("another installation", refused.Message);
        Assert.Single(BackupFolder.List(Backups));

        Directory.CreateDirectory(Fresh);
        await File.WriteAllTextAsync(Path.Combine(Fresh, "mine"), "");
        refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups));
        Assert.Contains("is not empty", refused.Message);
    }

    [Theory]
    [InlineData("\"postgres\": 15", "\"postgres\": 99", "postgresql-99")]
    [InlineData("\"schema\": {", "\"schema\": { \"9999_future.sql\": \"00\",", "newer schema (9999_future.sql)")]
    [InlineData("\"format\": 1", "\"format\": 2", "format that this program does not know")]
    public async Task What_this_program_cannot_restore_is_said_with_what_to_do(string was, string becomes, string sentence)
    {
        var taken = await BackUpAsync();
        var manifest = Path.Combine(taken.Folder, BackupManifest.FileName);
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace(was.Replace("15", $"{taken.Manifest.Postgres}"), becomes));
        Assert.NotEqual(text, await File.ReadAllTextAsync(manifest));
        var refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups));
        Assert.Contains(sentence, refused.Message);
        Assert.False(Directory.Exists(Fresh));
    }

    [Fact]
    public async Task An_older_PostgreSQL_is_no_obstacle_and_a_restore_cut_short_is_not_started_from()
    {
        var taken = await BackUpAsync();
        var manifest = Path.Combine(taken.Folder, BackupManifest.FileName);
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(manifest, text.Replace($"\"postgres\": {taken.Manifest.Postgres}", "\"postgres\": 14").Replace($"\"public.people\": {Cast.All.Count}", "\"public.people\": 7"));
        var said = new List<string>();
        var refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups, said.Add));
        Assert.Contains("public.people", refused.Message);
        Assert.Contains(said, line => line.Contains("taken from PostgreSQL 14", StringComparison.Ordinal));

        refused = await Assert.ThrowsAsync<UsageException>(() => Installation.OpenAsync(SettingsOf(), mayCreate: true));
        Assert.Contains("did not come to its end", refused.Message);
    }
}
