using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Handing in and reviewing as a browser without script does it.</summary>
public sealed class CollectionPagesTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task A_file_is_handed_in_returned_handed_in_again_and_accepted_without_script()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("行って戻る依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var bob = await desk.App.PagesAsAsync(Cast.Bob);

        var page = await alice.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("期限の 2026/10/15（木） を40日過ぎています。", Browsing.Plain(page));
        using var first = await alice.HandInAsync(page, id, [("棚卸し 顧客DB.csv", "id,name\n1,a\n"), ("承認.txt", "ok")], ("Input.CapturedOn", "R8.10.2"), ("Input.Note", "四半期の確認です"), ("Input.Link", "https://wiki.example.test/a\r\nhttps://wiki.example.test/b"));
        Assert.Equal(HttpStatusCode.Redirect, first.StatusCode);
        page = await alice.PageAsync(first.Headers.Location!.OriginalString);
        var text = Browsing.Plain(page);
        Assert.Contains($"受け付けました（期限後提出）。受付番号 C-{id}。坊田 望さんが確認します", text);
        Assert.Matches("棚卸し 顧客DB.csv 12B 中を見る[^0-9]*SHA-256 [0-9a-f]{8} [0-9a-f]{64}", text);
        Assert.Contains("https://wiki.example.test/b", text);
        Assert.Contains("取得日 2026/10/2（金）", text);
        Assert.DoesNotContain("hand-in\"", page);

        var review = await bob.PageAsync($"/evidence/collections/{id}");
        using (var silent = await bob.SendAsync(review, $"/evidence/collections/{id}?handler=Return", ("Input.Comment", " ")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
            Assert.Contains("<a href=\"#Input_Comment\">コメントを入力してください。", await silent.Content.ReadAsStringAsync());
        }
        using (var returned = await bob.SendAsync(review, $"/evidence/collections/{id}?handler=Return", ("Input.Comment", "件数の欄が空です")))
        {
            Assert.Equal(HttpStatusCode.Redirect, returned.StatusCode);
        }

        page = await alice.PageAsync($"/evidence/collections/{id}");
        Assert.Matches("坊田 望 さんのコメント 件数の欄が空です .*提出するもの", Browsing.Plain(page));
        using var second = await alice.HandInAsync(page, id, [("棚卸し2.csv", "id,name,count\n1,a,0\n")]);
        Assert.Equal(HttpStatusCode.Redirect, second.StatusCode);
        review = await bob.PageAsync($"/evidence/collections/{id}");
        using var accepted = await bob.SendAsync(review, $"/evidence/collections/{id}?handler=Accept", ("Input.Comment", ""));
        Assert.Equal(HttpStatusCode.Redirect, accepted.StatusCode);

        text = Browsing.Plain(await alice.PageAsync($"/evidence/collections/{id}"));
        Assert.Contains("坊田 望 さんが受領しました", text);
        Assert.Matches("受領.*提出（期限後提出）.*差戻し 件数の欄が空です.*提出（期限後提出）.*依頼を開始", text[text.IndexOf(" 記録 ", StringComparison.Ordinal)..]);
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from evidence e join submissions s on s.id = e.submission_id where s.collection_id = @id and e.kind = 'file' and e.size = 0", new { id }));
        var file = Regex.Match(review, "/evidence/\\d+/file").Value;
        Assert.Equal("id,name,count\n1,a,0\n", await alice.GetStringAsync(file));
    }

    [Fact]
    public async Task What_was_typed_and_sent_survives_a_refusal()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("書き間違える依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");

        using var refused = await alice.HandInAsync(page, id, [("a.csv", "a")], ("Input.CapturedOn", "きのう"), ("Input.Note", "ひとことです"), ("Input.Link", "ftp://x"), ("Input.Statement", "0件でした"));
        page = await refused.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("<a href=\"#Input_CapturedOn\">", page);
        Assert.Contains("value=\"きのう\"", page);
        Assert.Contains("ひとことです</textarea>", page);
        Assert.Contains("ftp://x</textarea>", page);
        Assert.Contains("0件でした</textarea>", page);
        Assert.Matches("name=\"Input.Draft\" value=\"\\d+\" checked=\"checked\"> <span lang=\"ja\">a.csv</span>", page);

        using var empty = await alice.HandInAsync(page, id, []);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Contains("<a href=\"#Input_File\">ファイル、リンク、文章のどれかを入れてください。</a>", await empty.Content.ReadAsStringAsync());
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from submissions where collection_id = @id", new { id }));
    }

    [Fact]
    public async Task The_same_form_sent_twice_is_one_hand_in_and_a_second_one_is_refused_in_place()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("二度押される依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var (page, other) = (await alice.PageAsync($"/evidence/collections/{id}"), await alice.PageAsync($"/evidence/collections/{id}"));

        using var first = await alice.HandInAsync(page, id, [("a.csv", "a")]);
        using var again = await alice.HandInAsync(page, id, [("a.csv", "a")]);
        using var late = await alice.HandInAsync(other, id, [("b.csv", "b")], ("Input.Note", "別の画面から"));

        Assert.Equal((HttpStatusCode.Redirect, HttpStatusCode.Redirect, HttpStatusCode.Conflict), (first.StatusCode, again.StatusCode, late.StatusCode));
        page = await late.Content.ReadAsStringAsync();
        Assert.Contains("すでに提出されています", page);
        Assert.Contains("別の画面から</textarea>", page);
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from submissions where collection_id = @id", new { id }));
    }

    [Fact]
    public async Task A_form_without_our_token_is_refused_before_any_file_is_read()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("よそからの依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        var blobs = Directory.GetFiles(Path.Combine(desk.App.Database.Installation.Settings.Data, "blobs"), "*", SearchOption.AllDirectories).Length;

        using var forged = await alice.HandInAsync(Regex.Replace(page, "(__RequestVerificationToken[^>]*value=\")[^\"]*", "$1x"), id, [("a.csv", Guid.NewGuid().ToString())]);

        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from submissions where collection_id = @id", new { id }));
        Assert.Equal(blobs, Directory.GetFiles(Path.Combine(desk.App.Database.Installation.Settings.Data, "blobs"), "*", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_file_that_is_too_large_is_named_and_nothing_is_handed_in()
    {
        await using var small = await TestApp.StartAsync(("AuditTracker:Upload:MaxBytes", "1000"));
        await small.Database.SetClockAsync("2026-11-24 09:00");
        var id = await small.Get<SaveRequest>().AddAsync(Desk.Manager, new("小さい依頼", "", 5, ["iso27001-2022:A.5.18"], "900001", "900002", PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new(2026, 7, 1), null));
        await small.Get<OpenDueCollections>().RunAsync(CancellationToken.None);
        id = await small.Database.ScalarAsync<long>("select min(id) from collections where request_id = @id", new { id });
        var alice = await small.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");

        using var refused = await alice.HandInAsync(page, id, [("録画.mp4", new string('x', 2000)), ("一覧.csv", "a")], ("Input.Note", "残ります"));
        page = await refused.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("<a href=\"#Input_File\">「録画.mp4」は1KBを超えているため受け取れません。", WebUtility.HtmlDecode(page));
        Assert.Contains("残ります</textarea>", page);
        Assert.Equal(0, await small.Database.ScalarAsync<long>("select count(*) from submissions"));
    }

    [Fact]
    public async Task Nobody_reviews_what_they_handed_in_or_what_was_handed_in_for_them()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("自分では確かめない依頼", Cast.Alice, Cast.Manami), "2026-07-01");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manami.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("の代わりに提出します", Browsing.Plain(page));
        using var handedIn = await manami.HandInAsync(page, id, [("代わり.csv", "a")]);

        page = await manami.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("相川 有栖 さんの代わりに 間 真奈美 さんが提出", Browsing.Plain(page));
        Assert.Contains("自分が提出した証跡", page);
        Assert.DoesNotContain("handler=Accept", page);
        using var own = await manami.SendAsync(page, $"/evidence/collections/{id}?handler=Accept", ("Input.Comment", "よい"));
        Assert.Equal(HttpStatusCode.Conflict, own.StatusCode);
        Assert.Contains("自分が提出した証跡は受領できません。", await own.Content.ReadAsStringAsync());

        var queue = Browsing.Plain(await manami.PageAsync("/evidence/review"));
        Assert.DoesNotContain("自分では確かめない依頼", queue);
        Assert.Contains("件はここに出ません", queue);

        var submission = Browsing.Hidden(page, "submission");
        using var withdrawn = await manami.SendAsync(page, $"/evidence/collections/{id}?handler=Withdraw", ("submission", submission));
        Assert.Equal(HttpStatusCode.Redirect, withdrawn.StatusCode);
        Assert.Contains("提出の取り下げ", await manami.PageAsync($"/evidence/collections/{id}"));
    }

    [Fact]
    public async Task The_queue_opens_the_next_one_after_a_decision_and_shows_what_the_machine_saw()
    {
        var request = await desk.RequestAsync("確かめる依頼", Cast.Alice, Cast.Tom);
        var (first, second) = (await desk.CollectionAsync(request, "2026-04-01"), await desk.CollectionAsync(request, "2026-07-01"));
        await desk.HandInAsync(first, Cast.Alice, "同じ中身", "2026-07-01");
        await desk.HandInAsync(second, Cast.Alice, "同じ中身", "2026-09-01", "名前だけ違う.csv");
        var tom = await desk.App.PagesAsAsync(Cast.Tom);

        var page = await tom.PageAsync("/evidence/review");
        Assert.Contains($"href=\"/evidence/review?at={first}\" aria-current=\"true\"", page);
        using var accepted = await tom.SendAsync(page, $"/evidence/review?handler=Accept&id={first}", ("Input.Comment", ""));
        Assert.Equal($"/evidence/review?at={second}", accepted.Headers.Location!.OriginalString);

        page = await tom.PageAsync(accepted.Headers.Location.OriginalString);
        var text = Browsing.Plain(page);
        Assert.Contains("「確かめる依頼」2026年4～6月分を受領しました。", text);
        Assert.Contains("注意： 前回受領した分と同じファイルです（SHA-256が一致）： 名前だけ違う.csv", text);
        Assert.Contains("注意： 対象期間が終わる前（ 2026/9/1（火） ）に取得されています。", text);
        // Somebody was faster with the first: what was written of it is shown, and not put into the form of the second.
        using (var late = await tom.SendAsync(page, $"/evidence/review?handler=Return&id={first}", ("Input.Comment", "一つ目への言葉"), ("Input.Reasons", "Period")))
        {
            var shown = WebUtility.HtmlDecode(await late.Content.ReadAsStringAsync());
            Assert.Equal(HttpStatusCode.Conflict, late.StatusCode);
            Assert.Contains("<q>一つ目への言葉</q>", shown);
            Assert.Equal(2, shown.Split("一つ目への言葉").Length);
            Assert.DoesNotContain("value=\"Period\" checked", shown);
        }
        using var silent = await tom.SendAsync(page, $"/evidence/review?handler=Return&id={second}", ("Input.Comment", ""));
        Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
        using var returned = await tom.SendAsync(page, $"/evidence/review?handler=Return&id={second}", ("Input.Comment", "前回と同じです"));
        text = Browsing.Plain(await tom.PageAsync(returned.Headers.Location!.OriginalString));
        Assert.Contains("確認待ちはありません。", text);
    }

    [Fact]
    public async Task Acceptance_is_taken_back_by_the_secretariat_only_with_a_reason()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("取り消される依頼"), "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, "x");
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var page = await bob.PageAsync($"/evidence/collections/{id}");
        using var accepted = await bob.SendAsync(page, $"/evidence/collections/{id}?handler=Accept");
        Assert.DoesNotContain("handler=Reopen", await bob.PageAsync($"/evidence/collections/{id}"));
        using var refused = await bob.SendAsync(page, $"/evidence/collections/{id}?handler=Reopen", ("Input.Comment", "x"));
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);

        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        page = await manami.PageAsync($"/evidence/collections/{id}");
        using var reopened = await manami.SendAsync(page, $"/evidence/collections/{id}?handler=Reopen", ("Input.Comment", "別の期間でした"));
        Assert.Equal(HttpStatusCode.Redirect, reopened.StatusCode);
        Assert.Matches("受領の取り消し 別の期間でした", Browsing.Plain(await manami.PageAsync($"/evidence/collections/{id}")));
    }

    [Fact]
    public async Task The_list_narrows_by_state_due_date_owner_and_framework_and_leads_back_to_itself()
    {
        var request = await desk.RequestAsync("絞り込みの依頼", Cast.Hana, Cast.Manami);
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        const string List = "/evidence/collections?q=%E7%B5%9E%E3%82%8A%E8%BE%BC%E3%81%BF"; // 絞り込み
        int Rows(string page) => Regex.Count(page, "<th scope=\"row\"");

        var page = await manami.PageAsync(List);
        Assert.Equal(2, Rows(page));
        Assert.Contains("133日超過", page);
        Assert.Contains($"?back={Uri.EscapeDataString(List)}", WebUtility.HtmlDecode(page));
        Assert.True(Rows(await manami.PageAsync(List + "&state=all")) > 4);
        Assert.Equal(0, Rows(await manami.PageAsync(List + "&state=accepted")));
        Assert.Equal(2, Rows(await manami.PageAsync(List + "&overdue=true&assignee=900008&framework=iso27001-2022")));
        Assert.Equal(0, Rows(await manami.PageAsync(List + "&framework=safe-security-isp")));
        Assert.Equal(0, Rows(await manami.PageAsync(List + "&mine=true")));
        Assert.Equal(1, Rows(await manami.PageAsync(List + "&dueBefore=10/15")));
        Assert.Contains("「あした」は日付として読めません", await manami.PageAsync(List + "&dueBefore=%E3%81%82%E3%81%97%E3%81%9F"));
        Assert.Equal(2, Rows(await (await desk.App.PagesAsAsync(Cast.Hana)).PageAsync(List + "&mine=true")));
        var id = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Contains("href=\"/evidence/collections?q=x\"", await manami.PageAsync($"/evidence/collections/{id}?back=%2Fevidence%2Fcollections%3Fq%3Dx"));
    }

    [Fact]
    public async Task Strangers_get_404_and_readers_cannot_write()
    {
        var request = await desk.RequestAsync("見えない依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, "x");
        await desk.RequestAsync("森さんだけの依頼", Cast.Mallory, Cast.Manami);
        var mallory = await desk.App.PagesAsAsync(Cast.Mallory);
        foreach (var path in new[] { $"/evidence/collections/{id}", $"/evidence/collections/{id}/hand-in", "/evidence/review", $"/evidence/requests/{request}" })
        {
            using var answer = await mallory.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.NotFound, $"{path}: {answer.StatusCode}");
        }
        Assert.DoesNotContain("見えない依頼", await mallory.PageAsync("/evidence/collections?state=all"));
        var own = await mallory.PageAsync("/evidence/collections");
        using (var handIn = await mallory.HandInAsync(await mallory.PageAsync(Regex.Match(own, "/evidence/collections/\\d+").Value), id, [("a.csv", "a")]))
        {
            Assert.Equal(HttpStatusCode.NotFound, handIn.StatusCode);
        }

        // The auditor reads everything and decides nothing.
        var carol = await desk.App.PagesAsAsync(Cast.Carol);
        var page = await carol.PageAsync($"/evidence/collections/{id}");
        Assert.DoesNotContain("handler=Accept", page);
        Assert.False(Browsing.HasJapanese(Browsing.Unmarked(page)), Browsing.Unmarked(page));
        var token = await carol.PageAsync($"/evidence/collections/{id}");
        using var accept = await carol.SendAsync(token, $"/evidence/collections/{id}?handler=Accept", ("Input.Comment", ""));
        Assert.Contains(accept.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.BadRequest });
    }
}
