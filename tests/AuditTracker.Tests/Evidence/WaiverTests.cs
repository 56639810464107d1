using System.Net;
using System.Net.Http.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Waivers of one period: directly, asked for and decided by somebody else, and taken back.</summary>
public sealed class WaiverTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task A_manager_waives_with_a_reason_and_takes_it_back_to_the_state_before()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("免除される依頼"), "2026-07-01");
        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Manami, id, "waive", " ")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, null, "対象の委託がなかった")).StatusCode);
        Assert.Equal("waived", await StateAsync(id));
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "waive", "二度目")).StatusCode);
        Assert.Equal(["evidence/collection-answered"], await OpenNoticesAsync(id, Cast.Alice));
        var page = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{id}"));
        Assert.Contains("間 真奈美 さんが 2026/11/24（火） に免除しました。理由： 対象の委託がなかった", page);

        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, "undo", "委託があった")).StatusCode);
        Assert.Equal("open", await StateAsync(id));
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "undo", "もう一度")).StatusCode);
        Assert.Equal(["collection.waived", "collection.waiverUndone"], await desk.App.Database.ListAsync<string>(
            "select what from trail.entries where subject = @subject and kind = 'act' and what like 'collection.waive%' order by id", new { subject = $"collection:{id}" }));
    }

    [Fact]
    public async Task The_owner_asks_and_somebody_else_decides()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("免除を申請する依頼"), "2026-07-01");
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Alice, id, "ask", "対象がない")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Alice, id, "ask", "もう一度")).StatusCode);
        Assert.Equal(["evidence/collection-asked"], await OpenNoticesAsync(id, Cast.Manami));
        // The owner decides nothing, the reviewer and the auditor have no door here, a stranger sees nothing.
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Alice, id, "waive", "自分で")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Bob, id, "ask", "確認者から")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Carol, id, "waive", "監査員から")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Mallory, id, "ask", "他人から")).StatusCode);
        Assert.Equal("open", await StateAsync(id));

        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Manami, id, "decline", "")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, "decline", "台帳に2件あります")).StatusCode);
        Assert.Empty(await OpenNoticesAsync(id, Cast.Manami));
        Assert.Contains("evidence/collection-answered", await OpenNoticesAsync(id, Cast.Alice));
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "decline", "二度目")).StatusCode);

        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Hana, id, "ask", "2件とも対象外")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Alice, id, "withdraw", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Hana, id, "withdraw", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Alice, id, "ask", "対象外でした")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, "waive", null)).StatusCode);
        Assert.Equal("対象外でした", await desk.App.Database.ScalarAsync<string>("select comment from collection_acts where collection_id = @id and act = 'waive'", new { id }));
    }

    [Fact]
    public async Task Nobody_waives_what_they_owe_or_asked_for_themselves()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("事務局が担当の依頼", Cast.Manami, Cast.Bob), "2026-07-01");
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "waive", "自分の分")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, "ask", "対象がない")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "decline", "自分で")).StatusCode);
        Assert.Equal("open", await StateAsync(id));
    }

    [Fact]
    public async Task What_was_handed_in_is_not_waived_and_an_ask_lapses_with_the_hand_in()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("申請のあとで提出した依頼"), "2026-07-01");
        await SayAsync(Cast.Alice, id, "ask", "対象がない");
        await desk.HandInAsync(id, Cast.Alice, "あった");
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "waive", "遅い")).StatusCode);
        var submission = await desk.App.Database.ScalarAsync<long>("select max(id) from submissions where collection_id = @id", new { id });
        await desk.App.Get<HandIn>().WithdrawAsync(Desk.User(Cast.Alice, Role.ControlOwner), submission);
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "decline", "もう聞かれていない")).StatusCode);
    }

    [Fact]
    public async Task A_waived_plan_stays_waived_and_hides_no_other_period_when_the_request_changes()
    {
        var request = await desk.RequestAsync("先の回を免除する依頼");
        var next = await desk.CollectionAsync(request, "2027-04-01");
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, next, "waive", "システム停止")).StatusCode);
        // Neither does one that was only spoken of.
        await desk.App.Get<CommentOnCollection>().AddAsync(Desk.Manager, await desk.CollectionAsync(request, "2027-01-01"), "この回から書式が変わります");
        var changed = await desk.App.As(Cast.Manami).PatchAsJsonAsync($"/api/evidence/requests/{request}", new { due = new { offset = 5, unit = "businessDays" } });
        changed.EnsureSuccessStatusCode();
        Assert.Equal(["2026-10-01 planned", "2027-01-01 planned", "2027-04-01 waived", "2027-07-01 planned"], await desk.App.Database.ListAsync<string>(
            "select period_from || ' ' || state from collections where request_id = @request and period_from between '2026-10-01' and '2027-07-01' order by period_from", new { request }));
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, next, "undo", "予定どおり動いた")).StatusCode);
        Assert.Equal("planned", await StateAsync(next));
    }

    [Fact]
    public async Task The_page_asks_decides_and_undoes_without_script()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("画面で免除する依頼"), "2026-07-01");
        var at = $"/evidence/collections/{id}/waiver";
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        Assert.Contains($"href=\"{at}\"", await alice.PageAsync($"/evidence/collections/{id}"));
        using (var silent = await alice.SendAsync(await alice.PageAsync(at), $"{at}?handler=Ask", ("Input.Reason", "")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
            Assert.Contains("<a href=\"#Input_Reason\">理由を入力してください。", await silent.Content.ReadAsStringAsync());
        }
        using (var asked = await alice.SendAsync(await alice.PageAsync(at), $"{at}?handler=Ask", ("Input.Reason", "対象がない")))
        {
            Assert.Equal(HttpStatusCode.Redirect, asked.StatusCode);
        }
        Assert.Contains("申請を取り下げる", await alice.PageAsync(at));
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        Assert.Matches("相川 有栖 さんが .* に免除を申請しました。 対象がない 承認するか決める", Browsing.Plain(await manami.PageAsync($"/evidence/collections/{id}")));
        using (var approved = await manami.SendAsync(await manami.PageAsync(at), $"{at}?handler=Waive", ("Input.Reason", "")))
        {
            Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);
        }
        Assert.Matches("記録 .*間 真奈美 免除 対象がない .*相川 有栖 免除を申請 対象がない", Browsing.Plain(await alice.PageAsync($"/evidence/collections/{id}")));
        using var undone = await manami.SendAsync(await manami.PageAsync(at), $"{at}?handler=Undo", ("Input.Reason", "まちがい"));
        Assert.Equal(HttpStatusCode.Redirect, undone.StatusCode);
        Assert.Equal("open", await StateAsync(id));
    }

    private Task<HttpResponseMessage> SayAsync(Cast.Member who, long id, string? decision, string? reason) =>
        desk.App.As(who).PostAsJsonAsync($"/api/evidence/collections/{id}/waiver", new { decision, reason });

    private Task<string> StateAsync(long id) => desk.App.Database.ScalarAsync<string>("select state from collections where id = @id", new { id });

    private Task<IReadOnlyList<string>> OpenNoticesAsync(long id, Cast.Member who) => desk.App.Database.ListAsync<string>(
        "select template from notices where subject = @subject and person_id = @person and closed_at is null order by id", new { subject = $"collection:{id}", person = who.PersonId });
}
