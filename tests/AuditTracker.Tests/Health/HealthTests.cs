using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Health;
using AuditTracker.Platform.Jobs;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;

namespace AuditTracker.Tests.Health;

public sealed class HealthTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync();
    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_real_worker_beats_its_jobs_are_listed_and_its_end_is_red_in_words()
    {
        await using (var worker = WorkerProcess.Start(app.Database))
        {
            await WorkerProcess.AskAsync(app.Database, "SweepBlobs");
            await app.Database.UntilAsync("select exists (select 1 from job_runs where job = 'SweepBlobs' and ended_at is not null and failure is null) and exists (select 1 from processes where kind = 'worker' and stopped_at is null)");
            var health = await app.As(Cast.Adam).GetFromJsonAsync<JsonElement>("/api/health");
            Assert.Equal("running", Kind(health, "worker").GetProperty("state").GetString());
            var sweep = health.GetProperty("jobs").EnumerateArray().Single(job => job.GetProperty("name").GetString() == "SweepBlobs");
            Assert.Equal("done", sweep.GetProperty("state").GetString());
            Assert.True(sweep.GetProperty("nextAt").GetDateTime() > DateTime.UtcNow);
            Assert.StartsWith("15", health.GetProperty("database").GetProperty("version").GetString()!.Replace("16", "15").Replace("17", "15"));
            Assert.True(health.GetProperty("database").GetProperty("trailIsProtected").GetBoolean());
            Assert.True(health.GetProperty("disk").GetProperty("freeBytes").GetInt64() > 0);
        }
        // Killed: no goodbye, only silence.
        await app.Database.ArrangeAsync("update processes set beat_at = now() - interval '4 minutes' where kind = 'worker'");
        var page = await (await app.PagesAsAsync(Cast.Adam)).PageAsync("/health");
        Assert.Contains("Silent", page);
        Assert.Contains("No worker", page);
    }

    [Fact]
    public async Task A_job_that_fails_is_told_without_anybodys_data_and_can_be_run_again()
    {
        var schedule = new Schedule("SendMails", "0 * * * * ?", async (_, _) =>
        {
            Assert.True(await app.Database.ScalarAsync<bool>("select ended_at is null from job_runs where job = 'SendMails'"));
            throw new InvalidOperationException("相川 有栖 <alice@example.test>");
        });
        await Assert.ThrowsAsync<InvalidOperationException>(() => schedule.RunAsync(app.Services, NullLogger.Instance, default));
        Assert.Equal("InvalidOperationException", await app.Database.ScalarAsync<string>("select failure from job_runs where job = 'SendMails'"));
        for (var i = 0; i < 25; i++)
        {
            await Assert.ThrowsAsync<InvalidOperationException>(() => schedule.RunAsync(app.Services, NullLogger.Instance, default));
        }
        Assert.Equal(20, await app.Database.ScalarAsync<long>("select count(*) from job_failures"));

        var pages = await app.PagesAsAsync(Cast.Adam);
        var page = await pages.PageAsync("/health");
        Assert.Contains(await app.Database.ScalarAsync<string>("select incident from job_runs where job = 'SendMails'"), page);
        Assert.DoesNotContain("alice@example.test", page);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/health", "/health?handler=run", ("job", "SendMails"))).StatusCode);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from quartz.qrtz_triggers where job_name = 'SendMails' and trigger_type = 'SIMPLE'"));
        Assert.Equal(HttpStatusCode.NotFound, (await pages.PostFormAsync("/health", "/health?handler=run", ("job", "Nothing"))).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where subject like 'job%' or what like 'process%'"));
    }

    [Fact]
    public async Task What_wants_a_hand_stands_under_the_header_for_those_who_have_one()
    {
        async Task<string> TodayAsync(Cast.Member who) => await (await app.PagesAsAsync(who)).PageAsync("/");
        Assert.DoesNotContain("system alert", await TodayAsync(Cast.Adam));

        await app.Database.ArrangeAsync("update installation set mail_held_at = now(), mail_held_from = now()");
        Assert.Contains("Mails are held", await TodayAsync(Cast.Adam));
        Assert.Contains("href=\"/health\"", await TodayAsync(Cast.Adam));
        Assert.Contains("メールの送信を止めています。運用担当者に連絡してください。", await TodayAsync(Cast.Manami));
        Assert.DoesNotContain("メールの送信を止めています", await TodayAsync(Cast.Alice));

        var pages = await app.PagesAsAsync(Cast.Adam);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/health", "/health?handler=release", ("waiting", "settle"))).StatusCode);
        Assert.DoesNotContain("Mails are held", await TodayAsync(Cast.Adam));
        Assert.Equal(HttpStatusCode.Conflict, (await pages.PostFormAsync("/health", "/health?handler=release", ("waiting", "send"))).StatusCode);

        await app.Database.ArrangeAsync("""
            insert into mails (kind, to_name, to_address, language, message_id, created_at) values ('now', '', 'a@example.test', 'ja', '1', now()), ('now', '', 'b@example.test', 'ja', '2', now());
            insert into mail_attempts (mail_id, at, outcome, reply) select m.id, now(), 'deferred', '451' from mails m, generate_series(1, 2) order by m.message_id;
            """);
        Assert.Contains("メールを送れません", await TodayAsync(Cast.Manami));
        await app.Database.ArrangeAsync("insert into mail_attempts (mail_id, at, outcome, reply) select min(id), now(), 'accepted', '250' from mails");
        Assert.DoesNotContain("メールを送れません", await TodayAsync(Cast.Manami));
    }

    [Fact]
    public async Task A_backup_of_long_ago_is_not_called_sound()
    {
        async Task<string> PageAsync(Cast.Member who, string path) => await (await app.PagesAsAsync(who)).PageAsync(path);
        Assert.DoesNotContain("最後のバックアップ", await PageAsync(Cast.Manami, "/"));
        await app.Database.ArrangeAsync("""
            insert into backups (name, folder, taken_at, ended_at, blobs, blob_bytes, copied, dump_bytes, damaged) values ('a', '/backup', now() - interval '71 hours', now() - interval '71 hours', 0, 0, 0, 1, 0)
            """);
        Assert.DoesNotContain("最後のバックアップ", await PageAsync(Cast.Manami, "/"));
        Assert.DoesNotContain("More than 3 days old", await PageAsync(Cast.Adam, "/health"));
        await app.Database.ArrangeAsync("update backups set taken_at = now() - interval '73 hours', ended_at = now() - interval '73 hours'");
        Assert.Contains("最後のバックアップから3日以上たっています。運用担当者に連絡してください。", await PageAsync(Cast.Manami, "/"));
        Assert.Contains("More than 3 days old", await PageAsync(Cast.Adam, "/health"));
        var health = await app.As(Cast.Adam).GetFromJsonAsync<JsonElement>("/api/health");
        Assert.False(health.GetProperty("isSound").GetBoolean());
        Assert.True(health.GetProperty("backup").GetProperty("isOld").GetBoolean());
        // A demo takes none.
        await app.Database.ArrangeAsync("update installation set is_demo = true");
        Assert.DoesNotContain("最後のバックアップ", await PageAsync(Cast.Manami, "/"));
        await app.Database.ArrangeAsync("update installation set is_demo = false; delete from backups");
    }

    [Fact]
    public async Task A_full_disk_is_told_before_it_is_full()
    {
        await using var small = await TestApp.StartAsync(("AuditTracker:Disk:LowBytes", $"{long.MaxValue}"));
        Assert.Contains("データフォルダーの空きが残り", await (await small.PagesAsAsync(Cast.Manami)).PageAsync("/"));
    }

    [Fact]
    public void Every_job_has_a_name_for_people()
    {
        var words = app.Get<IStringLocalizer<Words>>();
        Assert.Empty(Rooms.Schedules.Where(schedule => words["Job" + schedule.Name].ResourceNotFound).Select(schedule => schedule.Name));
    }

    private static JsonElement Kind(JsonElement health, string kind) => health.GetProperty("processes").EnumerateArray().First(process => process.GetProperty("kind").GetString() == kind);
}
