using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

/// <summary>One box finds everything the reader may see, however they type it, and nothing else.</summary>
public sealed class SearchTests(Desk desk) : IClassFixture<Desk>, IAsyncLifetime
{
    private static string hash = "";
    private static long collection;

    public async Task InitializeAsync()
    {
        if (collection > 0)
        {
            return;
        }
        var request = await desk.RequestAsync("ばっくあっぷ結果の確認");
        collection = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(collection, Cast.Alice, "鍵,12", name: "鍵台帳_Ｂ１Ｆ がくしゅう.csv");
        hash = await desk.App.Database.ScalarAsync<string>("select sha256 from evidence where file_name like '鍵台帳%'");
        foreach (var number in Enumerable.Range(1, 7))
        {
            await desk.RequestAsync($"入退室記録 {number}号室", owner: Cast.Tom);
        }
        await desk.App.Database.ArrangeAsync("update people set name_kana = 'アイカワ アリス', name_key = E'相川 有栖\nアイカワ アリス' where id = @id", new { id = Cast.Alice.PersonId });
    }

    public Task DisposeAsync() => Task.CompletedTask;

    [Theory]
    [InlineData("A.5.18", "A.5.18 アクセス権")]
    [InlineData("Ａ．５．１８", "A.5.18 アクセス権")]
    [InlineData("access rights", "A.5.18 アクセス権")]
    [InlineData("バックアップ", "ばっくあっぷ結果の確認")]
    [InlineData("ﾊﾞｯｸｱｯﾌﾟ", "ばっくあっぷ結果の確認")]
    [InlineData("ばっく", "ばっくあっぷ結果の確認")]
    [InlineData("あいかわ", "相川 有栖")]
    [InlineData("ｱﾘｽ", "相川 有栖")]
    [InlineData("900001", "相川 有栖")]
    [InlineData("台帳", "鍵台帳_Ｂ１Ｆ がくしゅう.csv")]
    [InlineData("B1f ガク", "鍵台帳_Ｂ１Ｆ がくしゅう.csv")]
    public async Task It_is_found_however_it_is_typed(string typed, string found)
    {
        var page = await SearchAsync(Cast.Manami, typed);
        Assert.Contains(found, Browsing.Plain(page));
        Assert.Contains($"value=\"{typed}\"", WebUtility.HtmlDecode(page));
    }

    [Theory]
    [InlineData("%_")]
    [InlineData("{0}")]
    [InlineData("鍵台帳_B2F")]
    [InlineData("\0ぬ\0る\0")]
    public async Task What_is_not_there_is_not_found_and_the_page_says_what_to_try(string typed) =>
        Assert.Contains("は見つかりません。", await SearchAsync(Cast.Manami, typed));

    [Fact]
    public async Task A_number_jumps_straight_to_its_collection_for_those_who_may_see_it()
    {
        foreach (var typed in new[] { $"C-{collection}", $"ｃ－{collection}", $"{collection}".PadLeft(8, '0').Insert(0, "c") })
        {
            using var answer = await (await desk.App.PagesAsAsync(Cast.Alice)).GetAsync("/search?q=" + Uri.EscapeDataString(typed));
            Assert.Equal($"/evidence/collections/{collection}", answer.Headers.Location?.OriginalString);
        }
        Assert.Contains("は見つかりません。", await SearchAsync(Cast.Mallory, $"C-{collection}"));
    }

    [Fact]
    public async Task The_first_eight_digits_of_a_hash_find_the_file()
    {
        Assert.Contains("鍵台帳_Ｂ１Ｆ がくしゅう.csv", await SearchAsync(Cast.Bob, hash[..8].ToUpperInvariant()));
        Assert.Contains("は見つかりません。", await SearchAsync(Cast.Mallory, hash[..8]));
        Assert.Contains("は見つかりません。", await SearchAsync(Cast.Manami, hash[..7] + (hash[7] == '0' ? '1' : '0')));
    }

    [Fact]
    public async Task Strangers_find_nothing_of_others()
    {
        foreach (var typed in new[] { "台帳", "ばっくあっぷ", "相川", "A.5.18" })
        {
            Assert.Contains("は見つかりません。", await SearchAsync(Cast.Mallory, typed));
        }
        Assert.Contains("森 真理", await SearchAsync(Cast.Mallory, "森"));
    }

    [Fact]
    public async Task Five_of_each_and_a_link_to_all_of_them()
    {
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await SearchAsync(Cast.Manami, "入退室キロク");
        Assert.Contains("は見つかりません。", page);

        page = await SearchAsync(Cast.Manami, "入退室記録");
        Assert.Equal(5, Regex.Count(page, "<a href=\"/evidence/requests/\\d+"));
        Assert.Contains("7件をすべて開く", page);
        Assert.Contains(">7件<", await Browsing.PageAsync(manami, "/evidence/requests?q=" + Uri.EscapeDataString("入退室記録")));

        page = await SearchAsync(Cast.Manami, "管理");
        var all = Regex.Match(page, "<a href=\"(/controls\\?framework=[^\"]+)\">[^<]* (\\d+)項番をすべて開く");
        Assert.Contains($">{all.Groups[2].Value}項番<", await Browsing.PageAsync(manami, all.Groups[1].Value.Replace("&amp;", "&")));
    }

    [Fact]
    public async Task The_box_stands_in_the_header_and_its_key_can_be_switched_off()
    {
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await Browsing.PageAsync(alice, "/");
        Assert.Contains("action=\"/search\"", page);
        Assert.DoesNotContain("data-shortcuts=\"off\"", page);
        using (await alice.GetAsync("/display?shortcuts=off&back=/"))
        {
            Assert.Contains("data-shortcuts=\"off\"", await Browsing.PageAsync(alice, "/"));
        }
    }

    private async Task<string> SearchAsync(Cast.Member member, string typed) =>
        await Browsing.PageAsync(await desk.App.PagesAsAsync(member), "/search?q=" + Uri.EscapeDataString(typed));
}
