using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>The first page: one's own work on top, numbers only for those who steer, and every number opens its rows.</summary>
public sealed class TodayTests(Desk desk) : IClassFixture<Desk>, IAsyncLifetime
{
    private long late;

    public async Task InitializeAsync()
    {
        await desk.OnceAsync(ArrangeAsync);
        late = await desk.App.Database.ScalarAsync<long>("select min(id) from collections where state = 'open'");
    }

    private async Task ArrangeAsync()
    {
        // Alice: two quarters late, one of them sent back, and October's log due on 16 November; Mallory's is due on Thursday this week.
        await desk.RequestAsync();
        var returned = await desk.CollectionAsync(await desk.RequestAsync("ログレビュー", startOn: "2026-07-01"), "2026-07-01");
        await desk.HandInAsync(returned, Cast.Alice, "件数,");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), returned, Decision.Return, "件数の欄が空です");
        var waiting = await desk.CollectionAsync(await desk.RequestAsync("鍵台帳", startOn: "2026-07-01"), "2026-07-01");
        await desk.HandInAsync(waiting, Cast.Alice, "鍵,12");
        var soon = await desk.CollectionAsync(await desk.RequestAsync("入退室記録", owner: Cast.Tom, startOn: "2026-07-01"), "2026-07-01");
        var planned = await desk.RequestAsync("年度の確認", owner: Cast.Mallory, startOn: "2026-10-01");
        await desk.App.Database.ArrangeAsync("""
            update collections set due_on = '2026-11-26' where id = @soon;
            update people set left_on = '2026-11-20' where id = @left;
            """, new { soon, planned, left = Cast.Bob.PersonId });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task The_first_task_is_the_oldest_with_the_one_primary_button()
    {
        var page = await PageAsync(Cast.Alice);
        var text = Browsing.Plain(page);

        Assert.Matches("あなたがすること 3 期限超過3件 · 合わせて約60分 期限超過 アクセス権棚卸し（顧客DB） 2026年4～6月分 期限 2026/7/14（火） 133日超過 約20分 提出 ", text);
        Assert.Contains("件数の欄が空です", text);
        Assert.Contains("直して提出", text);
        Assert.Single(Regex.Matches(page, "class=\"button primary\""));
        Assert.Contains($"class=\"button primary\" href=\"/evidence/collections/{late}?back=/\"", page);
        Assert.DoesNotContain("会社全体", text);
        Assert.DoesNotContain("/controls?framework", page);
    }

    [Fact]
    public async Task Every_number_of_the_company_opens_exactly_its_rows()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await Browsing.PageAsync(manami, "/");
        var figures = Figures(page);

        Assert.Equal([("期限超過", 3), ("今週が期限", 1), ("差戻し", 1), ("担当者不在", 0), ("確認者なしの依頼", 5), ("確認者不在の証跡", 5)], figures.Select(figure => (figure.Word, figure.Count)));
        await OpensItsRowsAsync(manami, figures);
        var strip = Regex.Matches(page[page.IndexOf("class=\"strip\"", StringComparison.Ordinal)..], "<a href=\"(/evidence/collections[^\"]+)\">(?:\\s*<svg.*?</svg>)?\\s*(期限|超過) (\\d+)</a>", RegexOptions.Singleline)
            .Select(match => (match.Groups[2].Value, int.Parse(match.Groups[3].Value), match.Groups[1].Value.Replace("&amp;", "&"))).ToList();
        Assert.Contains(strip, month => month is ("期限", 3, _));
        Assert.Contains(strip, month => month is ("超過", 2, _));
        await OpensItsRowsAsync(manami, strip);
        Assert.Matches("11月 今月 期限 1", Browsing.Plain(page));
        Assert.Contains("aria-current=\"date\"", page);
    }

    [Fact]
    public async Task A_head_sees_the_numbers_of_the_department_and_they_open_its_rows()
    {
        var hana = await desk.App.PagesAsAsync(Cast.Hana);
        var page = await Browsing.PageAsync(hana, "/");

        Assert.Matches("あなたの部門 第一部 期限超過 3", Browsing.Plain(page));
        await OpensItsRowsAsync(hana, Figures(page));
        Assert.DoesNotContain("会社全体", page);
    }

    [Fact]
    public async Task Top_management_reads_bars_and_totals_and_an_employee_one_sentence_with_the_next_date()
    {
        var tom = Browsing.Plain(await PageAsync(Cast.Tom));
        Assert.Matches("会社全体 期限超過 3 .*充足 ISO/IEC 27001 .*Pマーク .*安全・安心マーク .*一年", tom);

        var mallory = Browsing.Plain(await PageAsync(Cast.Mallory));
        Assert.Matches("今日することはありません。 ?次は ?2027/1/18（月） ?の「 ?年度の確認 ?」です。", mallory);
        Assert.DoesNotMatch("一年 .*4月 期限", mallory);
    }

    [Fact]
    public async Task A_part_that_fails_says_so_and_the_rest_stays()
    {
        await desk.App.Database.ArrangeAsync("revoke select on items from " + AppRole);
        try
        {
            var page = Browsing.Plain(await PageAsync(Cast.Manami));
            Assert.Matches("会社全体 期限超過 3 .*充足 読み込めませんでした。.*一年 .*4月 期限 0", page);
        }
        finally
        {
            await desk.App.Database.ArrangeAsync("grant select on items to " + AppRole);
        }
    }

    [Fact]
    public async Task An_empty_installation_shows_its_manager_what_comes_first()
    {
        await using var empty = new Empty(await TestApp.StartAsync());
        var manami = await empty.App.PagesAsAsync(Cast.Manami);

        var page = await Browsing.PageAsync(manami, "/");

        Assert.Contains("はじめに", page);
        foreach (var step in new[] { "/people/import", "/controls", "/evidence/library" })
        {
            Assert.Contains($"<a href=\"{step}\">", page);
            await Browsing.PageAsync(manami, step);
        }
        Assert.DoesNotContain("会社全体", page);
    }

    private string AppRole => desk.App.Database.Installation.AppRole;

    private async Task<string> PageAsync(Cast.Member member) => await Browsing.PageAsync(await desk.App.PagesAsAsync(member), "/");

    private static List<(string Word, int Count, string Href)> Figures(string page) =>
        [.. Regex.Matches(page, "<li><a href=\"([^\"]+)\"><svg.*?</svg><span>([^<]+)</span> <b>(\\d+)</b>").Select(match => (match.Groups[2].Value, int.Parse(match.Groups[3].Value), match.Groups[1].Value.Replace("&amp;", "&")))];

    /// <summary>Follows each number: the list behind it says the same.</summary>
    private static async Task OpensItsRowsAsync(HttpClient client, List<(string Word, int Count, string Href)> figures)
    {
        Assert.NotEmpty(figures);
        foreach (var (word, count, href) in figures)
        {
            var list = await Browsing.PageAsync(client, href);
            Assert.True(count == 0 ? list.Contains("class=\"empty\"") : list.Contains($">{count}件<"), $"{word} {count} → {href}: {Regex.Match(list, "count-line[^<]*<")}");
        }
    }

    private sealed class Empty(TestApp app) : IAsyncDisposable
    {
        public TestApp App => app;
        public async ValueTask DisposeAsync() => await app.DisposeAsync();
    }
}
