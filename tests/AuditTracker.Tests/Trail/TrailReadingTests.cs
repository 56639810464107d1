using System.Net;
using System.Text.Json;
using AuditTracker.Platform.Security;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;
using Dapper;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Npgsql;

namespace AuditTracker.Tests.Trail;

public sealed class TrailReadingTests(TestApp app) : IClassFixture<TestApp>
{
    public static TheoryData<string, bool> Everybody => new()
    {
        { "Manami", true }, { "Adam", true }, { "Carol", true }, { "Tom", false }, { "Alice", false }, { "Mallory", false }, { "Hana", false }, { "Bob", false },
    };

    private static Cast.Member Named(string nick) => Cast.All.Single(member => member.Nick == nick);

    [Theory]
    [MemberData(nameof(Everybody))]
    public async Task Administrators_compliance_managers_and_internal_auditors_see_the_trail_and_nobody_else(string nick, bool sees)
    {
        var expected = sees ? HttpStatusCode.OK : HttpStatusCode.NotFound;
        using var api = app.As(Named(nick));
        Assert.Equal(expected, (await api.GetAsync("/api/trail")).StatusCode);
        Assert.Equal(expected, (await api.GetAsync("/api/trail/head")).StatusCode);
        using var pages = await app.PagesAsAsync(Named(nick));
        Assert.Equal(expected, (await pages.GetAsync("/trail")).StatusCode);
    }

    [Fact]
    public async Task The_statements_themselves_give_others_nothing()
    {
        var tom = Reader(Role.Management);
        var store = app.Get<TrailStore>();
        Assert.Empty((await store.ListAsync(tom, new TrailFilter(), new(TrailOrders.Time, Descending: true, 50))).Rows);
        Assert.Equal(0, await store.CountAsync(tom, new TrailFilter()));
        Assert.Null(await store.HeadAsync(tom));
        Assert.Empty(await store.ActorsAsync(tom, "account:1"));
    }

