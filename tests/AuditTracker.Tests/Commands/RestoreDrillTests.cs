using AuditTracker.Accounts;
using AuditTracker.Commands;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Commands;

public sealed class RestoreDrillTests : Drill
{
    [Fact]
    public async Task What_was_backed_up_under_a_writer_comes_back_whole_in_a_fresh_folder()
    {
        App.Get<AuditTracker.Platform.Templates.Templates>().SetOverride("mail/evidence/collection-opened.ja.subject", "われわれの言い方 {{title}}｜{{company}}");
        using var enough = new CancellationTokenSource();
        var written = 0;
        var writer = Task.Run(async () =>
        {
            while (!enough.IsCancellationRequested)
            {
                await HandInAsync($"row {++written}");
            }
        });
        while (written < 3)
        {
            await Task.Delay(20);
        }
        var taken = await BackUpAsync();
        await enough.CancelAsync();
        await writer;
        var here = await App.Database.ScalarAsync<long>("select count(*) from blobs");
        Assert.InRange(taken.Manifest.Blobs.Count, 4, here);

        await RestoreAsync(Backups);

        await using var installation = await Installation.OpenAsync(SettingsOf(), mayCreate: false);
        await using (var facts = await BackupFacts.TakeAsync(installation.Owner, default))
        {
            Assert.Equal(taken.Manifest.Blobs, facts.Blobs);
            Assert.Equal(taken.Manifest.Blobs.ToDictionary(blob => blob.Sha256, blob => blob.Sha256), FilesOf(Path.Combine(Fresh, "blobs")));
            // Nothing but what the restore itself wrote down; heartbeats of the lost installation are gone.
            Assert.Equal(taken.Manifest.Tables.Keys.Order(), facts.Tables.Keys.Order());
            Assert.Empty(taken.Manifest.Tables.Where(table => table.Key is not ("trail.entries" or "trail.entry_values" or "trail.guards" or "public.processes") && facts.Tables[table.Key] != table.Value));
            await using var connection = await new Db(installation.App).OpenAsync();
            Assert.Equal(taken.Manifest.Trail!.Sha256, await connection.FirstAsync<string>("select encode(sha256(canonical), 'hex') from trail.entries where id = @Id", taken.Manifest.Trail));
            Assert.Equal(1, await connection.FirstAsync<long>("select count(*) from trail.entries where what = 'installation.restored'"));
            Assert.Equal(0, await connection.FirstAsync<long>("select count(*) from sessions where ended_at is null"));
        }
        foreach (var key in taken.Manifest.Keys)
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(App.Database.Installation.Settings.Data, "keys", key.Name)), File.ReadAllBytes(Path.Combine(Fresh, "keys", key.Name)));
        }
        Assert.NotEmpty(taken.Manifest.Keys);
        Assert.Equal("われわれの言い方 {{title}}｜{{company}}", File.ReadAllText(Path.Combine(Fresh, "templates", "mail", "evidence", "collection-opened.ja.subject.hbs")));
        await using var app = Web.Build(installation, worksHere: false);
        await app.StartAsync();
        using var visitor = new HttpClient { BaseAddress = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()) };
        Assert.Equal("ready", await visitor.GetStringAsync("/readyz"));
        Assert.Empty((await app.Services.GetRequiredService<VerifyTrail>().RunAsync(withFiles: true)).Findings);
        Assert.IsType<SignInResult.Started>(await app.Services.GetRequiredService<SignIn>().StartAsync(Cast.Alice.Mail, Cast.Password, "test", "test", default));
        visitor.DefaultRequestHeaders.Authorization = new("Bearer", Cast.Bob.Token);
        var newest = await App.Database.ScalarAsync<long>("select min(id) from evidence");
        Assert.Equal("id,name\n1,a", await visitor.GetStringAsync($"/api/evidence/{newest}/file"));
    }

    [Fact]
    public async Task Restored_into_a_server_of_ones_own_mails_stay_until_somebody_decides()
    {
        await App.Database.SetClockAsync("2026-10-05T09:30:00");
        await App.Database.ArrangeAsync("update mails set state = 'queued', sent_on = null");
        var waited = await App.Database.ScalarAsync<int>("select count(*) from mails where state = 'queued'");
        await BackUpAsync();
        // What the lost installation did afterwards.
        Assert.True(await App.Get<SendMails>().RunAsync(default) > 0);

        var server = await TestPostgres.GetAsync();
        var name = await server.CreateDatabaseAsync();
        (string, string)[] own = [("ConnectionStrings:Main", server.App(name)), ("ConnectionStrings:Owner", server.Owner(name))];
        await RestoreAsync(Backups, settings: own);
        await using (var installation = await Installation.OpenAsync(SettingsOf(own), mayCreate: false))
        {
            await using var services = new ServiceCollection().AddLogging().AddRooms(installation).BuildServiceProvider();
            var mails = services.GetRequiredService<SendMails>();
            Assert.Equal(0, await mails.RunAsync(default));

            Assert.Equal(waited, await services.GetRequiredService<ReleaseMails>().RunAsync(Actor.Operator("test"), send: false, default));
            Assert.Equal(0, await mails.RunAsync(default));
            await using var connection = await services.GetRequiredService<Db>().OpenAsync();
            Assert.Equal("unknown", await connection.FirstAsync<string>("select state from mails where kind = 'daily' and person_id = 1"));
            // What is told from now on leaves again.
            await using var work = await services.GetRequiredService<Db>().BeginAsync(Actor.Operator("test"));
            await work.TellAsync(new Notice("later:1", "evidence/collection-opened", Cast.Alice.PersonId, $"collection:{Collection}"));
            await work.CommitAsync();
            Assert.Equal(1, await connection.FirstAsync<long>("select count(*) from mails where kind = 'daily' and person_id = 1 and state = 'queued'"));
        }
        await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups, settings: own));
        Directory.Delete(Fresh, recursive: true);
        var refused = await Assert.ThrowsAsync<UsageException>(() => RestoreAsync(Backups, settings: own));
        Assert.StartsWith("The database is not empty.", refused.Message);
        await server.DropDatabaseAsync(name);
    }
}
