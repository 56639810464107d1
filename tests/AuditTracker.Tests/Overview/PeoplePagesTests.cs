using System.Net;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.Overview;

public sealed partial class PeoplePagesTests : IAsyncLifetime
{
    private TestApp app = null!;
    private HttpClient pages = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        pages = await app.PagesAsAsync(Cast.Manami);
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task From_the_upload_over_the_preview_to_the_list()
    {
        var preview = await UploadAsync(Sample("people-sjis.csv"));
        var shown = await TextAsync(preview);
        Assert.Contains("Shift_JIS", shown);
        Assert.Contains("追加 120", Plain(shown));
        Assert.Contains("髙橋 由美子", shown);
        Assert.Equal(8, await PeopleAsync());

        var applied = await SendAsync(preview, shown, "Input.Added");
        Assert.Equal(HttpStatusCode.Redirect, applied.StatusCode);
        Assert.Equal(128, await PeopleAsync());
        var result = await TextAsync(applied.Headers.Location!.ToString());
        Assert.Contains("名簿を反映しました（追加120名、変更0名、退職0名）。", result);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from people_imports where content is not null"));

        var list = await TextAsync("/people?q=" + Uri.EscapeDataString("高橋"));
        Assert.Contains("髙橋 由美子", list);
        Assert.DoesNotContain("坊田", list);
        Assert.Contains("経営企画室", await TextAsync("/people/000005"));
        Assert.Contains("people.csv", await TextAsync("/people/import"));
    }