    [Fact]
    public async Task Personal_values_are_shown_to_compliance_managers_only_and_erased_ones_to_nobody()
    {
        var subject = await ActAsync("test.personal", comment: "田中さんは入院中", facts: new() { ["count"] = "3" });
        Assert.Equal("田中さんは入院中", await CommentAsync(Cast.Manami, subject));
        Assert.Equal("(personal information)", await CommentAsync(Cast.Carol, subject));
        Assert.Equal("(personal information)", await CommentAsync(Cast.Adam, subject));
        var entry = await OnlyAsync(Cast.Carol, subject);
        Assert.Equal("3", entry.GetProperty("after").GetProperty("count").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("before").ValueKind);
        Assert.DoesNotContain("田中", await PageAsync(Cast.Adam, $"/trail?subject={subject}"), StringComparison.Ordinal);
        Assert.Contains("田中さんは入院中", await PageAsync(Cast.Manami, $"/trail?subject={subject}"), StringComparison.Ordinal);

        var id = entry.GetProperty("id").GetInt64();
        await app.Database.ArrangeAsync("update trail.entry_values set value = null where entry_id = @id", new { id });
        Assert.Equal("（記録と一致しない値）", await CommentAsync(Cast.Manami, subject));
        await app.Database.ArrangeAsync("select trail.erase_value(@id, 'after', 'comment', '本人の求め')", new { id });
        Assert.Equal("（廃棄済み）", await CommentAsync(Cast.Manami, subject));
        Assert.Equal("(destroyed)", await CommentAsync(Cast.Carol, subject));
        Assert.Contains("（廃棄済み）", await PageAsync(Cast.Manami, $"/trail?subject={subject}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_holds_sealing_back_is_said_also_when_the_server_does_not_tell_whose_it_is()
    {
        var server = await TestPostgres.GetAsync();
        var database = new NpgsqlConnectionStringBuilder(app.Database.OwnerConnection).Database!;
        foreach (var (connectionString, isSeen) in new[] { (app.Database.AppConnection, true), (app.Database.OwnerConnection, true), (server.Superuser(database), false), (server.Superuser("postgres"), false) })
        {
            await using var other = new NpgsqlConnection(connectionString + ";Pooling=false");
            await other.OpenAsync();
            await using var slow = await other.BeginTransactionAsync();
            var xid = await other.ExecuteScalarAsync<string>("select pg_current_xact_id()::text");
            await ActAsync("test.waits");
            // Other tests write to the same server; sooner or later this one is the oldest.
            SealState? state = null;
            for (var since = DateTime.UtcNow; state is null; await Task.Delay(50))
            {
                Assert.True(DateTime.UtcNow - since < TimeSpan.FromMinutes(1), "Something else holds sealing back.");
                await app.Get<SealTrail>().RunAsync();
                var read = await app.Get<TrailStore>().SealStateAsync(Reader(Role.InternalAuditor));
                state = read!.IsHeld && await app.Database.ScalarAsync<string>("select pg_snapshot_xmin(pg_current_snapshot())::text") == xid && (read.HeldSince is not null) == isSeen ? read : null;
            }
            Assert.True(state.Waiting > 0);
            Assert.Contains(isSeen ? "Held back by an operation that began" : "Held back by an operation of another user", await PageAsync(Cast.Carol, "/trail"));
        }
    }

    [Fact]
    public async Task A_personal_value_that_is_not_the_committed_one_is_not_shown()
    {
        var subject = await ActAsync("test.forged", comment: "本当の言葉");
        await app.Database.ArrangeAsync("update trail.entry_values v set value = '偽り' from trail.entries e where e.id = v.entry_id and e.subject = @subject", new { subject });
        Assert.Equal("（記録と一致しない値）", await CommentAsync(Cast.Manami, subject));
        await app.Database.ArrangeAsync("delete from trail.entry_values v using trail.entries e where e.id = v.entry_id and e.subject = @subject", new { subject });
        Assert.Equal("（記録と一致しない値）", await CommentAsync(Cast.Manami, subject));
    }

    [Fact]
    public async Task Columns_that_contradict_the_bytes_are_said_and_the_bytes_are_shown()
    {
        var subject = await ActAsync("test.twisted");
        await app.Database.ArrangeAsync("update trail.entries set what = 'collection.accepted' where subject = @subject", new { subject });
        var entry = await OnlyAsync(Cast.Manami, subject);
        Assert.False(entry.GetProperty("sound").GetBoolean());
        Assert.Equal("test.twisted", entry.GetProperty("what").GetString());
        await app.Database.ArrangeAsync("update trail.entries set canonical = canonical || 'x' where subject = @subject", new { subject });
        Assert.Contains("記録の内容が一致しません", await PageAsync(Cast.Manami, $"/trail?subject={subject}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_show_before_and_after_with_names_of_people_as_personal_values()
    {
        await app.Database.ArrangeAsync("update people set name = '相川 改名', language = 'en' where id = @PersonId", Cast.Alice);
        foreach (var (reader, name) in new[] { (Cast.Manami, "相川 改名"), (Cast.Carol, "(personal information)") })
        {
            var entry = (await ItemsAsync(reader, $"/api/trail?subject=people/{Cast.Alice.PersonId}&what=people.update&limit=1"))[0];
            Assert.Equal("row", entry.GetProperty("kind").GetString());
            Assert.Equal("ja", entry.GetProperty("before").GetProperty("language").GetString());
            Assert.Equal("en", entry.GetProperty("after").GetProperty("language").GetString());
            Assert.Equal(name, entry.GetProperty("after").GetProperty("name").GetString());
            Assert.False(entry.GetProperty("after").TryGetProperty("hired_on", out _));
        }
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repetition()
    {
        for (var i = 0; i < 5; i++)
        {
            await ActAsync("test.paged");
        }
        var seen = new List<long>();
        long? after = null;
        do
        {
            using var client = app.As(Cast.Carol);
            using var json = JsonDocument.Parse(await client.GetStringAsync($"/api/trail?what=test.paged&limit=2&after={after}"));
            seen.AddRange(json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetInt64()));
            after = json.RootElement.GetProperty("after") is { ValueKind: JsonValueKind.Number } cursor ? cursor.GetInt64() : null;
        } while (after is not null);
        Assert.Equal(5, seen.Count);
        Assert.Equal(seen.Distinct().OrderDescending(), seen);
        var store = app.Get<TrailStore>();
        var carol = Reader(Role.InternalAuditor);
        var newer = await store.ListAsync(carol, new TrailFilter(What: "test.paged"), new(TrailOrders.Time, Descending: true, 2, Before: $"time.{seen[4]}"));
        Assert.Equal([seen[2], seen[3]], newer.Rows.Select(entry => entry.Id));
        Assert.Equal(($"time.{seen[2]}", $"time.{seen[3]}"), (newer.Before, newer.After));
    }

    [Fact]
    public async Task Filters_narrow_by_actor_kind_and_business_day()
    {
        var subject = await ActAsync("test.filtered", actor: $"account:{Cast.Bob.AccountId}");
        var at = (await OnlyAsync(Cast.Adam, subject)).GetProperty("at").GetDateTime();
        var day = DateOnly.FromDateTime(at.AddHours(9));
        Assert.Equal(1, await CountAsync($"subject={subject}&from={day:yyyy-MM-dd}&to={day:yyyy-MM-dd}"));
        Assert.Equal(0, await CountAsync($"subject={subject}&from={day.AddDays(1):yyyy-MM-dd}"));
        Assert.Equal(0, await CountAsync($"subject={subject}&to={day.AddDays(-1):yyyy-MM-dd}"));
        Assert.Equal(1, await CountAsync($"subject={subject}&kind=act&actor=account:{Cast.Bob.AccountId}"));
        Assert.Equal(1, await CountAsync($"subject={subject}&actor={Cast.Bob.Mail}"));
        Assert.Equal(1, await CountAsync($"subject={subject}&actor={Uri.EscapeDataString("坊田")}"));
        Assert.Equal(0, await CountAsync($"subject={subject}&actor={Cast.Alice.Mail}"));
        Assert.Equal(0, await CountAsync($"subject={subject}&actor=nobody"));
        Assert.Equal(0, await CountAsync($"subject={subject}&kind=row"));
        Assert.Equal(0, await CountAsync($"subject={subject}&what=test.other"));
        using var client = app.As(Cast.Manami);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/api/trail?kind=acts")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/api/trail?from=yesterday")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await client.GetAsync("/api/trail?after=x")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/api/trail?subject=a%00b")).StatusCode);
    }

    [Fact]
    public async Task The_head_is_the_newest_entry_and_the_hash_that_of_the_newest_seal()
    {
        await ActAsync("test.head");
        using var client = app.As(Cast.Adam);
        using var head = JsonDocument.Parse(await client.GetStringAsync("/api/trail/head"));
        Assert.True(head.RootElement.GetProperty("id").GetInt64() >= await app.Database.ScalarAsync<long>("select max(id) from trail.entries where what = 'test.head'"));
        await app.Database.SealAllAsync();
        using var sealedHead = JsonDocument.Parse(await client.GetStringAsync("/api/trail/head"));
        var hash = sealedHead.RootElement.GetProperty("hash").GetString()!;
        Assert.Equal(await app.Database.ScalarAsync<string>("select encode(head, 'hex') from trail.seals order by number desc limit 1"), hash);
        Assert.Contains(hash[..8], await PageAsync(Cast.Manami, "/trail"));
    }

    [Fact]
    public async Task The_page_words_acts_names_people_and_hides_rows_until_asked()
    {
        var subject = await ActAsync("collection.accepted", actor: $"account:{Cast.Hana.AccountId}", facts: new() { ["submission"] = "7" });
        await ActAsync("unheard.of", subject: subject);
        var page = await PageAsync(Cast.Manami, $"/trail?subject={subject}");
        Assert.Contains(">受領</td>", page, StringComparison.Ordinal);
        Assert.Contains("unheard.of", page, StringComparison.Ordinal);
        Assert.Contains("花田 花", page, StringComparison.Ordinal);
        Assert.Contains(">2件<", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"next\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("rel=\"prev\"", page, StringComparison.Ordinal);
        Assert.Contains("rel=\"next\"", await PageAsync(Cast.Manami, "/trail?kind=all"), StringComparison.Ordinal);
        Assert.Contains(">Accepted</td>", await PageAsync(Cast.Carol, $"/trail?subject={subject}"), StringComparison.Ordinal);

        await app.Database.ArrangeAsync("insert into departments (code) values ('ROWS')");
        Assert.DoesNotContain("行の追加 departments", await PageAsync(Cast.Manami, "/trail"), StringComparison.Ordinal);
        Assert.Contains("行の追加 departments", await PageAsync(Cast.Manami, "/trail?kind=row&what=departments.insert"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_moved_clock_shows_both_times()
    {
        var subject = await ActAsync("test.clocked");
        Assert.DoesNotContain("<span class=\"sub\">記録 ", await PageAsync(Cast.Manami, $"/trail?subject={subject}"), StringComparison.Ordinal);
        await app.Database.SetClockAsync("2027-05-06T09:00:00");
        try
        {
            var later = await ActAsync("test.clocked");
            var page = await PageAsync(Cast.Manami, $"/trail?subject={later}&from=2027/5/6&to=R9.5.6");
            Assert.Contains("<span class=\"sub\">記録 ", page, StringComparison.Ordinal);
            Assert.Contains("2027/5/6", page, StringComparison.Ordinal);
        }
        finally
        {
            await app.Database.ArrangeAsync("update business_clock set offset_us = 0");
        }
    }

    [Fact]
    public async Task Hostile_values_are_only_text()
    {
        const string Bad = "<script>alert(1)</script>\"'&";
        var subject = await ActAsync("<b>test.hostile</b>", subject: $"test:<i>{Guid.NewGuid():N}\"", actor: "operator:<u>x</u>", facts: new() { ["<s>name</s>"] = Bad }, comment: Bad);
        var page = await PageAsync(Cast.Manami, $"/trail?subject={Uri.EscapeDataString(subject)}");
        foreach (var raw in new[] { "<script>alert", "<b>test", "<i>", "<u>x", "<s>name" })
        {
            Assert.DoesNotContain(raw, page, StringComparison.Ordinal);
        }
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("collection:12", "/evidence/collections/12")]
    [InlineData("collections/12", "/evidence/collections/12")]
    [InlineData("control:iso27001-2022/A.5.18", "/controls/iso27001-2022/A.5.18")]
    [InlineData("collection:12/../../x", null)]
    [InlineData("collection:<12>", null)]
    [InlineData("collection:", null)]
    [InlineData("report:3", null)]
    [InlineData("day:2026-11-24", null)]
    [InlineData("", null)]
    public void A_subject_is_linked_only_where_its_page_exists_and_the_reader_may_open_it(string subject, string? page)
    {
        static RouteEndpoint To(string pattern) => new(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, new EndpointMetadataCollection(new MayAttribute(Role.InternalAuditor)), null);
        var links = new SubjectLinks([new DefaultEndpointDataSource(To("evidence/collections/{id:long}"), To("/controls/{framework}/{itemRef}"), To("reports/{id}"))]);
        Assert.Equal(page, links.Of(Reader(Role.InternalAuditor), subject));
        Assert.Null(links.Of(Reader(Role.Administrator), subject));
    }

    [Fact]
    public async Task A_date_nobody_can_read_is_said_and_nothing_typed_is_lost()
    {
        using var pages = await app.PagesAsAsync(Cast.Manami);
        var answer = await pages.GetAsync("/trail?from=8.11.22x&subject=test:kept");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        var page = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("「8.11.22x」は日付として読めません", page, StringComparison.Ordinal);
        Assert.Contains("test:kept", page, StringComparison.Ordinal);
    }

    private static CurrentUser Reader(Role role) => new() { AccountId = 1, SignIn = "x", Name = "x", Language = "ja", Roles = new HashSet<Role> { role }, RequestId = "r" };

    private async Task<string> ActAsync(string what, string? subject = null, string actor = "operator:test", Dictionary<string, string?>? facts = null, string? comment = null)
    {
        subject ??= $"test:{Guid.NewGuid():N}";
        await using var work = await app.Database.BeginAsync(actor);
        await work.ActAsync(what, subject, facts, comment);
        await work.CommitAsync();
        return subject;
    }

    private async Task<IReadOnlyList<JsonElement>> ItemsAsync(Cast.Member reader, string address)
    {
        using var client = app.As(reader);
        client.DefaultRequestHeaders.AcceptLanguage.Clear();
        client.DefaultRequestHeaders.AcceptLanguage.ParseAdd(reader.Language);
        using var json = JsonDocument.Parse(await client.GetStringAsync(address));
        return [.. json.RootElement.GetProperty("items").EnumerateArray().Select(item => item.Clone())];
    }

    private async Task<JsonElement> OnlyAsync(Cast.Member reader, string subject) => Assert.Single(await ItemsAsync(reader, $"/api/trail?subject={subject}"));

    private async Task<string?> CommentAsync(Cast.Member reader, string subject) => (await OnlyAsync(reader, subject)).GetProperty("after").GetProperty("comment").GetString();

    private async Task<int> CountAsync(string query) => (await ItemsAsync(Cast.Manami, $"/api/trail?{query}")).Count;

    private async Task<string> PageAsync(Cast.Member reader, string address)
    {
        using var pages = await app.PagesAsAsync(reader);
        pages.DefaultRequestHeaders.AcceptLanguage.Clear();
        pages.DefaultRequestHeaders.AcceptLanguage.ParseAdd(reader.Language);
        var answer = await pages.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadAsStringAsync();
    }
}
