using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using AuditTracker.Platform;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

public sealed partial class ReportPagesTests : IAsyncLifetime
{
    private readonly TestApp app = new();

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await Quarter.PlayAsync(app.Database);
    }

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_workbook_is_made_from_the_page_watched_and_downloaded()
    {
        using var pages = await app.PagesAsAsync(Cast.Manami);
        var page = await TextAsync(pages, "/reports");
        Assert.Contains("2 / 122項番が充足しています。", page);
        Assert.Contains("/controls?framework=iso27001-2022&state=missing", page);
        Assert.Contains("期限を過ぎた収集 1件", page);
        Assert.Contains("value=\"2026/4/1\"", page);
        Assert.Contains("value=\"2027/3/31\"", page);

        var made = await PostAsync(pages, "/reports?framework=iso27001-2022", page, ("Input.From", "R8.7.1"), ("Input.To", "9/30"), ("Input.Cutoff", "2026/11/23"), ("Input.CutoffTime", "１７：００"), ("Input.Language", "ja"));
        var run = made.Headers.Location!.ToString();
        Assert.Matches("^/reports/runs/[0-9]+$", run);
        Assert.Equal("2026-07-01 2026-09-30 2026-11-23 08:00:00", await app.Database.ScalarAsync<string>("select from_on || ' ' || to_on || ' ' || to_char(cutoff_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from report_runs"));
        var waiting = await TextAsync(pages, run);
        Assert.Contains("帳票の作成を受け付けました。", waiting);
        Assert.Contains("画面を閉じても続きます", waiting);
        Assert.Contains($"data-poll=\"{run}?handler=progress\"", waiting);
        Assert.Equal("queued", (await pages.GetFromJsonAsync<JsonElement>($"{run}?handler=progress")).GetProperty("state").GetString());

        await app.Get<BuildReports>().RunAsync(default);

        var done = await TextAsync(pages, run);
        Assert.Contains("まだ誰もダウンロードしていません。", done);
        Assert.Contains(await app.Database.ScalarAsync<string>("select sha256 from report_runs"), done);
        var file = await pages.GetAsync($"{run}?handler=file");
        Assert.Equal("証跡一覧_iso27001-2022_20261123.xlsx", file.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Contains("間 真奈美", (await TextAsync(pages, run))[^2000..]);
        var list = await TextAsync(pages, "/reports");
        Assert.Contains($"href=\"{run}?back=%2Freports\"", list);
        var book = await Evidence.Desk.WorkbookAsync(pages, list);
        Assert.Equal(("完成", "証跡一覧_iso27001-2022_20261123.xlsx", await app.Database.ScalarAsync<string>("select sha256 from report_runs")), ((string)book[1].Rows[1][2], (string)book[1].Rows[1][8], (string)book[1].Rows[1][10]));
        Assert.Equal(HttpStatusCode.NotFound, (await (await app.PagesAsAsync(Cast.Alice)).GetAsync("/reports?handler=Excel")).StatusCode);
    }

    [Fact]
    public async Task What_cannot_be_read_keeps_what_was_typed_and_says_so_at_the_field()
    {
        using var pages = await app.PagesAsAsync(Cast.Manami);
        var page = await TextAsync(pages, "/reports");

        var answer = await PostAsync(pages, "/reports?framework=iso27001-2022", page, ("Input.From", "8.11.22"), ("Input.To", "2026/9/30"), ("Input.Cutoff", "2026/11/1"), ("Input.CutoffTime", "夕方"), ("Input.Language", "ja"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var text = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("「8.11.22」は2通りに読めます", text);
        Assert.Contains("「夕方」は時刻として読めません", text);
        Assert.Contains("value=\"夕方\"", text);

        var future = await PostAsync(pages, "/reports?framework=iso27001-2022", page, ("Input.From", "2026/7/1"), ("Input.To", "2026/9/30"), ("Input.Cutoff", "2026/11/25"), ("Input.Language", "ja"));
        Assert.Contains("基準時刻が未来です", WebUtility.HtmlDecode(await future.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_run_that_failed_says_what_to_do_and_is_made_again()
    {
        var id = await app.Get<RequestReport>().AskAsync(Cast.Manami.User(), new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), null, "ja"));
        await app.Database.ArrangeAsync("update report_runs set state = 'failed', error = 'TooManyRows:evidence'");
        using var carol = await app.PagesAsAsync(Cast.Carol);
        using var tom = await app.PagesAsAsync(Cast.Tom);

        Assert.DoesNotContain("<form method=\"post\">", await TextAsync(tom, $"/reports/runs/{id}"));
        carol.DefaultRequestHeaders.AcceptLanguage.Clear();
        carol.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
        var page = await TextAsync(carol, $"/reports/runs/{id}");
        Assert.Contains("Sheet Evidence has more rows than Excel can hold", page);
        Assert.Equal(HttpStatusCode.Redirect, (await PostAsync(carol, $"/reports/runs/{id}", page)).StatusCode);
        Assert.Equal("queued", await app.Database.ScalarAsync<string>("select state from report_runs"));
    }

    [Fact]
    public async Task Management_looks_but_does_not_ask_and_others_find_no_page()
    {
        var id = await app.Get<RequestReport>().AskAsync(Cast.Manami.User(), new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), null, "ja"));
        using var tom = await app.PagesAsAsync(Cast.Tom);
        var page = await TextAsync(tom, "/reports");
        Assert.DoesNotContain("帳票の作成", page);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<RequestReport>().AskAsync(Cast.Tom.User(), new ReportInput(Quarter.Framework, new(2026, 7, 1), new(2026, 9, 30), null, "ja")));
        await Assert.ThrowsAsync<NotFound>(() => app.Get<RequestReport>().AskAgainAsync(Cast.Tom.User(), id));
        using var mallory = await app.PagesAsAsync(Cast.Mallory);
        foreach (var path in new[] { "/reports", $"/reports/runs/{id}", $"/reports/runs/{id}?handler=progress", $"/reports/runs/{id}?handler=file" })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await mallory.GetAsync(path)).StatusCode);
        }
    }

    [Fact]
    public async Task Older_runs_stand_behind_a_cursor()
    {
        await app.Database.ArrangeAsync("""
            insert into report_runs (kind, framework, from_on, to_on, cutoff_at, language, requested_by, created_at)
            select 'evidence', 'iso27001-2022', '2026-07-01', '2026-09-30', now(), 'ja', 5, now() from generate_series(1, 45)
            """);
        var (first, previous, next) = await app.Get<ReportRunStore>().ListAsync(Cast.Manami.User(), null, null, 20, default);
        Assert.Equal((45L, 26L, null, 26L), (first[0].Id, first[^1].Id, previous, next));
        var (second, back, on) = await app.Get<ReportRunStore>().ListAsync(Cast.Manami.User(), next, null, 20, default);
        Assert.Equal((25L, 6L, 25L, 6L), (second[0].Id, second[^1].Id, back, on));
        var (last, _, end) = await app.Get<ReportRunStore>().ListAsync(Cast.Manami.User(), on, null, 20, default);
        Assert.Equal((5L, 1L, null), (last[0].Id, last[^1].Id, end));
        var (again, none, _) = await app.Get<ReportRunStore>().ListAsync(Cast.Manami.User(), null, back, 20, default);
        Assert.Equal((45L, 26L, null), (again[0].Id, again[^1].Id, none));
        Assert.Empty((await app.Get<ReportRunStore>().ListAsync(Cast.Mallory.User(), null, null, 20, default)).Rows);
    }

    private static async Task<string> TextAsync(HttpClient pages, string path)
    {
        var answer = await pages.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient pages, string path, string page, params (string Name, string Value)[] fields) =>
        pages.PostAsync(path, new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Name, field.Value)),
            KeyValuePair.Create("__RequestVerificationToken", Token().Match(page).Groups[1].Value)]));

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