    [Fact]
    public async Task A_post_without_the_antiforgery_token_is_refused()
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(Sample("people-utf8.csv")), "Upload", "people.csv" } };
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostAsync("/people/import", form)).StatusCode);
        var preview = await UploadAsync(Lines(Person("0001")));
        Assert.Equal(HttpStatusCode.BadRequest, (await pages.PostAsync(preview, new FormUrlEncodedContent([]))).StatusCode);
        Assert.Equal(8, await PeopleAsync());
    }

    [Fact]
    public async Task With_an_error_the_line_is_named_and_nothing_is_applied_without_a_tick()
    {
        var preview = await UploadAsync(Lines(Person("0001"), Person("0002", hired: "2026/13/1")));
        var shown = await TextAsync(preview);
        Assert.Contains("3行目 入社日：「2026/13/1」は日付ではありません。この行だけ直して取り込み直せます。", shown);
        Assert.Contains("誤りの行を除いて反映する（1行）", shown);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(preview, shown, "Input.Added")).StatusCode);
        using var switched = new HttpRequestMessage(HttpMethod.Get, "/language?to=en&back=" + Uri.EscapeDataString(preview)) { Headers = { { "Sec-Fetch-Site", "same-origin" } } };
        var english = await TextAsync((await pages.SendAsync(switched)).Headers.Location!.ToString());
        Assert.Contains("Line 3, hire date: \"2026/13/1\" is not a date.", english);
        Assert.Equal(8, await PeopleAsync());
    }

    [Fact]
    public async Task What_was_shown_is_what_is_applied_or_nothing()
    {
        var preview = await UploadAsync(Lines(Person("0001"), Person("0002")));
        var shown = await TextAsync(preview);
        await app.As(Cast.Manami).ImportAsync(Lines(Person("0001")), "?apply=true");
        var refused = await SendAsync(preview, shown, "Input.Added");
        Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
        var again = WebUtility.HtmlDecode(await refused.Content.ReadAsStringAsync());
        Assert.Contains("確認したあとに名簿が変わりました", again);
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(preview, again, "Input.Added")).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(preview, again, "Input.Added")).StatusCode);
    }

    [Fact]
    public async Task When_many_would_leave_it_wants_a_tick()
    {
        var preview = await UploadAsync(Lines(Person("0001"))) + "?Input.MissingLeave=true&Input.On=" + Uri.EscapeDataString("R8.11.30");
        var shown = await TextAsync(preview);
        Assert.Contains("在職者8名のうち8名が退職になることを確認しました", shown);
        Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(preview, shown, "Input.Added")).StatusCode);
        Assert.Equal(8, await PeopleAsync());
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(preview, shown, "Input.Added", ("Input.ManyMayLeave", "true"))).StatusCode);
        Assert.Equal(8, await app.Database.ScalarAsync<long>("select count(*) from people where left_on = '2026-11-30'"));
    }

    [Fact]
    public async Task Losing_a_head_and_leaving_with_open_requests_is_said_before()
    {
        await app.As(Cast.Manami).ImportAsync(Lines(Person("0001", title: "部長"), Person("0002")), "?apply=true");
        await app.Database.ArrangeAsync("""
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at) select '権限の棚卸し', 'x', id, 2, '2026-04-01', now() from people where employee_no = '0001';
            insert into request_versions (request_id, version, title, guidance, every, due_offset, due_unit, owner_id, reviewer_id, start_on, at) select id, 1, title, '', 'quarter', 10, 'days', owner_id, 2, start_on, now() from evidence_requests;
            insert into collections (request_id, version, period_from, period_to, opens_on, planned_due_on, due_on, assignee_id, reviewer_id, state) select id, 1, '2026-07-01', '2026-09-30', '2026-10-01', '2026-10-15', '2026-10-15', owner_id, 2, 'open' from evidence_requests;
            """);
        var shown = await TextAsync(await UploadAsync(Lines(Person("0001", title: "部長", left: "2026/11/20"), Person("0002"))));
        Assert.Contains("開発部に部門長がいなくなります。", shown);
        Assert.Contains("退職する1名に、未完了の依頼が1件あります。", shown);
        Assert.Contains("未完了の依頼1件", await TextAsync("/people?q=0001"));
        var person = await TextAsync("/people/0001");
        Assert.Contains("権限の棚卸し", person);
        Assert.Contains("期限超過", person);
    }

    [Fact]
    public async Task Dropping_a_preview_forgets_the_file()
    {
        var preview = await UploadAsync(Lines(Person("0001")));
        Assert.Equal(HttpStatusCode.Redirect, (await SendAsync(preview + "?handler=Abandon", await TextAsync(preview), "")).StatusCode);
        Assert.Contains("もう一度ファイルを選んでください", await TextAsync(preview));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from people_imports where content is not null"));
    }

    [Fact]
    public async Task People_who_left_are_hidden_unless_asked_for_and_pages_follow_a_cursor()
    {
        await app.As(Cast.Manami).ImportAsync(Sample("people-utf8.csv"), "?apply=true");
        Assert.DoesNotContain("山﨑 恵", await TextAsync("/people?department=D130"));
        Assert.Contains("山﨑 恵", await TextAsync("/people?department=D130&left=true"));
        Assert.Contains("山﨑 恵", await TextAsync("/people?department=D130&on=" + Uri.EscapeDataString("2026/3/12")));
        var forward = await WalkAsync("/people", "next");
        Assert.Equal([50, 50, 26], forward.Pages.Select(page => page.Count));
        Assert.Equal(126, forward.Pages.SelectMany(page => page).Distinct().Count());
        var back = await WalkAsync(forward.Last, "prev");
        Assert.Equal(forward.Pages.AsEnumerable().Reverse(), back.Pages);
    }

    [Fact]
    public async Task Everybody_gets_what_their_role_may_see()
    {
        var preview = await UploadAsync(Lines(Person("0001")));
        foreach (var member in Cast.All.Where(member => member != Cast.Manami))
        {
            var own = await app.PagesAsAsync(member);
            Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync("/people/import")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await own.GetAsync(preview)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await own.GetAsync("/people/" + member.EmployeeNo)).StatusCode);
            var isAll = member == Cast.Carol || member == Cast.Tom;
            Assert.Equal(isAll || member == Cast.Hana || member == Cast.Alice ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await own.GetAsync("/people/" + Cast.Alice.EmployeeNo)).StatusCode);
            Assert.Equal(isAll || member == Cast.Hana || member == Cast.Adam ? HttpStatusCode.OK : HttpStatusCode.NotFound, (await own.GetAsync("/people")).StatusCode);
        }

        var hana = await (await app.PagesAsAsync(Cast.Hana)).GetStringAsync("/people");
        Assert.Contains(Cast.Alice.Name, hana);
        Assert.DoesNotContain(Cast.Bob.Name, hana);
        Assert.DoesNotContain("/people/900001", await (await app.PagesAsAsync(Cast.Adam)).GetStringAsync("/people"));
        Assert.Contains("/sign-in", (await app.Anonymous().GetAsync("/people")).Headers.Location!.ToString());
    }

    private async Task<(List<List<string>> Pages, string Last)> WalkAsync(string path, string direction)
    {
        List<List<string>> found = [];
        while (true)
        {
            var page = await TextAsync(path);
            found.Add([.. PersonLink().Matches(page).Select(person => person.Groups[1].Value)]);
            var next = OtherPage().Matches(page).FirstOrDefault(link => link.Groups[2].Value == direction);
            if (next is null)
            {
                return (found, path);
            }

            path = next.Groups[1].Value;
        }
    }

    private async Task<string> UploadAsync(byte[] content)
    {
        var page = await TextAsync("/people/import");
        var part = new ByteArrayContent(content);
        part.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        using var form = new MultipartFormDataContent { { part, "Upload", "people.csv" }, { new StringContent(Token().Match(page).Groups[1].Value), "__RequestVerificationToken" } };
        var response = await pages.PostAsync("/people/import", form);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        return response.Headers.Location!.ToString();
    }

    // Sends the hidden fields of the page as the browser would.
    private async Task<HttpResponseMessage> SendAsync(string path, string page, string needs, params (string Key, string Value)[] more)
    {
        var fields = Inputs().Matches(page).Select(input => input.Value).Where(input => input.Contains("type=\"hidden\""))
            .Select(input => KeyValuePair.Create(Name().Match(input).Groups[1].Value, Value().Match(input).Groups[1].Value)).ToList();
        Assert.Contains(fields, field => needs.Length == 0 || field.Key == needs);
        return await pages.PostAsync(path, new FormUrlEncodedContent(fields.Concat(more.Select(field => KeyValuePair.Create(field.Key, field.Value))).DistinctBy(field => field.Key)));
    }

    private async Task<string> TextAsync(string path)
    {
        var response = await pages.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode}");
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    private Task<long> PeopleAsync() => app.Database.ScalarAsync<long>("select count(*) from people");

    private static string Plain(string html) => Spaces().Replace(Tags().Replace(html, " "), " ");

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("<input[^>]*>")]
    private static partial Regex Inputs();

    [GeneratedRegex(" name=\"([^\"]+)\"")]
    private static partial Regex Name();

    [GeneratedRegex(" value=\"([^\"]*)\"")]
    private static partial Regex Value();

    [GeneratedRegex("href=\"([^\"]+)\" rel=\"(next|prev)\"")]
    private static partial Regex OtherPage();

    [GeneratedRegex("href=\"/people/([0-9]+)\\?back")]
    private static partial Regex PersonLink();

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Tags();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
