using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Overview;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>Coverage over everything: today's numbers open their rows, yesterday's were kept once and agree with what is computed as of then.</summary>
public sealed class CoveragePageTests(Desk desk) : IClassFixture<Desk>, IAsyncLifetime
{
    public Task InitializeAsync() => desk.OnceAsync(async () =>
    {
        var request = await desk.RequestAsync(startOn: "2026-07-01");
        var collection = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(collection, Cast.Alice, "id,name");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), collection, Decision.Accept, "");
        await desk.App.Database.ArrangeAsync("""
            update request_versions set at = '2026-09-20T00:00:00Z';
            update controls set owner_id = @alice where framework = 'iso27001-2022' and ref in ('A.5.18', 'A.5.19');
            """, new { alice = Cast.Alice.PersonId });
        await desk.App.Get<KeepCoverageDays>().RunAsync(CancellationToken.None);
    });

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Days_missed_in_a_downtime_are_made_up_for_a_month()
    {
        await using var own = new Desk();
        await own.InitializeAsync();
        await own.RequestAsync(startOn: "2026-07-01");
        await own.App.Database.ArrangeAsync("update request_versions set at = '2026-11-01T00:00:00Z'");
        Assert.Equal(1, await own.App.Get<KeepCoverageDays>().RunAsync(CancellationToken.None));
        await own.App.Database.SetClockAsync("2026-11-28T09:00:00");
        Assert.Equal(4, await own.App.Get<KeepCoverageDays>().RunAsync(CancellationToken.None));
        Assert.Equal(["2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26", "2026-11-27"], await own.App.Database.ListAsync<string>("select distinct day::text from coverage_item_days order by 1"));
        await own.App.Database.SetClockAsync("2027-01-15T09:00:00");
        await own.App.Get<KeepCoverageDays>().RunAsync(CancellationToken.None);
        Assert.Equal((1L, 30L), (await own.App.Database.ScalarAsync<long>("select count(distinct day) from coverage_item_days where day between '2026-11-28' and '2026-12-14'"), await own.App.Database.ScalarAsync<long>("select count(distinct day) from coverage_item_days where day >= '2026-12-15' and day <> '2026-12-31'")));
    }

    [Fact]
    public async Task Month_ends_since_the_first_request_and_yesterday_are_kept_once_as_they_were()
    {
        var database = desk.App.Database;
        Assert.Equal(["2026-09-30", "2026-10-31", "2026-11-23"], await database.ListAsync<string>("select distinct day::text from coverage_item_days order by 1"));
        Assert.Equal(0, await desk.App.Get<KeepCoverageDays>().RunAsync(CancellationToken.None));

        foreach (var day in new[] { new DateOnly(2026, 9, 30), new DateOnly(2026, 10, 31) })
        {
            var computed = await desk.App.Get<CoverageStore>().OfFrameworkAsync("iso27001-2022", new DateTime(day.AddDays(1), new TimeOnly(14, 59, 59), DateTimeKind.Utc).AddDays(-1));
            var kept = (await desk.App.Get<CoverageDays>().ListAsync([day])).Where(row => row.Framework == "iso27001-2022").ToList();
            Assert.Equal(computed.Values.CountBy(item => item.State).OrderBy(state => state.Key), kept.GroupBy(row => row.State).Select(group => KeyValuePair.Create(group.Key, group.Sum(row => row.Items))).OrderBy(state => state.Key));
        }
        Assert.Equal(1, (await desk.App.Get<CoverageDays>().ListAsync([new(2026, 9, 30)])).Where(row => row is { Framework: "iso27001-2022", State: CoverageState.Collecting }).Sum(row => row.Items));
        Assert.Equal(1, (await desk.App.Get<CoverageDays>().ListAsync([new(2026, 10, 31)])).Where(row => row is { Framework: "iso27001-2022", State: CoverageState.Stale }).Sum(row => row.Items));
    }

    [Fact]
    public async Task The_page_says_what_changed_and_draws_the_trend_with_a_table_beside_it()
    {
        var page = await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Manami), "/controls/coverage");
        var text = Browsing.Plain(page);

        Assert.Contains("先月末より1増えました。", text);
        Assert.Contains("1 / 123項番 充足（0%）", text);
        Assert.Matches("推移 12か月 ISO/IEC 27001は0%です。", text);
        Assert.Equal(2, Regex.Count(page, "<svg[^>]*role=\"img\""));
        Assert.Matches("2026/10/31（土） 0% \\(0/123\\)", text);
        Assert.Contains("2026/8/31（月） 記録なし", text);
        Assert.DoesNotContain("style=", page);
    }

    [Fact]
    public async Task Themes_departments_and_owners_changed_as_much_together_as_the_framework_did()
    {
        foreach (var framework in new[] { "iso27001-2022", "pmark-jisq15001-2023" })
        {
            var now = await desk.App.Get<ShowCoverage>().RunAsync(Desk.Manager, framework, await desk.App.Get<CompanyDays>().LoadAsync(default), default);
            var kept = (await desk.App.Get<CoverageDays>().ListAsync([new(2026, 10, 31)])).Where(row => row.Framework == framework && row.State == CoverageState.Covered).Sum(row => row.Items);
            var change = now.Frameworks.Single(row => row.Framework.Key == framework).Now.Covered - kept;
            Assert.Equal(1, change);
            Assert.All(new[] { now.ByTheme, now.ByDepartment, now.ByOwner }, shares => Assert.Equal(change, shares.Sum(share => share.Change)));
        }
        var page = Browsing.Plain(await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Manami), "/controls/coverage?framework=iso27001-2022"));
        Assert.Matches("第一部 1 / 2 \\(50%\\) 1増", page);
        // Each group month by month: what was not kept says so, then the two month-ends, then now.
        Assert.Matches("第一部 (－ ){10}0% 0/2 0% 0/2 50% 1/2", page);
        var shown = await desk.App.Get<ShowCoverage>().RunAsync(Desk.Manager, "iso27001-2022", await desk.App.Get<CompanyDays>().LoadAsync(default), default);
        foreach (var shares in new[] { shown.ByTheme, shown.ByDepartment, shown.ByOwner })
        {
            Assert.Equal(shown.Trend.Select(point => point.Shares.TryGetValue("iso27001-2022", out var share) ? share.Covered : (int?)null),
                Enumerable.Range(0, shown.Trend.Count).Select(at => shares.All(share => share.Trend[at] is null) ? null : (int?)shares.Sum(share => share.Trend[at]!.Covered)));
        }
    }

    [Fact]
    public async Task Every_number_opens_its_items()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await Browsing.PageAsync(manami, "/controls/coverage?framework=iso27001-2022");
        var main = page[page.IndexOf("id=\"gaps\"", StringComparison.Ordinal)..];
        var numbers = Regex.Matches(main, "<a href=\"(/controls\\?framework=[^\"]+)\">(\\d+)</a>").Select(match => (Href: match.Groups[1].Value.Replace("&amp;", "&"), Count: match.Groups[2].Value)).ToList();

        Assert.Contains(numbers, number => number.Href.EndsWith("gaps=true", StringComparison.Ordinal) && number.Count == "122");
        Assert.Contains(numbers, number => number.Href.Contains("owner=900001&state=missing") && number.Count == "1");
        foreach (var (href, count) in numbers)
        {
            Assert.Contains($">{count}項番<", await Browsing.PageAsync(manami, href));
        }
    }

    [Fact]
    public async Task An_owner_sees_their_items_only_and_no_trend_of_the_company()
    {
        var page = Browsing.Plain(await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Alice), "/controls/coverage"));
        Assert.Contains("1 / 2項番 充足（50%）", page);
        Assert.DoesNotContain("推移 12か月", page);
    }

    [Fact]
    public async Task The_workbook_has_the_themes_and_the_gaps()
    {
        using var answer = await (await desk.App.PagesAsAsync(Cast.Manami)).GetAsync("/controls/coverage?handler=Excel&framework=iso27001-2022");
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", answer.Content.Headers.ContentType!.MediaType);
        var sheets = await Sheets.OfAsync(answer);
        Assert.Contains("組織的", sheets);
        Assert.Contains("A.5.19", sheets);
        Assert.Contains("相川 有栖", sheets);
    }
}

/// <summary>The texts of a workbook that was answered.</summary>
internal static class Sheets
{
    public static async Task<string> OfAsync(HttpResponseMessage answer)
    {
        using var archive = new System.IO.Compression.ZipArchive(await answer.Content.ReadAsStreamAsync());
        var texts = new List<string>();
        foreach (var part in archive.Entries.Where(part => part.FullName.StartsWith("xl/worksheets/sheet", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(part.Open());
            texts.Add(await reader.ReadToEndAsync());
        }
        return string.Join('\n', texts);
    }
}
