using System.Text.RegularExpressions;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>Applications for waivers and due dates, on the first page of those who decide and in their list.</summary>
public sealed class TodayAsksTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task Applications_are_on_the_first_page_of_who_decides_and_counted_whole()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Contains("今日することはありません", await Browsing.PageAsync(manami, "/"));
        var collection = await desk.CollectionAsync(await desk.RequestAsync("免除を頼む依頼"), "2026-07-01");
        await desk.App.Get<WaiveCollection>().AskAsync(Desk.User(Cast.Alice, AuditTracker.Platform.Security.Role.ControlOwner), collection, "設備がありません");
        var page = await Browsing.PageAsync(manami, "/");
        Assert.DoesNotContain("今日することはありません", page);
        Assert.Matches("免除・期限変更の申請 1 免除 免除を頼む依頼 (2026年)?7～9月分 .*相川 有栖 申請を見て決める（1件）", Browsing.Plain(page));
        Assert.Contains($"/evidence/collections/{collection}/waiver?back=/", page);
        Assert.Matches("^今日 1", MenuOf(page));
        // Not of who asked, nor of a reviewer who cannot waive.
        Assert.DoesNotContain("免除・期限変更の申請", await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Alice), "/"));
        Assert.DoesNotContain("免除・期限変更の申請", await Browsing.PageAsync(await desk.App.PagesAsAsync(Cast.Bob), "/"));

        await desk.App.Database.ArrangeAsync("insert into collection_notes (collection_id, kind, by_account, by_person, at, words) select @collection, 'askWaiver', 1, 1, business_now(), '理由' || n from generate_series(1, 220) n", new { collection });
        Assert.Contains("申請を見て決める（221件）", await Browsing.PageAsync(manami, "/"));
        Assert.Matches("^今日 221", MenuOf(await Browsing.PageAsync(manami, "/")));
        var seen = 0;
        for (var href = "/evidence/asks"; href.Length > 0;)
        {
            var list = await Browsing.PageAsync(manami, href);
            Assert.Contains(">221件<", list);
            seen += Regex.Count(list, "scope=\"row\"");
            href = Regex.Match(list, "href=\"([^\"]*after=[^\"]*)\"").Groups[1].Value.Replace("&amp;", "&", StringComparison.Ordinal);
            href = href.StartsWith('?') ? "/evidence/asks" + href : href;
        }
        Assert.Equal(221, seen);
    }

    private static string MenuOf(string page) => Browsing.Plain(Regex.Match(page, "<nav class=\"menu\".*?</nav>", RegexOptions.Singleline).Value).Trim();
}
