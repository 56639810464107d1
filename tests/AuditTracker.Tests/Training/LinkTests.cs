using System.Net;
using System.Text.RegularExpressions;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>The link of a mail: one training of one person, without a password, and nothing else.</summary>
public sealed partial class LinkTests : IAsyncLifetime
{
    private readonly School school = new();
    private long campaign, roster;
    private string link = "";

    public async Task InitializeAsync()
    {
        await school.InitializeAsync();
        campaign = await school.RunAsync();
        roster = await school.RosterAsync(campaign, Cast.Alice);
        link = await school.LinkInMailToAsync(Cast.Alice);
    }

    public Task DisposeAsync() => school.DisposeAsync();

    private string Token => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

    private async Task<HttpClient> OpenAsync(string? with = null)
    {
        var visitor = school.App.Anonymous();
        var opened = await visitor.PostFormAsync(with ?? link, "/training/link", ("Token", (with ?? link)[(link.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        Assert.Equal((HttpStatusCode.Redirect, $"/training/mine/{roster}"), (opened.StatusCode, opened.Headers.Location?.OriginalString));
        return visitor;
    }

    /// <summary>Reads to the end, answers every question and hands in; right or wrong.</summary>
    private async Task TestAsync(HttpClient client, bool right)
    {
        var at = $"/training/mine/{roster}";
        var course = (await school.App.Get<CourseStore>().FindAsync("all-staff", 1, default))!;
        for (var page = 1; page <= course.Pages.Count; page++)
        {
            await client.PostFormAsync($"{at}?p={page}", null);
        }
        await client.PostFormAsync($"{at}/test", $"{at}/test?handler=begin");
        for (var number = 1; number <= course.Drawn; number++)
        {
            var markup = await client.PageAsync($"{at}/test?q={number}");
            var question = course.Questions.Single(question => markup.Contains(question.Ja.Text, StringComparison.Ordinal));
            string[] chosen = right ? [.. question.Right] : [question.Right.Contains("a") && !question.IsMultiple ? "b" : "a"];
            var answer = await client.PostFormAsync($"{at}/test?q={number}", null, [.. chosen.Select(letter => ("Chosen", letter))]);
            Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        }
        Assert.Equal($"{at}/result", (await client.PostFormAsync($"{at}/test?q=99", $"{at}/test?handler=finish")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task From_the_mail_to_the_certificate_with_one_failed_attempt_without_a_password()
    {
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from mails where body_text like '%token=' || @token || '%'", new { token = Token }));
        Assert.Equal(32, await school.Database.ScalarAsync<long>("select length(token_hash) from training_links where roster_id = @roster", new { roster }));
        var visitor = await OpenAsync();
        await TestAsync(visitor, right: false);
        var failed = await visitor.PageAsync($"/training/mine/{roster}/result");
        Assert.Contains("もう少しです", failed);
        Assert.Contains("間違えた10問", failed);
        Assert.Equal(1, (await school.NumbersAsync(campaign)).Retake);
        await TestAsync(visitor, right: true);
        Assert.Contains("100点中100点", await visitor.PageAsync($"/training/mine/{roster}/result"));
        var certificate = await visitor.PageAsync($"/training/mine/{roster}/certificate");
        Assert.Contains("相川 有栖 様", certificate);
        Assert.Contains($"T-2026-{roster:0000}", certificate);
        Assert.Equal((1, 0), ((await school.NumbersAsync(campaign)).Completed, (await school.NumbersAsync(campaign)).Retake));
        // Every attempt is kept with the version of its questions and its answers.
        Assert.Equal([(1, false, 1), (2, true, 1)], await school.Database.ListAsync<(int, bool, int)>("select number, passed, course_version from training_attempts where roster_id = @roster order by number", new { roster }));
        Assert.Equal(20, await school.Database.ScalarAsync<long>("select count(*) from training_answers a join training_attempts t on t.id = a.attempt_id where t.roster_id = @roster and a.chosen <> '' and a.correct is not null", new { roster }));
    }

    [Fact]
    public async Task Looking_at_a_link_changes_nothing_and_tells_nothing_of_the_person()
    {
        var scanner = school.App.Anonymous();
        for (var times = 0; times < 5; times++)
        {
            var seen = await scanner.GetAsync(link);
            Assert.Equal(HttpStatusCode.OK, seen.StatusCode);
            Assert.False(seen.Headers.TryGetValues("Set-Cookie", out var cookies) && cookies.Any(cookie => cookie.StartsWith(TrainingLinks.Cookie, StringComparison.Ordinal)));
            Assert.DoesNotContain(Cast.Alice.Name, await seen.TextAsync());
        }
        await scanner.SendAsync(new HttpRequestMessage(HttpMethod.Head, link));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from training_sessions"));
        Assert.Equal(8, (await school.NumbersAsync(campaign)).NotStarted);
        await OpenAsync();
    }

    [Fact]
    public async Task A_session_by_a_link_opens_that_training_and_nothing_else()
    {
        var visitor = await OpenAsync();
        Assert.Contains(Cast.Alice.Name, await visitor.PageAsync($"/training/mine/{roster}"));
        var other = await school.RosterAsync(campaign, Cast.Bob);
        foreach (var path in new[] { $"/training/mine/{other}", $"/training/mine/{other}/test", $"/training/mine/{other}/result", $"/training/mine/{other}/certificate", "/training", "/training/mine", $"/training/campaigns/{campaign}", "/", "/people" })
        {
            var answer = await visitor.GetAsync(path);
            Assert.True(answer.StatusCode == HttpStatusCode.Redirect && answer.Headers.Location!.OriginalString.StartsWith("/sign-in", StringComparison.Ordinal), $"{path}: {answer.StatusCode}");
        }
        Assert.Equal("/training/link", (await visitor.PostFormAsync($"/training/mine/{roster}?p=1", $"/training/mine/{other}?p=1")).Headers.Location!.OriginalString);
        Assert.Equal("/training/link", (await visitor.PostFormAsync($"/training/mine/{roster}?p=1", "/training/mine/99999?p=1")).Headers.Location!.OriginalString);
        Assert.Equal(HttpStatusCode.Unauthorized, (await visitor.GetAsync("/api/me")).StatusCode);
        // Signed in as somebody else at the same machine, the session of the link counts for nothing.
        visitor.GetHandler().Set(AuditTracker.Accounts.IdentifyCaller.SessionCookie, await TestApp.SessionAsync(school.App.Services, Cast.Bob));
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync($"/training/mine/{roster}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync($"/training/mine/{other}")).StatusCode);
    }

    [Fact]
    public async Task Two_trainings_of_one_person_are_open_side_by_side_in_one_browser()
    {
        var (second, secondLink) = await SecondAsync(Cast.Alice);
        var visitor = await OpenAsync();
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.PostFormAsync(secondLink, "/training/link", ("Token", TokenOf(secondLink)))).StatusCode);

        Assert.Equal($"/training/mine/{roster}?p=2", (await visitor.PostFormAsync($"/training/mine/{roster}?p=1", null)).Headers.Location!.OriginalString);
        Assert.Equal($"/training/mine/{second}?p=2", (await visitor.PostFormAsync($"/training/mine/{second}?p=1", null)).Headers.Location!.OriginalString);
        Assert.Equal([(roster, 1), (second, 1)], await school.Database.ListAsync<(long, int)>("select roster_id, page from training_progress order by roster_id"));
        // A session under another training's name opens nothing.
        var swapped = school.App.Anonymous();
        swapped.GetHandler().Set(TrainingLinks.CookieOf(second), visitor.GetHandler()[TrainingLinks.CookieOf(roster)]);
        Assert.Equal("/training/link", (await swapped.GetAsync($"/training/mine/{second}")).Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Another_persons_session_does_not_stay_open_on_the_device()
    {
        var visitor = await OpenAsync();
        var held = await visitor.PageAsync($"/training/mine/{roster}");
        var others = await school.LinkInMailToAsync(Cast.Bob);
        var other = await school.RosterAsync(campaign, Cast.Bob);
        await visitor.PostFormAsync(others, "/training/link", ("Token", TokenOf(others)));

        Assert.Contains(Cast.Bob.Name, await visitor.PageAsync($"/training/mine/{other}"));
        Assert.StartsWith("/sign-in", (await visitor.GetAsync($"/training/mine/{roster}")).Headers.Location!.OriginalString, StringComparison.Ordinal);
        // The tab that was open before is told how to go on, and nothing is written for anybody.
        Assert.Equal("/training/link", (await visitor.PostFormAsync($"/training/mine/{other}?p=1", $"/training/mine/{roster}?p=1")).Headers.Location!.OriginalString);
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from training_progress"));
        Assert.Contains(Cast.Alice.Name, held);
    }

    [Fact]
    public async Task A_session_that_is_over_is_told_to_open_the_link_again()
    {
        var visitor = await OpenAsync();
        await visitor.PageAsync($"/training/mine/{roster}?p=1");
        await school.Database.ArrangeAsync("update training_sessions set expires_at = now() - interval '1 second'");

        var told = await visitor.GetAsync("/training/link");
        Assert.Equal("/training/link", (await visitor.PostFormAsync("/sign-in", $"/training/mine/{roster}?p=1")).Headers.Location!.OriginalString);
        Assert.Equal("/training/link", (await visitor.GetAsync($"/training/mine/{roster}?p=1")).Headers.Location!.OriginalString);
        Assert.Contains("メールのリンクをもう一度開いてください", await told.TextAsync());
        for (var times = 0; times <= TrainingLinks.MostMisses; times++)
        {
            Assert.NotEqual(HttpStatusCode.TooManyRequests, (await visitor.GetAsync("/training/link")).StatusCode);
        }
    }

    /// <summary>A second campaign for the same people, and the link of its mail to one of them.</summary>
    private async Task<(long Roster, string Link)> SecondAsync(Cast.Member to)
    {
        var second = await school.RunAsync();
        var id = await school.RosterAsync(second, to);
        await using var work = await school.Database.BeginAsync();
        var secret = await TrainingLinks.MintAsync(work, id, default);
        await work.CommitAsync();
        return (id, $"{TrainingLinks.Path}?token={secret}");
    }

    private static string TokenOf(string link) => link[(link.IndexOf('=', StringComparison.Ordinal) + 1)..];

    [Fact]
    public async Task A_link_may_be_used_again_until_the_training_is_completed_and_forwarded_afterwards_opens_nothing()
    {
        var phone = await OpenAsync();
        await phone.PostFormAsync($"/training/mine/{roster}?p=1", null);
        await phone.PostFormAsync($"/training/mine/{roster}?p=2", null);
        var desk = await OpenAsync();
        Assert.Contains("前回の続き（2 / 8枚目から）", await desk.PageAsync($"/training/mine/{roster}"));
        await TestAsync(desk, right: true);
        var forwarded = school.App.Anonymous();
        Assert.Equal(HttpStatusCode.NotFound, (await forwarded.GetAsync(link)).StatusCode);
        // What scanned the link before may still hold its form.
        Assert.Equal(HttpStatusCode.NotFound, (await forwarded.PostFormAsync("/sign-in", "/training/link", ("Token", Token))).StatusCode);
        // The other device is signed off; the one that completed keeps the certificate.
        Assert.Equal(HttpStatusCode.Redirect, (await phone.GetAsync($"/training/mine/{roster}")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await desk.GetAsync($"/training/mine/{roster}/certificate")).StatusCode);
    }

    [Fact]
    public async Task Expired_revoked_and_unknown_links_and_those_of_leavers_look_the_same()
    {
        var newer = school.App.Get<RemindTrainees>();
        async Task<(HttpStatusCode, string)> SeenAsync(string path)
        {
            var answer = await school.App.Anonymous().GetAsync(path);
            return (answer.StatusCode, TokenField().Replace(Regex.Replace(await answer.TextAsync(), "href=\"/language[^\"]*\"", ""), ""));
        }
        var unknown = await SeenAsync("/training/link?token=" + new string('A', 43));
        Assert.Equal(HttpStatusCode.NotFound, unknown.Item1);
        var visitor = await OpenAsync();
        foreach (var end in new[] { "expires_at = now() - interval '1 second'", "expires_at = now() + interval '1 day', revoked_at = now()" })
        {
            await school.Database.ArrangeAsync($"update training_links set {end} where roster_id = {roster}");
            var ended = await SeenAsync(link);
            Assert.Equal(unknown.Item1, ended.Item1);
            Assert.Equal(Text(unknown.Item2), Text(ended.Item2));
        }
        // The session goes on without its link, until it is revoked itself or the person has left.
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync($"/training/mine/{roster}")).StatusCode);
        await school.Database.ArrangeAsync("update training_sessions set expires_at = now() - interval '1 second'");
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync($"/training/mine/{roster}")).StatusCode);
        await school.Database.ArrangeAsync("update training_sessions set expires_at = now() + interval '1 hour'");
        await school.Database.ArrangeAsync("update people set left_on = '2026-11-01' where id = 1");
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync($"/training/mine/{roster}")).StatusCode);
        await school.Database.ArrangeAsync("update people set left_on = null where id = 1");
        await school.App.Get<TrainingLinks>().RevokeAsync(School.Manager, campaign, [roster], default);
        Assert.Equal(HttpStatusCode.Redirect, (await visitor.GetAsync($"/training/mine/{roster}")).StatusCode);
        Assert.Equal(1, await newer.ByHandAsync(School.Manager, campaign, [roster]));
    }

    [Fact]
    public async Task The_mail_whose_link_was_used_counts_as_opened_and_no_newer_one()
    {
        await school.Database.SetClockAsync("2026-11-03 09:00");
        await school.App.Get<RemindTrainees>().ByHandAsync(School.Manager, campaign, [roster]);
        await school.Database.SetClockAsync("2026-11-04 09:00");
        Assert.NotEqual(link, await school.LinkInMailToAsync(Cast.Alice));
        await OpenAsync();

        Assert.Equal(["training/opened"], await school.Database.ListAsync<string>("select template from notices where subject = 'training:' || @roster and opened_at is not null", new { roster }));
    }

    [Fact]
    public async Task A_mail_that_is_looked_at_shows_that_a_link_of_ones_own_will_stand_there()
    {
        await school.Database.SetClockAsync("2026-11-04 08:00");
        await school.App.Get<RemindTrainees>().ByHandAsync(School.Manager, campaign, [roster]);
        var seen = (await school.App.Get<PreviewMail>().OfPersonAsync(School.Manager, Cast.Alice.PersonId, "ja", told: false, default))!;
        var waiting = (await school.App.Get<MailLedger>().FindAsync(School.Manager, await school.Database.ScalarAsync<long>("select max(id) from mails where state = 'queued'"), default))!;

        foreach (var text in new[] { seen.Text, seen.Html, waiting.Text!, waiting.Html! })
        {
            Assert.Contains(WriteMail.Mask, text);
            Assert.DoesNotContain("/training/mine/", text);
        }
    }

    [Fact]
    public async Task Guessing_is_turned_away_and_a_link_opens_only_so_many_sessions_an_hour()
    {
        var guesser = school.App.Anonymous();
        var last = HttpStatusCode.OK;
        for (var guess = 0; guess <= TrainingLinks.MostMisses; guess++)
        {
            last = (await guesser.GetAsync($"/training/link?token=guess{guess}")).StatusCode;
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, last);
        // Somebody with a mail behind the same address is not turned away.
        for (var times = 0; times < TrainingLinks.MostSessions; times++)
        {
            await OpenAsync();
        }
        var refused = await school.App.Anonymous().PostFormAsync(link, "/training/link", ("Token", Token));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.Contains("1時間ほどあとに", await refused.TextAsync());
    }

    [Fact]
    public async Task Answers_are_kept_and_checked_and_nothing_is_skipped()
    {
        var visitor = await OpenAsync();
        var at = $"/training/mine/{roster}";
        // Not before the material, nor a page ahead of it.
        Assert.Equal(at, (await visitor.GetAsync($"{at}/test")).Headers.Location!.OriginalString);
        Assert.Contains("1 / 8枚", await visitor.PageAsync($"{at}?p=7"));
        await visitor.PostFormAsync($"{at}?p=1", $"{at}?p=8");
        Assert.Equal(1, await school.Database.ScalarAsync<long>("select page from training_progress where roster_id = @roster", new { roster }));
        for (var page = 2; page <= 8; page++)
        {
            await visitor.PostFormAsync($"{at}?p={page}", null);
        }
        await visitor.PostFormAsync($"{at}/test", $"{at}/test?handler=begin");
        await visitor.PostFormAsync($"{at}/test?q=1", $"{at}/test?handler=begin");
        Assert.Equal(1, await school.Database.ScalarAsync<long>("select count(*) from training_attempts"));
        var empty = await visitor.PostFormAsync($"{at}/test?q=1", null);
        Assert.Equal(HttpStatusCode.BadRequest, empty.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.PostFormAsync($"{at}/test?q=1", null, ("Chosen", "z"))).StatusCode);
        var unfinished = await visitor.PostFormAsync($"{at}/test?q=99", $"{at}/test?handler=finish");
        Assert.Equal(HttpStatusCode.Conflict, unfinished.StatusCode);
        Assert.Contains("答えていない問題が10問", await unfinished.TextAsync());
        await visitor.PostFormAsync($"{at}/test?q=3", null, ("Chosen", "a"));
        // A lost connection loses nothing: the next device goes on where this one stopped.
        var next = await OpenAsync();
        Assert.Contains("テストの続き", await next.PageAsync(at));
        Assert.Matches("value=\"a\"[^>]*checked|checked[^>]*value=\"a\"", await next.PageAsync($"{at}/test?q=3"));
    }

    private static string Text(string markup) => Regex.Replace(markup[markup.IndexOf("<main", StringComparison.Ordinal)..markup.IndexOf("</main>", StringComparison.Ordinal)], "\\s+", " ");

    [GeneratedRegex("<input[^>]*__RequestVerificationToken[^>]*>")]
    private static partial Regex TokenField();
}
