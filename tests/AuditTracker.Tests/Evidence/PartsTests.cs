using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Handing in part of what is asked, and the rest later.</summary>
public sealed class PartsTests(Desk desk) : IClassFixture<Desk>
{
    private static readonly DateOnly Today = new(2026, 11, 24);

    [Fact]
    public void A_part_changes_no_state_and_only_what_is_owed_takes_one()
    {
        var open = new Collection(1, CollectionState.Open, Today, Today, 1, 2, null, null, null, null);
        Assert.Equal(CollectionState.Open, open.SubmitPart());
        Assert.Equal(CollectionState.Returned, (open with { State = CollectionState.Returned }).SubmitPart());
        Assert.Equal("AlreadySubmitted", Assert.Throws<Refusal>(() => (open with { State = CollectionState.Submitted }).SubmitPart()).Key);
        Assert.Equal("NotOpenYet", Assert.Throws<Refusal>(() => (open with { State = CollectionState.Planned }).SubmitPart()).Key);
        Assert.Equal("PartIsHandedIn", Assert.Throws<Refusal>(() => (open with { State = CollectionState.Submitted }).WithdrawPart()).Key);
        Assert.Equal("OwnSubmission", Assert.Throws<Refusal>(() => (open with { State = CollectionState.Submitted, DeciderHandedInPart = true }).Decide(Decision.Accept, "", 9, 9, true)).Key);
    }

    [Fact]
    public void What_is_still_to_come_needs_words_and_a_day_that_comes()
    {
        Assert.Equal(new Rest("大阪拠点の一覧", Today), Rest.Of(" 大阪拠点の一覧 ", Today, Today));
        Assert.Equal(("rest", "RestEmpty"), Refused("  ", Today));
        Assert.Equal(("rest", "NoteLength"), Refused(new string('あ', 1001), Today));
        Assert.Equal(("restBy", "RestByEmpty"), Refused("x", null));
        Assert.Equal(("restBy", "RestByInPast"), Refused("x", Today.AddDays(-1)));
        Assert.Equal(("restBy", "RestByTooFar"), Refused("x", Today.AddDays(367)));

        static (string, string) Refused(string words, DateOnly? by) => Assert.Throws<InvalidInput>(() => Rest.Of(words, by, Today)) is var wrong ? (wrong.Field, wrong.Key) : default;
    }

