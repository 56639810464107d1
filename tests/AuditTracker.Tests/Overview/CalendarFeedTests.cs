using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Overview;
using AuditTracker.Platform.Web;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

public sealed partial class CalendarFeedTests : IAsyncLifetime
{
    private TestApp app = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.AddRequestAsync(Scene.Request(title: "アクセス権棚卸し; 顧客DB, \\基幹"));
        await app.OpenAsync();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_calendar_reads_what_its_owner_owes_and_the_entry_goes_when_it_is_done()
    {
        var feed = await IssueAsync(Cast.Alice);
        var answer = await app.Anonymous().GetAsync(feed);
        Assert.Equal((HttpStatusCode.OK, "text/calendar"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        var entry = Assert.Single(Read(bytes));
        var due = await app.Database.ScalarAsync<DateOnly>("select due_on from collections where state = 'open'");
        Assert.Equal(due.ToString("yyyyMMdd"), entry["DTSTART;VALUE=DATE"]);
        Assert.Equal(due.AddDays(1).ToString("yyyyMMdd"), entry["DTEND;VALUE=DATE"]);
        Assert.Equal("【期限】証跡の提出：アクセス権棚卸し\\; 顧客DB\\, \\\\基幹 7～9月分", entry["SUMMARY"]);
        Assert.Matches(@"^collection-\d+\.\d+@audit-tracker$", entry["UID"]);
        Assert.EndsWith("/evidence/collections/" + Regex.Match(entry["UID"], @"\d+").Value, entry["URL"]);
        // Nobody's name or address stands in it.
        var text = Encoding.UTF8.GetString(bytes);
        Assert.DoesNotContain(Cast.Alice.Name, text);
        Assert.DoesNotContain("@example.test", text);

        // The same again is not sent again; the number of an entry stays.
        using var again = new HttpRequestMessage(HttpMethod.Get, feed);
        again.Headers.IfNoneMatch.Add(answer.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await app.Anonymous().SendAsync(again)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous().SendAsync(new HttpRequestMessage(HttpMethod.Head, feed))).StatusCode);

        (await app.SubmitAsync(Cast.Alice, long.Parse(Regex.Match(entry["UID"], @"\d+").Value))).EnsureSuccessStatusCode();
        var after = await app.Anonymous().GetAsync(feed);
        Assert.NotEqual(answer.Headers.ETag, after.Headers.ETag);
        Assert.Empty(Read(await after.Content.ReadAsByteArrayAsync()));
    }

    [Fact]
    public async Task An_address_is_its_owners_alone_is_stored_hashed_and_ends_in_every_way()
    {
        var feed = await IssueAsync(Cast.Alice);
        Assert.Empty(Read(await app.Anonymous().GetByteArrayAsync(await IssueAsync(Cast.Mallory))));
        Assert.Equal(0L, await app.Database.ScalarAsync<long>("select count(*) from calendar_feeds where position(@secret::bytea in token_hash) > 0", new { secret = Encoding.ASCII.GetBytes(feed.Split('/')[^1][..20]) }));
        Assert.DoesNotContain(feed.Split('/')[^1], await PageForms.PageAsync(await app.PagesAsAsync(Cast.Alice), "/profile/calendar"));

        var renewed = await IssueAsync(Cast.Alice);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(feed)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous().GetAsync(renewed)).StatusCode);

