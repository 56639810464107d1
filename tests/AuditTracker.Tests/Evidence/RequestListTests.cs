using System.Data;
using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>The list of requests: orders, filters, the workbook, and what is done to several at once.</summary>
public sealed class RequestListTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task Every_order_walks_all_requests_once_forwards_and_back()
    {
        foreach (var every in new[] { PeriodKind.Month, PeriodKind.Quarter, PeriodKind.Half, PeriodKind.Year, PeriodKind.Quarter })
        {
            await desk.RequestAsync("並べる依頼", every == PeriodKind.Half ? Cast.Hana : Cast.Alice, every: every);
        }
        var store = desk.App.Get<RequestStore>();
        foreach (var order in RequestOrders.All)
        {
            foreach (var descending in new[] { false, true })
            {
                var whole = (await store.PageAsync(Desk.Manager, new(), new(order, descending, 100), default)).Rows.Select(row => row.Id).ToList();
                var walked = new List<long>();
                string? after = null;
                do
                {
                    var page = await store.PageAsync(Desk.Manager, new(), new(order, descending, 2, after), default);
                    walked.AddRange(page.Rows.Select(row => row.Id));
                    if (page.Before is { } before)
                    {
                        Assert.Equal(walked[^(page.Rows.Count + 2)..^page.Rows.Count], (await store.PageAsync(Desk.Manager, new(), new(order, descending, 2, Before: before), default)).Rows.Select(row => row.Id));
                    }
                    after = page.After;
                }
                while (after is not null);
                Assert.Equal(whole, walked);
            }
        }
    }

    [Fact]
    public async Task Requests_with_nothing_ahead_are_on_the_later_pages_too()
    {
        var ids = new List<long>();
        for (var i = 0; i < 7; i++)
        {
            ids.Add(await desk.RequestAsync($"先のない依頼 {i}"));
        }
        await desk.App.Database.ArrangeAsync("update collections set state = 'waived' where request_id = any(@ids)", new { ids = ids.Skip(2).ToArray() });
        var store = desk.App.Get<RequestStore>();
        await ListWalk.EveryAsync([RequestOrders.Next], 2, slice => store.PageAsync(Desk.Manager, new(Search: "先のない依頼"), slice, default), row => row.Id);
    }

    [Theory]
    [InlineData("&sort=-next")]
    [InlineData("&frequency=month&sort=owner")]
    [InlineData("&owner=none")]
    public async Task The_workbook_has_the_rows_and_the_order_of_the_screen(string rest)
    {
        await desk.RequestAsync("表の依頼 四半期");
        await desk.RequestAsync("表の依頼 毎月", Cast.Hana, Cast.Manami, every: PeriodKind.Month);
        var gone = await desk.RequestAsync("表の依頼 担当なし", Cast.Tom, Cast.Manami);
        await desk.App.Database.ArrangeAsync("update people set left_on = '2026-11-01' where id = @id", new { id = Cast.Tom.PersonId });
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/requests?q=%E8%A1%A8%E3%81%AE%E4%BE%9D%E9%A0%BC" + rest); // 表の依頼
        await desk.App.Database.ArrangeAsync("update people set left_on = null where id = @id", new { id = Cast.Tom.PersonId });
        var screen = Regex.Matches(page, "<th scope=\"row\".*?<a href=\"/evidence/requests/(\\d+)[^>]*>(.*?)</a>").Select(match => (Id: match.Groups[1].Value, Title: WebUtility.HtmlDecode(match.Groups[2].Value))).ToList();
        Assert.NotEmpty(screen);
        if (rest.Contains("none"))
        {
            Assert.Contains($"{gone}", screen.Select(row => row.Id));
            Assert.Contains("担当者不在", page);
            return;
        }
        var sheet = await Desk.WorkbookAsync(manami, page);
        Assert.Equal(screen.Select(row => row.Title), sheet[1].Rows.Cast<DataRow>().Skip(1).Select(row => (string)row[0]));
    }

    [Fact]
    public async Task Several_requests_go_to_somebody_else_or_end_after_a_check()
    {
        var (first, second) = (await desk.RequestAsync("まとめる依頼1"), await desk.RequestAsync("まとめる依頼2", Cast.Hana, Cast.Manami));
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var check = $"/evidence/requests/bulk?act=owner&id={first}&id={second}&id=999999";
        var page = await manami.PageAsync(check);
        Assert.Contains("選んだ2件のうち2件の依頼の担当を変更します。", Browsing.Plain(page));
        using (var partly = await manami.SendAsync(page, check, ("do", "Owner"), ("Input.To", "900008")))
        {
            Assert.Contains("1件の依頼の担当を変更しました。次の1件はできませんでした。", Browsing.Plain(await partly.Content.ReadAsStringAsync()));
        }
        var store = desk.App.Get<RequestStore>();
        Assert.Equal("900008", (await store.FindAsync(Desk.Manager, first, default))!.Owner);

        check = $"/evidence/requests/bulk?act=end&id={first}&id={second}";
        page = await manami.PageAsync(check);
        using (var unread = await manami.SendAsync(page, check, ("do", "End"), ("Input.EndOn", "あした")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unread.StatusCode);
        }
        using var ended = await manami.SendAsync(page, check, ("do", "End"), ("Input.EndOn", "2026/12/31"));
        Assert.Equal(HttpStatusCode.Redirect, ended.StatusCode);
        Assert.Equal(new DateOnly(2026, 12, 31), (await store.FindAsync(Desk.Manager, second, default))!.EndOn);
        Assert.Contains("すでに終了しています", await manami.PageAsync(check));
        using var bob = await (await desk.App.PagesAsAsync(Cast.Bob)).GetAsync(check);
        Assert.Equal(HttpStatusCode.NotFound, bob.StatusCode);
    }
}
