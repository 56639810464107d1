using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Several collections at once: the check page, the act, what is left alone, and taking it back.</summary>
public sealed class BulkTests(Desk desk) : IClassFixture<Desk>
{
    private TestDatabase Database => desk.App.Database;

    [Fact]
    public async Task Chosen_rows_go_to_somebody_else_after_a_check_and_come_back_by_one_press()
    {
        var request = await desk.RequestAsync("引き継ぐ依頼");
        var (first, second) = (await desk.CollectionAsync(request, "2026-04-01"), await desk.CollectionAsync(request, "2026-07-01"));
        await desk.HandInAsync(first, Cast.Alice, "x");
        var waiting = await Database.ScalarAsync<long>("select count(*) from notices where subject = @subject and person_id = @alice and closed_at is null", new { subject = $"collection:{second}", alice = Cast.Alice.PersonId });
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var check = $"/evidence/collections/bulk?act=assign&id={first}&id={second}&id=999999&back=%2Fevidence%2Fcollections%3Fq%3Dx";

        var text = Browsing.Plain(await manami.PageAsync(check));
        Assert.Contains("選んだ3件のうち1件の担当を変更します。", text);
        Assert.Contains("提出済み・受領・免除の回です", text);
        Assert.Contains("見つからないか、閲覧できる範囲の外です（番号 999999）", text);
        Assert.Contains("新しい担当に、依頼中・差戻しの1件をまとめメールで知らせます。", text);

        var page = await manami.PageAsync(check);
        using (var found = await manami.SendAsync(page, check, ("do", "find"), ("Input.ToSearch", "花田")))
        {
            Assert.Contains("value=\"900008\"", await found.Content.ReadAsStringAsync());
        }
        using (var nobody = await manami.SendAsync(page, check, ("do", "Assign")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, nobody.StatusCode);
        }
        using (var reviewer = await manami.SendAsync(page, check, ("do", "find"), ("Input.To", "900002")))
        {
            Assert.Contains("この人が確認者です", Browsing.Plain(await reviewer.Content.ReadAsStringAsync()));
        }
        using var done = await manami.SendAsync(page, check, ("do", "Assign"), ("Input.To", "900008"));
        Assert.Equal("/evidence/collections?q=x", done.Headers.Location!.OriginalString);
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync(second));
        Assert.Equal(Cast.Alice.PersonId, await AssigneeAsync(first));
        Assert.Equal(1, await Database.ScalarAsync<long>("select count(*) from notices where subject = @subject and person_id = @hana and closed_at is null", new { subject = $"collection:{second}", hana = Cast.Hana.PersonId }));
        Assert.Equal(0, await OpenNoticesAsync(second, Cast.Alice));
        Assert.Contains("act:collections.assigned", await ActsAsync());

