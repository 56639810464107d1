using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Tests.Calendar;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Another due date for one period: both dates stay, and late stays late.</summary>
public sealed class MoveDueDateTests(Desk desk) : IClassFixture<Desk>
{
    [Fact]
    public async Task The_owner_asks_the_reviewer_grants_and_both_dates_stay()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("延ばす依頼"), "2026-07-01");
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Alice, id, "ask", "2026-12-04", "監査と重なる")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Alice, id, "ask", "2026-12-11", "もっと")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Alice, id, "move", "2026-12-04", "自分で")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Carol, id, "move", "2026-12-04", "監査員から")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await SayAsync(Cast.Mallory, id, "ask", "2026-12-04", "他人から")).StatusCode);
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        Assert.Contains("延ばす依頼", await bob.PageAsync("/evidence/asks"));
        var at = $"/evidence/collections/{id}/due";
        using (var approved = await bob.SendAsync(await bob.PageAsync(at), $"{at}?handler=Move", ("Input.DueOn", "12/4"), ("Input.Reason", "")))
        {
            Assert.Equal(HttpStatusCode.Redirect, approved.StatusCode);
        }
        Assert.DoesNotContain("延ばす依頼", await bob.PageAsync("/evidence/asks"));

        var text = Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{id}"));
        Assert.Contains("期限 2026/12/4（金） 当初 2026/10/15（木） （期限超過のあとに変更）".Replace(" （", "（"), text.Replace(" （", "（"));
        Assert.Contains("監査と重なる", text);
        var item = await desk.App.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{id}");
        Assert.Equal("2026-12-04", item.Text("dueOn"));
        Assert.False(item.GetProperty("overdue").GetBoolean());
        Assert.Equal("2026-10-15", await desk.App.Database.ScalarAsync<string>("select planned_due_on::text from collections where id = @id", new { id }));

        // What had passed unmet stays late, although the new date is kept.
        await desk.HandInAsync(id, Cast.Alice, "x");
        Assert.Contains("期限後提出", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{id}")));
    }

    [Fact]
    public async Task Moving_before_the_due_date_is_no_lateness_and_reminders_follow_the_new_date()
    {
        var request = await desk.RequestAsync("早めに延ばす依頼", startOn: "2026-10-01", every: PeriodKind.Month);
        var id = await desk.CollectionAsync(request, "2026-10-01");
        var app = desk.App;
        await app.Database.SetClockAsync("2026-11-11 09:00"); // three business days before 16 November
        try
        {
            await app.Get<RemindOwners>().RunAsync(default);
            Assert.Contains("evidence/collection-due-soon", await OpenNoticesAsync(id));
            Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Manami, id, null, "2026-11-30", "システム更新のため")).StatusCode);
            Assert.Equal(["evidence/collection-answered"], await OpenNoticesAsync(id));
            await app.Get<RemindOwners>().RunAsync(default);
            Assert.Equal(["evidence/collection-answered"], await OpenNoticesAsync(id));
            await app.Database.SetClockAsync("2026-11-26 09:00");
            Assert.True(await app.Get<RemindOwners>().RunAsync(default) > 0);
            Assert.Contains("evidence/collection-due-soon", await OpenNoticesAsync(id));
            Assert.Equal(new DateOnly(2026, 11, 30), await app.Database.ScalarAsync<DateOnly>("select due_on from notices where subject = @subject and template = 'evidence/collection-due-soon' and closed_at is null", new { subject = $"collection:{id}" }));
            await desk.HandInAsync(id, Cast.Alice, "x");
            Assert.DoesNotContain("期限後提出", Browsing.Plain(await (await app.PagesAsAsync(Cast.Alice)).PageAsync($"/evidence/collections/{id}")));
        }
        finally
        {
            await app.Database.SetClockAsync("2026-11-24 09:00");
        }
    }

    [Fact]
    public async Task Who_owes_it_or_asked_never_grants_and_a_decline_says_why()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("断られる依頼"), "2026-07-01");
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Hana, id, "ask", "2026-12-04", "担当が休み")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await SayAsync(Cast.Bob, id, "decline", null, " ")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Bob, id, "decline", null, "審査に間に合わない")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Bob, id, "decline", null, "二度目")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Hana, id, "ask", "2026-12-03", "1日だけ早く")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await SayAsync(Cast.Hana, id, "withdraw", null, null)).StatusCode);
        var own = await desk.CollectionAsync(await desk.RequestAsync("事務局の分を延ばす依頼", Cast.Manami, Cast.Bob), "2026-07-01");
        Assert.Equal(HttpStatusCode.Conflict, (await SayAsync(Cast.Manami, own, "move", "2026-12-04", "自分の分")).StatusCode);
    }

    [Theory]
    [InlineData("2026-10-15", "DueUnchanged")]
    [InlineData("2026-11-20", "DueInPast")]
    [InlineData("2028-01-05", "DueTooFar")]
    [InlineData("2026-11-29", "DueClosed")]
    public void A_date_that_cannot_be_kept_is_refused_at_its_field(string to, string key)
    {
        var open = new Collection(1, CollectionState.Open, new(2026, 10, 1), new(2026, 10, 15), 1, 2, null, null, null, null);
        Assert.Equal(key, Assert.Throws<InvalidInput>(() => open.CheckMove(DateOnly.ParseExact(to, "yyyy-MM-dd"), new(2026, 11, 24), Days.Ours)).Key);
        Assert.Equal("HandedInMeanwhile", Assert.Throws<Refusal>(() => (open with { State = CollectionState.Submitted }).CheckMove(new(2026, 12, 4), new(2026, 11, 24), Days.Ours)).Key);
    }

    private Task<HttpResponseMessage> SayAsync(Cast.Member who, long id, string? decision, string? dueOn, string? reason) =>
        desk.App.As(who).PostAsJsonAsync($"/api/evidence/collections/{id}/due", new { decision, dueOn, reason });

    private Task<IReadOnlyList<string>> OpenNoticesAsync(long id) => desk.App.Database.ListAsync<string>(
        "select template from notices where subject = @subject and person_id = @person and closed_at is null order by id", new { subject = $"collection:{id}", person = Cast.Alice.PersonId });
}
