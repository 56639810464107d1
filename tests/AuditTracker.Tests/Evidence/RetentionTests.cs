using System.Net;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;
using AuditTracker.Tests.Trail;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Evidence;

/// <summary>Files are destroyed after their term, with proof, when a compliance manager has approved it and nothing holds them.</summary>
public sealed class RetentionTests(Desk desk) : IClassFixture<Desk>
{
    private Task<long> DueAsync(string state = "due") => desk.App.Get<DueFiles>().CountAsync(Desk.Manager, state, null, 100, default);

    private Task<int> DestroyAsync() => desk.App.Get<DestroyFiles>().RunAsync(default);

    private Task<long> FileAsync(string name) => desk.App.Database.ScalarAsync<long>("select max(id) from evidence where file_name = @name", new { name });

    [Fact]
    public async Task A_file_is_destroyed_after_its_term_with_proof_and_shared_bytes_go_with_the_last()
    {
        await desk.App.Database.SetClockAsync("2026-11-24 09:00");
        var (first, second) = (await desk.RequestAsync("一つ目の依頼"), await desk.RequestAsync("二つ目の依頼"));
        await desk.HandInAsync(await desk.CollectionAsync(first, "2026-04-01"), Cast.Alice, "同じ中身", name: "甲.csv");
        await desk.HandInAsync(await desk.CollectionAsync(second, "2026-04-01"), Cast.Alice, "同じ中身", name: "乙.csv");
        await desk.HandInAsync(await desk.CollectionAsync(first, "2026-07-01"), Cast.Alice, "短い記録", name: "入退室.csv");
        var (one, other, sha256) = (await FileAsync("甲.csv"), await FileAsync("乙.csv"), await desk.App.Database.ScalarAsync<string>("select sha256 from evidence where file_name = '甲.csv'"));
        var blobs = desk.App.Get<BlobStore>();

        // Handed in on 2026-11-24 and kept for 48 months: the longer of ISMS and PMS. The last day still counts.
        await desk.App.Database.SetClockAsync("2030-11-24 09:00");
        Assert.Equal(0, await DueAsync());
        await desk.App.Database.SetClockAsync("2030-11-25 09:00");
        Assert.Equal(3, await DueAsync());

        var decide = desk.App.Get<DecideRetention>();
        foreach (var who in new[] { Desk.User(Cast.Alice), Desk.User(Cast.Tom, AuditTracker.Platform.Security.Role.Management) })
        {
            await Assert.ThrowsAsync<NotFound>(() => decide.ApproveAsync(who, null, null, "理由"));
            Assert.Equal(0, await desk.App.Get<DueFiles>().CountAsync(who, "due", null, 100, default));
        }
        var hold = await decide.HoldAsync(Desk.Manager, "request", $"{second}", "訴訟が終わるまで");
        Assert.Equal((2, 1), (await DueAsync(), await DueAsync("held")));

        // Approved on the page, after it was checked.
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var list = await manami.PageAsync("/evidence/destruction");
        Assert.Contains("甲.csv", list);
        Assert.DoesNotContain("乙.csv", list);
        Assert.Equal(3, (await Desk.WorkbookAsync(manami, list))[1].Rows.Count);
        var check = await manami.PageAsync($"/evidence/destruction/check?id={one}&id={other}");
        Assert.Equal(HttpStatusCode.BadRequest, (await manami.SendAsync(check, $"/evidence/destruction/check?id={one}&id={other}", ("Input.Seen", "1"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await manami.SendAsync(check, $"/evidence/destruction/check?id={one}&id={other}", ("Input.Seen", "2"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(check, $"/evidence/destruction/check?id={one}&id={other}", ("Input.Seen", "1"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await manami.SendAsync(check, $"/evidence/destruction/check?id={one}&id={other}", ("Input.Seen", "1"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        Assert.True(blobs.Exists(sha256));

        Assert.Equal(1, await DestroyAsync());
        Assert.Equal(0, await DestroyAsync());
        Assert.True(blobs.Exists(sha256)); // 乙 has it too
        Assert.Equal(HttpStatusCode.Conflict, (await manami.GetAsync($"/evidence/{one}/file")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await manami.GetAsync($"/evidence/{other}/file")).StatusCode);

        // A hold placed after the approval stops it as well.
        await decide.ReleaseAsync(Desk.Manager, hold, "和解した");
        await Assert.ThrowsAsync<Refusal>(() => decide.ReleaseAsync(Desk.Manager, hold, "和解した"));
        Assert.Equal(1, await decide.ApproveAsync(Desk.Manager, [other], 1, "年次の見直し"));
        var again = await decide.HoldAsync(Desk.Manager, "framework", "iso27001-2022", "審査中");
        Assert.Equal(0, await DestroyAsync());
        await decide.ReleaseAsync(Desk.Manager, again, "審査が終わった");
        Assert.Equal(1, await DestroyAsync());
        Assert.False(blobs.Exists(sha256));

        // The proof: who, when, by which rule; row and hash stay; nothing misses the bytes.
        var proof = await manami.PageAsync("/evidence/destruction?state=destroyed");
        Assert.Contains("甲.csv", proof);
        Assert.Contains("乙.csv", proof);
        Assert.Equal("isms:48:2030-11-24:true:年次の見直し", await desk.App.Database.ScalarAsync<string>("select class || ':' || months || ':' || keep_until || ':' || bytes_gone || ':' || reason from destructions where evidence_id = @other", new { other }));
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'file.destroyed' and subject = any(@files)", new { files = new[] { $"evidence:{one}", $"evidence:{other}" } }));
        Assert.Contains("廃棄済み", await manami.PageAsync($"/evidence/collections/{await desk.CollectionAsync(second, "2026-04-01")}"));
        await desk.App.Database.SealAllAsync();
        Assert.Empty((await desk.App.Get<VerifyTrail>().RunAsync(withFiles: true)).Findings);
        await desk.App.Get<ScrubFiles>().RunAsync(default);
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from blob_checks where state <> 'whole'"));

        // The same bytes handed in anew are kept anew.
        var third = await desk.RequestAsync("三つ目の依頼", startOn: "2030-04-01");
        await desk.HandInAsync(await desk.CollectionAsync(third, "2030-04-01"), Cast.Alice, "同じ中身", name: "丙.csv");
        Assert.Equal(0, await DestroyAsync());
        Assert.True(blobs.Exists(sha256));
        Assert.Equal(HttpStatusCode.OK, (await manami.GetAsync($"/evidence/{await FileAsync("丙.csv")}/file")).StatusCode);
    }

    [Fact]
    public async Task An_approval_is_taken_back_while_the_file_is_there_and_proof_of_what_is_gone_stays()
    {
        await desk.App.Database.SetClockAsync("2051-01-31 09:00");
        var request = await desk.RequestAsync("取り消す依頼", startOn: "2050-04-01");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2050-04-01"), Cast.Alice, "残す", name: "残す.csv");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2050-07-01"), Cast.Alice, "消す", name: "消す.csv");
        var (kept, gone) = (await FileAsync("残す.csv"), await FileAsync("消す.csv"));
        await desk.App.Database.SetClockAsync("2060-11-25 09:00");
        var decide = desk.App.Get<DecideRetention>();
        await decide.ApproveAsync(Desk.Manager, [kept, gone], null, "年次の見直し");
        await Assert.ThrowsAsync<NotFound>(() => decide.WithdrawAsync(Desk.User(Cast.Alice), [kept], "理由"));

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/destruction?state=approved");
        const string withdraw = "/evidence/destruction?handler=Withdraw&state=approved";
        Assert.Equal(HttpStatusCode.BadRequest, (await manami.SendAsync(page, withdraw, ("id", $"{kept}"))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, withdraw, ("id", $"{kept}"), ("Input.Reason", "訴訟があるかもしれない"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await manami.SendAsync(page, withdraw, ("id", $"{kept}"), ("Input.Reason", "もう一度"))).StatusCode);

        // Bytes that somebody has in a draft go when the draft does.
        var (blobs, sha256) = (desk.App.Get<BlobStore>(), await desk.App.Database.ScalarAsync<string>("select sha256 from evidence where id = @gone", new { gone }));
        await desk.App.Database.ArrangeAsync("""
            insert into draft_files (collection_id, account_id, file_name, media_type, size, sha256, saved_at)
            select collection_id, by_account, 'また.csv', 'text/csv', 3, @sha256, now() from submissions order by id desc limit 1
            """, new { sha256 });
        await DestroyAsync();
        Assert.True(blobs.Exists(sha256));
        await desk.App.Database.ArrangeAsync("delete from draft_files where sha256 = @sha256", new { sha256 });
        await DestroyAsync();
        Assert.False(blobs.Exists(sha256));
        Assert.True(await desk.App.Database.ScalarAsync<bool>("select bytes_gone from destructions where evidence_id = @gone", new { gone }));
        Assert.Equal("残す", await (await manami.GetAsync($"/evidence/{kept}/file")).Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.Conflict, (await manami.GetAsync($"/evidence/{gone}/file")).StatusCode);
        await Assert.ThrowsAsync<Refusal>(() => decide.WithdrawAsync(Desk.Manager, [gone], "遅すぎる"));
        await using var connection = new Npgsql.NpgsqlConnection(desk.App.Database.AppConnection);
        await connection.OpenAsync();
        await using var forced = new Npgsql.NpgsqlCommand($"begin; select set_config('audit.actor', 'job:test', true); delete from destructions where evidence_id = {gone}", connection);
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() => forced.ExecuteNonQueryAsync())).SqlState);
    }

    [Fact]
    public async Task A_term_changes_from_a_day_to_come_on()
    {
        await desk.App.Database.SetClockAsync("2070-08-01 09:00");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/retention");
        const string set = "/evidence/retention?handler=Term";
        (string, string)[] form = [("Input.Of", "incident"), ("Input.Months", "８４"), ("Input.Basis", "規程12条")];
        Assert.Equal(HttpStatusCode.BadRequest, (await manami.SendAsync(page, set, [.. form, ("Input.ValidFrom", "2070-08-01")])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, set, [.. form, ("Input.ValidFrom", "2070-10-01")])).StatusCode);
        // A slip is corrected before it holds; what is refused is still there.
        var again = await manami.SendAsync(page, set, [("Input.Of", "incident"), ("Input.Months", "0"), ("Input.Basis", "規程12条"), ("Input.ValidFrom", "2070-10-01")]);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
        Assert.Contains("規程12条", System.Net.WebUtility.HtmlDecode(await again.Content.ReadAsStringAsync()));
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, set, [("Input.Of", "incident"), ("Input.Months", "72"), ("Input.Basis", "規程12条"), ("Input.ValidFrom", "2070-10-01")])).StatusCode);
        var request = await desk.RequestAsync("事故の記録", startOn: "2070-04-01");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2070-04-01"), Cast.Alice, "事故", name: "事故.csv");
        await desk.App.Get<DecideRetention>().ClassifyAsync(Desk.Manager, $"{request}", "incident");
        const string months = "select months from file_terms where file_name = '事故.csv'";
        Assert.Equal(60, await desk.App.Database.ScalarAsync<int>(months));
        await desk.App.Database.SetClockAsync("2070-10-01 09:00");
        Assert.Equal(72, await desk.App.Database.ScalarAsync<int>(months));
    }

    [Fact]
    public async Task A_request_of_another_class_has_its_term()
    {
        await desk.App.Database.SetClockAsync("2041-01-31 09:00");
        var request = await desk.RequestAsync("入退室記録", startOn: "2040-04-01");
        await desk.HandInAsync(await desk.CollectionAsync(request, "2040-04-01"), Cast.Alice, "入室", name: "入室.csv");
        var decide = desk.App.Get<DecideRetention>();
        await decide.ClassifyAsync(Desk.Manager, $"{request}", "entry-log");
        await Assert.ThrowsAsync<InvalidInput>(() => decide.ClassifyAsync(Desk.Manager, $"{request}", "nothing"));
        Assert.Equal("entry-log:2043-01-31", await desk.App.Database.ScalarAsync<string>("select class || ':' || keep_until from file_terms where file_name = '入室.csv'"));
        var page = await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync("/evidence/retention");
        Assert.Contains("入退室・来訪の記録", page);
        await Assert.ThrowsAsync<InvalidInput>(() => decide.HoldAsync(Desk.Manager, "request", "999999", "理由"));
        await Assert.ThrowsAsync<InvalidInput>(() => decide.HoldAsync(Desk.Manager, "request", $"{request}", " "));
    }
}

/// <summary>What happens while files are destroyed: drafts, holds, disks that refuse.</summary>
public sealed class RetentionMeanwhileTests(Desk desk) : IClassFixture<Desk>
{
    private Task<int> DestroyAsync() => desk.App.Get<DestroyFiles>().RunAsync(default);

    private async Task<(long File, string Sha256)> ApprovedAsync(string text)
    {
        await desk.App.Database.SetClockAsync("2026-11-24 09:00");
        var request = await desk.RequestAsync(text);
        await desk.HandInAsync(await desk.CollectionAsync(request, "2026-04-01"), Cast.Alice, text, name: $"{text}.csv");
        await desk.App.Database.SetClockAsync("2031-01-06 09:00");
        var file = await desk.App.Database.ScalarAsync<long>("select id from evidence where file_name = @name", new { name = $"{text}.csv" });
        Assert.Equal(1, await desk.App.Get<DecideRetention>().ApproveAsync(Desk.Manager, [file], 1, "年次の見直し"));
        return (file, await desk.App.Database.ScalarAsync<string>("select sha256 from evidence where id = @file", new { file }));
    }

    private async Task<bool?> IsGoneAsync(long file) => Assert.Single((await desk.App.Get<DueFiles>().PageAsync(Desk.Manager, "destroyed", [file], new(Destroyable.Files.Order, false, 10), default)).Rows).BytesGone;

    [Fact]
    public async Task Bytes_that_a_course_shows_stay()
    {
        var (file, sha256) = await ApprovedAsync("教材にもある");
        await desk.App.Database.ArrangeAsync("insert into training_media (course, name, sha256, media_type, size, by_account, at) select 'pmark', '図.csv', @sha256, 'text/csv', 3, min(id), now() from accounts", new { sha256 });
        Assert.Equal(1, await DestroyAsync());
        Assert.True(desk.App.Get<BlobStore>().Exists(sha256));
        Assert.False(await IsGoneAsync(file));
    }

    [Fact]
    public async Task Bytes_that_somebody_drafts_before_they_are_removed_stay()
    {
        var (file, sha256) = await ApprovedAsync("下書きにある");
        Assert.Equal(1, await DestroyAsync());
        var blobs = desk.App.Get<BlobStore>();
        Assert.False(blobs.Exists(sha256));
        // As if it were decided and not removed yet.
        await desk.App.Database.ArrangeAsync("update destroyed_blobs set removed_at = null where sha256 = @sha256", new { sha256 });
        Assert.Null(await IsGoneAsync(file));
        var blob = await blobs.SaveAsync(new MemoryStream("下書きにある"u8.ToArray()), 1 << 20, default);
        Assert.Equal(sha256, blob.Sha256);
        var collection = await desk.CollectionAsync(await desk.RequestAsync("下書きのある依頼"), "2026-07-01");
        var alice = Desk.User(Cast.Alice, AuditTracker.Platform.Security.Role.ControlOwner);
        var drafted = await desk.App.Get<DraftStore>().KeepAsync(alice, collection, [new("file", "下書き.csv", "text/csv", blob)], default);
        Assert.Equal(0, await DestroyAsync());
        Assert.True(blobs.Exists(sha256));
        Assert.Null(await IsGoneAsync(file));
        // Handed in, they are kept for good.
        await desk.App.Get<HandIn>().SubmitAsync(alice, collection, new HandInInput("", [], "", null, null, []) { Drafts = [drafted[0].Id] });
        Assert.Equal(0, await DestroyAsync());
        Assert.True(blobs.Exists(sha256));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from destroyed_blobs where sha256 = @sha256", new { sha256 }));
        Assert.False(await IsGoneAsync(file));
    }

    [Fact]
    public async Task As_many_others_as_were_shown_are_not_approved()
    {
        await desk.App.Database.SetClockAsync("2026-11-24 09:00");
        var (first, second) = (await desk.RequestAsync("見せた"), await desk.RequestAsync("見せていない"));
        foreach (var request in new[] { first, second })
        {
            await desk.HandInAsync(await desk.CollectionAsync(request, "2026-04-01"), Cast.Alice, $"{request}", name: $"{request}.csv");
        }
        await desk.App.Database.SetClockAsync("2031-01-06 09:00");
        var ids = await desk.App.Database.ListAsync<long>("select id from evidence where file_name = any (array[@one, @other]) order by id", new { one = $"{first}.csv", other = $"{second}.csv" });
        var decide = desk.App.Get<DecideRetention>();
        var hold = await decide.HoldAsync(Desk.Manager, "request", $"{second}", "訴訟");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var address = $"/evidence/destruction/check?id={ids[0]}&id={ids[1]}";
        var check = await manami.PageAsync(address);
        await decide.ReleaseAsync(Desk.Manager, hold, "和解した");
        hold = await decide.HoldAsync(Desk.Manager, "request", $"{first}", "訴訟");
        Assert.Equal(HttpStatusCode.Conflict, (await manami.SendAsync(check, address, ("Input.Seen", "1"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        await decide.ReleaseAsync(Desk.Manager, hold, "和解した");
        hold = await decide.HoldAsync(Desk.Manager, "request", $"{second}", "訴訟");
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(check, address, ("Input.Seen", "1"), ("Input.Which", Browsing.Hidden(check, "Input.Which")), ("Input.Reason", "年次の見直し"))).StatusCode);
        Assert.Equal(ids[0], await desk.App.Database.ScalarAsync<long>("select evidence_id from destructions where evidence_id = any (array[@one, @other])", new { one = ids[0], other = ids[1] }));
        await DestroyAsync();
    }

    [Fact]
    public async Task A_hold_that_is_being_placed_is_waited_for()
    {
        var (file, _) = await ApprovedAsync("止められる");
        var request = await desk.App.Database.ScalarAsync<long>("select c.request_id from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id where e.id = @file", new { file });
        Task<long> hold;
        Task<int> destroyed;
        await using (var connection = await desk.App.Get<AuditTracker.Platform.Database.Db>().OpenAsync())
        {
            await using var between = await connection.BeginTransactionAsync();
            await using var command = new Npgsql.NpgsqlCommand("lock table retention_holds in share mode", connection, between); // read, not written
            await command.ExecuteNonQueryAsync();
            hold = desk.App.Get<DecideRetention>().HoldAsync(Desk.Manager, "request", $"{request}", "訴訟");
            await Task.Delay(500);
            destroyed = DestroyAsync();
            await Task.Delay(1000);
            Assert.False(destroyed.IsCompleted);
        }
        await hold;
        Assert.Equal(0, await destroyed);
        await desk.App.Get<DecideRetention>().ReleaseAsync(Desk.Manager, await hold, "和解した");
        Assert.Equal(1, await DestroyAsync());
    }

    [Fact]
    public async Task Bytes_that_the_disk_does_not_let_go_stop_no_others_and_are_not_called_gone()
    {
        // Those of the lower hash have their turn first.
        var texts = new[] { "消えない一", "消えない二" }.OrderBy(text => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text))), StringComparer.Ordinal).ToArray();
        var (stays, goes) = (await ApprovedAsync(texts[0]), await ApprovedAsync(texts[1]));
        var root = Path.Combine(desk.App.Database.Installation.Settings.Data, "blobs");
        var folder = Path.Combine(root, "sha256", stays.Sha256[..2], stays.Sha256[2..4]);
        Directory.Move(folder, folder + "-away");
        File.CreateSymbolicLink(folder, "/proc/self"); // a folder that cannot be made durable
        var job = new DestroyFiles(desk.App.Get<AuditTracker.Platform.Database.Db>(), new BlobStore(root), Microsoft.Extensions.Logging.Abstractions.NullLogger<DestroyFiles>.Instance);
        await Assert.ThrowsAsync<IOException>(() => job.RunAsync(default));
        Assert.Equal(((bool?)null, (bool?)true), (await IsGoneAsync(stays.File), await IsGoneAsync(goes.File)));
        Assert.Contains("中身はこれから削除", await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync("/evidence/destruction?state=destroyed"));
        File.Delete(folder);
        Directory.Move(folder + "-away", folder);
        Assert.Equal(0, await job.RunAsync(default));
        Assert.True(await IsGoneAsync(stays.File));
        Assert.False(desk.App.Get<BlobStore>().Exists(stays.Sha256));
    }
}

/// <summary>A worker killed between the proof and the bytes is followed by one that removes them; killed before the proof, nothing happened.</summary>
public sealed class KilledWhileDestroyingTests : Commands.KilledWorkerTests
{
    [Fact]
    public async Task Bytes_and_proof_end_the_same_wherever_it_was_killed()
    {
        var request = await App.AddRequestAsync();
        await App.OpenAsync();
        (await App.SubmitAsync(Cast.Alice, (await App.CollectionAsync(request)).Id())).EnsureSuccessStatusCode();
        await App.Database.SetClockAsync("2031-01-01 09:00");
        Assert.Equal(1, await App.Get<DecideRetention>().ApproveAsync(Desk.Manager, null, 1, "年次の見直し"));
        var sha256 = await App.Database.ScalarAsync<string>("select sha256 from evidence");

        // Held on its first write of what is to be gone: neither proof nor loss.
        await HoldAndKillAsync("destroyed_blobs", nameof(DestroyFiles));
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from destructions where destroyed_at is not null"));
        Assert.True(App.Get<BlobStore>().Exists(sha256));

        await RunInNewWorkerAsync(nameof(DestroyFiles), "select removed_at is not null from destroyed_blobs");
        Assert.False(App.Get<BlobStore>().Exists(sha256));
        // As if killed after the file was deleted and before that was written down.
        await App.Database.ArrangeAsync("update destroyed_blobs set removed_at = null");
        Assert.Equal(0, await App.Get<DestroyFiles>().RunAsync(default));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from destroyed_blobs where removed_at is not null"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'file.destroyed'"));
    }
}
