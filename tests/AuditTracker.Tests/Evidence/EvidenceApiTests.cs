using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AuditTracker.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

public sealed class EvidenceApiTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task The_main_job_from_request_to_acceptance()
    {
        var request = await app.AddRequestAsync(Scene.Request(item: "iso27001-2022:A.8.15"));
        await app.OpenAsync();
        var collection = await app.CollectionAsync(request);
        Assert.Equal("2026-10-15", collection.Text("dueOn"));
        Assert.Equal("open", collection.Text("state"));

        var handedIn = await app.SubmitAsync(Cast.Alice, collection.Id(), ("棚卸し_髙﨑.csv", "id\n1"), ("承認.txt", "ok"));
        Assert.Equal(HttpStatusCode.Created, handedIn.StatusCode);
        var evidence = (await handedIn.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("evidence").EnumerateArray().ToList();
        Assert.Equal(["棚卸し_髙﨑.csv", "承認.txt"], evidence.Select(piece => piece.Text("fileName")));
        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("id\n1"))), evidence[0].Text("sha256"));

        Assert.Equal(HttpStatusCode.Conflict, (await app.SubmitAsync(Cast.Alice, collection.Id())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.DecideAsync(Cast.Bob, collection.Id(), "return")).StatusCode);
        Assert.Equal("returned", (await (await app.DecideAsync(Cast.Bob, collection.Id(), "return", "件数の欄が空です")).Content.ReadFromJsonAsync<JsonElement>()).Text("state"));
        Assert.Equal(HttpStatusCode.Created, (await app.SubmitAsync(Cast.Alice, collection.Id())).StatusCode);
        Assert.Equal("accepted", (await (await app.DecideAsync(Cast.Bob, collection.Id(), "accept")).Content.ReadFromJsonAsync<JsonElement>()).Text("state"));

        var detail = await app.As(Cast.Alice).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{collection.Id()}");
        Assert.Equal(["accepted", "returned"], detail.GetProperty("submissions").EnumerateArray().Select(submission => submission.Text("state")));
        var accepted = detail.GetProperty("submissions")[0];
        Assert.Equal((Cast.Alice.EmployeeNo, Cast.Alice.Name), (accepted.Text("by"), accepted.Text("byName")));
        Assert.Equal((Cast.Bob.EmployeeNo, Cast.Bob.Name), (accepted.GetProperty("review").Text("by"), accepted.GetProperty("review").Text("byName")));
        var file = await app.As(Cast.Carol).GetAsync($"/api/evidence/{evidence[0].Id()}/file");
        Assert.Equal("id\n1", await file.Content.ReadAsStringAsync());
        Assert.Equal("attachment", file.Content.Headers.ContentDisposition!.DispositionType);
        Assert.Equal("棚卸し_髙﨑.csv", file.Content.Headers.ContentDisposition.FileNameStar);
        Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());

        var coverage = await app.Get<CoverageStore>().OfItemAsync("iso27001-2022", "A.8.15");
        Assert.Equal((CoverageState.Covered, new DateOnly(2027, 1, 18)), (coverage!.State, coverage.FreshUntil));
    }

    [Fact]
    public async Task Periods_since_the_start_exist_at_once_and_twelve_months_ahead()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        var request = await app.AddRequestAsync(Scene.Request("month", "2026-05-20", title: "月次"));
        var page = await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?request={request}&limit=200");
        var from = page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("period").GetProperty("from").GetString()).ToList();
        Assert.Equal(("2026-05-01", "2027-10-01", 18), (from[0], from[^1], from.Count));
    }

    [Fact]
    public async Task Hand_in_before_it_opens_is_refused_and_planned_stays_planned()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        var request = await app.AddRequestAsync();
        var next = await app.CollectionAsync(request, "2026-10-01");
        Assert.Equal(HttpStatusCode.Conflict, (await app.SubmitAsync(Cast.Alice, next.Id())).StatusCode);
    }

    [Fact]
    public async Task The_same_idempotency_key_answers_the_first_result()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var id = (await app.CollectionAsync(request)).Id();
        var client = app.As(Cast.Alice);
        client.DefaultRequestHeaders.Add("Idempotency-Key", "k1");
        var first = await (await client.PostAsync($"/api/evidence/collections/{id}/submissions", Scene.Files(("a.txt", "1")))).Content.ReadAsStringAsync();
        var second = await client.PostAsync($"/api/evidence/collections/{id}/submissions", Scene.Files(("a.txt", "1")));
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(first, await second.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Withdrawing_returns_to_the_state_before_and_only_submitter_and_manager_may()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var id = (await app.CollectionAsync(request)).Id();
        var submission = (await (await app.SubmitAsync(Cast.Alice, id)).Content.ReadFromJsonAsync<JsonElement>()).Id();
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Hana).DeleteAsync($"/api/evidence/submissions/{submission}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Mallory).DeleteAsync($"/api/evidence/submissions/{submission}")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await app.As(Cast.Alice).DeleteAsync($"/api/evidence/submissions/{submission}")).StatusCode);
        Assert.Equal("open", (await app.CollectionAsync(request)).Text("state"));
        Assert.Equal(HttpStatusCode.Conflict, (await app.As(Cast.Alice).DeleteAsync($"/api/evidence/submissions/{submission}")).StatusCode);

        var second = (await (await app.SubmitAsync(Cast.Alice, id)).Content.ReadFromJsonAsync<JsonElement>()).Id();
        await app.DecideAsync(Cast.Bob, id, "return", "足りません");
        Assert.Equal(HttpStatusCode.Conflict, (await app.As(Cast.Manami).DeleteAsync($"/api/evidence/submissions/{second}")).StatusCode);
        var third = (await (await app.SubmitAsync(Cast.Alice, id)).Content.ReadFromJsonAsync<JsonElement>()).Id();
        Assert.Equal(HttpStatusCode.NoContent, (await app.As(Cast.Manami).DeleteAsync($"/api/evidence/submissions/{third}")).StatusCode);
        Assert.Equal("returned", (await app.CollectionAsync(request)).Text("state"));
    }

    [Fact]
    public async Task The_head_and_the_manager_hand_in_on_behalf_and_it_says_so()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var id = (await app.CollectionAsync(request)).Id();
        Assert.Equal(HttpStatusCode.Created, (await app.SubmitAsync(Cast.Hana, id)).StatusCode);
        var detail = await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections/{id}");
        var submission = detail.GetProperty("submissions")[0];
        Assert.Equal((Cast.Alice.EmployeeNo, Cast.Alice.Name), (submission.Text("onBehalfOf"), submission.Text("onBehalfOfName")));
        Assert.Equal((Cast.Hana.EmployeeNo, Cast.Hana.Name), (submission.Text("by"), submission.Text("byName")));
        Assert.Equal("accepted", (await (await app.DecideAsync(Cast.Manami, id, "accept")).Content.ReadFromJsonAsync<JsonElement>()).Text("state"));
        Assert.Equal(HttpStatusCode.Conflict, (await app.DecideAsync(Cast.Bob, id, "reopen", "別の期間です")).StatusCode);
        Assert.Equal("submitted", (await (await app.DecideAsync(Cast.Manami, id, "reopen", "別の期間です")).Content.ReadFromJsonAsync<JsonElement>()).Text("state"));
    }

    [Fact]
    public async Task Links_and_statements_count_and_nothing_at_all_does_not()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var id = (await app.CollectionAsync(request)).Id();
        var client = app.As(Cast.Alice);
        async Task<HttpResponseMessage> Post(params (string Name, string Value)[] fields)
        {
            var form = new MultipartFormDataContent();
            foreach (var (name, value) in fields)
            {
                form.Add(new StringContent(value), name);
            }
            return await client.PostAsync($"/api/evidence/collections/{id}/submissions", form);
        }
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(("note", "x"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(("link", "javascript:alert(1)"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(("statement", "0件"), ("capturedOn", "2026-12-31"))).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await Post(("statement", "0件"), ("onBehalfOf", Cast.Bob.EmployeeNo))).StatusCode);
        var ok = await Post(("statement", "対象は0件でした"), ("link", "https://portal.example/list"), ("capturedOn", "R8.10.1"));
        Assert.Equal(HttpStatusCode.Created, ok.StatusCode);
        Assert.Equal(["link", "statement"], (await ok.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("evidence").EnumerateArray().Select(piece => piece.Text("kind")));
    }

    [Theory]
    [InlineData("""{"guidance":"x"}""", "title")]
    [InlineData("""{"title":"x","items":[],"owner":"900001","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "items")]
    [InlineData("""{"title":"x","items":["iso27001-2013:A.9.2.5"],"owner":"900001","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "items")]
    [InlineData("""{"title":"x","items":["appi-safety-measures:10.1"],"owner":"900001","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "items")]
    [InlineData("""{"title":"x","items":["iso27001-2022:A.5.18"],"owner":"999999","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "owner")]
    [InlineData("""{"title":"x","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900001","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "reviewer")]
    [InlineData("""{"title":"x","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900002","recurrence":{"every":"daily"},"due":{"offset":1,"unit":"days"},"startOn":"2026-04-01"}""", "recurrence")]
    [InlineData("""{"title":"x","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":"ten"},"startOn":"2026-04-01"}""", "due")]
    [InlineData("""{"title":"x","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900002","recurrence":{"every":"month"},"due":{"offset":1,"unit":"days"},"startOn":"2026-02-30"}""", "startOn")]
    public async Task A_request_that_cannot_be_taken_is_refused_at_its_field(string body, string field)
    {
        var answer = await app.As(Cast.Manami).PostAsync("/api/evidence/requests", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty(field, out _), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("\"x\"")]
    [InlineData("""{"version":"x"}""")]
    [InlineData("""{"title":"\ud800"}""")]
    [InlineData("""{"title":"a\u0000b"}""")]
    [InlineData("""{"due":{"offset":1,"unit":"7"}}""")]
    [InlineData("""{"due":{"offset":1,"unit":"BUSINESSDAYS"}}""")]
    public async Task A_change_that_cannot_be_read_is_refused_and_never_a_fault(string body)
    {
        var request = await app.AddRequestAsync(Scene.Request(title: "読めない変更"));
        var answer = await app.As(Cast.Manami).PatchAsync($"/api/evidence/requests/{request}", new StringContent(body, Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Theory]
    [InlineData("?state=&framework=&assignee=&dueBefore=", HttpStatusCode.OK)]
    [InlineData("?state=open,submitted", HttpStatusCode.BadRequest)]
    [InlineData("?state=OPEN", HttpStatusCode.BadRequest)]
    [InlineData("?dueBefore=2026-02-30", HttpStatusCode.BadRequest)]
    [InlineData("?after=garbage", HttpStatusCode.BadRequest)]
    public async Task A_list_takes_what_it_knows_and_says_what_it_does_not(string query, HttpStatusCode expected) =>
        Assert.Equal(expected, (await app.As(Cast.Manami).GetAsync($"/api/evidence/collections{query}")).StatusCode);

    [Fact]
    public async Task Ending_a_request_waives_what_was_opened_behind_its_end()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        var request = await app.AddRequestAsync(Scene.Request("month", "2026-06-01", title: "間違えた依頼"));
        await app.OpenAsync();
        (await app.As(Cast.Manami).PatchAsJsonAsync($"/api/evidence/requests/{request}", new { endOn = "2026-06-30" })).EnsureSuccessStatusCode();
        var items = (await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?request={request}")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["open", "waived", "waived", "waived"], items.Select(item => item.Text("state")));
        // The reason is a fact, worded in the reader's language.
        var waived = items.First(item => item.Text("state") == "waived").Id();
        Assert.Contains("依頼の終了日（2026/6/30）より後の期間です。", await (await app.PagesAsAsync(Cast.Manami)).PageAsync($"/evidence/collections/{waived}"));
        Assert.Contains("The period lies after the last day of the request (30 Jun 2026).", await (await app.PagesAsAsync(Cast.Carol)).PageAsync($"/evidence/collections/{waived}"));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from notices where closed_at is null and subject = any (select 'collection:' || id from collections where request_id = @request and state = 'waived')", new { request }));
    }

    [Fact]
    public async Task After_days_of_silence_a_mail_names_each_collection_once()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        var request = await app.AddRequestAsync(Scene.Request(title: "長い休みのあと"));
        await app.OpenAsync("2026-11-24T09:00:00");
        await app.Get<RemindOwners>().RunAsync(default);
        var collection = (await app.CollectionAsync(request)).Id();
        Assert.Equal(["evidence/collection-overdue"], await app.Database.ListAsync<string>(
            "select template from notices where subject = @subject and person_id = @person and closed_at is null", new { subject = $"collection:{collection}", person = Cast.Alice.PersonId }));
    }

    [Fact]
    public async Task A_changed_request_keeps_what_was_opened_and_plans_the_rest_anew()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        var request = await app.AddRequestAsync(Scene.Request("month", "2026-07-01", title: "月次から四半期へ"));
        await app.OpenAsync();
        var answer = await app.As(Cast.Manami).PatchAsJsonAsync($"/api/evidence/requests/{request}", new { version = 1, recurrence = new { every = "quarter" }, owner = Cast.Hana.EmployeeNo });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        var items = (await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?request={request}&limit=200")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(["2026-07-01", "2026-08-01", "2026-09-01", "2026-10-01"], items.Take(4).Select(item => item.GetProperty("period").GetProperty("from").GetString()));
        Assert.Equal("2026-12-31", items[3].GetProperty("period").GetProperty("to").GetString());
        Assert.All(items, item => Assert.Equal(Cast.Hana.EmployeeNo, item.Text("assignee")));
        Assert.Equal(HttpStatusCode.Conflict, (await app.As(Cast.Manami).PatchAsJsonAsync($"/api/evidence/requests/{request}", new { version = 1, title = "古い版" })).StatusCode);
    }

    [Fact]
    public async Task Lists_page_by_cursor_and_never_show_what_is_not_the_readers()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00");
        await app.AddRequestAsync(Scene.Request("month", "2025-04-01", title: "ページ"));
        var seen = new List<long>();
        string? after = null;
        do
        {
            var page = await app.As(Cast.Alice).GetFromJsonAsync<JsonElement>($"/api/evidence/collections?limit=7{(after is null ? "" : $"&after={after}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.Id()));
            after = page.Text("after");
        }
        while (after is not null);
        Assert.Equal(seen.Count, seen.Distinct().Count());
        Assert.Equal(await app.Database.ScalarAsync<long>("select count(*) from collections where assignee_id = @id", new { id = Cast.Alice.PersonId }), seen.Count);
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Mallory).GetAsync("/api/evidence/collections")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Mallory).GetAsync($"/api/evidence/collections/{seen[0]}")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SubmitAsync(Cast.Mallory, seen[0])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.SubmitAsync(Cast.Carol, seen[0])).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.DecideAsync(Cast.Carol, seen[0], "accept")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await app.DecideAsync(Cast.Alice, seen[0], "accept")).StatusCode);
    }

    [Fact]
    public async Task Coverage_can_be_asked_as_of_the_past()
    {
        await app.Database.SetClockAsync("2026-10-05T09:00:00"); // what is asked for later than the instant looked at was not asked for then
        var request = await app.AddRequestAsync(new
        {
            title = "過去の充足",
            guidance = "",
            items = new[] { "iso27001-2022:A.8.13" },
            owner = Cast.Alice.EmployeeNo,
            reviewer = Cast.Bob.EmployeeNo,
            recurrence = new { every = "quarter" },
            due = new { offset = 10, unit = "businessDays" },
            startOn = "2026-07-01",
        });
        await app.OpenAsync("2026-10-05T09:00:00");
        var id = (await app.CollectionAsync(request)).Id();
        await app.SubmitAsync(Cast.Alice, id);
        await app.Database.SetClockAsync("2026-10-06T10:00:00");
        await app.DecideAsync(Cast.Bob, id, "accept");
        var store = app.Get<CoverageStore>();
        Assert.Equal(CoverageState.Covered, (await store.OfItemAsync("iso27001-2022", "A.8.13"))!.State);
        var before = new DateTime(2026, 10, 6, 0, 0, 0, DateTimeKind.Utc); // 09:00 in Tokyo, an hour before it was accepted
        Assert.Equal(CoverageState.Collecting, (await store.OfItemAsync("iso27001-2022", "A.8.13", before))!.State);
        await app.Database.SetClockAsync("2027-01-19T09:00:00");
        Assert.Equal(CoverageState.Ageing, (await store.OfItemAsync("iso27001-2022", "A.8.13"))!.State);
        await app.Database.SetClockAsync("2027-02-11T09:00:00");
        Assert.Equal(CoverageState.Stale, (await store.OfItemAsync("iso27001-2022", "A.8.13"))!.State);
    }
}
