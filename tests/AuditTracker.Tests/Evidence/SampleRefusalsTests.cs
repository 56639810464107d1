using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Workbooks;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>What would let a sample say less than was found, and is refused, shown or marked instead.</summary>
public sealed class SampleRefusalsTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly CurrentUser Alice = Desk.User(Cast.Alice, Role.ControlOwner);
    private static readonly CurrentUser Hana = Desk.User(Cast.Hana, Role.ControlOwner);

    [Fact]
    public async Task A_row_with_a_result_is_not_replaced_and_no_result_is_lost()
    {
        var (_, id, rows) = await DrawnAsync("差し替えで消えない依頼");
        var (draw, judge) = (desk.App.Get<DrawSample>(), desk.App.Get<JudgeSample>());
        await judge.RunAsync(Alice, rows[0].Id, new("nonconforming", "承認がない", null, []));
        Assert.Equal("SampleRowJudged", (await Assert.ThrowsAsync<Refusal>(() => draw.ReplaceAsync(Alice, rows[0].Id, "気に入らない"))).Key);
        Assert.Equal(5, (await RowsAsync(id)).Count);
        Assert.DoesNotContain("handler=Replace", await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/sample-rows/{rows[0].Id}"));

        // What was replaced before this was refused keeps what was found.
        await desk.App.Database.ArrangeAsync("update sample_rows set replaced_at = now(), replaced_by = @by, replace_reason = '古い差し替え' where id = @Id", new { by = Cast.Alice.AccountId, rows[0].Id });
        var sample = (await desk.App.Get<SampleStore>().FindAsync(Alice, id, default))!;
        Assert.Equal((0, 1, 1), (sample.Done, sample.Nonconforming, sample.Replaced));
        var sheets = Platform.Workbooks.Workbook.Read((await desk.App.Get<SampleSheet>().MakeAsync(Alice, id, default))!.Value.Bytes);
        var line = sheets[1].Rows.Cast<System.Data.DataRow>().ElementAt(1);
        Assert.Contains("× 不適合", line[2].ToString());
        Assert.Contains("差し替え済み", line[2].ToString());
        Assert.Contains("承認がない", line[3].ToString());
        Assert.Contains("古い差し替え", line[3].ToString());
        Assert.Contains("承認がない", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/samples/{id}")));
    }

    [Fact]
    public async Task Whoever_comes_second_sees_the_first_result_and_may_save_theirs()
    {
        var (_, _, rows) = await DrawnAsync("二人で見る依頼");
        var (client, at) = (await desk.App.PagesAsAsync(Cast.Alice), $"/evidence/sample-rows/{rows[0].Id}");
        var page = await client.PageAsync(at);
        await desk.App.Get<JudgeSample>().RunAsync(Hana, rows[0].Id, new("observation", "先に見た気づき", null, []));
        using var second = await SendAsync(client, page, at, null, ("Input.Seen", Browsing.Hidden(page, "Input.Seen")), ("Input.Result", "nonconforming"), ("Input.Note", "承認がない"));
        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        page = WebUtility.HtmlDecode(await second.Content.ReadAsStringAsync());
        Assert.Contains("先に見た気づき", page[..page.IndexOf("Input.Seen", StringComparison.Ordinal)]);
        Assert.Contains("承認がない", page);
        using var again = await SendAsync(client, page, at, null, ("Input.Seen", Browsing.Hidden(page, "Input.Seen")), ("Input.Result", "nonconforming"), ("Input.Note", "承認がない"));
        Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(2, await desk.App.Database.ScalarAsync<long>("select count(*) from sample_results where row_id = @Id", new { rows[0].Id }));
    }

    [Fact]
    public async Task Files_of_a_result_that_is_refused_are_not_read_and_the_page_asks_for_them_again()
    {
        var (collection, _, rows) = await DrawnAsync("選び直す依頼");
        var (client, at) = (await desk.App.PagesAsAsync(Cast.Alice), $"/evidence/sample-rows/{rows[0].Id}");
        var (page, bytes) = (await client.PageAsync(at), RandomNumberGenerator.GetBytes(2000));
        Assert.DoesNotContain("ファイルは選び直してください", page);
        using var refused = await SendAsync(client, page, at, bytes, ("Input.Seen", Browsing.Hidden(page, "Input.Seen")), ("Input.Result", "nonconforming"), ("Input.Link", "https://tracker.example/9"));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.NotEqual(BlobState.Whole, await desk.App.Get<BlobStore>().CheckAsync(Convert.ToHexStringLower(SHA256.HashData(bytes)), null, default));
        Assert.Contains("ファイルは選び直してください", WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync()));
        using var population = await SendAsync(client, page, $"/evidence/collections/{collection}/samples", bytes, ("Input.Source", "upload"));
        Assert.Contains("ファイルは選び直してください", WebUtility.HtmlDecode(await population.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_second_sheet_with_rows_refuses_the_workbook()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("シートの依頼"), "2026-07-01");
        await TakeAsync(collection, "一枚.xlsx", await BookAsync(false, false), "one");
        await TakeAsync(collection, "空の二枚目.xlsx", await BookAsync(true, false), "empty");
        var refused = await Assert.ThrowsAsync<InvalidInput>(async () => await TakeAsync(collection, "二枚.xlsx", await BookAsync(true, true), "two"));
        Assert.Equal("SampleFileFurtherSheet", refused.Key);
    }

    [Fact]
    public async Task A_live_population_is_of_today_and_an_upload_of_a_day_within_reach()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("時点の依頼"), "2026-07-01");
        var take = desk.App.Get<TakePopulation>();
        var own = await take.RunAsync(Desk.Manager, collection, new("own", "入社", "joined", null, null, new(2026, 7, 1)), null);
        Assert.Equal(new DateOnly(2026, 11, 24), (await desk.App.Get<SampleStore>().FindAsync(Desk.Manager, own, default))!.AsOf);
        PopulationInput Upload(DateOnly? on) => new("up", "一覧", "upload", "システム", "件数一致", on);
        Assert.Equal("SampleAsOfEarly", (await Assert.ThrowsAsync<InvalidInput>(() => take.CheckAsync(Alice, collection, Upload(new(2026, 6, 30))))).Key);
        await take.CheckAsync(Alice, collection, Upload(new(2026, 7, 1)));
        await take.CheckAsync(Alice, collection, Upload(new(2026, 11, 24)));
        Assert.Equal("SampleAsOfFuture", (await Assert.ThrowsAsync<InvalidInput>(() => take.CheckAsync(Alice, collection, Upload(new(2026, 11, 25))))).Key);
    }

    [Fact]
    public async Task Heads_find_those_who_left_moved_away_or_joined_and_moved_on_and_others_are_not_offered_them()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("異動の依頼"), "2026-07-01");
        await desk.App.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, employment_type, language, hired_on, left_on) values
                ('920001', '退職 一', 'x', 'y1@example.test', 'y1@example.test', '正社員', 'ja', '2020-04-01', '2026-08-31'),
                ('920002', '異動 二', 'x', 'y2@example.test', 'y2@example.test', '正社員', 'ja', '2020-04-01', null),
                ('920003', '入社 三', 'x', 'y3@example.test', 'y3@example.test', '正社員', 'ja', '2026-07-15', null),
                ('920004', '他部門 四', 'x', 'y4@example.test', 'y4@example.test', '正社員', 'ja', '2020-04-01', '2026-08-31');
            insert into posts (person_id, department_id, from_on, to_on) select p.id, x.department, x.from_on::date, x.to_on::date from people p join (values
                ('920001', 1, '2020-04-01', '2026-08-31'), ('920002', 1, '2020-04-01', '2026-08-31'), ('920002', 2, '2026-09-01', null),
                ('920003', 1, '2026-07-15', '2026-08-31'), ('920003', 2, '2026-09-01', null), ('920004', 2, '2020-04-01', '2026-08-31')) x (no, department, from_on, to_on) on x.no = p.employee_no;
            """);
        async Task<long> CountAsync(CurrentUser user, string source) =>
            (await desk.App.Get<SampleStore>().FindAsync(user, await desk.App.Get<TakePopulation>().RunAsync(user, collection, new(Guid.NewGuid().ToString(), "名簿", source, null, null, null), null), default))!.RowCount;
        Assert.Equal((1, 1, 2), (await CountAsync(Hana, "left"), await CountAsync(Hana, "joined"), await CountAsync(Hana, "transferred")));
        Assert.Equal(2, await CountAsync(Desk.Manager, "left"));
        foreach (var source in new[] { "joined", "left", "transferred" })
        {
            Assert.Equal("SampleSourceMissing", (await Assert.ThrowsAsync<InvalidInput>(() => CountAsync(Alice, source))).Key);
        }
        var offered = $"/evidence/collections/{collection}/samples";
        Assert.DoesNotContain("value=\"left\"", await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync(offered));
        Assert.Contains("value=\"left\"", await (await desk.App.PagesAsAsync(Cast.Hana)).PageAsync(offered));
    }

    [Fact]
    public async Task Whoever_decides_about_a_quarantined_file_of_a_sample_sees_where_it_is()
    {
        var (_, _, rows) = await DrawnAsync("隔離の依頼");
        await desk.App.Get<JudgeSample>().RunAsync(Alice, rows[0].Id, new("conforming", "", null, [await FileAsync("隔離の写し.txt", Encoding.UTF8.GetBytes("quarantined here"))]));
        var sha256 = await desk.App.Database.ScalarAsync<string>("select sha256 from sample_files where row_id = @Id", new { rows[0].Id });
        await desk.App.Get<ScanStore>().KeepAsync(sha256, new ScanResult(ScanOutcome.Infected, "Eicar"), null, false, "1", default);
        var id = await desk.App.Database.ScalarAsync<long>("select id from quarantines where sha256 = @sha256", new { sha256 });
        var page = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/quarantine/{id}"));
        Assert.Contains("隔離の写し.txt", page);
        Assert.Contains("隔離の依頼", page);
        Assert.Contains(Cast.Alice.Name, page);
    }

    [Fact]
    public async Task A_seed_that_was_typed_is_marked_for_whoever_reviews()
    {
        var (_, typed, _) = await DrawnAsync("種を入れた依頼", "8841");
        var (_, made, _) = await DrawnAsync("種を作った依頼");
        var client = await desk.App.PagesAsAsync(Cast.Bob);
        const string mark = "抽出した人が入れた種";
        Assert.Contains(mark, Browsing.Plain(await client.PageAsync($"/evidence/samples/{typed}")));
        Assert.DoesNotContain(mark, Browsing.Plain(await client.PageAsync($"/evidence/samples/{made}")));
        foreach (var (id, isMarked) in new[] { (typed, true), (made, false) })
        {
            var sample = (await desk.App.Get<SampleStore>().FindAsync(Alice, id, default))!;
            var check = ReviewChecks.Of([sample]).Where(one => one.Key == "CheckSampleSeedTyped").ToList();
            Assert.Equal(isMarked ? 1 : 0, check.Count(one => one.Warns && one.Arguments.SequenceEqual(["変更申請", "当せん番号"])));
            var facts = Platform.Workbooks.Workbook.Read((await desk.App.Get<SampleSheet>().MakeAsync(Alice, id, default))!.Value.Bytes)[0];
            Assert.Equal(isMarked, facts.Rows.Cast<System.Data.DataRow>().Any(row => row[1].ToString()!.Contains(mark, StringComparison.Ordinal)));
        }
    }

    private async Task<(long Collection, long Sample, List<SampleRow> Rows)> DrawnAsync(string title, string? seed = null)
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync(title), "2026-07-01");
        var csv = Encoding.UTF8.GetBytes("番号,件名\n" + string.Concat(Enumerable.Range(1, 7).Select(number => $"CHG-{number:000},変更{number}\n")));
        var id = await TakeAsync(collection, "変更.csv", csv, "form");
        await desk.App.Get<DrawSample>().RunAsync(Alice, id, new("event", null, null, seed, seed is null ? null : "当せん番号"));
        return (collection, id, await RowsAsync(id));
    }

    private async Task<long> TakeAsync(long collection, string name, byte[] bytes, string key) =>
        await desk.App.Get<TakePopulation>().RunAsync(Alice, collection, new(key, "変更申請", "upload", "チケット管理", "件数と一致", new(2026, 10, 1)), await FileAsync(name, bytes));

    private async Task<UploadedFile> FileAsync(string name, byte[] bytes) =>
        new("file", name, MediaTypes.Of(name), await desk.App.Get<BlobStore>().SaveAsync(new MemoryStream(bytes), 1 << 20, default));

    private async Task<List<SampleRow>> RowsAsync(long sample)
    {
        var rows = new List<SampleRow>();
        await foreach (var row in desk.App.Get<SampleStore>().AllRowsAsync(Alice, sample, default))
        {
            rows.Add(row);
        }
        return rows;
    }

    private static async Task<byte[]> BookAsync(bool hasSecond, bool isFilled)
    {
        using var bytes = new MemoryStream();
        await using (var book = await WorkbookWriter.CreateAsync(bytes, new WorkbookProperties("母集団", "test", new DateTime(2026, 10, 1, 0, 0, 0, DateTimeKind.Utc))))
        {
            await FillAsync(await book.BeginSheetAsync(new SheetSetup("一枚目") { Columns = [20] }), true);
            if (hasSecond)
            {
                await FillAsync(await book.BeginSheetAsync(new SheetSetup("二枚目") { Columns = [20] }), isFilled);
            }
            await book.CompleteAsync();
        }
        return bytes.ToArray();
    }

    private static async Task FillAsync(SheetWriter sheet, bool isFilled)
    {
        foreach (var text in isFilled ? new[] { "番号", "CHG-001" } : [" "])
        {
            await sheet.RowAsync();
            sheet.Text(text);
        }
    }

    private static Task<HttpResponseMessage> SendAsync(HttpClient client, string shown, string action, byte[]? file, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent("-----------------------------browser") { HeaderEncodingSelector = (_, _) => Encoding.UTF8 };
        foreach (var (name, value) in fields.Prepend(("__RequestVerificationToken", Browsing.Token(shown))))
        {
            form.Add(new StringContent(value), $"\"{name}\"");
        }
        if (file is not null)
        {
            var part = new ByteArrayContent(file);
            part.Headers.TryAddWithoutValidation("Content-Disposition", "form-data; name=\"Input.File\"; filename=\"証跡.txt\"");
            form.Add(part);
        }
        return client.PostAsync(action, form);
    }
}