        foreach (var (end, mend) in new[] { ("update accounts set disabled_at = now() where id = @AccountId", "update accounts set disabled_at = null where id = @AccountId"), ("update people set left_on = '2026-10-01' where id = @PersonId", "update people set left_on = null where id = @PersonId") })
        {
            await app.Database.ArrangeAsync(end, Cast.Alice);
            Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(renewed)).StatusCode);
            await app.Database.ArrangeAsync(mend, Cast.Alice);
            Assert.Equal(HttpStatusCode.OK, (await app.Anonymous().GetAsync(renewed)).StatusCode);
        }
        var alice = await app.PagesAsAsync(Cast.Alice);
        Assert.Contains("今のアドレスは使えなくなります", await PageForms.PageAsync(alice, "/profile/calendar?check=revoke"));
        Assert.Equal(HttpStatusCode.Redirect, (await alice.PostFormAsync("/profile/calendar?check=revoke", "/profile/calendar?handler=revoke")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync(renewed)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync("/calendar/x.ics")).StatusCode);
    }

    [Fact]
    public async Task Asking_too_often_is_answered_with_later()
    {
        var feed = await IssueAsync(Cast.Alice);
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i <= CalendarFeeds.MostReads; i++)
        {
            answers.Add((await app.Anonymous().GetAsync(feed)).StatusCode);
        }
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.TooManyRequests), (answers[^2], answers[^1]));
        for (var i = 0; i < CalendarFeeds.MostMisses; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync($"/calendar/{Guid.NewGuid():N}.ics")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Anonymous().GetAsync($"/calendar/{Guid.NewGuid():N}.ics")).StatusCode);
    }

    [Fact]
    public async Task Who_guesses_is_refused_before_anything_is_read()
    {
        var feed = await IssueAsync(Cast.Alice);
        for (var i = 0; i < CalendarFeeds.MostMisses; i++)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.Anonymous().GetAsync($"/calendar/{Guid.NewGuid():N}.ics")).StatusCode);
        }
        Assert.Equal(HttpStatusCode.TooManyRequests, (await app.Anonymous().GetAsync(feed)).StatusCode);
        Assert.True(await app.Database.ScalarAsync<bool>("select last_read_at is null from calendar_feeds"));
    }

    [Fact]
    public void What_is_counted_stays_bounded_and_is_forgotten_in_time()
    {
        var clock = new Clock();
        var counts = new RecentCounts(clock, TimeSpan.FromMinutes(10), 100);
        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(1, counts.Add($"{i}"));
        }
        Assert.Equal((100, 2, 0), (counts.Kept, counts.Add("7"), counts.Of("999")));
        clock.Now += TimeSpan.FromMinutes(11);
        Assert.Equal((0, 1, 1), (counts.Of("7"), counts.Add("999"), counts.Of("999")));
        Assert.Equal(1, counts.Kept);
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Theory]
    [InlineData("ア")]
    [InlineData("👩‍👩‍👧‍👦𠮷")]
    [InlineData("a")]
    [InlineData("é, ; \\ ")]
    public void Lines_are_folded_at_75_octets_between_characters_and_unfold_to_what_they_were(string letter)
    {
        var title = string.Concat(Enumerable.Repeat(letter, 120));
        var bytes = CalendarText.Write("x", TimeSpan.FromHours(4), [new("u", new DateOnly(2026, 12, 31), DateTime.UnixEpoch, title, "一行目\r\n二行目", "https://x.test/1")]);
        foreach (var line in Split(bytes))
        {
            Assert.InRange(line.Length, 1, 75);
            // Each line alone is whole UTF-8.
            Assert.DoesNotContain('\ufffd', Encoding.UTF8.GetString(line));
        }
        var entry = Assert.Single(Read(bytes));
        Assert.Equal(title.Replace("\\", "\\\\").Replace(",", "\\,").Replace(";", "\\;"), entry["SUMMARY"]);
        Assert.Equal("一行目\\n二行目", entry["DESCRIPTION"]);
        Assert.Equal("20270101", entry["DTEND;VALUE=DATE"]);
    }

    private async Task<string> IssueAsync(Cast.Member member)
    {
        var page = await (await (await app.PagesAsAsync(member)).PostFormAsync("/profile/calendar", "/profile/calendar")).TextAsync();
        return Address().Match(page) is { Success: true } found ? new Uri(found.Value).PathAndQuery : throw new InvalidOperationException(page);
    }

    /// <summary>Reads as a calendar does: lines end with CR LF, a space begins what goes on, properties stand between BEGIN and END.</summary>
    private static List<Dictionary<string, string>> Read(byte[] bytes)
    {
        var text = Encoding.UTF8.GetString(bytes);
        Assert.StartsWith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n", text);
        Assert.EndsWith("END:VCALENDAR\r\n", text);
        Assert.DoesNotContain("\n", text.Replace("\r\n", ""));
        var found = new List<Dictionary<string, string>>();
        foreach (var line in text.Replace("\r\n ", "").Split("\r\n", StringSplitOptions.RemoveEmptyEntries))
        {
            if (line == "BEGIN:VEVENT")
            {
                found.Add([]);
            }
            else if (found.Count > 0 && line.Split(':', 2) is [var name, var value] && name != "END")
            {
                found[^1].Add(name, value);
            }
        }
        return found;
    }

    private static List<byte[]> Split(byte[] bytes)
    {
        var (lines, from) = (new List<byte[]>(), 0);
        for (var i = 0; i + 1 < bytes.Length; i++)
        {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n')
            {
                lines.Add(bytes[from..i]);
                from = i + 2;
            }
        }
        return lines;
    }

    [GeneratedRegex(@"https?://\S+/calendar/[A-Za-z0-9_-]+\.ics")]
    private static partial Regex Address();
}