    [Fact]
    public async Task Parts_come_in_while_it_stays_open_and_the_last_one_takes_all_to_review()
    {
        var request = await desk.RequestAsync("分けて出す依頼", item: "iso27001-2022:A.8.2");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        using (var wrong = await alice.HandInAsync(page, id, [("東京.csv", "id\n1")], ("Input.IsPart", "true"), ("Input.Rest", "大阪拠点の一覧")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
            page = await wrong.Content.ReadAsStringAsync();
            Assert.Contains("残りを提出する日を入力してください", page);
            Assert.Contains("大阪拠点の一覧", page);
            Assert.Contains("東京.csv", page);
        }
        var draft = Browsing.Hidden(page, "Input.Draft");
        (string, string)[] fields = [("Input.IsPart", "true"), ("Input.Rest", "大阪拠点の一覧"), ("Input.RestBy", "2026/12/01"), ("Input.Draft", draft)];
        using (var handed = await alice.HandInAsync(page, id, [], fields))
        {
            Assert.Equal(HttpStatusCode.Redirect, handed.StatusCode);
        }
        using (var again = await alice.HandInAsync(page, id, [], fields))
        {
            Assert.Equal(HttpStatusCode.Redirect, again.StatusCode);
        }
        Assert.Equal(1, await Count("select count(*) from submissions where collection_id = @id", id));
        Assert.Equal("open", await desk.App.Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));

        foreach (var (who, sees) in new[] { (Cast.Alice, true), (Cast.Bob, true), (Cast.Mallory, false) })
        {
            using var answer = await (await desk.App.PagesAsAsync(who)).GetAsync($"/evidence/collections/{id}");
            var text = await answer.Content.ReadAsStringAsync();
            Assert.Equal(sees ? HttpStatusCode.OK : HttpStatusCode.NotFound, answer.StatusCode);
            Assert.Equal(sees, text.Contains("大阪拠点の一覧", StringComparison.Ordinal) && text.Contains("東京.csv", StringComparison.Ordinal));
        }
        Assert.Contains("一部提出 1回", Browsing.Plain(await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync($"/evidence/collections?request={request}")));
        await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, Role.Reviewer), id, Decision.Accept, ""));

        // The rest comes over the wire; what was handed in before joins by itself.
        using (var whole = await desk.App.SubmitAsync(Cast.Alice, id, ("大阪.csv", "id\n2")))
        {
            Assert.Equal(HttpStatusCode.Created, whole.StatusCode);
        }
        var wire = await desk.App.As(Cast.Bob).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{id}");
        var submissions = wire.GetProperty("submissions").EnumerateArray().ToList();
        Assert.Equal(["submitted", "part"], submissions.Select(one => one.Text("state")));
        Assert.Equal(submissions[1].Id(), submissions[0].GetProperty("parts").EnumerateArray().Single().GetInt64());
        Assert.Equal("2026-12-01", submissions[1].Text("restBy"));
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var review = await bob.PageAsync($"/evidence/review?at={id}");
        Assert.Contains("東京.csv", review);
        Assert.Contains("大阪.csv", review);
        Assert.Contains("1回の一部提出を含みます", review);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.App.As(Cast.Alice).DeleteAsync($"/api/evidence/submissions/{submissions[1].Id()}")).StatusCode);
        await desk.App.DecideAsync(Cast.Bob, id, "accept");
        Assert.Equal(CoverageState.Covered, (await desk.App.Get<CoverageStore>().OfItemAsync("iso27001-2022", "A.8.2"))!.Requests.Single(one => one.RequestId == request).State);
    }

    [Fact]
    public async Task Who_handed_in_a_part_never_accepts_the_whole()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("代わりに一部を出した依頼"), "2026-07-01");
        await PartAsync(Cast.Manami, id, "本社分", "支社分");
        await desk.HandInAsync(id, Cast.Alice, "支社分");
        Assert.Equal("OwnSubmission", (await Assert.ThrowsAsync<Refusal>(() => desk.App.Get<ReviewCollection>().DecideAsync(Desk.Manager, id, Decision.Accept, ""))).Key);
        Assert.DoesNotContain(await Waiting(Desk.Manager), row => row.Id == id);
        Assert.Contains(await Waiting(Desk.User(Cast.Bob, Role.Reviewer)), row => row.Id == id);

        async Task<IReadOnlyList<CollectionRow>> Waiting(CurrentUser user) => (await desk.App.Get<CollectionStore>().ListAsync(user, new CollectionFilter(Waiting: true), null, 100, default)).Rows;
    }

    [Fact]
    public async Task A_part_is_taken_back_by_its_submitter_only_and_may_be_left_out()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("一部を取り消す依頼"), "2026-07-01");
        var first = await PartAsync(Cast.Alice, id, "古い一覧", "新しい一覧");
        var second = await PartAsync(Cast.Alice, id, "名簿", "一覧の直し");
        Assert.Equal(HttpStatusCode.NotFound, (await desk.App.As(Cast.Mallory).DeleteAsync($"/api/evidence/submissions/{first}")).StatusCode);
        await Assert.ThrowsAsync<NotFound>(() => desk.App.Get<HandIn>().WithdrawAsync(Desk.User(Cast.Bob, Role.ControlOwner, Role.Reviewer), first));
        Assert.Equal(HttpStatusCode.NoContent, (await desk.App.As(Cast.Alice).DeleteAsync($"/api/evidence/submissions/{second}")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await desk.App.As(Cast.Alice).DeleteAsync($"/api/evidence/submissions/{second}")).StatusCode);
        Assert.Equal("新しい一覧", (await desk.App.Get<CollectionStore>().FindAsync(Desk.Manager, id, default))!.Rest);

        await Assert.ThrowsAsync<InvalidInput>(() => SubmitAsync([second]));
        await Assert.ThrowsAsync<InvalidInput>(() => SubmitAsync([]));
        var whole = await SubmitAsync([first]);
        Assert.Equal(1, await Count("select count(*) from counted_evidence where counted_for = @id", whole));
        await desk.App.Get<HandIn>().WithdrawAsync(Desk.User(Cast.Alice, Role.ControlOwner), whole);
        Assert.Equal("新しい一覧", (await desk.App.Get<CollectionStore>().FindAsync(Desk.Manager, id, default))!.Rest);
        Assert.Equal(["part", "withdraw", "submit", "withdraw"], (await desk.App.Database.ListAsync<string>("select act from collection_acts where collection_id = @id and act not in ('open') order by id", new { id })).Skip(1));

        // Nothing of its own: all was there in parts.
        async Task<long> SubmitAsync(long[] used) => (await desk.App.Get<HandIn>().SubmitAsync(Desk.User(Cast.Alice, Role.ControlOwner), id, new HandInInput("", [], "", null, null, []) { UsedParts = used })).Id;
    }

    [Fact]
    public async Task Reminders_go_on_and_name_what_is_still_to_come()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("お知らせが続く依頼"), "2026-07-01");
        await desk.App.Get<RemindOwners>().RunAsync(default);
        var before = await Told();
        await PartAsync(Cast.Alice, id, "東京分", "名古屋分");
        var after = await Told();
        Assert.NotEmpty(after);
        Assert.All(after, key => Assert.DoesNotContain(key, before));
        Assert.Equal(0, await Count("select count(*) from notices where subject = 'collection:' || @id and closed_at is null and model ->> 'rest' is distinct from '名古屋分'", id));
        await desk.App.Get<RemindOwners>().RunAsync(default);
        Assert.Equal(after, await Told());

        Task<IReadOnlyList<string>> Told() => desk.App.Database.ListAsync<string>("select key from notices where subject = 'collection:' || @id and closed_at is null order by key", new { id });
    }

    [Fact]
    public async Task A_reminder_that_is_in_a_mail_stays_there_as_it_was_written()
    {
        var id = await desk.CollectionAsync(await desk.RequestAsync("書かれたお知らせの依頼"), "2026-07-01");
        await desk.App.Get<RemindOwners>().RunAsync(default);
        var written = await desk.App.Database.ScalarAsync<string>("select key from notices where subject = 'collection:' || @id and closed_at is null order by id limit 1", new { id });
        await desk.App.Database.ArrangeAsync("""
            insert into mails (person_id, kind, sent_on, language, to_name, to_address, message_id, created_at, state) select person_id, 'daily', '2099-01-01', 'ja', 'x', 'x@example.test', 'written-' || id, now(), 'accepted' from notices where key = @written;
            update notices set mail_id = (select max(id) from mails) where key = @written;
            """, new { written });
        await PartAsync(Cast.Alice, id, "東京分", "名古屋分");
        Assert.True(await desk.App.Database.ScalarAsync<bool>("select closed_at is null and model ->> 'rest' is null from notices where key = @written", new { written }));
        Assert.Equal(0, await desk.App.Database.ScalarAsync<long>("select count(*) from notices where key like @written || ':part%'", new { written }));
    }

    [Fact]
    public async Task The_workbook_holds_the_evidence_of_all_parts_and_before_that_says_what_is_missing()
    {
        var request = await desk.RequestAsync("帳票に出る一部", item: "iso27001-2022:A.8.3");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await PartAsync(Cast.Alice, id, "一つ目", "二つ目");
        var between = await desk.App.Database.ScalarAsync<DateTime>("select business_now()");
        await desk.HandInAsync(id, Cast.Alice, "二つ目", name: "二つ目.csv");
        var now = await desk.App.Database.ScalarAsync<DateTime>("select business_now()");
        Assert.Equal(["二つ目"], await Missed(between));
        Assert.Empty(await Missed(now));
        Assert.Empty(await Pieces(between));
        var pieces = await Pieces(now);
        Assert.Equal(2, pieces.Count);
        Assert.All(pieces, piece => Assert.True(piece.Late));
        Assert.NotNull(pieces[0].CompletedAt);
        Assert.Null(pieces[1].CompletedAt);

        async Task<List<PieceFacts>> Pieces(DateTime at)
        {
            await using var facts = await OpenAsync(at);
            var found = new List<PieceFacts>();
            await foreach (var piece in facts.PiecesAsync())
            {
                found.Add(piece);
            }
            Assert.Equal(found.Count, await facts.CountPiecesAsync(default));
            return [.. found.Where(piece => piece.Collection == id)];
        }

        async Task<List<string?>> Missed(DateTime at)
        {
            await using var facts = await OpenAsync(at);
            var found = new List<MissedFacts>();
            await foreach (var missed in facts.MissedAsync())
            {
                found.Add(missed);
            }
            return [.. found.Where(missed => missed.Collection == id).Select(missed => missed.Rest)];
        }

        Task<EvidenceFacts> OpenAsync(DateTime at) => EvidenceFacts.OpenAsync(desk.App.Get<AuditTracker.Platform.Database.Db>(), new ReportOrder("iso27001-2022", new(2026, 4, 1), new(2027, 3, 31), at, "ja"), default);
    }

    private async Task<long> PartAsync(Cast.Member by, long collection, string statement, string rest) => (await desk.App.Get<HandIn>().SubmitAsync(Desk.User(by, by == Cast.Manami ? Role.ComplianceManager : Role.ControlOwner), collection,
        new HandInInput("", [], statement, null, null, []) { IsPart = true, Rest = rest, RestBy = new(2026, 12, 1) })).Id;

    private Task<long> Count(string sql, long id) => desk.App.Database.ScalarAsync<long>(sql, new { id });
}
