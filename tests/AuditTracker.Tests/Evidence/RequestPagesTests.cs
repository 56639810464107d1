using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Requests and the library as a browser without script uses them.</summary>
public sealed class RequestPagesTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly (string, string)[] Form =
    [
        ("Input.Title", "アカウント台帳の点検"), ("Input.Guidance", "台帳の写し"), ("Input.Minutes", "２０"), ("Input.Every", "quarter"), ("Input.Opens", "1"), ("Input.Due", "10"),
        ("Input.DueUnit", "businessDays"), ("Input.StartOn", "R8.10.1"), ("Input.EndOn", ""), ("Input.OwnerSearch", ""), ("Input.ReviewerSearch", ""), ("Input.ItemSearch", ""), ("Input.Version", "0"),
    ];

    private static (string, string)[] With(params (string, string)[] more) => [.. Form.Where(field => more.All(other => other.Item1 != field.Item1)), .. more];

    [Fact]
    public async Task A_request_is_made_without_script_searching_people_and_items_on_the_way()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/requests/new");

        using var found = await manami.SendAsync(page, "/evidence/requests/new", With(("Input.OwnerSearch", "900001"), ("Input.ReviewerSearch", "望"), ("Input.ItemSearch", "Ａ.5.18"), ("do", "find")));
        page = await found.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, found.StatusCode);
        Assert.Contains("value=\"アカウント台帳の点検\"", page);
        Assert.Equal("R8.10.1", Browsing.Hidden(page, "Input.StartOn"));
        // One match is chosen; two are offered, told apart by department and number.
        Assert.Matches("name=\"Input.Owner\" value=\"900001\"[^>]*checked", page);
        Assert.Matches("坊田 望.*第二部 900002.*安達 望.*第二部 900006", Browsing.Plain(page));
        Assert.DoesNotMatch("name=\"Input.Reviewer\"[^>]*checked", page);
        Assert.Matches("name=\"Input.Items\" value=\"iso27001-2022:A.5.18\"", page);

        using var saved = await manami.SendAsync(page, "/evidence/requests/new", With(("Input.Owner", "900001"), ("Input.Reviewer", "900002"), ("Input.Items", "iso27001-2022:A.5.18"), ("Input.Items", "safe-security-isp:2"), ("do", "save")));

        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);
        page = await manami.PageAsync(saved.Headers.Location!.OriginalString);
        Assert.Contains("「アカウント台帳の点検」を追加しました。", page);
        Assert.Contains("四半期、 相川 有栖 さんが対象期間の末日から10営業日後までに提出します。", Browsing.Plain(page));
        Assert.Contains("href=\"/controls/iso27001-2022/A.5.18\"", page);
        Assert.Contains("2026年10～12月分 2027/1/1（金） に開く・期限 2027/1/18（月）", Browsing.Plain(page));
    }

    [Fact]
    public async Task The_next_six_dates_are_shown_with_the_closed_days_that_moved_them_and_nothing_is_saved()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/requests/new");
        var before = await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests");

        using var shown = await manami.SendAsync(page, "/evidence/requests/new", With(("Input.Every", "month"), ("Input.Due", "10"), ("Input.DueUnit", "days"), ("Input.StartOn", "2026/9/1"), ("do", "preview")));
        var text = Browsing.Plain(await shown.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Matches("毎月。期限は対象期間の末日から10日後（休業日のときは前の営業日）。.*2026年11月分 2026/12/1（火） 2026/12/10（木） 2026/12/10（木）", text);
        Assert.Matches("2026年12月分 2027/1/1（金） 2027/1/10（日） 2027/1/8（金） 2027/1/10（日） は休業日（日曜日）のため、前の営業日です。", text);
        Assert.Contains("期限を過ぎた2回分も依頼になります", text);
        Assert.Equal(before, await desk.App.Database.ScalarAsync<long>("select count(*) from evidence_requests"));
    }

    [Fact]
    public async Task Everything_wrong_is_named_at_its_field_and_everything_typed_stays()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync("/evidence/requests/new");

        using var refused = await manami.SendAsync(page, "/evidence/requests/new",
            With(("Input.Title", " "), ("Input.Minutes", "すこし"), ("Input.StartOn", "8.11.22"), ("Input.Guidance", "とても長い説明"), ("Input.OwnerSearch", "望"), ("do", "save")));
        page = await refused.Content.ReadAsStringAsync();
        var text = Browsing.Plain(page);

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("<title>エラー：", page);
        Assert.Contains("入力内容を確認してください（6件）", text);
        foreach (var (field, message) in new[]
        {
            ("Title", "名称を入力してください。"), ("Minutes", "「すこし」は数字として読めません。"), ("Owner", "「望」で見つかった人から1名を選んでください。"), ("Reviewer", "確認する人を探して選んでください。"),
            ("StartOn", "「8.11.22」は2通りに読めます（令和8年11月22日／2008年11月22日）。R8.11.22 または 2008/11/22 の形で入力してください。"), ("Items", "この証跡が支える項番を1つ以上選んでください。"),
        })
        {
            Assert.Contains($"<a href=\"#Input_{field}\">{message}</a>", WebUtility.HtmlDecode(page));
        }
        Assert.Contains("とても長い説明", page);
        Assert.Contains("value=\"すこし\"", page);
        Assert.Contains("value=\"8.11.22\"", page);
        Assert.Contains("value=\"望\"", page);
    }

    [Fact]
    public async Task A_template_fills_the_form_in_Japanese_and_is_marked_once_it_is_in_use()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Contains("76件", Browsing.Plain(await manami.PageAsync("/evidence/library")));
        var found = await manami.PageAsync("/evidence/library?q=%E3%83%90%E3%83%83%E3%82%AF%E3%82%A2%E3%83%83%E3%83%97"); // バックアップ
        Assert.Contains("/evidence/requests/new?from=EV08", found);
        Assert.DoesNotContain("EV01", Browsing.Plain(found));

        var form = await manami.PageAsync("/evidence/requests/new?from=EV01");
        Assert.Contains("value=\"アクセス権棚卸し（顧客DB・基幹）\"", form);
        Assert.Matches("value=\"safe-security-isp:2\" checked", form);
        using var saved = await manami.SendAsync(form, "/evidence/requests/new", With(("Input.From", "EV01"), ("Input.Owner", "900001"), ("Input.Reviewer", "900002"), ("Input.Items", "iso27001-2022:A.5.15"), ("do", "save")));
        Assert.Equal(HttpStatusCode.Redirect, saved.StatusCode);

        var library = await manami.PageAsync("/evidence/library?q=EV01");
        Assert.Contains($"<a href=\"{saved.Headers.Location}\"", library);
        Assert.Contains("作成済み", library);
        using var unknown = await manami.GetAsync("/evidence/requests/new?from=EV99");
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    [Fact]
    public async Task A_change_on_a_version_that_is_gone_is_refused_and_keeps_what_was_typed()
    {
        var id = await desk.RequestAsync("二人が変える依頼");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync($"/evidence/requests/{id}/edit");
        (string, string)[] Edit(string title) => [.. With(("Input.Title", title), ("Input.StartOn", "2026/4/1"), ("Input.Owner", "900001"), ("Input.Reviewer", "900002"), ("Input.Items", "iso27001-2022:A.5.18"), ("Input.Version", "1"), ("do", "save"))];

        using var first = await manami.SendAsync(page, $"/evidence/requests/{id}/edit", Edit("先に変えた依頼"));
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        using var second = await manami.SendAsync(page, $"/evidence/requests/{id}/edit", Edit("あとから変えた依頼"));
        page = await second.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.Conflict, second.StatusCode);
        Assert.Contains("ほかの人がこの依頼を変更しました", page);
        Assert.Contains("この依頼はいま版2です", page);
        Assert.Contains("value=\"あとから変えた依頼\"", page);
        var record = Browsing.Plain(await manami.PageAsync($"/evidence/requests/{id}"));
        Assert.Contains("先に変えた依頼", record);
        Assert.Matches("版2 .*間 真奈美 名称、説明とよい例、項番 版1 .* 追加", record);
    }

    [Fact]
    public async Task Filters_stand_in_the_address_as_chips_and_pages_go_both_ways()
    {
        for (var i = 0; i < 53; i++)
        {
            await desk.RequestAsync($"ページ送りの依頼{i:00}", i == 7 ? Cast.Hana : Cast.Alice, startOn: "2026-10-01", every: PeriodKind.Year, item: i == 9 ? "safe-security-isp:2" : "iso27001-2022:A.5.18");
        }
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        const string List = "/evidence/requests?q=%E3%83%9A%E3%83%BC%E3%82%B8%E9%80%81%E3%82%8A"; // ページ送り

        var page = await manami.PageAsync(List);
        Assert.Contains("53件", page);
        Assert.Equal(50, Regex.Count(page, "依頼\\d\\d</a>"));
        Assert.DoesNotContain("rel=\"prev\"", page);
        var next = WebUtility.HtmlDecode(Regex.Match(page, "href=\"([^\"]*after=[^\"]*)\"").Groups[1].Value);
        page = await manami.PageAsync(next);
        Assert.Equal(["50", "51", "52"], Regex.Matches(page, "依頼(\\d\\d)</a>").Select(match => match.Groups[1].Value));
        Assert.DoesNotContain("rel=\"next\"", page);
        page = await manami.PageAsync(WebUtility.HtmlDecode(Regex.Match(page, "href=\"([^\"]*before=[^\"]*)\"").Groups[1].Value));
        Assert.Equal(50, Regex.Count(page, "依頼\\d\\d</a>"));

        Assert.Equal(1, Regex.Count(await manami.PageAsync(List + "&owner=900008"), "依頼\\d\\d</a>"));
        page = await manami.PageAsync(List + "&framework=safe-security-isp");
        Assert.Equal(1, Regex.Count(page, "依頼\\d\\d</a>"));
        Assert.Contains("class=\"chip\"", page);
        Assert.Contains("該当する依頼はありません。", await manami.PageAsync(List + "&owner=900003"));
        Assert.Contains("該当する依頼はありません。", await manami.PageAsync("/evidence/requests?q=%25%25%00"));
    }

    [Fact]
    public async Task Somebody_without_an_account_or_who_left_is_named_with_the_way_out()
    {
        var id = await desk.RequestAsync("招待が要る依頼", Cast.Hana);
        await desk.App.Database.ArrangeAsync("update accounts set disabled_at = now() where person_id = @id", new { id = Cast.Hana.PersonId });
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync($"/evidence/requests/{id}");
        Assert.Contains("さんにはまだアカウントがありません", Browsing.Plain(page));
        Assert.Contains("href=\"/accounts\"", page);
        await desk.App.Database.ArrangeAsync("update accounts set disabled_at = null where person_id = @id; update people set left_on = '2026-10-31' where id = @id", new { id = Cast.Hana.PersonId });
        Assert.Contains("花田 花 さんは 2026/10/31（土） に退職しました", Browsing.Plain(await manami.PageAsync($"/evidence/requests/{id}")));
        await desk.App.Database.ArrangeAsync("update people set left_on = null where id = @id", new { id = Cast.Hana.PersonId });
    }

    [Fact]
    public async Task Nobody_else_may_add_or_change_and_strangers_see_nothing()
    {
        var id = await desk.RequestAsync("ほかの人には見えない依頼");
        await desk.RequestAsync("森さんの依頼", Cast.Mallory, Cast.Manami);
        foreach (var (who, path) in new[]
        {
            (Cast.Mallory, $"/evidence/requests/{id}"), (Cast.Mallory, $"/evidence/requests/{id}/edit"), (Cast.Mallory, "/evidence/requests/new"), (Cast.Mallory, "/evidence/library"),
            (Cast.Alice, "/evidence/requests/new"), (Cast.Alice, $"/evidence/requests/{id}/edit"), (Cast.Carol, "/evidence/requests/new"), (Cast.Adam, $"/evidence/requests/{id}"), (Cast.Adam, "/evidence/requests"),
        })
        {
            using var answer = await (await desk.App.PagesAsAsync(who)).GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{who.Nick} {path}: {answer.StatusCode}");
        }
        var mallory = await (await desk.App.PagesAsAsync(Cast.Mallory)).PageAsync("/evidence/requests");
        Assert.Contains("森さんの依頼", mallory);
        Assert.DoesNotContain("ほかの人には見えない依頼", mallory);
        Assert.DoesNotContain("/evidence/requests/new", mallory);
    }

    [Fact]
    public async Task English_pages_hold_Japanese_only_where_people_typed_it()
    {
        var id = await desk.RequestAsync("英語の画面の依頼");
        await desk.App.Database.ArrangeAsync("update accounts set language = 'en' where id in (@manami, @bob)", new { manami = Cast.Manami.AccountId, bob = Cast.Bob.AccountId });
        try
        {
            var manami = await desk.App.PagesAsAsync(Cast.Manami);
            foreach (var path in new[] { "/evidence/requests", "/evidence/requests/new?from=EV01", "/evidence/library", $"/evidence/requests/{id}", "/evidence/collections?state=all", $"/evidence/collections/{await desk.CollectionAsync(id, "2026-04-01")}", "/evidence/review" })
            {
                var text = Browsing.Unmarked(await manami.PageAsync(path));
                Assert.False(Browsing.HasJapanese(text), $"{path}: {text}");
            }
        }
        finally
        {
            await desk.App.Database.ArrangeAsync("update accounts set language = 'ja' where id in (@manami, @bob)", new { manami = Cast.Manami.AccountId, bob = Cast.Bob.AccountId });
        }
    }
}
