using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Tests.Platform.Files;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Files handed in are scanned; what is found is out of reach, told and decided; what could not be scanned says why and is tried again.</summary>
public sealed class ScanFilesTests
{
    private static async Task<long> CollectionAsync(TestApp app, string title = "アクセス権棚卸し")
    {
        var request = await app.AddRequestAsync(Scene.Request(title: title));
        await app.OpenAsync();
        return (await app.CollectionAsync(request)).Id();
    }

    private static async Task HandInAsync(TestApp app, long collection, params (string Name, byte[] Bytes)[] files)
    {
        using var answer = await app.As(Cast.Alice).PostAsync($"/api/evidence/collections/{collection}/submissions", EvidenceFileTests.Form(files));
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static Task<int> ScanAsync(TestApp app) => app.Get<ScanFiles>().RunAsync(CancellationToken.None);

    private static Task<string> StateAsync(TestApp app, string name) =>
        app.Database.ScalarAsync<string>("select f.state || coalesce(':' || case when f.state = 'notScanned' then f.reason end, '') from file_states f join evidence e on e.id = f.evidence_id where e.file_name = @name", new { name });

    [Fact]
    public async Task What_Debians_clamd_finds_is_out_of_reach_of_everybody_and_the_rest_is_kept()
    {
        await using var daemon = new RealClamd();
        await using var app = await TestApp.StartAsync(("AuditTracker:Scan:Clamd", daemon.Address));
        var collection = await CollectionAsync(app);
        await HandInAsync(app, collection, ("一覧.csv", "id"u8.ToArray()), ("説明.txt", Encoding.ASCII.GetBytes(RealClamd.Eicar)));

        // Nobody answers yet: the files wait and stay within reach, and the health page says since when.
        Assert.Equal(0, await ScanAsync(app));
        Assert.Equal("waiting", await StateAsync(app, "説明.txt"));
        var adam = await app.PagesAsAsync(Cast.Adam);
        Assert.Contains("scanner", await adam.PageAsync("/health"), StringComparison.OrdinalIgnoreCase);
        Assert.NotNull(await app.Database.ScalarAsync<DateTime?>("select away_since from scanner_state"));

        var queue = $"/evidence/review?at={collection}";
        Assert.Contains("EICAR-STANDARD", await (await app.PagesAsAsync(Cast.Manami)).PageAsync(queue));
        await daemon.StartAsync();
        Assert.Equal(2, await ScanAsync(app));
        var review = await (await app.PagesAsAsync(Cast.Manami)).PageAsync(queue);
        Assert.Contains("説明.txt", Browsing.Plain(review));
        Assert.DoesNotContain("EICAR-STANDARD", review);
        Assert.Equal(("clean", "quarantined"), (await StateAsync(app, "一覧.csv"), await StateAsync(app, "説明.txt")));
        Assert.Equal(0, await ScanAsync(app));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from scanner_state where away_since is not null"));

        var bad = await app.Database.ScalarAsync<long>("select id from evidence where file_name = '説明.txt'");
        var good = await app.Database.ScalarAsync<long>("select id from evidence where file_name = '一覧.csv'");
        foreach (var who in new[] { Cast.Alice, Cast.Bob, Cast.Manami, Cast.Carol })
        {
            Assert.Equal(HttpStatusCode.Conflict, (await app.As(who).GetAsync($"/api/evidence/{bad}/file")).StatusCode);
            var pages = await app.PagesAsAsync(who);
            Assert.Equal(HttpStatusCode.Conflict, (await pages.GetAsync($"/evidence/{bad}/file")).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await pages.GetAsync($"/evidence/{bad}/inline")).StatusCode);
            Assert.Equal(HttpStatusCode.Conflict, (await pages.GetAsync($"/evidence/{bad}/preview")).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await pages.GetAsync($"/evidence/{good}/file")).StatusCode);
            Assert.Contains("Eicar-Signature", await pages.PageAsync($"/evidence/collections/{collection}"));
            Assert.Contains("Eicar-Signature", await pages.PageAsync("/evidence/files?state=quarantined"));
        }
        var wire = await app.As(Cast.Alice).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{collection}");
        Assert.Equal(["clean", "quarantined"], wire.GetProperty("submissions")[0].GetProperty("evidence").EnumerateArray().Select(piece => piece.GetProperty("scan").GetProperty("state").GetString()!));

        // The compliance manager and who handed it in are told, once each; the trail says what was found.
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(distinct person_id) from notices where template = 'evidence/file-quarantined'"));
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined'"));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'file.quarantined'"));

