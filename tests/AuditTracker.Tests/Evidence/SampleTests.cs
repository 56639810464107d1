using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>A population is kept, rows are drawn from it once, looked at one by one, and closed.</summary>
public sealed class SampleTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly CurrentUser Alice = Desk.User(Cast.Alice, Role.ControlOwner);

    [Fact]
    public async Task A_population_is_drawn_once_and_to_the_same_rows()
    {
        var (collection, id) = await TakeAsync("引き直せない依頼", 60);
        Assert.Equal(id, await TakeAsync(collection, 60)); // the same form twice
        var samples = desk.App.Get<SampleStore>();
        var sample = (await samples.FindAsync(Alice, id, default))!;
        Assert.Equal((60, "population", true), (sample.RowCount, sample.State, sample.MayWork));
        Assert.Equal(sample.OriginalSha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Csv(60))));

        var draw = desk.App.Get<DrawSample>();
        await Task.WhenAll(draw.RunAsync(Alice, id, new("event", null, null, null, null)), draw.RunAsync(Alice, id, new("event", null, null, null, null)));
        sample = (await samples.FindAsync(Alice, id, default))!;
        Assert.Equal((15, 15, "drawn", 32), (sample.Size, sample.TableSize, sample.State, sample.Seed!.Length));
        Assert.Equal("SampleDrawnAlready", (await Assert.ThrowsAsync<Refusal>(() => draw.RunAsync(Desk.Manager, id, new("event", null, null, "8841", "当せん番号")))).Key);
        var rows = await RowsAsync(id);
        Assert.Equal(15, rows.Count);
        Assert.All(rows, row => Assert.Equal($"CHG-{row.RowNumber:000}", row.Texts[0]));
        Assert.Equal(new SampleCheck(true, true), await draw.CheckAsync(Desk.User(Cast.Carol, Role.InternalAuditor), id));

        // Somebody with the database's password changes a row.
        await desk.App.Database.ArrangeAsync("update sample_rows set row_number = (select n from generate_series(1, 60) n where n not in (select row_number from sample_rows where sample_id = @id) limit 1) where sample_id = @id and place = 3", new { id });
        Assert.Equal(new SampleCheck(true, false), await draw.CheckAsync(Alice, id));
    }

    [Fact]
    public async Task The_size_is_the_tables_and_a_seed_of_ones_own_says_where_it_is_from()
    {
        var (_, id) = await TakeAsync("件数の依頼", 60);
        var draw = desk.App.Get<DrawSample>();
        Assert.Equal("SampleSizeTooSmall", (await Assert.ThrowsAsync<InvalidInput>(() => draw.RunAsync(Alice, id, new("event", 3, "少なく", null, null)))).Key);
        Assert.Equal("SampleSizeReason", (await Assert.ThrowsAsync<InvalidInput>(() => draw.RunAsync(Alice, id, new("event", 20, null, null, null)))).Key);
        Assert.Equal("SampleSeedFromMissing", (await Assert.ThrowsAsync<InvalidInput>(() => draw.RunAsync(Alice, id, new("event", null, null, "8841", " ")))).Key);
        Assert.Equal("SampleBasisMissing", (await Assert.ThrowsAsync<InvalidInput>(() => draw.RunAsync(Alice, id, new("hourly", null, null, null, null)))).Key);
        await draw.RunAsync(Alice, id, new("event", 20, "前回に不適合があったため", "8841", "ナンバーズ4 第6789回"));
        var sample = (await desk.App.Get<SampleStore>().FindAsync(Alice, id, default))!;
        Assert.Equal((20, 15, "8841", "ナンバーズ4 第6789回"), (sample.Size, sample.TableSize, sample.Seed, sample.SeedFrom));

        // The same rows from another collection, another process, and the file alone.
        var (_, other) = await TakeAsync("同じ母集団の依頼", 60);
        await draw.RunAsync(Alice, other, new("event", 20, "同じ", "8841", "同じ"));
        Assert.Equal((await RowsAsync(id)).Select(row => row.RowNumber), (await RowsAsync(other)).Select(row => row.RowNumber));
    }

    [Fact]
    public async Task A_new_table_holds_from_its_day()
    {
        await desk.App.Database.ArrangeAsync("insert into sample_sizes (valid_from, basis, up_to, size) values ('2026-12-01', 'event', null, 40)");
        var store = desk.App.Get<SampleStore>();
        Assert.Equal(15, SampleSizes.Of(await store.SizesAsync(new(2026, 11, 30), default), "event", 60));
        var later = await store.SizesAsync(new(2026, 12, 1), default);
        Assert.Equal(40, SampleSizes.Of(later, "event", 60));
        Assert.Null(SampleSizes.Of(later, "daily", 60));
    }

    [Fact]
    public async Task Rows_are_judged_replaced_and_concluded()
    {
        var (collection, id) = await TakeAsync("確かめる依頼", 7);
        var (draw, judge) = (desk.App.Get<DrawSample>(), desk.App.Get<JudgeSample>());
        Assert.Equal("SampleNotDrawn", (await Assert.ThrowsAsync<Refusal>(() => judge.ConcludeAsync(Alice, id, "早い"))).Key);
        await draw.RunAsync(Alice, id, new("event", null, null, "1", "試験"));
        var rows = await RowsAsync(id);
        Assert.Equal(5, rows.Count);
        await judge.RunAsync(Alice, rows[0].Id, new("conforming", "", "https://tracker.example/1", [await FileAsync("承認.txt", "ok")], 0));
        await judge.RunAsync(Alice, rows[0].Id, new("conforming", "", "https://tracker.example/1", [await FileAsync("承認.txt", "ok")], 0)); // pressed twice
        Assert.Equal("SampleRowChanged", (await Assert.ThrowsAsync<Refusal>(() => judge.RunAsync(Alice, rows[0].Id, new("nonconforming", "承認がない", null, [], 0)))).Key);
        Assert.Equal("SampleNoteMissing", (await Assert.ThrowsAsync<InvalidInput>(() => judge.RunAsync(Alice, rows[1].Id, new("nonconforming", " ", null, [])))).Key);
        Assert.Equal("LinkNotAddress", (await Assert.ThrowsAsync<InvalidInput>(() => judge.RunAsync(Alice, rows[1].Id, new("conforming", "", "javascript:alert(1)", [])))).Key);
        await judge.RunAsync(Alice, rows[1].Id, new("nonconforming", "承認がない", null, []));
        await draw.ReplaceAsync(Alice, rows[2].Id, "取り消された申請");
        await draw.ReplaceAsync(Alice, rows[2].Id, "取り消された申請"); // pressed twice
        Assert.Equal("SampleRowReplaced", (await Assert.ThrowsAsync<Refusal>(() => judge.RunAsync(Alice, rows[2].Id, new("conforming", "", null, [])))).Key);
        var now = await RowsAsync(id);
        Assert.Equal(6, now.Count);
        Assert.Equal(SampleDraw.Rows("1", await MarksAsync(id), 6), now.Select(row => row.RowNumber));
        Assert.Equal("SampleRowsOpen", (await Assert.ThrowsAsync<Refusal>(() => judge.ConcludeAsync(Alice, id, "まだ"))).Key);
        foreach (var row in now.Where(row => row.Result is null && row.ReplacedAt is null))
        {
            await judge.RunAsync(Alice, row.Id, new("conforming", "", null, []));
        }
        Assert.Equal("SampleConclusionMissing", (await Assert.ThrowsAsync<InvalidInput>(() => judge.ConcludeAsync(Alice, id, " "))).Key);
        Assert.Equal("SampleNotConcluded", (await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<SampleSheet>().PutInDraftAsync(Alice, id, default))).Key);
        await judge.ConcludeAsync(Alice, id, "5件中4件適合");
        var sample = (await desk.App.Get<SampleStore>().FindAsync(Alice, id, default))!;
        Assert.Equal((5, 4, 1, 1, "concluded"), (sample.Done, sample.Conforming, sample.Nonconforming, sample.Replaced, sample.State));
        Assert.Equal("SampleIsClosed", (await Assert.ThrowsAsync<Refusal>(() => judge.RunAsync(Alice, rows[1].Id, new("conforming", "", null, [])))).Key);
        Assert.Equal("SampleIsClosed", (await Assert.ThrowsAsync<Refusal>(() => draw.ReplaceAsync(Alice, rows[1].Id, "変えたい"))).Key);
        Assert.Equal(new SampleCheck(true, true), await draw.CheckAsync(Alice, id));

        // Its workbook goes into what is handed in next, once.
        await desk.App.Get<SampleSheet>().PutInDraftAsync(Alice, id, default);
        await desk.App.Get<SampleSheet>().PutInDraftAsync(Alice, id, default);
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from draft_files where collection_id = @collection and file_name like '%.xlsx'", new { collection }));
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from sample_files where row_id = @Id", new { rows[0].Id }));
        Assert.Equal(["sample.populationTaken", "sample.drawn"], (await desk.App.Database.ListAsync<string>("select what from trail.entries where subject = @subject and kind = 'act' order by id", new { subject = $"sample:{id}" })).Take(2));
    }

    [Fact]
    public async Task Only_whoever_hands_in_works_it_and_only_who_sees_the_collection_reads_it()
    {
        var (collection, id) = await TakeAsync("見える依頼", 8);
        var input = new PopulationInput("k", "一覧", "upload", "システム", "件数一致", null);
        foreach (var (who, role) in new[] { (Cast.Bob, Role.Reviewer), (Cast.Carol, Role.InternalAuditor), (Cast.Tom, Role.Management), (Cast.Mallory, Role.ControlOwner) })
        {
            var user = Desk.User(who, role);
            await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<TakePopulation>().CheckAsync(user, collection, input));
            await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<DrawSample>().RunAsync(user, id, new("event", null, null, null, null)));
            await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<JudgeSample>().AbandonAsync(user, id, "理由"));
        }
        await desk.App.Get<DrawSample>().RunAsync(Alice, id, new("event", null, null, null, null));
        var row = (await RowsAsync(id))[0].Id;
        await desk.App.Get<JudgeSample>().RunAsync(Alice, row, new("conforming", "", null, [await FileAsync("写し.txt", "見える")]));
        var file = await desk.App.Database.ScalarAsync<long>("select id from sample_files where row_id = @row", new { row });
        string[] pages = [$"/evidence/collections/{collection}/samples", $"/evidence/samples/{id}", $"/evidence/sample-rows/{row}", $"/evidence/samples/{id}?handler=Excel", $"/evidence/samples/{id}/population", $"/evidence/samples/{id}/original", $"/evidence/sample-files/{file}"];
        foreach (var (who, status) in new[] { (Cast.Alice, HttpStatusCode.OK), (Cast.Hana, HttpStatusCode.OK), (Cast.Bob, HttpStatusCode.OK), (Cast.Carol, HttpStatusCode.OK), (Cast.Mallory, HttpStatusCode.NotFound) })
        {
            var client = await desk.App.PagesAsAsync(who);
            foreach (var page in pages)
            {
                using var answer = await client.GetAsync(page);
                Assert.True(answer.StatusCode == status, $"{who.Nick} {page}: {answer.StatusCode}");
            }
            foreach (var address in new[] { $"/api/evidence/collections/{collection}/samples", $"/api/evidence/samples/{id}", $"/api/evidence/samples/{id}/rows" })
            {
                using var answer = await desk.App.As(who).GetAsync(address);
                Assert.True(answer.StatusCode == status, $"{who.Nick} {address}: {answer.StatusCode}");
            }
        }
        var carol = await (await desk.App.PagesAsAsync(Cast.Carol)).PageAsync($"/evidence/samples/{id}");
        Assert.DoesNotContain("handler=Conclude", carol);
        Assert.Contains("handler=Check", carol);

        // Bytes the scanner found something in are out of everybody's reach.
        var sha256 = await desk.App.Database.ScalarAsync<string>("select f.sha256 from sample_files f join blob_scans b on b.sha256 = f.sha256 where f.id = @file and b.state = 'waiting'", new { file });
        await desk.App.Get<ScanStore>().KeepAsync(sha256, new ScanResult(ScanOutcome.Infected, "Eicar"), null, false, "1", default);
        Assert.Contains(Cast.Alice.PersonId, await desk.App.Database.ListAsync<long>("select person_id from notices where subject = (select 'quarantine:' || id from quarantines where sha256 = @sha256)", new { sha256 }));
        using var kept = await (await desk.App.PagesAsAsync(Cast.Alice)).GetAsync($"/evidence/sample-files/{file}");
        Assert.Equal(HttpStatusCode.Conflict, kept.StatusCode);
    }

    [Fact]
    public async Task What_is_handed_in_is_not_worked_on()
    {
        var (collection, id) = await TakeAsync("提出済みの依頼", 8);
        await desk.HandInAsync(collection, Cast.Alice, "一覧");
        Assert.Equal("SampleNotOpen", (await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<DrawSample>().RunAsync(Alice, id, new("event", null, null, null, null)))).Key);
        Assert.Equal("SampleNotOpen", (await Assert.ThrowsAsync<Refusal>(() => TakeAsync(collection, 9))).Key);
        Assert.False((await desk.App.Get<SampleStore>().FindAsync(Alice, id, default))!.MayWork);
    }

    [Fact]
    public async Task The_products_own_records_are_populations_as_their_taker_may_see_them()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("名簿の依頼"), "2026-07-01");
        await desk.App.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, employment_type, language, hired_on) values ('910001', '新井 一', 'x', 'x1@example.test', 'x1@example.test', '正社員', 'ja', '2026-07-15'), ('910002', '新井 二', 'x', 'x2@example.test', 'x2@example.test', '正社員', 'ja', '2026-10-01');
            insert into posts (person_id, department_id, from_on) select id, 2, '2026-07-15' from people where employee_no = '910001';
            """);
        async Task<Sample> OwnAsync(CurrentUser user, string source) => (await desk.App.Get<SampleStore>().FindAsync(user, await desk.App.Get<TakePopulation>().RunAsync(user, collection, new(Guid.NewGuid().ToString(), "名簿", source, null, null, null), null), default))!;
        Assert.Equal(1, (await OwnAsync(Desk.Manager, "joined")).RowCount);
        Assert.Equal(0, (await OwnAsync(Desk.User(Cast.Hana, Role.ControlOwner), "joined")).RowCount); // not of her department
        Assert.Equal("SampleSourceMissing", (await Assert.ThrowsAsync<InvalidInput>(() => OwnAsync(Alice, "grants"))).Key);
        foreach (var source in SampleQueries.Names)
        {
            _ = await OwnAsync(Desk.Manager, source);
        }
        // Nobody left: the empty population is evidence too.
        var none = await OwnAsync(Desk.Manager, "left");
        Assert.Equal(0, none.RowCount);
        await desk.App.Get<DrawSample>().RunAsync(Desk.Manager, none.Id, new("event", null, null, null, null));
        await desk.App.Get<JudgeSample>().ConcludeAsync(Desk.Manager, none.Id, "退職者なし");
        Assert.Equal(new SampleCheck(true, true), await desk.App.Get<DrawSample>().CheckAsync(Desk.Manager, none.Id));
    }

    [Fact]
    public async Task The_form_keeps_what_was_typed_and_the_workbook_is_sound()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("画面の依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{collection}/samples");
        (string, string)[] said = [("Input.Name", "変更申請"), ("Input.Source", "upload"), ("Input.AsOf", "2026/10/1"), ("Input.Origin", "チケット管理"), ("Input.Completeness", "件数42件と一致")];
        using (var damaged = await SendAsync(page, said, ("変更.csv", "番号,件名\nCHG-1\n"u8.ToArray())))
        {
            var text = await damaged.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.BadRequest, damaged.StatusCode);
            Assert.Contains("2行目の列数が見出しと違います", WebUtility.HtmlDecode(text));
            Assert.Contains("件数42件と一致", WebUtility.HtmlDecode(text));
        }
        using (var silent = await SendAsync(page, said[..3], ("変更.csv", Csv(42))))
        {
            Assert.Contains("どこからどの条件で取り出したか", WebUtility.HtmlDecode(await silent.Content.ReadAsStringAsync()));
        }
        using var taken = await SendAsync(page, said, ("変更.csv", Csv(42)));
        Assert.Equal(HttpStatusCode.Redirect, taken.StatusCode);
        var at = taken.Headers.Location!.OriginalString;
        page = await alice.PageAsync(at);
        using (var fewer = await alice.SendAsync(page, $"{at}?handler=Draw", ("Input.Basis", "event"), ("Input.Size", "2"), ("Input.SizeReason", "少しだけ")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, fewer.StatusCode);
            Assert.Contains("少しだけ", WebUtility.HtmlDecode(await fewer.Content.ReadAsStringAsync()));
        }
        using (var drawn = await alice.SendAsync(page, $"{at}?handler=Draw", ("Input.Basis", "event")))
        {
            Assert.Equal(HttpStatusCode.Redirect, drawn.StatusCode);
        }
        page = await alice.PageAsync(at);
        Assert.Contains("42件から5件を抽出しました", Browsing.Plain(page));
        var row = System.Text.RegularExpressions.Regex.Match(page, "/evidence/sample-rows/\\d+").Value;
        page = await alice.PageAsync(row);
        using (var silent = await SendAsync(page, [("Input.Seen", Browsing.Hidden(page, "Input.Seen")), ("Input.Result", "nonconforming"), ("Input.Link", "https://tracker.example/9")], ("証跡.txt", "x"u8.ToArray()), row))
        {
            Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
            Assert.Contains("https://tracker.example/9", await silent.Content.ReadAsStringAsync());
        }
        using (var judged = await SendAsync(page, [("Input.Seen", Browsing.Hidden(page, "Input.Seen")), ("Input.Result", "nonconforming"), ("Input.Note", "=HYPERLINK(\"http://evil.example\")")], ("証跡.txt", "x"u8.ToArray()), row))
        {
            Assert.Equal(HttpStatusCode.Redirect, judged.StatusCode);
            Assert.StartsWith("/evidence/sample-rows/", judged.Headers.Location!.OriginalString);
        }
        using (var unexplained = await alice.SendAsync(await alice.PageAsync(row), $"{row}?handler=Replace", ("Input.Reason", " ")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unexplained.StatusCode);
        }
        var book = await alice.GetByteArrayAsync($"{at}?handler=Excel");
        Platform.Workbooks.Workbook.AssertValid(book);
        var sheets = Platform.Workbooks.Workbook.Read(book);
        Assert.Equal(2, sheets.Count);
        Assert.Contains(sheets[1].Rows.Cast<System.Data.DataRow>(), line => line[3].ToString() == "=HYPERLINK(\"http://evil.example\")");
        var carol = Browsing.Unmarked(await (await desk.App.PagesAsAsync(Cast.Carol)).PageAsync(at));
        Assert.False(Browsing.HasJapanese(carol), carol);
        var english = Browsing.Unmarked(await (await desk.App.PagesAsAsync(Cast.Carol)).PageAsync(row));
        Assert.False(Browsing.HasJapanese(english), english);

        Task<HttpResponseMessage> SendAsync(string shown, (string, string)[] fields, (string Name, byte[] Bytes) file, string? action = null)
        {
            var form = new MultipartFormDataContent("-----------------------------browser") { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
            (string, string)[] all = [("__RequestVerificationToken", Browsing.Token(shown)), .. fields, .. action is null ? [("Input.Key", Browsing.Hidden(shown, "Input.Key"))] : Array.Empty<(string, string)>()];
            foreach (var (name, value) in all)
            {
                form.Add(new StringContent(value), $"\"{name}\"");
            }
            var part = new ByteArrayContent(file.Bytes);
            part.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"Input.File\"; filename=\"{file.Name}\"");
            form.Add(part);
            return alice.PostAsync(action ?? $"/evidence/collections/{collection}/samples", form);
        }
    }

    [Fact]
    public async Task The_API_goes_from_population_to_conclusion()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("APIの依頼"), "2026-07-01");
        var alice = desk.App.As(Cast.Alice);
        var form = new MultipartFormDataContent { { new StringContent("入退室"), "name" }, { new StringContent("入退室システム"), "origin" }, { new StringContent("連番に欠番なし"), "completeness" } };
        form.Add(new ByteArrayContent(Csv(4)), "file", "入退室.csv");
        using var taken = await alice.PostAsync($"/api/evidence/collections/{collection}/samples", form);
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);
        var id = (await taken.Content.ReadFromJsonAsync<JsonElement>()).Id();
        using var drawn = await alice.PostAsJsonAsync($"/api/evidence/samples/{id}/draw", new { basis = "event", seed = "8841", seedFrom = "監査員が指定" });
        Assert.True(drawn.IsSuccessStatusCode, await drawn.Content.ReadAsStringAsync());
        var rows = (await alice.GetFromJsonAsync<JsonElement>($"/api/evidence/samples/{id}/rows?limit=3"));
        Assert.Equal(3, rows.GetProperty("items").GetArrayLength());
        var rest = await alice.GetFromJsonAsync<JsonElement>($"/api/evidence/samples/{id}/rows?limit=3&after={rows.GetProperty("after").GetString()}");
        foreach (var row in rows.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()))
        {
            Assert.StartsWith("CHG-", row.GetProperty("cells")[0].GetString());
            Assert.Equal(HttpStatusCode.NotFound, (await desk.App.As(Cast.Carol).PostAsJsonAsync($"/api/evidence/sample-rows/{row.Id()}/results", new { result = "conforming" })).StatusCode);
            Assert.Equal(HttpStatusCode.NoContent, (await alice.PostAsJsonAsync($"/api/evidence/sample-rows/{row.Id()}/results", new { result = "conforming" })).StatusCode);
        }
        using var concluded = await alice.PostAsJsonAsync($"/api/evidence/samples/{id}/conclusion", new { conclusion = "4件すべて適合" });
        var sample = await concluded.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(("concluded", 4), (sample.Text("state"), sample.GetProperty("conforming").GetInt32()));
        Assert.Equal(5, (await alice.GetStringAsync($"/api/evidence/samples/{id}/population")).TrimEnd('\n').Split('\n').Length);
    }

    private async Task<(long Collection, long Sample)> TakeAsync(string title, int rows)
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync(title), "2026-07-01");
        return (collection, await TakeAsync(collection, rows));
    }

    private async Task<long> TakeAsync(long collection, int rows) =>
        await desk.App.Get<TakePopulation>().RunAsync(Alice, collection, new($"form-{rows}", "変更申請", "upload", "チケット管理", "件数と一致", new(2026, 10, 1)), await FileAsync("変更.csv", Encoding.UTF8.GetString(Csv(rows))));

    private async Task<UploadedFile> FileAsync(string name, string text) =>
        new("file", name, MediaTypes.Of(name), await desk.App.Get<BlobStore>().SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), 1 << 20, default));

    private static byte[] Csv(int rows) => Encoding.UTF8.GetBytes("番号,件名\n" + string.Concat(Enumerable.Range(1, rows).Select(number => $"CHG-{number:000},変更{number}\n")));

    private async Task<List<SampleRow>> RowsAsync(long sample)
    {
        var rows = new List<SampleRow>();
        await foreach (var row in desk.App.Get<SampleStore>().AllRowsAsync(Alice, sample, default))
        {
            rows.Add(row);
        }
        return rows;
    }

    private async Task<IReadOnlyList<RowMark>> MarksAsync(long sample)
    {
        await using var file = desk.App.Get<BlobStore>().Open((await desk.App.Get<SampleStore>().FindAsync(Alice, sample, default))!.FileSha256);
        return (await PopulationFile.MarksAsync(file, default)).Marks;
    }
}
