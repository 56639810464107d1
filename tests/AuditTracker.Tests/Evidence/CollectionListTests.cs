using System.Data;
using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Platform.Workbooks;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>The list of collections: filters, orders, pages, and the same as a workbook.</summary>
public sealed class CollectionListTests(Desk desk) : IClassFixture<Desk>
{
    private CollectionStore Store => desk.App.Get<CollectionStore>();

    [Fact]
    public async Task Every_order_walks_all_rows_once_forwards_and_back_also_where_keys_tie()
    {
        foreach (var _ in Enumerable.Range(0, 3))
        {
            await desk.RequestAsync("名前も期限も同じ依頼");
        }
        await desk.RequestAsync("毎月の依頼", Cast.Hana, Cast.Manami, every: PeriodKind.Month);
        var orders = await ListWalk.EveryAsync(CollectionOrders.All, 7, slice => Store.PageAsync(Desk.Manager, new(), slice, default), row => row.Id);
        Assert.True(orders[0].Count > 40);
    }

    [Theory]
    [InlineData("")]
    [InlineData("&state=all&sort=-title")]
    [InlineData("&overdue=true&sort=assignee")]
    [InlineData("&state=all&assignee=900008&sort=-due")]
    [InlineData("&state=all&reviewer=900005&dueFrom=2026-08-01&dueBefore=2027-02-01")]
    [InlineData("&department=D1&framework=pmark-jisq15001-2023&sort=state")]
    public async Task The_workbook_has_the_rows_the_order_and_the_words_of_the_screen(string rest)
    {
        await desk.RequestAsync("表に出す依頼A");
        await desk.RequestAsync("表に出す依頼B", Cast.Hana, Cast.Manami, every: PeriodKind.Half, startOn: "2026-01-01");
        var list = "/evidence/collections?q=%E8%A1%A8%E3%81%AB%E5%87%BA%E3%81%99" + rest; // 表に出す
        var manami = await desk.App.PagesAsAsync(Cast.Manami);

        var page = await manami.PageAsync(list);
        var screen = Regex.Matches(page, "<th scope=\"row\".*?<a[^>]*>(.*?)</a> <span class=\"sub\">(.*?)</span>.*?<td.*?<span class=\"s[^>]*>.*?</svg>(.*?)</span>", RegexOptions.Singleline)
            .Select(match => string.Join("|", match.Groups.Values.Skip(1).Select(group => WebUtility.HtmlDecode(group.Value).Trim()))).ToList();
        var sheet = await Desk.WorkbookAsync(manami, page);
        var rows = sheet[1].Rows.Cast<DataRow>().Skip(1).Select(row => $"{row[0]}|{row[1]}|{row[2]}").ToList();

        Assert.NotEmpty(screen);
        Assert.Equal(screen, rows);
        var cover = string.Join("\n", sheet[0].Rows.Cast<DataRow>().Select(row => string.Join("\t", row.ItemArray)));
        Assert.Contains($"件数\t{rows.Count:N0}件", cover);
        Assert.All(Regex.Matches(page, "class=\"chip\"[^>]*>(.*?)<").Select(match => WebUtility.HtmlDecode(match.Groups[1].Value)), chip => Assert.Contains(chip, cover));
        Assert.Contains("基準時刻\t2026/11/24（火） 9:0", cover);
    }

    [Fact]
    public async Task More_readers_at_once_than_there_are_connections_are_all_answered_and_the_server_keeps_some()
    {
        await desk.RequestAsync("大勢が読む依頼", every: PeriodKind.Month);
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var answers = await Task.WhenAll(Enumerable.Range(0, 120).Select(number => number % 3 == 0 ? bob.GetAsync("/evidence/review") : manami.GetAsync(number % 3 == 1 ? "/evidence/collections?state=all" : "/evidence/collections")));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.InRange(await desk.App.Database.ScalarAsync<long>("select count(*) from pg_stat_activity where datname = current_database() and application_name = 'audit-tracker'"), 2, 40);
    }

    [Theory]
    [InlineData("x")]
    [InlineData("due.2026-13-01_1")]
    [InlineData("title.1_2_2026-01-01_3")]
    [InlineData("due.2026-01-01_1_2")]
    public async Task A_place_that_is_none_begins_anew_and_says_so(string place)
    {
        await desk.RequestAsync("位置の依頼");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var first = await manami.PageAsync("/evidence/collections");
        foreach (var key in new[] { "after", "before" })
        {
            var page = await manami.PageAsync($"/evidence/collections?{key}={place}");
            Assert.Contains("アドレスにあった位置は、いまの一覧にありません。最初から表示しています。", page);
            Assert.Equal(Rows(first), Rows(page));
        }
        Assert.DoesNotContain("アドレスにあった位置は", first);
    }

    [Fact]
    public async Task The_rows_somebody_reaches_are_those_they_may_see()
    {
        await desk.RequestAsync("届く範囲の依頼");
        await desk.RequestAsync("届かない依頼", Cast.Mallory, Cast.Manami, item: "safe-security-isp:2");
        await desk.App.Database.ArrangeAsync("insert into role_grants (account_id, role, framework, from_on, at) values (@account, 'reviewer', 'safe-security-isp', '2020-04-01', now())", new { account = Cast.Tom.AccountId });
        foreach (var (member, roles) in new (Cast.Member, Role[])[] { (Cast.Alice, [Role.ControlOwner]), (Cast.Bob, [Role.Reviewer]), (Cast.Hana, [Role.ControlOwner]), (Cast.Mallory, []), (Cast.Carol, [Role.InternalAuditor]), (Cast.Tom, [Role.Reviewer]) })
        {
            var user = Desk.User(member, roles);
            await using var connection = await desk.App.Database.Db.OpenAsync();
            var may = await connection.ListAsync<long>($"select c.id from collections c where {CollectionScope.Condition} order by c.due_on, c.id", CollectionScope.Parameters(user));
            var listed = await Store.PageAsync(user, new(), new(CollectionOrders.Due, false, 10_000), default);
            Assert.Equal(may, listed.Rows.Select(row => row.Id));
            Assert.Equal(may.Count, await Store.CountAsync(user, new(), 10_000, default));
        }
        Assert.NotEmpty((await Store.PageAsync(Desk.User(Cast.Tom, Role.Reviewer), new(), new(CollectionOrders.Due, false, 10), default)).Rows);
    }

    [Fact]
    public async Task A_list_without_rows_of_ones_own_tells_no_count_and_gives_no_workbook_of_others()
    {
        await desk.RequestAsync("森さんには見えない依頼");
        await desk.RequestAsync("森さんの依頼", Cast.Mallory, Cast.Manami);
        var mallory = await desk.App.PagesAsAsync(Cast.Mallory);
        var page = await mallory.PageAsync("/evidence/collections?state=all");
        var own = await desk.App.Database.ScalarAsync<long>("select count(*) from collections where assignee_id = @id", new { id = Cast.Mallory.PersonId });
        Assert.Contains($">{own}件<", page);
        Assert.DoesNotContain("name=\"id\"", page);
        var sheet = await Desk.WorkbookAsync(mallory, page);
        Assert.Equal(own, sheet[1].Rows.Count - 1);
        Assert.DoesNotContain(sheet[1].Rows.Cast<DataRow>(), row => "森さんには見えない依頼".Equals(row[0]));
        Assert.Contains("該当する", await mallory.PageAsync("/evidence/collections?assignee=900001&state=all"));
    }

    private static List<string> Rows(string page) => [.. Regex.Matches(page, "href=\"/evidence/collections/(\\d+)").Select(match => match.Groups[1].Value)];
}
