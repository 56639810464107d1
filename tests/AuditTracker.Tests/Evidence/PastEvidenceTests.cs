using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Platform.Files;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Evidence;

/// <summary>Evidence from before this service: a ZIP of Windows with its sheet, over the API and the pages.</summary>
public sealed class PastEvidenceTests : IAsyncLifetime
{
    private const string Heads = "依頼,対象期間,取得日,ファイル,提出日,提出者,受領日,受領者,備考\r\n";
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        app = await TestApp.StartAsync();
        await app.AddRequestAsync();
        await app.OpenAsync();
    }

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_period_before_the_request_began_becomes_a_collection_that_waits_for_somebody_elses_review()
    {
        var checkedFirst = await SendAsync(Good);
        Assert.Equal(("checked", 2, 0), (checkedFirst.Text("state"), checkedFirst.GetProperty("added").GetInt32(), checkedFirst.GetProperty("wrong").GetInt32()));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from submissions"));

        var asked = await SendAsync(Good, "?apply=true");
        Assert.Equal("queued", asked.Text("state"));
        Assert.Equal(1, await app.Get<BringInPastEvidence>().RunAsync(default));
        Assert.Equal(0, await app.Get<BringInPastEvidence>().RunAsync(default));

        var run = await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/past/{asked.Id()}");
        Assert.Equal(("done", 2, 1d), (run.Text("state"), run.GetProperty("applied").GetInt32(), run.GetProperty("progress").GetDouble()));
        var rows = await app.Database.ListAsync<(string From, string Due, string State, string Captured, string Note, long By, long Files)>("""
            select c.period_from::text, c.due_on::text, c.state, s.captured_on::text, s.note, s.by_account, (select count(*) from evidence e where e.submission_id = s.id)
            from collections c join submissions s on s.collection_id = c.id order by c.period_from
            """);
        Assert.Equal(("2025-07-01", "2025-10-15", "submitted", "2025-10-02", Cast.Manami.AccountId, 2L), (rows[0].From, rows[0].Due, rows[0].State, rows[0].Captured, rows[0].By, rows[0].Files));
        Assert.Equal("旧台帳から", rows[0].Note); // what the list says is kept as facts beside it, in no language
        Assert.Equal("2025-10-01", rows[1].From);
        Assert.Equal(["髙橋_棚卸し.csv", "承認.txt"], await app.Database.ListAsync<string>("select file_name from evidence e join submissions s on s.id = e.submission_id join collections c on c.id = s.collection_id where c.period_from = '2025-07-01' order by position"));

        var collection = await app.Database.ScalarAsync<long>("select id from collections where period_from = '2025-07-01'");
        Assert.Equal(HttpStatusCode.Conflict, (await app.DecideAsync(Cast.Manami, collection, "accept")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.DecideAsync(Cast.Bob, collection, "accept")).StatusCode);

        var again = await SendAsync(Good);
        Assert.Equal((0, 2), (again.GetProperty("added").GetInt32(), again.GetProperty("there").GetInt32()));
    }

    [Fact]
    public async Task The_page_says_that_it_was_brought_in_and_what_its_list_claims_in_either_language()
    {
        var ids = await BringInAsync();
        var html = await (await app.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/collections/{ids[0]}");
        Assert.Contains("<time datetime=\"2025-10-03\">", html);
        Assert.Contains("<time datetime=\"2025-10-06\">", html);
        var page = Text(html);
        Assert.DoesNotContain("期限後提出", page);
        Assert.DoesNotContain("日後に提出", page);
        Assert.Contains("間真奈美さんが取り込み", page);
        Assert.Contains("元の提出", page);
        Assert.Contains("髙橋誠", page);
        var english = Text(await (await app.PagesAsAsync(Cast.Carol)).PageAsync($"/evidence/collections/{ids[0]}"));
        Assert.Contains("broughtinby", english);
        Assert.DoesNotContain("取り込み", english);
        Assert.DoesNotContain("受領", english);

        var list = Text(await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/evidence/collections?state=all"));
        Assert.DoesNotContain("期限後提出", list);
        Assert.Contains("取り込み", list);
        var told = (await app.As(Cast.Bob).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{ids[0]}")).GetProperty("submissions")[0].GetProperty("broughtIn");
        Assert.Equal(("2025-10-03", "鈴木"), (told.Text("submittedOn"), told.Text("acceptedBy")));

        static string Text(string html) => string.Concat(Browsing.Plain(html).Where(letter => !char.IsWhiteSpace(letter)));
    }

    [Fact]
    public async Task The_workbook_says_that_it_was_brought_in_and_not_that_it_is_late()
    {
        await BringInAsync();
        var book = AuditTracker.Tests.Platform.Workbooks.Workbook.Read(await Quarter.WriteAsync(app.Database, Quarter.Order(cutoff: Quarter.Japan("2027-12-01T00:00:00")) with { From = new(2025, 7, 1), To = new(2025, 9, 30) }))["証跡"]!;
        Assert.Equal(["取り込み", "提出 2025/10/3 髙橋 誠、受領 2025/10/6 鈴木"], [book.Rows[1][9], book.Rows[1][20]]);
    }

    [Fact]
    public async Task Parts_that_past_evidence_takes_up_stay_what_they_were_in_the_workbook_and_the_whole_is_not_late()
    {
        var open = (await app.CollectionAsync(await app.Database.ScalarAsync<long>("select id from evidence_requests"))).Id();
        await app.Database.SetClockAsync("2026-11-02T09:00:00"); // behind the due date
        await app.Get<HandIn>().SubmitAsync(Desk.User(Cast.Alice, AuditTracker.Platform.Security.Role.ControlOwner), open, new HandInInput("", [], "東京の分", null, null, []) { IsPart = true, Rest = "大阪", RestBy = new(2026, 12, 1) });
        await SendAsync(ZipFolderTests.Zip(Encoding.UTF8, ("list.csv", "Request,Period from,Period to,Captured on,File,提出日\nアクセス権棚卸し,2026/7/1,2026/9/30,2026/10/2,a.csv,2026/10/3\n"), ("a.csv", "x")), "?apply=true");
        Assert.Equal(1, await app.Get<BringInPastEvidence>().RunAsync(default));
        var at = await app.Database.ScalarAsync<DateTime>("select business_now()");
        await using var facts = await AuditTracker.Reports.EvidenceFacts.OpenAsync(app.Get<AuditTracker.Platform.Database.Db>(), new("iso27001-2022", new(2026, 4, 1), new(2027, 3, 31), at, "ja"), default);
        var pieces = new List<(string Kind, bool BroughtIn, bool Late)>();
        await foreach (var piece in facts.PiecesAsync())
        {
            pieces.Add((piece.Kind, piece.BroughtIn, piece.Late));
        }
        Assert.Equal([("statement", false, false), ("file", true, false)], pieces);
    }

    [Fact]
    public async Task A_worker_killed_between_unpacking_and_the_rows_doubles_nothing_and_what_it_unpacked_is_swept()
    {
        var asked = (await SendAsync(Good, "?apply=true")).Id();
        await using (var holder = new Npgsql.NpgsqlConnection(app.Database.OwnerConnection + ";Pooling=false"))
        {
            await holder.OpenAsync();
            await using var transaction = await holder.BeginTransactionAsync();
            await using (var hold = new Npgsql.NpgsqlCommand("lock table submissions in exclusive mode", holder, transaction))
            {
                await hold.ExecuteNonQueryAsync();
            }
            using var killed = new CancellationTokenSource();
            var working = app.Get<BringInPastEvidence>().RunAsync(killed.Token);
            for (var tries = 0; BlobsOnDisk().Count < 3 && tries < 200; tries++)
            {
                await Task.Delay(50); // the archive, and the two files of its first line
            }
            await killed.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => working);
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from submissions"));
        var unpacked = BlobsOnDisk();
        Assert.InRange(unpacked.Count, 3, 4);
        // A day later nobody has come back for it.
        foreach (var file in unpacked)
        {
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-2));
        }
        await app.Get<SweepBlobs>().RunAsync(default);
        Assert.Single(BlobsOnDisk()); // the archive, which is asked for
        await app.Database.ArrangeAsync("update past_evidence_runs set lease_until = null, state = 'queued' where id = @asked", new { asked });
        Assert.Equal(1, await app.Get<BringInPastEvidence>().RunAsync(default));
        Assert.Equal((2L, 3L), (await app.Database.ScalarAsync<long>("select count(*) from submissions"), await app.Database.ScalarAsync<long>("select count(*) from evidence")));
        Assert.Equal(4, BlobsOnDisk().Count);

        List<string> BlobsOnDisk() => [.. Directory.EnumerateFiles(Path.Combine(app.Database.Installation.Settings.Data, "blobs", "sha256"), "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path).Length == 64)];
    }

    [Fact]
    public async Task It_can_be_accepted_among_others()
    {
        var ids = await BringInAsync();
        var done = await app.Get<ChangeBatch>().AcceptAsync(Cast.Bob.User(), Chosen.Rows(ids), default);
        Assert.Equal((2, 0), (done.Can.Count, done.Cannot.Count));
    }

    private async Task<long[]> BringInAsync()
    {
        await SendAsync(Good, "?apply=true");
        await app.Get<BringInPastEvidence>().RunAsync(default);
        return [.. await app.Database.ListAsync<long>("select id from collections where state = 'submitted' order by period_from")];
    }

    [Fact]
    public async Task The_list_is_found_among_any_number_of_other_tables()
    {
        var others = Enumerable.Range(1, 80).Select(number => ($"証跡/a{number:000}.csv", "id,氏名\n1,x")).ToArray();
        var list = Heads + "アクセス権棚卸し,2025年度第2四半期,2025/10/2,a001.csv,,,,,\r\n";
        foreach (var name in new[] { "一覧.csv", "過去の証跡_一覧表.csv", "台帳.csv" })
        {
            Assert.Equal(1, (await SendAsync(ZipFolderTests.Zip(Encoding.UTF8, [.. others, ($"証跡/{name}", list)]))).GetProperty("added").GetInt32());
        }
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_line_and_nothing_is_brought_in_until_it_is_left_out()
    {
        var sheet = Heads
            + "アクセス権棚卸し,2025年度第2四半期,2025/10/2,a.csv,,,,,\r\n"
            + "ない依頼,2025年度第2四半期,2025/10/2,a.csv,,,,,\r\n"
            + "アクセス権棚卸し,2025年7月,2025/10/2,a.csv,,,,,\r\n"
            + "アクセス権棚卸し,2025年度第4四半期,,ない.csv,,,,,\r\n"
            + "アクセス権棚卸し,2026年度第3四半期,2026/10/2,a.csv,,,,,\r\n"
            + "アクセス権棚卸し,2025年度第1四半期,2025/13/1,a.csv,2025/7/9,,2025/7/1,,\r\n";
        byte[] zip = ZipFolderTests.Zip(Encoding.GetEncoding(932), ("取り込み/一覧.csv", sheet), ("取り込み/a.csv", "x"));

        var refused = await PostAsync(Cast.Manami, zip, "?apply=true");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        var errors = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateArray().Select(error => error.Text("message")).ToList();
        Assert.Equal(
        [
            "3行目：依頼「ない依頼」がありません。名称か番号（EV01など）を確かめてください。",
            "4行目：期間「2025年7月」は依頼の頻度（四半期）と合いません。",
            "5行目：「取得日」が空です。",
            "5行目：ファイル「ない.csv」がありません。",
            "6行目：期間「2026年度第3四半期」はまだ終わっていません。終わった期間だけを取り込めます。",
            "7行目：取得日「2025/13/1」は日付として読めません。",
            "7行目：受領日が提出日より前です。",
        ], errors);
        Assert.Equal(0, await app.Get<BringInPastEvidence>().RunAsync(default));

        await SendAsync(zip, "?apply=true&skipErrors=true");
        await app.Get<BringInPastEvidence>().RunAsync(default);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from submissions"));
    }

    [Fact]
    public async Task What_was_asked_for_and_is_open_is_filled_and_the_same_bytes_are_pointed_out()
    {
        var open = (await app.CollectionAsync(await app.Database.ScalarAsync<long>("select id from evidence_requests"))).Id();
        byte[] zip = ZipFolderTests.Zip(Encoding.UTF8, ("list.csv", "Request,Period from,Period to,Captured on,File\nアクセス権棚卸し,2026/7/1,2026/9/30,2026/10/2,a.csv\nアクセス権棚卸し,2025/7/1,2025/9/30,2025/10/2,a.csv\n"), ("a.csv", "same"));
        var asked = await SendAsync(zip, "?apply=true");
        Assert.Equal((1, 1), (asked.GetProperty("added").GetInt32(), asked.GetProperty("filled").GetInt32()));
        await app.Get<BringInPastEvidence>().RunAsync(default);
        Assert.Equal("submitted", await app.Database.ScalarAsync<string>("select state from collections where id = @open", new { open }));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from notices where closed_at is null and subject = @subject", new { subject = $"collection:{open}" }));

        byte[] more = ZipFolderTests.Zip(Encoding.UTF8, ("list.csv", "Request,Period,Captured on,File\nアクセス権棚卸し,FY2024 Q2,2024/10/2,a.csv\n"), ("a.csv", "same"));
        var id = (await SendAsync(more)).Id();
        var pages = await app.PagesAsAsync(Cast.Manami);
        Assert.Contains("と同じ内容のファイルがすでにあります（アクセス権棚卸し", await pages.PageAsync($"/evidence/past/{id}"));
        var applied = await pages.PostFormAsync($"/evidence/past/{id}", null);
        Assert.Equal(HttpStatusCode.Redirect, applied.StatusCode);
        Assert.Contains("取り込んでいます", await pages.PageAsync($"/evidence/past/{id}"));
        await app.Get<BringInPastEvidence>().RunAsync(default);
        Assert.Contains("1件を取り込みました", await pages.PageAsync($"/evidence/past/{id}"));
        Assert.Contains("完了", await pages.PageAsync("/evidence/past"));
    }

    [Fact]
    public async Task The_sheet_to_fill_in_is_understood_when_it_comes_back()
    {
        var pages = await app.PagesAsAsync(Cast.Manami);
        var form = await pages.GetByteArrayAsync("/evidence/past?handler=sheet");
        var table = FileTable.Read(form, 10, 4000, null, PastEvidenceSheet.IsKnown);
        Assert.Equal(PastEvidenceSheet.Columns.Select(column => column.Heads[0]), table.Header!.Cells);
    }

    [Fact]
    public async Task Nobody_else_sees_any_of_it()
    {
        var id = (await SendAsync(Good)).Id();
        foreach (var who in new[] { Cast.Mallory, Cast.Alice, Cast.Bob, Cast.Carol })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.As(who).GetAsync($"/api/evidence/past/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await PostAsync(who, Good)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(who)).GetAsync($"/evidence/past/{id}")).StatusCode);
            await Assert.ThrowsAsync<AuditTracker.Platform.NotFound>(() => app.Get<CheckPastEvidence>().ApplyAsync(who.User(), id, false));
        }
        Assert.Equal("checked", await app.Database.ScalarAsync<string>("select state from past_evidence_runs"));
    }

    [Fact]
    public async Task A_ZIP_that_is_none_and_one_without_a_sheet_are_refused_in_words()
    {
        Assert.Contains("壊れているか", await (await PostAsync(Cast.Manami, [1, 2, 3])).Content.ReadAsStringAsync());
        Assert.Contains("一覧表", await (await PostAsync(Cast.Manami, ZipFolderTests.Zip(Encoding.UTF8, ("a.csv", "x,y\n1,2\n")))).Content.ReadAsStringAsync());
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from past_evidence_runs"));
    }

    internal static byte[] Good => ZipFolderTests.Zip(Encoding.GetEncoding(932),
        ("証跡\\一覧.csv", Heads + "アクセス権棚卸し,2025年度第2四半期,2025/10/2,\"髙橋_棚卸し.csv\n承認.txt\",2025/10/3,髙橋 誠,2025/10/6,鈴木,旧台帳から\r\nアクセス権棚卸し,2025年度第3四半期,R8.1.8,髙橋_棚卸し_3Q.csv,,,,,\r\n"),
        ("証跡\\髙橋_棚卸し.csv", "id,氏名\n1,髙橋"), ("証跡\\承認.txt", "承認しました"), ("証跡\\髙橋_棚卸し_3Q.csv", "id,氏名\n2,濵田"));

    private async Task<JsonElement> SendAsync(byte[] zip, string query = "")
    {
        var answer = await PostAsync(Cast.Manami, zip, query);
        Assert.True(answer.StatusCode == HttpStatusCode.Accepted, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    private Task<HttpResponseMessage> PostAsync(Cast.Member who, byte[] zip, string query = "") =>
        app.As(who).PostAsync("/api/evidence/past" + query, new MultipartFormDataContent { { new ByteArrayContent(zip), "file", "past.zip" } });
}
