using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Comments that name somebody.</summary>
public sealed class MentionTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly Addressee[] Team = [new(1, "000011", "清水 誠"), new(2, "000012", "清水 美咲"), new(3, "000013", "森 健"), new(4, "000014", "髙橋 陽菜"), new(5, "E-20", "Carol Kato"), new(6, "000016", "𠮷田 太郎")];

    [Theory]
    [InlineData("@清水 誠さん、見てください", 1)]
    [InlineData("見てください＠清水誠", 1)]
    [InlineData("確認は@清水　美咲部長に", 2)]
    [InlineData("@森さん", 3)]
    [InlineData("@森　さんへ", 3)]
    [InlineData("@森", 3)]
    [InlineData("@高橋陽菜 様", 4)]
    [InlineData("@０００１４円", 0)]
    [InlineData("@carol kato: done", 5)]
    [InlineData("@𠮷田 太郎へ", 6)]
    [InlineData("@000013 に", 3)]
    public void A_name_or_a_number_names_one_person(string words, long who)
    {
        var found = Mentions.In(words).Select(typed => Mentions.Read(typed, Team, [], [])).Where(one => one.IsName).SelectMany(one => one.Who).Select(one => one.Id);
        Assert.Equal(who == 0 ? [] : [who], found);
    }

    [Theory]
    [InlineData("@清水さん", 2)]
    [InlineData("@森 健一", 0)]
    [InlineData("@森健児さん", 0)]
    [InlineData("@森 美咲さん", 0)]
    [InlineData("@森 確認しました", 0)]
    [InlineData("@事務局", 0)]
    public void Who_cannot_be_told_is_not_guessed(string words, int candidates)
    {
        var found = Assert.Single(Mentions.In(words).Select(typed => Mentions.Read(typed, Team, ["森 美咲"], [])));
        Assert.True(found.IsName);
        Assert.Equal(candidates, found.Who.Count);
    }

    [Theory]
    [InlineData("ito@hibari-net.example へ")]
    [InlineData("3個 @ 500円")]
    [InlineData("@、@")]
    public void An_address_or_a_bare_sign_names_nobody(string words) => Assert.Empty(Mentions.In(words));

    [Fact]
    public void No_letter_outside_the_basic_plane_is_cut_in_two()
    {
        Assert.All(Mentions.In($"@森👍 確認お願いします @{new string('あ', 59)}𠮷 @森𠮷"), typed =>
        {
            Assert.DoesNotContain('\uFFFD', typed);
            Assert.Equal(typed, System.Text.Encoding.UTF8.GetString(new System.Text.UTF8Encoding(false, true).GetBytes(typed)));
            _ = new System.Text.UTF8Encoding(false, true).GetBytes(Mentions.Begins(typed));
        });
    }

    [Fact]
    public void A_price_is_no_person_unless_it_is_a_number_of_one()
    {
        Assert.False(Mentions.Read("500円", Team, [], []).IsName);
        var other = Mentions.Read("000099", Team, [], ["000099"]);
        Assert.True(other.IsName);
        Assert.Empty(other.Who);
    }

    [Fact]
    public async Task Readers_are_exactly_those_who_get_the_collection()
    {
        var mine = await desk.CollectionAsync(await desk.RequestAsync("読める人"), "2026-07-01");
        var theirs = await desk.CollectionAsync(await desk.RequestAsync("ほかの人の分", owner: Cast.Mallory, reviewer: Cast.Tom), "2026-07-01");
        await using var work = await desk.App.Get<Db>().BeginAsync(Actor.Operator("test"));
        foreach (var id in (long[])[mine, theirs])
        {
            var readers = await work.QueryAsync<long>($"select reader from unnest({CollectionScope.Readers}) reader where reader is not null", new { collection = id });
            foreach (var member in Cast.All)
            {
                using var answer = await desk.App.As(member).GetAsync($"/api/evidence/collections/{id}");
                Assert.True(answer.StatusCode == HttpStatusCode.OK == readers.Contains(member.PersonId), $"{member.Nick} {id} {answer.StatusCode}");
            }
        }
    }

    [Fact]
    public async Task Who_is_named_is_told_once_and_sees_it_on_the_first_page_until_it_is_opened()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("名指しの依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        using (var sent = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", "@花田 花さん、承認者はこれで合っていますか"), ("Input.To", Cast.Bob.EmployeeNo)))
        {
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }
        Assert.Equal([("evidence/collection-mention", Cast.Bob.PersonId), ("evidence/collection-mention", Cast.Hana.PersonId)], await ToldAsync(id));
        var hana = await desk.App.PagesAsAsync(Cast.Hana);
        Assert.Matches("あなた宛のコメント 1 未読 名指しの依頼 .*@花田 花さん、承認者は.*相川 有栖", Browsing.Plain(await hana.PageAsync("/")));
        Assert.DoesNotContain("あなた宛のコメント", await (await desk.App.PagesAsAsync(Cast.Mallory)).PageAsync("/"));
        Assert.Contains("坊田 望、花田 花 宛", Browsing.Plain(await hana.PageAsync($"/evidence/collections/{id}")));
        Assert.DoesNotContain("あなた宛のコメント", await hana.PageAsync("/"));
        Assert.Equal([("evidence/collection-mention", Cast.Bob.PersonId)], await ToldAsync(id));
        Assert.Contains("あなた宛のコメント", await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync("/"));

        var note = await desk.App.Database.ScalarAsync<long>("select max(id) from collection_notes where collection_id = @id", new { id });
        await desk.App.Get<CommentOnCollection>().UndoAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, note);
        Assert.DoesNotContain("あなた宛のコメント", await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync("/"));
        Assert.Empty(await ToldAsync(id));
    }

    [Fact]
    public async Task Nobody_is_named_who_may_not_see_it_and_the_text_stays()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("見られない人"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        (string Words, string To, string Says)[] tries =
        [
            ("@森 真理さん、お願いします", "", "「@森」に当たる人が、この回を見られる人の中にいません"),
            ($"@{Cast.Mallory.EmployeeNo} お願いします", "", $"「@{Cast.Mallory.EmployeeNo}」に当たる人が"),
            ("@存在 しないさん", "", "「@存在」に当たる人が"),
            ("よろしく", Cast.Mallory.EmployeeNo, "選んだ人は、この回を見られません"),
            ("@Adam さん", "", "「@Adam」に当たる人が"),
        ];
        foreach (var (words, to, says) in tries)
        {
            using var refused = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", words), ("Input.To", to));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            var shown = await refused.Content.ReadAsStringAsync();
            Assert.Contains(says, Browsing.Plain(shown));
            Assert.Contains(WebUtility.HtmlEncode(words), shown, StringComparison.Ordinal);
        }
        Assert.Empty(await ToldAsync(id));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from collection_notes where collection_id = @id", new { id }));
    }

    [Fact]
    public async Task The_picker_offers_only_who_may_see_it_and_only_to_who_may_write()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("探して選ぶ依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        using (var found = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", "書きかけ"), ("Input.ToSearch", "坊田"), ("do", "find")))
        {
            var shown = await found.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.OK, found.StatusCode);
            Assert.Matches($"value=\"{Cast.Bob.EmployeeNo}\"[^>]*checked", shown);
            Assert.Contains("書きかけ", WebUtility.HtmlDecode(shown));
        }
        var choices = desk.App.Get<Choices>();
        Assert.Equal(0, (await choices.AddresseesAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, Cast.Mallory.EmployeeNo, "森", default)).Matches);
        Assert.Empty((await choices.AddresseesAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, Cast.Mallory.EmployeeNo, "森", default)).People);
        Assert.Empty((await choices.AddresseesAsync(Desk.User(Cast.Carol, Role.InternalAuditor), id, null, "坊田", default)).People);
        Assert.Empty((await choices.AddresseesAsync(Desk.User(Cast.Mallory), id, null, "坊田", default)).People);
    }

    [Fact]
    public async Task Programs_name_people_by_number_and_read_whom_a_comment_is_for()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("プログラムの依頼"), "2026-07-01");
        var manami = desk.App.As(Cast.Manami);
        using (var sent = await manami.PostAsJsonAsync($"/api/evidence/collections/{id}/comments", new { words = "確認をお願いします", to = new[] { Cast.Tom.EmployeeNo } }))
        {
            Assert.Equal(HttpStatusCode.Created, sent.StatusCode);
        }
        using (var refused = await manami.PostAsJsonAsync($"/api/evidence/collections/{id}/comments", new { words = "確認をお願いします", to = new[] { Cast.Mallory.EmployeeNo } }))
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }
        var comment = Assert.Single((await manami.GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{id}")).GetProperty("comments").EnumerateArray());
        Assert.Equal(Cast.Tom.EmployeeNo, comment.GetProperty("to")[0].GetString());
    }

    [Fact]
    public async Task Who_lost_sight_of_it_meanwhile_reads_nothing_of_it_on_the_first_page()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("外れた人"), "2026-07-01");
        await desk.App.Get<CommentOnCollection>().AddAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, "秘密の続きです", [Cast.Carol.EmployeeNo]);
        Assert.NotEmpty(await desk.App.Get<MentionStore>().NewAsync(Desk.User(Cast.Carol, Role.InternalAuditor), 20, default));
        Assert.Empty(await desk.App.Get<MentionStore>().NewAsync(Desk.User(Cast.Carol), 20, default));
    }

    private async Task<List<(string, long)>> ToldAsync(long id) =>
        [.. await desk.App.Database.ListAsync<(string, long)>("select template, person_id from notices where template in ('evidence/collection-comment', 'evidence/collection-mention') and model ->> 'link' = @link and closed_at is null order by template, person_id", new { link = $"/evidence/collections/{id}" })];
}
