using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>The year by request and month, each reader their own rows.</summary>
public sealed class YearPageTests(Desk desk) : IClassFixture<Desk>, IAsyncLifetime
{
    private static long late, toms;

    public async Task InitializeAsync()
    {
        if (late > 0)
        {
            return;
        }
        var request = await desk.RequestAsync(startOn: "2026-07-01");
        late = await desk.CollectionAsync(request, "2026-07-01");
        toms = await desk.RequestAsync("トムの依頼", owner: Cast.Tom, reviewer: Cast.Carol, startOn: "2026-07-01", item: "iso27001-2022:A.7.2");
        await desk.RequestAsync("毎月の確認", owner: Cast.Tom, reviewer: Cast.Carol, startOn: "2026-10-01", every: AuditTracker.Calendar.PeriodKind.Month, item: "iso27001-2022:A.7.2");
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task A_cell_has_day_shape_and_words_and_leads_to_the_collection()
    {
        var page = await PageAsync(Cast.Manami, "/evidence/year");

        Assert.Contains("年間計画 2026年度", Browsing.Plain(page));
        Assert.Matches($"<a href=\"/evidence/collections/{late}\\?back=%2Fevidence%2Fyear\"><span aria-hidden=\"true\">15</span><svg class=\"shape mark-late\".*?</svg><span class=\"hidden\">2026年7～9月分 期限 2026/10/15（木） 期限超過</span></a>", page);
        Assert.Matches("11月 ?今月", Browsing.Plain(page));
        Assert.Contains("scope=\"row\"", page);
    }

    [Fact]
    public async Task The_sums_of_months_open_exactly_their_rows_also_when_narrowed()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        // What somebody stands in for is counted with theirs, as in the list.
        await desk.App.Database.ArrangeAsync("update collections set deputy_id = @hana where id = @late", new { hana = Cast.Hana.PersonId, late });
        foreach (var query in new[] { "", "?owner=" + Cast.Tom.EmployeeNo, "?owner=" + Cast.Hana.EmployeeNo, "?department=D1", "?framework=pmark-jisq15001-2023" })
        {
            var page = await Browsing.PageAsync(manami, "/evidence/year" + query);
            var foot = page[page.IndexOf("<tfoot", StringComparison.Ordinal)..page.IndexOf("</tfoot>", StringComparison.Ordinal)];
            var sums = Regex.Matches(foot, "<a href=\"(/evidence/collections[^\"]+)\">(\\d+)<").Select(match => (match.Groups[1].Value.Replace("&amp;", "&"), match.Groups[2].Value)).ToList();
            Assert.NotEmpty(sums);
            foreach (var (href, count) in sums)
            {
                Assert.Contains($">{count}件<", await Browsing.PageAsync(manami, href));
            }
        }
        await desk.App.Database.ArrangeAsync("update collections set deputy_id = null where id = @late", new { late });
    }

    [Fact]
    public async Task Owners_and_heads_see_their_own_rows_and_management_all()
    {
        foreach (var (reader, own, others) in new[] { (Cast.Alice, true, false), (Cast.Hana, true, false), (Cast.Tom, true, true), (Cast.Carol, true, true) })
        {
            var page = await PageAsync(reader, "/evidence/year");
            Assert.Equal((own, others), (page.Contains("アクセス権棚卸し（顧客DB）"), page.Contains("トムの依頼")));
        }
        using var refused = await (await desk.App.PagesAsAsync(Cast.Mallory)).GetAsync("/evidence/year");
        Assert.Equal(HttpStatusCode.NotFound, refused.StatusCode);
        Assert.DoesNotContain("トムの依頼", await PageAsync(Cast.Alice, $"/evidence/year?owner={Cast.Tom.EmployeeNo}"));
    }

    [Fact]
    public async Task A_phone_gets_one_month_with_its_neighbours()
    {
        var page = await PageAsync(Cast.Manami, "/evidence/year?fy=2026&month=2026-12");
        var month = Browsing.Plain(page[page.IndexOf("id=\"month\"", StringComparison.Ordinal)..page.IndexOf("id=\"loads\"", StringComparison.Ordinal)]);
        Assert.Matches("12月 .*‹ 11月 .*1月 › .*毎月の確認 2026年11月分", month);
    }

    [Fact]
    public async Task Pages_follow_each_other_and_a_year_without_dues_says_what_makes_them()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var first = await Browsing.PageAsync(manami, "/evidence/year");
        Assert.DoesNotContain("after=", first);
        var after = await Browsing.PageAsync(manami, $"/evidence/year?after={toms}");
        Assert.DoesNotContain("トムの依頼", after);
        Assert.Contains("毎月の確認", after);
        Assert.Contains("before=", after);
        var before = await Browsing.PageAsync(manami, $"/evidence/year?before={toms}");
        Assert.Contains("アクセス権棚卸し（顧客DB）", before);
        Assert.Contains($"after=", before);
        Assert.Contains("2019年度に期限のある依頼はありません。", await Browsing.PageAsync(manami, "/evidence/year?fy=2019"));
    }

    [Fact]
    public async Task The_workbook_has_the_same_rows()
    {
        using var answer = await (await desk.App.PagesAsAsync(Cast.Alice)).GetAsync("/evidence/year?handler=Excel&fy=2026");
        var sheets = await Sheets.OfAsync(answer);
        Assert.Contains("アクセス権棚卸し（顧客DB）", sheets);
        Assert.Contains("15 期限超過", sheets);
        Assert.DoesNotContain("トムの依頼", sheets);
    }

    private async Task<string> PageAsync(Cast.Member member, string path) => await Browsing.PageAsync(await desk.App.PagesAsAsync(member), path);
}