        await DecideAsync(app, bad);
    }

    private static async Task DecideAsync(TestApp app, long bad)
    {
        var manami = await app.PagesAsAsync(Cast.Manami);
        var address = $"/evidence/quarantine/{await app.Database.ScalarAsync<long>("select id from quarantines")}";
        var page = await manami.PageAsync(address);
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Alice)).GetAsync(address)).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await manami.SendAsync(page, $"{address}?handler=Release", ("Input.Reason", " "))).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, $"{address}?handler=Confirm", ("Input.Reason", "本物だった"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await manami.SendAsync(page, $"{address}?handler=Confirm", ("Input.Reason", "本物だった"))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await manami.GetAsync($"/evidence/{bad}/file")).StatusCode);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined' and closed_at is null"));
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, $"{address}?handler=Release", ("Input.Reason", "試験用のファイル"))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await manami.GetAsync($"/evidence/{bad}/file")).StatusCode);
        // Found again by age, it stays released.
        await app.Database.ArrangeAsync("update blob_scans set due_at = now() - interval '1 day'");
        Assert.Equal(2, await ScanAsync(app));
        Assert.Equal("released", await StateAsync(app, "説明.txt"));
        Assert.Equal(["file.quarantined", "file.confirmed", "file.released"], await app.Database.ListAsync<string>("select what from trail.entries where what like 'file.%' and kind = 'act' order by id"));
    }

    [Fact]
    public async Task What_cannot_be_scanned_says_why_and_is_tried_again()
    {
        await using var peer = new FakeClamd();
        await using var app = await TestApp.StartAsync(("AuditTracker:Scan:Clamd", peer.Address), ("AuditTracker:Scan:MaxBytes", "50000"), ("AuditTracker:Scan:PatienceSeconds", "1"));
        var collection = await CollectionAsync(app);
        await HandInAsync(app, collection, ("小.csv", "id,name"u8.ToArray()), ("大.csv", Encoding.ASCII.GetBytes(new string('x', 60_000))), ("鍵.pdf", "%PDF-1.7 /Encrypt 5 0 R"u8.ToArray()));
        peer.EndsAnswers = false;
        Assert.Equal(3, await ScanAsync(app));
        Assert.Equal(("notScanned:noAnswer", "notScanned:tooLarge", "notScanned:noAnswer"), (await StateAsync(app, "小.csv"), await StateAsync(app, "大.csv"), await StateAsync(app, "鍵.pdf")));
        Assert.Equal(0, await ScanAsync(app)); // not at once again

        peer.EndsAnswers = true;
        await app.Database.ArrangeAsync("update blob_scans set due_at = now() where reason = 'noAnswer'");
        // A new file comes before those that are asked again.
        await HandInAsync(app, await CollectionAsync(app, "二つ目"), ("新.csv", "brand new"u8.ToArray()));
        peer.Received.Clear();
        Assert.Equal(3, await ScanAsync(app));
        Assert.Equal("brand new", Encoding.ASCII.GetString(peer.Received[0]));
        Assert.Equal(("clean", "clean", "notScanned:locked"), (await StateAsync(app, "新.csv"), await StateAsync(app, "小.csv"), await StateAsync(app, "鍵.pdf")));
        Assert.Contains("ClamAV 9.9.9/27500", await app.Database.ScalarAsync<string>("select signatures from blob_scans where state = 'clean' limit 1"));
        var page = Browsing.Plain(await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/evidence/files"));
        Assert.Contains("未検査（大きすぎる）", page);
        Assert.Contains("未検査（パスワード付き）", page);
    }

    [Fact]
    public async Task Without_a_scanner_files_are_not_scanned_and_it_says_so_until_one_is_set()
    {
        await using var app = await TestApp.StartAsync();
        var collection = await CollectionAsync(app);
        await HandInAsync(app, collection, ("一覧.csv", "id"u8.ToArray()), ("束.xlsx", FileLookTests.Ole("EncryptedPackage")));
        Assert.Equal(2, await ScanAsync(app));
        Assert.Equal(0, await ScanAsync(app));
        Assert.Equal("notScanned:noScanner", await StateAsync(app, "一覧.csv"));
        Assert.True(await app.Database.ScalarAsync<bool>("select locked from file_states f join evidence e on e.id = f.evidence_id where e.file_name = '束.xlsx'"));
        Assert.Contains("パスワード付き", Browsing.Plain(await (await app.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/collections/{collection}")));
        await app.Get<ScanStore>().ReachedAsync("ClamAV 1", CancellationToken.None);
        Assert.NotNull(await app.Get<ScanStore>().NextAsync(CancellationToken.None));
    }

    [Fact]
    public async Task What_is_in_quarantine_is_told_to_everybody_who_hands_it_in_and_proves_nothing()
    {
        await using var peer = new FakeClamd { Answer = bytes => Encoding.ASCII.GetString(bytes).Contains("bad") ? "stream: Test.Found FOUND" : "stream: OK" };
        await using var app = await TestApp.StartAsync(("AuditTracker:Scan:Clamd", peer.Address));
        var (first, second) = (await CollectionAsync(app), await CollectionAsync(app, "二つ目"));
        using (var answer = await app.As(Cast.Manami).PostAsync($"/api/evidence/collections/{first}/submissions", EvidenceFileTests.Form(("一.csv", "bad"u8.ToArray()))))
        {
            Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        }
        await ScanAsync(app);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined'"));
        await HandInAsync(app, second, ("二.csv", "bad"u8.ToArray()), ("三.csv", "good"u8.ToArray()));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined' and person_id = @PersonId", new { Cast.Alice.PersonId }));
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined'"));

        // Nothing but what is in quarantine cannot be accepted; with something beside it, it can, and it counts as long as that does.
        var review = app.Get<ReviewCollection>();
        await Assert.ThrowsAsync<AuditTracker.Platform.Refusal>(() => review.DecideAsync(Desk.User(Cast.Bob, AuditTracker.Platform.Security.Role.Reviewer), first, Decision.Accept, "", default));
        Assert.Contains("開けません", Browsing.Plain(await (await app.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/review?at={first}")));
        Assert.Equal(CollectionState.Accepted, await review.DecideAsync(Desk.Manager, second, Decision.Accept, "", default));
        Assert.Equal(1, await CoveredAsync(app));
        await app.Database.ArrangeAsync("insert into quarantines (sha256, found, signatures, found_at) select sha256, 'Late.Found', '', business_now() from evidence where file_name = '三.csv'");
        Assert.Equal(0, await CoveredAsync(app));
        await app.Database.ArrangeAsync("update quarantines set decision = 'released', decided_at = business_now(), reason = '試験用' where found = 'Late.Found'");
        Assert.Equal(1, await CoveredAsync(app));
    }

    private static async Task<int> CoveredAsync(TestApp app) => (await app.Get<CoverageStore>().OfFrameworkAsync("iso27001-2022")).Values.SelectMany(item => item.Requests).Where(request => request.AcceptedFrom is not null).DistinctBy(request => request.RequestId).Count();

    [Fact]
    public async Task What_was_destroyed_is_not_asked_about_and_who_waits_already_keeps_the_place()
    {
        await using var app = await TestApp.StartAsync();
        await HandInAsync(app, await CollectionAsync(app), ("一.csv", "one"u8.ToArray()), ("二.csv", "two"u8.ToArray()));
        await app.Database.ArrangeAsync("insert into destroyed_blobs (sha256, decided_at) select sha256, business_now() from evidence where file_name = '一.csv'");
        Assert.Equal(1, await ScanAsync(app));
        Assert.Equal("waiting", await StateAsync(app, "一.csv"));
        await app.Get<ScanStore>().ReachedAsync("ClamAV 1", CancellationToken.None);
        var due = await app.Database.ScalarAsync<DateTime>("select due_at from blob_scans where reason = 'noScanner'");
        await app.Get<ScanStore>().ReachedAsync("ClamAV 1", CancellationToken.None);
        Assert.Equal(due, await app.Database.ScalarAsync<DateTime>("select due_at from blob_scans where reason = 'noScanner'"));
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_is_written_down_and_the_next_has_its_turn()
    {
        await using var peer = new FakeClamd();
        await using var app = await TestApp.StartAsync(("AuditTracker:Scan:Clamd", peer.Address));
        await HandInAsync(app, await CollectionAsync(app), ("読めない.csv", "not to be read"u8.ToArray()), ("読める.csv", "to be read"u8.ToArray()));
        var bad = await app.Database.ScalarAsync<string>("select sha256 from evidence where file_name = '読めない.csv'");
        var path = Directory.GetFiles(Path.Combine(app.Database.Installation.Settings.Data, "blobs"), bad, SearchOption.AllDirectories).Single();
        using (new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.None)) // nobody else may open it
        {
            Assert.Equal(2, await app.Get<ScrubFiles>().RunAsync(default));
            Assert.Equal(2, await ScanAsync(app));
        }
        Assert.Equal(["読めない.csv:unreadable:unreadable", "読める.csv:whole:clean"], await app.Database.ListAsync<string>(
            "select e.file_name || ':' || k.state || ':' || coalesce(s.reason, s.state) from evidence e join blob_checks k using (sha256) join blob_scans s using (sha256) order by e.id"));
        Assert.Contains("1 cannot be read", Browsing.Plain(await (await app.PagesAsAsync(Cast.Adam)).PageAsync("/health")));
    }
}

/// <summary>A worker killed between the scanner's answer and its row goes on as if it had not asked.</summary>
public sealed class KilledWhileScanningTests : Commands.KilledWorkerTests
{
    [Fact]
    public async Task What_was_found_is_written_down_and_told_once()
    {
        await using var peer = new FakeClamd { Answer = _ => "stream: Test.Found FOUND" };
        WorkerSettings = [("AuditTracker__Scan__Clamd", peer.Address)];
        var request = await App.AddRequestAsync();
        await App.OpenAsync();
        (await App.SubmitAsync(Cast.Alice, (await App.CollectionAsync(request)).Id())).EnsureSuccessStatusCode();
        await HoldAndKillAsync("quarantines", nameof(ScanFiles));
        Assert.Equal("waiting", await App.Database.ScalarAsync<string>("select state from blob_scans"));
        await RunInNewWorkerAsync(nameof(ScanFiles), "select state = 'infected' from blob_scans");
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from quarantines"));
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from notices where template = 'evidence/file-quarantined'"));
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'file.quarantined'"));
    }
}
