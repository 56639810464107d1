using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

public sealed partial class ControlPagesTests : IAsyncLifetime
{
    private const string Item = "/controls/iso27001-2022/A.5.18";
    private readonly TestApp app = new();

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.Database.SetClockAsync("2026-11-24 09:00");
        await app.Database.ArrangeAsync("""
            update controls set owner_id = @alice where framework = 'iso27001-2022' and ref = 'A.5.18';
            update controls set applicable = false, reason = '開発をしていない' where framework = 'iso27001-2022' and ref = 'A.8.4';
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at) values ('アクセス権棚卸し', 'アクセス権棚卸し', @alice, @bob, '2026-04-01', now());
            insert into request_versions (request_id, version, title, guidance, every, due_offset, due_unit, owner_id, reviewer_id, start_on, at) values (1, 1, 'アクセス権棚卸し', '', 'quarter', 10, 'businessDays', @alice, @bob, '2026-04-01', now());
            insert into request_items (request_id, version, framework, ref) values (1, 1, 'iso27001-2022', 'A.5.18'), (1, 1, 'pmark-jisq15001-2023', 'J.9.2');
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, state, state_at) values
                (1, 1, '2026-04-01', '2026-06-30', '2026-07-01', '2026-07-14', '2026-07-14', @alice, @bob, 'accepted', '2026-07-08T01:00:00Z'),
                (1, 1, '2026-07-01', '2026-09-30', '2026-10-01', '2026-10-15', '2026-10-15', @alice, @bob, 'open', '2026-10-01T00:00:00Z'),
                (1, 1, '2026-10-01', '2026-12-31', '2027-01-01', '2027-01-18', '2027-01-18', @alice, @bob, 'planned', null),
                (1, 1, '2027-01-01', '2027-03-31', '2027-04-01', '2027-04-14', '2027-04-14', @alice, @bob, 'planned', null);
            """, new { alice = Cast.Alice.PersonId, bob = Cast.Bob.PersonId });
    }

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task The_list_shows_a_framework_with_headings_owners_states_and_totals()
    {
        var page = await TextAsync(Cast.Manami, "/controls");

        Assert.Contains("管理策｜ISO/IEC 27001｜AuditTracker", page);
        Assert.Contains("123項番", page);
        Assert.Contains("A.5 組織的管理策", Plain(page));
        Assert.Contains("A.5.18 アクセス権 ", Plain(page));
        Assert.Matches("A\\.5\\.18 アクセス権 (（未確認） )?期限切れ 2026/10/15（木） 相川 有栖 適用", Plain(page));
        Assert.Matches("A\\.8\\.4 [^ ]+ (（未確認） )?対象外 対象外", Plain(page));
        Assert.Contains("0 / 122項番 充足（0%）", page);
    }

    [Theory]
    [InlineData("theme=people", 8)]
    [InlineData("state=stale", 1)]
    [InlineData("state=excluded", 1)]
    [InlineData("applicable=false", 1)]
    [InlineData("owner=900001", 1)]
    [InlineData("owner=none", 122)]
    [InlineData("q=ａ.5.18", 1)]
    [InlineData("q=アクセス権", 2)]
    [InlineData("q=access%20rights", 2)]
    [InlineData("q=%25", 0)]
    [InlineData("q=%00", 123)]
    [InlineData("theme=people&state=missing&applicable=true&owner=none&q=6", 8)]
    public async Task Filters_stand_in_the_address_and_count_their_rows(string query, int rows)
    {
        var page = await TextAsync(Cast.Manami, $"/controls?framework=iso27001-2022&{query}");

        Assert.Contains($">{rows}項番<", page);
        Assert.Equal(rows, Regex.Count(page, "<a href=\"/controls/iso27001-2022/"));
    }

    [Fact]
    public async Task Headings_without_a_name_are_not_shown_and_titles_say_when_they_are_unverified()
    {
        var page = Plain(await TextAsync(Cast.Manami, "/controls?framework=pmark-jisq15001-2023"));

        Assert.Contains("59項番", page);
        Assert.Contains("J.2.3.1 ", page);
        Assert.DoesNotContain(" J.2.3 ", page);
        Assert.Contains("J.1.3 法令，国が定める指針その他の規範 （未確認）", page);
        Assert.Contains("J.1.4 個人情報保護マネジメントシステムの適用範囲の決定 未手配", page);
    }

    [Fact]
    public async Task In_English_the_marks_are_those_of_the_English_titles()
    {
        var carol = await app.PagesAsAsync(Cast.Carol);
        carol.DefaultRequestHeaders.AcceptLanguage.Clear();
        carol.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");

        var page = Plain(await carol.GetStringAsync("/controls?framework=iso27001-2013"));

        Assert.Contains("140 items", page);
        Assert.Contains("A.9.2.2 User access provisioning", page);
        Assert.Contains("An archived edition, shown for its mapping and not counted.", page);
        Assert.DoesNotContain("(unverified)", page);
        Assert.Contains("（未確認）", await TextAsync(Cast.Manami, "/controls?framework=iso27001-2013"));
    }

    [Fact]
    public async Task An_item_explains_its_state_and_shows_what_proves_it()
    {
        var page = Plain(await TextAsync(Cast.Manami, Item));

        Assert.Contains("「アクセス権棚卸し」が期限切れです。最後に受領したのは2026/4/1～2026/6/30で、2026/11/7（土）を過ぎました。", page);
        Assert.Contains("2026年7～9月分 期限超過 2026/10/15（木）", page);
        Assert.Matches("2026年4～6月分 受領 2026/7/14（火） 2026/7/8（水） 2026/10/15（木）", page);
        Assert.Contains("2026年10～12月分 予定", page);
        Assert.DoesNotContain("2027年1～3月分", page);
        Assert.Contains("A.9.2.2", page);
        Assert.Contains("規格の取り込み", page);
    }

    [Fact]
    public async Task An_owner_sees_their_item_but_no_form_and_strangers_see_neither()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        var page = await alice.GetStringAsync(Item);
        Assert.DoesNotContain("name=\"Input.", page);
        Assert.Contains("/evidence/collections/", page);
        Assert.Contains("1項番", await alice.GetStringAsync("/controls"));
        Assert.Equal(HttpStatusCode.NotFound, (await alice.GetAsync("/controls/iso27001-2022/A.5.19")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await alice.GetAsync("/controls?framework=safe-security-isp")).StatusCode);

        foreach (var stranger in new[] { Cast.Mallory, Cast.Adam })
        {
            var client = await app.PagesAsAsync(stranger);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/controls")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(Item)).StatusCode);
        }
        Assert.DoesNotContain("name=\"Input.", await TextAsync(Cast.Carol, Item));
        Assert.DoesNotContain("name=\"Input.", await TextAsync(Cast.Manami, "/controls/iso27001-2013/A.9.2.2"));
        Assert.Equal(HttpStatusCode.Redirect, (await app.Anonymous().GetAsync(Item)).StatusCode);
    }

    [Fact]
    public async Task The_form_saves_and_the_history_says_what_changed()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);

        var answer = await PostAsync(manami, Item, ("Input.Applicable", "true"), ("Input.Reason", "顧客情報を扱うため"), ("Input.Owner", "坊田"), ("Input.Implementation", "規程12条"), ("Input.Version", "1"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var page = Plain(await manami.GetStringAsync(Item));
        Assert.Contains("A.5.18を保存しました。", page);
        Assert.Contains("間 真奈美 版2に変更 担当 担当なし → 坊田 望、実施内容、理由 顧客情報を扱うため", page);
    }

    [Fact]
    public async Task A_refused_form_comes_back_filled_with_the_reason_at_its_place()
    {
        var manami = await app.PagesAsAsync(Cast.Manami);

        var noReason = await PostAsync(manami, Item, ("Input.Applicable", "false"), ("Input.Reason", ""), ("Input.Owner", "900001"), ("Input.Implementation", "書きかけ"), ("Input.Version", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, noReason.StatusCode);
        var page = await noReason.Content.ReadAsStringAsync();
        Assert.Contains("書きかけ", page);
        Assert.Contains("href=\"#Input_Reason\">対象外にする理由を入力してください。", page);

        var stale = await PostAsync(manami, Item, ("Input.Applicable", "true"), ("Input.Owner", "900001"), ("Input.Implementation", "書きかけ"), ("Input.Version", "7"));
        Assert.Equal(HttpStatusCode.Conflict, stale.StatusCode);
        Assert.Contains("書きかけ", await stale.Content.ReadAsStringAsync());

        var several = await PostAsync(manami, Item, ("Input.Applicable", "true"), ("Input.Owner", "望"), ("Input.Version", "1"));
        Assert.Equal(HttpStatusCode.BadRequest, several.StatusCode);
        Assert.Equal(["900002", "900006"], Regex.Matches(await several.Content.ReadAsStringAsync(), "type=\"radio\" name=\"Input.Owner\" value=\"(\\d+)\"").Select(match => match.Groups[1].Value));
    }

    [Fact]
    public async Task An_owner_may_not_post_the_form()
    {
        var alice = await app.PagesAsAsync(Cast.Alice);
        var manami = await app.PagesAsAsync(Cast.Manami);
        await manami.GetStringAsync(Item);

        var answer = await alice.PostAsync(Item, new FormUrlEncodedContent([new("Input.Version", "1"), new("Input.Implementation", "x")]));

        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from control_versions where version > 1"));
    }

    private async Task<string> TextAsync(Cast.Member member, string path) => await (await app.PagesAsAsync(member)).GetStringAsync(path);

    private static async Task<HttpResponseMessage> PostAsync(HttpClient client, string path, params (string Key, string Value)[] fields)
    {
        var token = Token().Match(await client.GetStringAsync(path)).Groups[1].Value;
        return await client.PostAsync(path, new FormUrlEncodedContent([.. fields.Select(field => KeyValuePair.Create(field.Key, field.Value)), new("__RequestVerificationToken", token)]));
    }

    /// <summary>What a reader reads: no markup, single spaces.</summary>
    private static string Plain(string page) => Spaces().Replace(Markup().Replace(WebUtility.HtmlDecode(page), " "), " ");

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex("[ \\r\\n\\t]+")]
    private static partial Regex Spaces();

    [GeneratedRegex("name=\"__RequestVerificationToken\" type=\"hidden\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
