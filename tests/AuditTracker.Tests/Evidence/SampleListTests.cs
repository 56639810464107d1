using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Samples across collections, the table of their sizes, and what programs do with a row.</summary>
public sealed class SampleListTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly CurrentUser Alice = Desk.User(Cast.Alice, Role.ControlOwner);

    [Fact]
    public async Task The_list_shows_what_its_reader_sees_and_narrows_as_it_says()
    {
        await using var own = new Desk();
        await own.InitializeAsync();
        var mine = await own.RequestAsync("変更申請の確認");
        var collection = await own.CollectionAsync(mine, "2026-07-01");
        var found = await DrawnAsync(collection, "変更申請", 7, "nonconforming", own);
        var clean = await DrawnAsync(collection, "入退室", 6, "conforming", own);
        var open = await TakeAsync(Desk.Manager, await own.CollectionAsync(mine, "2026-04-01"), "春の申請", 3, own);
        var other = await TakeAsync(Desk.Manager, await own.CollectionAsync(await own.RequestAsync("別の人の確認", Cast.Hana), "2026-07-01"), "別の母集団", 9, own);

        var manami = await own.App.PagesAsAsync(Cast.Manami);
        var alice = await own.App.PagesAsAsync(Cast.Alice);
        Assert.Equal([other, open, clean, found], await ShownAsync(manami, ""));
        Assert.Equal([open, clean, found], await ShownAsync(alice, ""));
        Assert.Equal(HttpStatusCode.NotFound, (await (await own.App.PagesAsAsync(Cast.Mallory)).GetAsync("/evidence/samples")).StatusCode);
        Assert.Equal([other], await ShownAsync(await own.App.PagesAsAsync(Cast.Hana), $"?q=別の人"));
        foreach (var (query, expected) in new (string, long[])[]
        {
            ("?state=concluded", [clean, found]), ("?state=population", [other, open]), ("?found=exceptions", [found]), ("?found=none", [clean]), ($"?request={mine}", [open, clean, found]),
            ("?from=2026-07-01", [other, clean, found]), ("?to=令和8年6月30日", [open]), ("?from=2026-04-01&to=2026-06-30", [open]), ("?q=入退", [clean]), ("?q=別の人", [other]), ("?sort=-rows", [other, found, clean, open]), ("?sort=period", [open, found, clean, other]),
        })
        {
            Assert.Equal(expected, await ShownAsync(manami, query));
            var page = await manami.PageAsync("/evidence/samples" + query);
            var book = await Desk.WorkbookAsync(manami, page);
            Assert.Equal(expected.Length, book[1].Rows.Count - 1);
            Assert.Contains($"{expected.Length}件", Browsing.Plain(page));
        }
        Assert.Contains("いつか", await manami.PageAsync("/evidence/samples?from=いつか"));
        Assert.Contains("条件に合う抽出はありません", await manami.PageAsync("/evidence/samples?q=どこにもない"));
        var english = Browsing.Unmarked(await (await own.App.PagesAsAsync(Cast.Carol)).PageAsync("/evidence/samples"));
        Assert.False(Browsing.HasJapanese(english), english);
        Assert.Contains($"/evidence/samples?request={mine}", await alice.PageAsync($"/evidence/collections/{collection}/samples"));

        var first = await own.App.As(Cast.Alice).GetFromJsonAsync<JsonElement>("/api/evidence/samples?limit=2");
        var rest = await own.App.As(Cast.Alice).GetFromJsonAsync<JsonElement>($"/api/evidence/samples?limit=2&after={first.GetProperty("after").GetString()}");
        Assert.Equal([open, clean, found], first.GetProperty("items").EnumerateArray().Concat(rest.GetProperty("items").EnumerateArray()).Select(one => one.Id()));
        Assert.Equal(HttpStatusCode.BadRequest, (await own.App.As(Cast.Alice).GetAsync("/api/evidence/samples?state=over")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await own.App.As(Cast.Alice).GetAsync("/api/evidence/samples?after=x")).StatusCode);

        static async Task<IEnumerable<long>> ShownAsync(HttpClient client, string query) =>
            Regex.Matches(await client.PageAsync("/evidence/samples" + query), "<th scope=\"row\"[^>]*><a href=\"/evidence/samples/(\\d+)").Select(match => long.Parse(match.Groups[1].Value));
    }

    [Fact]
    public void A_table_shrinks_where_any_population_would_be_drawn_from_less()
    {
        SampleSizeLine[] now = [new(default, "event", 5, null), new(default, "event", 50, 5), new(default, "event", null, 25), .. SampleSizes.Bases.Skip(1).Select(basis => new SampleSizeLine(default, basis, null, 5))];
        Assert.Empty(SampleSizes.Shrinks(now, now));
        Assert.Empty(SampleSizes.Shrinks(now, [.. now.Where(line => line.UpTo != 50)])); // 25 from 6 rows on
        Assert.Empty(SampleSizes.Shrinks(now, [.. now.Where(line => line.UpTo != 5)])); // five of up to five rows are all of them
        Assert.Equal(["event"], SampleSizes.Shrinks(now, [.. now.Where(line => line.Basis != "event"), new(default, "event", 100, 5), new(default, "event", null, 25)]));
        Assert.Equal(["weekly"], SampleSizes.Shrinks(now, [.. now.Select(line => line.Basis == "weekly" ? line with { Size = 4 } : line)]));
        SampleSizes.Check(now);
        foreach (var wrong in new SampleSizeLine[][]
        {
            [.. now.Skip(3)], [.. now, new(default, "daily", null, 9)], [.. now.Where(line => line.Basis != "daily")], [.. now, new(default, "event", 5, 3)],
            [.. now, new(default, "event", 2000, null)], [.. now, new(default, "event", 0, 1)], [.. now.Select(line => line.Basis == "yearly" ? line with { Size = 1001 } : line)],
        })
        {
            Assert.Throws<InvalidInput>(() => SampleSizes.Check(wrong));
        }
    }

    [Fact]
    public async Task The_next_table_is_set_for_a_day_to_come_and_says_why_it_asks_for_less()
    {
        await using var own = new Desk();
        await own.InitializeAsync();
        var collection = await own.CollectionAsync(await own.RequestAsync("件数の表"), "2026-07-01");
        var (early, late) = (await TakeAsync(Alice, collection, "先の抽出", 300, own), await TakeAsync(Alice, collection, "後の抽出", 300, own));
        await own.App.Get<DrawSample>().RunAsync(Alice, early, new("event", null, null, null, null));
        var manami = await own.App.PagesAsAsync(Cast.Manami);
        const string At = "/evidence/sample-sizes";
        var page = await manami.PageAsync(At);
        Assert.Equal(("250", "15"), (Browsing.Hidden(page, "Input.UpTo[2]"), Browsing.Hidden(page, "Input.Size[2]")));
        (string, string)[] fewer = [("Input.From", "2026/12/1"), ("Input.UpTo[0]", "１０"), ("Input.Size[0]", ""), ("Input.Beyond", "20"), ("Input.Daily", "15"), ("Input.Weekly", "5"), ("Input.Monthly", "3"), ("Input.Quarterly", "2"), ("Input.Yearly", "1")];
        await RefusedAsync(fewer, "件数が減るところがあります");
        await RefusedAsync([.. fewer.Skip(1), ("Input.From", "2026/11/24"), ("Input.Reason", "一度目の理由")], "明日以降の日");
        await RefusedAsync([.. fewer.SkipLast(1), ("Input.Yearly", ""), ("Input.Reason", "一度目の理由")], "1から1000までの数");
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, At, [.. fewer, ("Input.Reason", "監査員との合意")])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await manami.SendAsync(page, At, [.. fewer, ("Input.Reason", "監査員との合意（議事録12）")])).StatusCode); // a slip is corrected before it holds
        await RefusedAsync([("Input.From", "2026/11/30"), .. fewer.Skip(1), ("Input.Reason", "前に入れる")], "2026/12/1からの表がすでに");
        page = Browsing.Plain(await manami.PageAsync(At));
        Assert.Contains("監査員との合意（議事録12）", page);
        Assert.Contains("これから", page);

        Assert.Equal(25, (await own.App.Get<SampleStore>().FindAsync(Alice, early, default))!.Size);
        await own.App.Database.SetClockAsync("2026-12-01 09:00");
        await own.App.Get<DrawSample>().RunAsync(Alice, late, new("event", null, null, null, null));
        var drawn = (await own.App.Get<SampleStore>().FindAsync(Alice, late, default))!;
        Assert.Equal((20, new DateOnly(2026, 12, 1)), (drawn.Size, drawn.TableFrom));
        Assert.Equal(new SampleCheck(true, true), await own.App.Get<DrawSample>().CheckAsync(Alice, early));
        await Assert.ThrowsAsync<Npgsql.PostgresException>(() => own.App.Database.ArrangeAsync("delete from sample_sizes where valid_from = '2026-12-01'"));

        var alice = await own.App.PagesAsAsync(Cast.Alice);
        page = await alice.PageAsync(At);
        Assert.DoesNotContain("Input.Beyond", page);
        Assert.Equal(HttpStatusCode.NotFound, (await alice.SendAsync(await alice.PageAsync("/profile"), At, fewer)).StatusCode);
        await Assert.ThrowsAsync<NotFound>(() => own.App.Get<SetSampleSizes>().RunAsync(Alice, new(2027, 1, 1), [], null));
        var english = Browsing.Unmarked(await (await own.App.PagesAsAsync(Cast.Carol)).PageAsync(At));
        Assert.False(Browsing.HasJapanese(english), english);

        async Task RefusedAsync((string, string)[] fields, string because)
        {
            using var refused = await manami.SendAsync(page, At, fields);
            var text = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            Assert.Contains(because, text);
            Assert.All(fields.Where(field => field.Item2.Length > 0), field => Assert.Contains(field.Item2, text));
        }
    }

    [Fact]
    public async Task Programs_hand_in_files_of_a_row_take_them_away_and_replace_a_row_once()
    {
        var collection = await desk.CollectionAsync(await desk.RequestAsync("行のAPI"), "2026-07-01");
        var sample = await TakeAsync(Alice, collection, "行の母集団", 40, desk);
        await desk.App.Get<DrawSample>().RunAsync(Alice, sample, new("event", null, null, null, null));
        var alice = desk.App.As(Cast.Alice);
        var rows = (await alice.GetFromJsonAsync<JsonElement>($"/api/evidence/samples/{sample}/rows")).GetProperty("items").EnumerateArray().Select(row => row.Id()).ToList();
        Assert.Equal(5, rows.Count);

        Assert.Equal(HttpStatusCode.BadRequest, (await JudgeAsync(alice, rows[0], "nonconforming", "", ("証跡.txt", "x"))).StatusCode); // a note is needed, as on the page
        Assert.Equal(HttpStatusCode.BadRequest, (await JudgeAsync(alice, rows[0], "conforming", "", ("道具.exe", "MZ"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await alice.PostAsync($"/api/evidence/sample-rows/{rows[0]}/results", new StringContent("{\"result\":1}", Encoding.UTF8, "application/json"))).StatusCode);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, (await alice.PostAsync($"/api/evidence/sample-rows/{rows[0]}/results", new StringContent("result=conforming", Encoding.UTF8, "text/plain"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await JudgeAsync(alice, rows[1], "nonconforming", "承認がない", ("申請.txt", "申請書"), ("画面.txt", "画面の写し"))).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await JudgeAsync(alice, rows[1], "nonconforming", "承認がない", ("申請.txt", "申請書"), ("画面.txt", "画面の写し"))).StatusCode);
        var row = await alice.GetFromJsonAsync<JsonElement>($"/api/evidence/sample-rows/{rows[1]}");
        Assert.Equal(new HashSet<string> { "申請.txt", "画面.txt" }, row.GetProperty("files").EnumerateArray().Select(one => one.Text("fileName")).ToHashSet());
        Assert.Equal("承認がない", Assert.Single(row.GetProperty("results").EnumerateArray()).Text("note"));
        var file = row.GetProperty("files")[0].Id();
        Assert.Contains(await alice.GetStringAsync($"/api/evidence/sample-files/{file}/file"), new[] { "申請書", "画面の写し" });
        foreach (var who in new[] { Cast.Carol, Cast.Mallory })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await desk.App.As(who).DeleteAsync($"/api/evidence/sample-rows/{rows[1]}/files/{file}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await ReplaceAsync(desk.App.As(who), rows[2], "見られない")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await desk.App.As(Cast.Mallory).GetAsync($"/api/evidence/sample-rows/{rows[1]}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.App.As(Cast.Mallory).GetAsync($"/api/evidence/sample-files/{file}/file")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await alice.DeleteAsync($"/api/evidence/sample-rows/{rows[1]}/files/{file}")).StatusCode);
        Assert.Single((await alice.GetFromJsonAsync<JsonElement>($"/api/evidence/sample-rows/{rows[1]}")).GetProperty("files").EnumerateArray());

        Assert.Equal(HttpStatusCode.BadRequest, (await ReplaceAsync(alice, rows[2], " ")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await ReplaceAsync(alice, rows[1], "結果がある")).StatusCode);
        var standsIn = (await (await ReplaceAsync(alice, rows[2], "紛失した")).Content.ReadFromJsonAsync<JsonElement>()).Id();
        Assert.Equal(standsIn, (await (await ReplaceAsync(alice, rows[2], "紛失した")).Content.ReadFromJsonAsync<JsonElement>()).Id());
        Assert.DoesNotContain(standsIn, rows);
        Assert.Equal(6, await desk.App.Database.ScalarAsync<long>("select count(*) from sample_rows where sample_id = @sample", new { sample }));
        Assert.Equal(HttpStatusCode.Conflict, (await JudgeAsync(alice, rows[2], "conforming", "", ("x.txt", "x"))).StatusCode);

        static Task<HttpResponseMessage> ReplaceAsync(HttpClient client, long row, string reason) => client.PostAsJsonAsync($"/api/evidence/sample-rows/{row}/replacement", new { reason });
        static Task<HttpResponseMessage> JudgeAsync(HttpClient client, long row, string result, string note, params (string Name, string Text)[] files)
        {
            var form = new MultipartFormDataContent { { new StringContent(result), "result" }, { new StringContent(note), "note" } };
            foreach (var (name, text) in files)
            {
                form.Add(new StringContent(text), "file", name);
            }
            return client.PostAsync($"/api/evidence/sample-rows/{row}/results", form);
        }
    }

    /// <summary>A sample that is concluded, its first row with this result.</summary>
    private static async Task<long> DrawnAsync(long collection, string name, int rows, string first, Desk at)
    {
        var id = await TakeAsync(Alice, collection, name, rows, at);
        await at.App.Get<DrawSample>().RunAsync(Alice, id, new("event", null, null, null, null));
        var judge = at.App.Get<JudgeSample>();
        foreach (var (row, place) in (await at.App.Database.ListAsync<long>("select id from sample_rows where sample_id = @id order by place", new { id })).Select((row, place) => (row, place)))
        {
            await judge.RunAsync(Alice, row, new(place == 0 ? first : "conforming", "見た", null, []));
        }
        await judge.ConcludeAsync(Alice, id, "確かめた");
        return id;
    }

    private static async Task<long> TakeAsync(CurrentUser by, long collection, string name, int rows, Desk at)
    {
        var app = at.App;
        var blob = await app.Get<BlobStore>().SaveAsync(new MemoryStream(Encoding.UTF8.GetBytes("番号\n" + string.Concat(Enumerable.Range(1, rows).Select(number => $"{name}-{number}\n")))), 1 << 20, default);
        return await app.Get<TakePopulation>().RunAsync(by, collection, new(Guid.NewGuid().ToString("N"), name, "upload", "台帳", "件数と一致", new(2026, 10, 1)), new("file", "母集団.csv", "text/csv", blob));
    }
}