        page = await manami.PageAsync("/evidence/collections");
        Assert.Contains("1件の担当を花田 花さんに変更しました。", Browsing.Plain(page));
        var undo = WebUtility.HtmlDecode(Regex.Match(page, "action=\"([^\"]*handler=Undo[^\"]*)\"").Groups[1].Value);
        using (var stranger = await (await desk.App.PagesAsAsync(Cast.Bob)).SendAsync(await (await desk.App.PagesAsAsync(Cast.Bob)).PageAsync("/evidence/review"), undo))
        {
            Assert.NotEqual(HttpStatusCode.Redirect, stranger.StatusCode);
        }
        using var undone = await manami.SendAsync(page, undo);
        Assert.Equal(HttpStatusCode.Redirect, undone.StatusCode);
        Assert.Equal(Cast.Alice.PersonId, await AssigneeAsync(second));
        Assert.Equal(waiting, await OpenNoticesAsync(second, Cast.Alice));
        Assert.Equal(0, await OpenNoticesAsync(second, Cast.Hana));
        using var again = await manami.SendAsync(page, undo);
        Assert.NotEqual(HttpStatusCode.Redirect, again.StatusCode);
        Assert.Equal(Cast.Alice.PersonId, await AssigneeAsync(second));
    }

    [Fact]
    public async Task All_that_match_are_counted_again_and_a_changed_number_is_asked_about()
    {
        var request = await desk.RequestAsync("条件に合う依頼");
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var check = $"/evidence/collections/bulk?act=remind&all=true&request={request}";
        var page = await manami.PageAsync(check);
        Assert.Contains("選んだ2件のうち2件の担当に、お知らせをもう一度送ります。", Browsing.Plain(page));
        Assert.Contains("1名（相川 有栖）", Browsing.Plain(page));

        await desk.HandInAsync(await desk.CollectionAsync(request, "2026-04-01"), Cast.Alice, "x");
        await Database.ArrangeAsync("update collections set state = 'accepted' where request_id = @request and state = 'submitted'", new { request });
        using (var changed = await manami.SendAsync(page, check, ("do", "Remind"), ("Input.Seen", "2")))
        {
            Assert.Equal(HttpStatusCode.Conflict, changed.StatusCode);
            page = await changed.Content.ReadAsStringAsync();
            Assert.Contains("条件に合う件数が変わりました（2件→1件）。", Browsing.Plain(page));
        }
        var open = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal("1", Browsing.Hidden(page, "Input.Seen"));
        using (var done = await manami.SendAsync(page, check, ("do", "Remind"), ("Input.Seen", "1")))
        {
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        }
        Assert.Equal(1, await OpenNoticesAsync(open, Cast.Alice));
        Assert.Equal(1, await Database.ScalarAsync<long>("select count(*) from notices where key like '%:by-hand-2026-11-24' and subject = @subject", new { subject = $"collection:{open}" }));
        Assert.Contains("今日はもう再送しました", await manami.PageAsync(check));
    }

    [Fact]
    public async Task Only_what_has_no_warning_is_accepted_together()
    {
        var request = await desk.RequestAsync("まとめて受領する依頼", Cast.Alice, Cast.Bob, startOn: "2026-01-01");
        var ids = new List<long>();
        foreach (var (from, captured) in new[] { ("2026-01-01", "2026-04-01"), ("2026-04-01", "2026-07-02"), ("2026-07-01", null) })
        {
            ids.Add(await desk.CollectionAsync(request, from));
            // Not late, so that only the capture date makes the difference.
            await Database.ArrangeAsync("update collections set due_on = '2026-12-01' where id = @id", new { id = ids[^1] });
            await desk.HandInAsync(ids[^1], Cast.Alice, $"内容 {from}", captured);
        }
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var check = "/evidence/collections/bulk?act=accept&" + string.Join('&', ids.Select(id => $"id={id}"));
        var page = await bob.PageAsync(check);
        Assert.Contains("選んだ3件のうち、注意のない2件を受領します。", Browsing.Plain(page));
        Assert.Contains("注意のある提出です。", page);
        using var done = await bob.SendAsync(page, check, ("do", "Accept"));
        var text = Browsing.Plain(await done.Content.ReadAsStringAsync());
        Assert.Contains("2件を受領しました。次の1件はできませんでした。", text);
        Assert.Equal(["accepted", "accepted", "submitted"], await Database.ListAsync<string>("select state from collections where id = any(@ids) order by id", new { ids = ids.ToArray() }));
        // Alice's own hand-in is nothing for Alice, and Manami decides on nothing she handed in.
        using var own = await (await desk.App.PagesAsAsync(Cast.Alice)).GetAsync(check);
        Assert.Equal(HttpStatusCode.NotFound, own.StatusCode);
    }

    [Fact]
    public async Task What_came_after_the_look_is_not_accepted()
    {
        var request = await desk.RequestAsync("差し替わる依頼", startOn: "2026-01-01");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await Database.ArrangeAsync("update collections set due_on = '2026-12-01' where id = @id", new { id });
        await desk.HandInAsync(id, Cast.Alice, "見た内容", "2026-10-01");
        var bob = await desk.App.PagesAsAsync(Cast.Bob);
        var (one, many, check) = (await bob.PageAsync($"/evidence/review?at={id}"), "", $"/evidence/collections/bulk?act=accept&id={id}");
        many = await bob.PageAsync(check);
        var first = await Database.ScalarAsync<long>("select max(id) from submissions where collection_id = @id", new { id });
        Assert.Equal(($"{first}", $"{id}:{first}"), (Browsing.Hidden(one, "Input.Seen"), Browsing.Hidden(many, "Input.Row")));

        await desk.App.Get<HandIn>().WithdrawAsync(Desk.User(Cast.Alice, AuditTracker.Platform.Security.Role.ControlOwner), first);
        await desk.HandInAsync(id, Cast.Alice, "見ていない内容", "2026-10-01");
        foreach (var path in new[] { $"/evidence/review?handler=Accept&id={id}", $"/evidence/collections/{id}?handler=Accept" })
        {
            using var refused = await bob.SendAsync(one, path, ("Input.Comment", "よく整っています"), ("Input.Seen", $"{first}"));
            var page = await refused.Content.ReadAsStringAsync();
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("提出がこの間に差し替わりました。", Browsing.Plain(page));
            Assert.Contains("よく整っています", page);
            Assert.NotEqual($"{first}", Browsing.Hidden(page, "Input.Seen"));
        }
        using (var left = await bob.SendAsync(many, check, ("do", "Accept"), ("Input.Row", $"{id}:{first}")))
        {
            Assert.Contains("提出がこの間に差し替わりました。", Browsing.Plain(await left.Content.ReadAsStringAsync()));
        }
        Assert.Equal("submitted", await Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));

        many = await bob.PageAsync(check);
        using var done = await bob.SendAsync(many, check, ("do", "Accept"), ("Input.Row", Browsing.Hidden(many, "Input.Row")));
        Assert.Equal("accepted", await Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));
    }

    [Fact]
    public async Task Of_more_than_two_hundred_the_first_are_waived_and_the_others_wait_for_the_next_go()
    {
        var request = await desk.RequestAsync("多すぎる依頼");
        await Database.ArrangeAsync("""
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, state, state_at)
            select request_id, version, date '2000-01-01' + n, date '2000-01-01' + n, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, 'open', now() from collections, generate_series(1, 210) n
            where request_id = @request and period_from = '2026-07-01'
            """, new { request });
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var check = $"/evidence/collections/bulk?act=waive&all=true&request={request}";
        var page = await manami.PageAsync(check);
        Assert.Contains("一度に決めるのは200件までです。残りの12件は、この後で続けてください。", Browsing.Plain(page));
        var rows = Regex.Matches(page, "name=\"Input.Row\" value=\"([^\"]*)\"").Select(match => ("Input.Row", match.Groups[1].Value)).ToList();
        Assert.Equal(200, rows.Count);
        using (var done = await manami.SendAsync(page, check, [("do", "Waive"), ("Input.Reason", "設備を廃止した"), ("Input.Seen", Browsing.Hidden(page, "Input.Seen")), .. rows]))
        {
            Assert.Equal(HttpStatusCode.Redirect, done.StatusCode);
        }
        Assert.Equal(200, await Database.ScalarAsync<long>("select count(*) from collections where request_id = @request and state = 'waived'", new { request }));
        Assert.Contains("選んだ", page = Browsing.Plain(await manami.PageAsync(check)));
        Assert.DoesNotContain("一度に決めるのは", page);
        Assert.Contains("12件を免除します", page);
    }

    [Fact]
    public async Task A_refused_comment_leaves_what_was_typed_to_hand_in()
    {
        var request = await desk.RequestAsync("書きかけの依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        await desk.App.Get<DraftStore>().SaveAsync(Desk.User(Cast.Alice, AuditTracker.Platform.Security.Role.ControlOwner), id, new Dictionary<string, string> { ["Note"] = "途中まで書いた備考" }, default);
        var page = await alice.PageAsync($"/evidence/collections/{id}");
        Assert.Contains("途中まで書いた備考", page);
        using var refused = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("Input.Words", ""));
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("途中まで書いた備考", await refused.Content.ReadAsStringAsync());
        using var found = await alice.SendAsync(page, $"/evidence/collections/{id}?handler=Comment", ("do", "find"), ("Input.ToSearch", "坊田"));
        Assert.Contains("途中まで書いた備考", await found.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Periods_are_waived_together_for_one_reason_but_never_ones_own()
    {
        var request = await desk.RequestAsync("まとめて免除する依頼");
        var own = await desk.RequestAsync("事務局自身の依頼", Cast.Manami, Cast.Bob);
        var ids = new[] { await desk.CollectionAsync(request, "2026-04-01"), await desk.CollectionAsync(request, "2026-07-01"), await desk.CollectionAsync(own, "2026-07-01") };
        var manami = await desk.App.PagesAsAsync(Cast.Manami);
        var check = "/evidence/collections/bulk?act=waive&" + string.Join('&', ids.Select(id => $"id={id}"));
        var page = await manami.PageAsync(check);
        Assert.Contains("選んだ3件のうち2件を免除します。", Browsing.Plain(page));
        using (var silent = await manami.SendAsync(page, check, ("do", "Waive")))
        {
            Assert.Equal(HttpStatusCode.BadRequest, silent.StatusCode);
        }
        using var done = await manami.SendAsync(page, check, ("do", "Waive"), ("Input.Reason", "設備を廃止した"));
        Assert.Contains("2件を免除しました。次の1件はできませんでした。", Browsing.Plain(await done.Content.ReadAsStringAsync()));
        Assert.Equal(["waived", "waived", "open"], await Database.ListAsync<string>("select state from collections where id = any(@ids) order by array_position(@ids, id)", new { ids }));
        Assert.Equal(2, await Database.ScalarAsync<long>("select count(*) from collection_acts where act = 'waive' and comment = '設備を廃止した' and collection_id = any(@ids)", new { ids }));
    }

    [Fact]
    public async Task Five_in_a_row_are_decided_each_opening_the_next()
    {
        var request = await desk.RequestAsync("五つ続けて確かめる依頼", Cast.Alice, Cast.Hana, startOn: "2026-05-01", every: PeriodKind.Month);
        foreach (var month in Enumerable.Range(5, 5))
        {
            await desk.HandInAsync(await desk.CollectionAsync(request, $"2026-0{month}-01"), Cast.Alice, $"内容{month}");
        }
        var hana = await desk.App.PagesAsAsync(Cast.Hana);
        var (page, seen) = (await hana.PageAsync("/evidence/review"), new List<string>());
        for (var round = 0; round < 5; round++)
        {
            var accept = WebUtility.HtmlDecode(Regex.Match(page, "action=\"(/evidence/review\\?handler=Accept[^\"]*)\"").Groups[1].Value);
            seen.Add(accept);
            using var decided = await hana.SendAsync(page, accept, ("Input.Comment", ""));
            page = await hana.PageAsync(decided.Headers.Location!.OriginalString);
        }
        Assert.Equal(5, seen.Distinct().Count());
        Assert.Equal(5, await Database.ScalarAsync<long>("select count(*) from collections where request_id = @request and state = 'accepted'", new { request }));
    }

    [Fact]
    public async Task What_is_not_ones_own_is_told_as_not_found_and_stays_as_it_is()
    {
        var request = await desk.RequestAsync("よその部門の依頼", Cast.Alice, Cast.Manami);
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await desk.HandInAsync(id, Cast.Alice, "x", "2026-10-01");
        await desk.RequestAsync("坊田さんが確かめる依頼", Cast.Alice, Cast.Bob);
        var bob = await desk.App.PagesAsAsync(Cast.Bob);

        var page = await bob.PageAsync($"/evidence/collections/bulk?act=accept&id={id}");
        Assert.Contains($"見つからないか、閲覧できる範囲の外です（番号 {id}）", Browsing.Plain(page));
        Assert.DoesNotContain("よその部門", page);
        using (var forced = await bob.SendAsync(await bob.PageAsync("/evidence/review"), $"/evidence/collections/bulk?act=accept&id={id}", ("do", "Accept")))
        {
            Assert.DoesNotContain("よその部門", await forced.Content.ReadAsStringAsync());
        }
        Assert.Equal("submitted", await Database.ScalarAsync<string>("select state from collections where id = @id", new { id }));
        foreach (var act in new[] { "assign", "remind", "none" })
        {
            using var may = await bob.GetAsync($"/evidence/collections/bulk?act={act}&id={id}");
            Assert.Equal(HttpStatusCode.NotFound, may.StatusCode);
        }
        await Assert.ThrowsAsync<AuditTracker.Platform.NotFound>(() => desk.App.Get<ChangeBatch>().AssignAsync(Desk.User(Cast.Bob, AuditTracker.Platform.Security.Role.Reviewer), Chosen.Rows([id]), "900008", default));
    }

    [Fact]
    public async Task A_new_reviewer_closes_no_notice_of_the_owner_and_who_gets_a_period_back_is_told_again()
    {
        var request = await desk.RequestAsync("行き来する依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        Assert.Equal(1, await OpenNoticesAsync(id, Cast.Alice));
        foreach (var (owner, reviewer, told, other) in new[] { (Cast.Alice, Cast.Manami, Cast.Alice, Cast.Hana), (Cast.Hana, Cast.Manami, Cast.Hana, Cast.Alice), (Cast.Alice, Cast.Manami, Cast.Alice, Cast.Hana) })
        {
            var row = (await desk.App.Get<RequestStore>().FindAsync(Desk.Manager, request, default))!;
            await desk.App.Get<SaveRequest>().ChangeAsync(Desk.Manager, request, row.Version, new RequestInput(row.Title, row.Guidance, row.Minutes, row.Items, owner.EmployeeNo, reviewer.EmployeeNo, row.Recurrence, row.OpensOffset, row.DueOffset, row.Unit, row.StartOn, null));
            Assert.Equal((owner.PersonId, 1L, 0L), (await AssigneeAsync(id), await OpenNoticesAsync(id, told), await OpenNoticesAsync(id, other)));
        }
    }

    [Fact]
    public async Task A_changed_request_leaves_with_whom_a_period_was_given_to()
    {
        var request = await desk.RequestAsync("一回だけ代わる依頼");
        var id = await desk.CollectionAsync(request, "2026-07-01");
        await desk.App.Get<ChangeBatch>().AssignAsync(Desk.Manager, Chosen.Rows([id]), Cast.Hana.EmployeeNo, default);
        var row = (await desk.App.Get<RequestStore>().FindAsync(Desk.Manager, request, default))!;
        await desk.App.Get<SaveRequest>().ChangeAsync(Desk.Manager, request, row.Version, new RequestInput(row.Title + "（改）", row.Guidance, row.Minutes, row.Items, Cast.Carol.EmployeeNo, row.Reviewer, row.Recurrence, row.OpensOffset, row.DueOffset, row.Unit, row.StartOn, null));
        Assert.Equal(Cast.Hana.PersonId, await AssigneeAsync(id));
        Assert.Equal(Cast.Carol.PersonId, await AssigneeAsync(await desk.CollectionAsync(request, "2026-04-01")));
    }

    private Task<long> AssigneeAsync(long id) => Database.ScalarAsync<long>("select assignee_id from collections where id = @id", new { id });

    private Task<long> OpenNoticesAsync(long collection, Cast.Member member) =>
        Database.ScalarAsync<long>("select count(*) from notices where subject = @subject and person_id = @PersonId and closed_at is null", new { subject = $"collection:{collection}", member.PersonId });

    private Task<IReadOnlyList<string>> ActsAsync() => Database.ListAsync<string>("select kind || ':' || what from trail.entries where kind = 'act'");
}
