using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>One evidence serves further items: proposed by the mapping, confirmed by a person, taken back.</summary>
public sealed class AttachmentTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Fact]
    public void Attached_evidence_counts_where_nobody_is_asked_and_never_mends_nor_spoils_what_is()
    {
        RequestCoverage covered = Of(CoverageState.Covered, 10), stale = Of(CoverageState.Stale, -90), collecting = new(3, "依頼", CoverageState.Collecting, null, null, null, null, Today);
        Assert.Equal((CoverageState.Covered, Today.AddDays(10)), State([], [stale, covered]));
        Assert.Equal((CoverageState.Stale, Today.AddDays(-90)), State([], [stale]));
        Assert.Equal((CoverageState.Collecting, null), State([collecting], [covered]));
        Assert.Equal((CoverageState.Covered, Today.AddDays(10)), State([covered], [stale]));
        Assert.Equal((CoverageState.Missing, null), State([], []));
        Assert.Equal(CoverageState.Excluded, Coverage.OfItem("f", "r", false, [], [covered]).State);

        static RequestCoverage Of(CoverageState state, int days) => new(days, "依頼", state, Today.AddDays(-200), Today.AddDays(-100), Today.AddDays(days), Today.AddDays(days + 20), null);
        static (CoverageState, DateOnly?) State(RequestCoverage[] own, RequestCoverage[] attached) => Coverage.OfItem("f", "r", true, own, attached) is var item ? (item.State, item.FreshUntil) : default;
    }

    [Fact]
    public async Task What_is_confirmed_covers_an_item_nobody_is_asked_for_until_it_is_taken_back()
    {
        var (id, target) = await AcceptedAsync("別の項番にも使う依頼", "iso27001-2022:A.6.3");
        var before = await desk.App.Database.ScalarAsync<DateTime>("select business_now()");
        Assert.Equal(CoverageState.Missing, (await StateAsync(target)).State);
        var manager = await desk.App.PagesAsAsync(Cast.Manami);
        var page = await manager.PageAsync($"/evidence/collections/{id}/items");
        Assert.Contains($"value=\"{target}\"", page);
        using (var unsaid = await manager.SendAsync(page, $"/evidence/collections/{id}/items?handler=Confirm", ("Chosen", target)))
        {
            Assert.Equal(HttpStatusCode.BadRequest, unsaid.StatusCode);
            Assert.Contains($"value=\"{target}\" checked", await unsaid.Content.ReadAsStringAsync());
        }
        for (var twice = 0; twice < 2; twice++)
        {
            using var sent = await manager.SendAsync(page, $"/evidence/collections/{id}/items?handler=Confirm", ("Chosen", target), ("Input.Reason", "受講者名簿に全員の氏名がある"));
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }
        Assert.Equal(1, await desk.App.Database.ScalarAsync<long>("select count(*) from item_attachments where collection_id = @id", new { id }));
        var confirmed = await desk.App.Database.ScalarAsync<DateTime>("select business_now()");
        var item = await StateAsync(target);
        Assert.Equal(CoverageState.Covered, item.State);
        Assert.NotNull(item.FreshUntil);
        Assert.Equal(CoverageState.Missing, (await StateAsync(target, before)).State);
        var path = $"/controls/{target.Replace(':', '/')}";
        var control = await manager.PageAsync(path);
        Assert.Contains("受講者名簿に全員の氏名がある", control);
        Assert.DoesNotContain("この項番を支える依頼がない", Browsing.Plain(control));
        Assert.Contains("うち1項番は、確認して追加したものです", Browsing.Plain(await manager.PageAsync($"/evidence/collections/{id}")));
        var (framework, itemRef) = (target.Split(':')[0], target.Split(':')[1]);
        Assert.Contains(await PiecesAsync(framework, confirmed), piece => piece.Collection == id && piece.Refs.Split(EvidenceFacts.Between).Contains(itemRef) && piece.LentRefs is not null);
        Assert.DoesNotContain(await PiecesAsync(framework, before), piece => piece.Collection == id && piece.Refs.Split(EvidenceFacts.Between).Contains(itemRef));

        // The door for programs: everybody who sees the collection reads, compliance managers decide.
        foreach (var (who, status) in new[] { (Cast.Alice, HttpStatusCode.OK), (Cast.Bob, HttpStatusCode.OK), (Cast.Mallory, HttpStatusCode.NotFound) })
        {
            Assert.Equal(status, (await desk.App.As(who).GetAsync($"/api/evidence/collections/{id}/items")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(who, id, "takeBack", target)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await (await desk.App.PagesAsAsync(who)).GetAsync($"/evidence/collections/{id}/items")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, id, "reject", target)).StatusCode);
        var back = await (await SayAsync(Cast.Manami, id, "takeBack", target)).Content.ReadFromJsonAsync<JsonElement>();
        Assert.Empty(back.GetProperty("attached").EnumerateArray());
        Assert.Equal(2, back.GetProperty("history").GetArrayLength());
        Assert.Equal(CoverageState.Missing, (await StateAsync(target)).State);
        Assert.Equal(CoverageState.Covered, (await StateAsync(target, confirmed)).State);
    }

    [Fact]
    public async Task Whoever_sees_an_item_and_not_the_collection_learns_that_it_is_there_and_not_what_was_written()
    {
        var (id, target) = await AcceptedAsync("ほかの人に見えない依頼", "iso27001-2022:A.5.9");
        await desk.App.Get<AttachEvidence>().RunAsync(Desk.Manager, id, AttachAct.Confirm, [target], "鈴木さんの端末だけが対象外");
        foreach (var (reader, sees) in new[] { (Desk.Manager, true), (Desk.User(Cast.Bob, Role.Reviewer), true), (Desk.User(Cast.Mallory, Role.ControlOwner), false) })
        {
            var lent = Assert.Single(await desk.App.Get<AttachmentStore>().OfItemAsync(reader, target.Split(':')[0], target.Split(':')[1], default), one => one.CollectionId == id);
            Assert.Equal((sees, sees ? "鈴木さんの端末だけが対象外" : ""), (lent.IsVisible, lent.Reason));
        }
        await desk.App.Database.ArrangeAsync("update controls set owner_id = @mallory where framework = @framework and ref = @itemRef", new { mallory = Cast.Mallory.PersonId, framework = target.Split(':')[0], itemRef = target.Split(':')[1] });
        Assert.DoesNotContain("鈴木さんの端末", await (await (await desk.App.PagesAsAsync(Cast.Mallory)).GetAsync($"/controls/{target.Replace(':', '/')}")).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task What_is_handed_in_anew_has_to_be_confirmed_anew()
    {
        var (id, target) = await AcceptedAsync("受領し直す依頼", "iso27001-2022:A.5.19");
        await Say(AttachAct.Confirm);
        Assert.Equal(CoverageState.Covered, (await StateAsync(target)).State);
        var review = desk.App.Get<ReviewCollection>();
        await review.DecideAsync(Desk.Manager, id, Decision.Reopen, "見直す");
        Assert.Equal(CoverageState.Missing, (await StateAsync(target)).State);
        await review.DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Return, "古い");
        await desk.HandInAsync(id, Cast.Alice, "別の内容");
        await review.DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Accept, "");
        Assert.Equal(CoverageState.Missing, (await StateAsync(target)).State);
        Assert.Contains(await desk.App.Get<AttachmentStore>().ProposalsAsync(Desk.Manager, id, default), row => row.Item.Key == target && row.WasConfirmed);
        Assert.Equal(1, await Say(AttachAct.Confirm));
        Assert.Equal(CoverageState.Covered, (await StateAsync(target)).State);

        Task<int> Say(AttachAct act) => desk.App.Get<AttachEvidence>().RunAsync(Desk.Manager, id, act, [target], "確かめた");
    }

    [Fact]
    public async Task What_cannot_be_attached_is_refused()
    {
        var attach = desk.App.Get<AttachEvidence>();
        var request = await desk.RequestAsync("結び付けられない依頼", item: "iso27001-2022:A.5.24");
        var open = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal("NotAccepted", (await Assert.ThrowsAsync<Refusal>(() => attach.RunAsync(Desk.Manager, open, AttachAct.Confirm, ["iso27001-2022:A.5.25"], "理由"))).Key);
        await desk.HandInAsync(open, Cast.Manami, "事務局が代わりに");
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), open, Decision.Accept, "");
        Assert.Equal("OwnAttachment", (await Assert.ThrowsAsync<Refusal>(() => attach.RunAsync(Desk.Manager, open, AttachAct.Confirm, ["iso27001-2022:A.5.25"], "理由"))).Key);

        var (id, target) = await AcceptedAsync("誤りを断る依頼", "iso27001-2022:A.5.24");
        foreach (var (key, items, reason) in new[] { ("AttachNothing", Array.Empty<string>(), "理由"), ("AttachUnknown", ["iso27001-2022:A.99.9"], "理由"), ("AttachUnknown", ["iso27001-2013:A.9.2.5"], "理由"), ("AttachServed", ["iso27001-2022:A.5.24"], "理由") })
        {
            Assert.Equal(key, (await Assert.ThrowsAsync<InvalidInput>(() => attach.RunAsync(Desk.Manager, id, AttachAct.Confirm, items, reason))).Key);
        }
        Assert.Equal("reason", (await Assert.ThrowsAsync<InvalidInput>(() => attach.RunAsync(Desk.Manager, id, AttachAct.Confirm, [target], " "))).Field);
        await Assert.ThrowsAsync<Refusal>(() => attach.RunAsync(Desk.Manager, id, AttachAct.TakeBack, [target], "理由"));
        Assert.Equal(1, await attach.RunAsync(Desk.Manager, id, AttachAct.Reject, [target], "内容が違う"));
        Assert.DoesNotContain(await desk.App.Get<AttachmentStore>().ProposalsAsync(Desk.Manager, id, default), row => row.Item.Key == target);
    }

    /// <summary>An accepted collection of Alice's, and an item the mapping proposes for it that nobody is asked for.</summary>
    private async Task<(long Id, string Target)> AcceptedAsync(string title, string item)
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync(title, item: item), "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, title);
        await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Accept, "");
        foreach (var proposal in await desk.App.Get<AttachmentStore>().ProposalsAsync(Desk.Manager, id, default))
        {
            if ((await StateAsync(proposal.Item.Key)).State == CoverageState.Missing)
            {
                return (id, proposal.Item.Key);
            }
        }
        throw new InvalidOperationException($"The mapping proposes nothing for {item} that is missing.");
    }

    private async Task<ItemCoverage> StateAsync(string key, DateTime? asOf = null) => (await desk.App.Get<CoverageStore>().OfItemAsync(key.Split(':')[0], key.Split(':')[1], asOf))!;

    private Task<HttpResponseMessage> SayAsync(Cast.Member who, long id, string decision, params string[] items) =>
        desk.App.As(who).PostAsJsonAsync($"/api/evidence/collections/{id}/items", new { decision, items, reason = "見直した" });

    private async Task<List<PieceFacts>> PiecesAsync(string framework, DateTime at)
    {
        await using var facts = await EvidenceFacts.OpenAsync(desk.App.Get<Db>(), new ReportOrder(framework, new(2026, 4, 1), new(2027, 3, 31), at, "ja"), default);
        var found = new List<PieceFacts>();
        await foreach (var piece in facts.PiecesAsync())
        {
            found.Add(piece);
        }
        Assert.Equal(found.Count, await facts.CountPiecesAsync(default));
        return found;
    }
}
