using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Comments, and a review taken in hand.</summary>
public sealed class TalkingTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task A_comment_reaches_the_other_side_and_its_undoing_stays_visible()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("話し合う依頼"), "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        using (var empty = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", " ")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        }
        using (var sent = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", "10月分も<b>入って</b>います")))
        {
            Assert.Equal(HttpStatusCode.Redirect, sent.StatusCode);
        }
        Assert.Equal([Cast.Bob.PersonId], await ToldAsync());
        Assert.Equal(HttpStatusCode.Created, (await SayAsync(Cast.Manami, id, "確認します")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Carol, id, "監査員から")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Mallory, id, "他人から")).StatusCode);

        page = await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/collections/{id}");
        Assert.Contains("10月分も&lt;b&gt;入って&lt;/b&gt;います", page);
        var carol = await (await desk.App.PagesAsAsync(Cast.Carol)).PageAsync($"/evidence/collections/{id}");
        Assert.Contains("10月分も", carol);
        Assert.DoesNotContain("handler=Comment", carol);

        var note = await desk.App.Database.ScalarAsync<long>("select min(id) from collection_notes where collection_id = @id", new { id });
        await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<CommentOnCollection>().UndoAsync(Desk.User(Cast.Bob, Role.Reviewer), id, note));
        using (var undone = await alice.SendAsync(await alice.PageAsync($"/evidence/collections/{id}"), $"/evidence/collections/{id}?handler=Uncomment", ("note", $"{note}")))
        {
            Assert.Equal(HttpStatusCode.Redirect, undone.StatusCode);
        }
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from notices where subject = @subject and closed_at is null", new { subject = $"comment:{note}" }));
        page = await alice.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("コメント（取り消し済み）", page);
        Assert.DoesNotContain("10月分も", page);
        await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<CommentOnCollection>().UndoAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, note));
        var wire = await desk.App.As(Cast.Bob).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{id}");
        Assert.Equal(["確認します", null], wire.GetProperty("comments").EnumerateArray().Select(comment => comment.GetProperty("words").GetString()));

        async Task<IReadOnlyList<long>> ToldAsync() => await desk.App.Database.ListAsync<long>("select person_id from notices where template = 'evidence/collection-comment' and model ->> 'link' = @link", new { link = $"/evidence/collections/{id}" });
    }

    [Fact]
    public async Task After_ten_minutes_a_comment_stands()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("コメントが残る依頼"), "2026-07-01");
        var alice = Desk.User(Cast.Alice, Role.ControlOwner);
        var note = await desk.App.Get<CommentOnCollection>().AddAsync(alice, id, "言い過ぎた");
        await desk.App.Database.SetClockAsync("2026-11-24 09:30");
        Assert.Equal("TooLateToUndo", (await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<CommentOnCollection>().UndoAsync(alice, id, note))).Key);
    }

    [Fact]
    public async Task A_review_in_hand_is_said_to_the_others_who_may_still_decide()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("手に取る依頼"), "2026-07-01");
        var take = desk.App.Get<TakeReview>();
        var (bob, manami) = (Desk.User(Cast.Bob, Role.Reviewer), Desk.Manager);
        await Assert.ThrowsAsync<Refusal>(() => take.TakeAsync(bob, id));
        await desk.HandInAsync(id, Cast.Alice, "x");
        await Assert.ThrowsAsync<NotFound>(() => take.TakeAsync(Desk.User(Cast.Alice, Role.ControlOwner), id));
        var pages = await desk.App.PagesAsAsync(Cast.Bob);
        using (var taken = await pages.SendAsync(await pages.PageAsync($"/evidence/review?at={id}"), $"/evidence/review?handler=Take&id={id}"))
        {
            Assert.Equal($"/evidence/review?at={id}", taken.Headers.Location!.OriginalString);
        }
        var theirs = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/review?at={id}"));
        Assert.Matches("確認中： ?坊田 望 さん \\d\\d:\\d\\dから", theirs);
        Assert.Contains("代わりに確認する", theirs);
        Assert.Contains("受領", theirs);
        Assert.Matches("確認中： ?坊田 望 さん", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{id}")));

        await take.TakeAsync(manami, id);
        Assert.Equal(Cast.Manami.Name, (await take.OfAsync(bob, [id], default))[id].Name);
        Assert.Empty(await take.OfAsync(Desk.User(Cast.Mallory), [id], default));
        await take.LayDownAsync(bob, id);
        Assert.True((await take.OfAsync(manami, [id], default))[id].IsMine);
        await desk.App.Database.ArrangeAsync("update review_leases set until = business_now() - interval '1 minute' where collection_id = @id", new { id });
        Assert.Empty(await take.OfAsync(bob, [id], default));
        await take.TakeAsync(bob, id);
        await desk.App.Get<ReviewCollection>().DecideAsync(manami, id, Decision.Accept, "");
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from review_leases where collection_id = @id", new { id }));
    }

    private Task<HttpResponseMessage> SayAsync(Cast.Member who, long id, string words) => desk.App.As(who).PostAsJsonAsync($"/api/evidence/collections/{id}/comments", new { words });
}
