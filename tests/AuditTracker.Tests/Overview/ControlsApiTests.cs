using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Overview;

public sealed class ControlsApiTests : IAsyncLifetime
{
    private readonly TestApp app = new();

    public Task InitializeAsync() => app.InitializeAsync();
    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task Frameworks_come_in_order_with_their_assessable_items()
    {
        var frameworks = await ListAsync(Cast.Carol, "/api/frameworks");

        Assert.Equal(
            ["iso27001-2022 123 False", "pmark-jisq15001-2023 59 False", "safe-security-isp 20 False", "iso27001-2013 140 True", "appi-safety-measures 17 False"],
            frameworks.Select(framework => $"{framework.GetProperty("key").GetString()} {framework.GetProperty("items").GetInt32()} {framework.GetProperty("archived").GetBoolean()}"));
        Assert.All(frameworks, framework => Assert.Equal(0, framework.GetProperty("covered").GetInt32()));
    }

    [Fact]
    public async Task Items_come_in_clause_order_page_by_page()
    {
        var refs = new List<string>();
        var after = "";
        do
        {
            var page = await GetAsync(Cast.Manami, $"/api/controls?framework=iso27001-2022{after}");
            refs.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("ref").GetString()!));
            after = page.GetProperty("after").GetString() is { } cursor ? "&after=" + Uri.EscapeDataString(cursor) : null;
        }
        while (after is not null);

        Assert.Equal(123, refs.Count);
        Assert.Equal(123, refs.Distinct().Count());
        Assert.Equal(["4.1", "4.2", "4.3"], refs.Take(3));
        Assert.True(refs.IndexOf("A.5.9") < refs.IndexOf("A.5.10") && refs.IndexOf("A.5.37") < refs.IndexOf("A.6.1"));
        Assert.Equal("A.8.34", refs[^1]);
    }

    [Fact]
    public async Task An_item_has_exactly_the_fields_of_the_wire()
    {
        var item = (await ListAsync(Cast.Manami, "/api/controls?framework=pmark-jisq15001-2023&limit=1"))[0];

        Assert.Equal(
            ["framework", "ref", "officialRef", "titleJa", "titleEn", "applicable", "reason", "owner", "implementation", "version", "coverage"],
            item.EnumerateObject().Select(property => property.Name));
        Assert.Equal(["state", "explanation", "freshUntil"], item.GetProperty("coverage").EnumerateObject().Select(property => property.Name));
        Assert.Equal(("missing", JsonValueKind.Null), (item.GetProperty("coverage").GetProperty("state").GetString(), item.GetProperty("coverage").GetProperty("freshUntil").ValueKind));
        Assert.NotEqual("", item.GetProperty("coverage").GetProperty("explanation").GetString());
    }

    [Fact]
    public async Task A_change_answers_the_item_and_leaves_a_version_and_an_act()
    {
        var answer = await PatchAsync(Cast.Manami, "iso27001-2022/A.8.4", new { applicable = false, reason = "開発をしていない", owner = Cast.Alice.EmployeeNo, implementation = "規程12条", version = 1 });

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var item = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("False 開発をしていない 900001 規程12条 2 excluded", string.Join(' ', item.GetProperty("applicable").GetBoolean(), item.GetProperty("reason").GetString(),
            item.GetProperty("owner").GetString(), item.GetProperty("implementation").GetString(), item.GetProperty("version").GetInt32(), item.GetProperty("coverage").GetProperty("state").GetString()));
        Assert.Equal(["1 True", "2 False"], await app.Database.ListAsync<string>(
            "select version || ' ' || case when applicable then 'True' else 'False' end from control_versions where framework = 'iso27001-2022' and ref = 'A.8.4' order by version"));
        Assert.Equal($"account:{Cast.Manami.AccountId} control:iso27001-2022/A.8.4", await app.Database.ScalarAsync<string>("select actor || ' ' || subject from trail.entries where what = 'control.changed'"));
    }

    [Fact]
    public async Task What_a_change_leaves_out_stays_and_a_null_owner_is_nobody()
    {
        await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { owner = Cast.Alice.EmployeeNo, implementation = "規程12条", version = 1 });

        var kept = await (await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { reason = "顧客情報を扱うため", version = 2 })).Content.ReadFromJsonAsync<JsonElement>();
        var nobody = await (await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { owner = (string?)null, version = 3 })).Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal(("900001", "規程12条"), (kept.GetProperty("owner").GetString(), kept.GetProperty("implementation").GetString()));
        Assert.Equal((JsonValueKind.Null, "規程12条"), (nobody.GetProperty("owner").ValueKind, nobody.GetProperty("implementation").GetString()));
    }

    [Theory]
    [InlineData("iso27001-2022/A.8.4", """{"applicable":false,"version":1}""", 400, "reason")]
    [InlineData("pmark-jisq15001-2023/J.9.2", """{"applicable":false,"reason":"","version":1}""", 400, "reason")]
    [InlineData("iso27001-2022/A.8.4", """{"owner":"000000","version":1}""", 400, "owner")]
    [InlineData("iso27001-2022/A.8.4", """{"owner":900001,"version":1}""", 400, "owner")]
    [InlineData("iso27001-2022/A.8.4", """{"implementation":"x"}""", 400, "version")]
    [InlineData("iso27001-2022/A.8.4", """{"version":""", 400, null)]
    [InlineData("iso27001-2022/4.1", """{"applicable":false,"reason":"x","version":1}""", 409, null)]
    [InlineData("iso27001-2022/A.8.4", """{"implementation":"x","version":2}""", 409, null)]
    [InlineData("iso27001-2013/A.9.2.2", """{"implementation":"x","version":1}""", 409, null)]
    [InlineData("appi-safety-measures/10.1", """{"owner":"900001","version":1}""", 409, null)]
    [InlineData("iso27001-2022/A.9.99", """{"implementation":"x","version":1}""", 404, null)]
    [InlineData("iso27001-2022/A.5", """{"implementation":"x","version":1}""", 404, null)]
    [InlineData("nothing/A.5.1", """{"implementation":"x","version":1}""", 404, null)]
    public async Task What_cannot_be_is_refused_with_its_status_and_field(string item, string json, int status, string? field)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        var answer = await app.As(Cast.Manami).PatchAsync($"/api/controls/{item}", content);

        Assert.Equal(status, (int)answer.StatusCode);
        if (field is not null)
        {
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal([field], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        }
        Assert.Equal("0", await app.Database.ScalarAsync<string>("select count(*)::text from control_versions where version > 1"));
    }

    [Fact]
    public async Task Only_a_compliance_manager_changes_items_also_of_what_others_own()
    {
        await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { owner = Cast.Alice.EmployeeNo, version = 1 });

        foreach (var member in new[] { Cast.Alice, Cast.Bob, Cast.Carol, Cast.Mallory, Cast.Adam, Cast.Tom, Cast.Hana })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await PatchAsync(member, "iso27001-2022/A.5.18", new { implementation = "x", version = 2 })).StatusCode);
        }
        using var anonymous = JsonContent.Create(new { implementation = "x", version = 2 });
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().PatchAsync("/api/controls/iso27001-2022/A.5.18", anonymous)).StatusCode);
    }

    [Fact]
    public async Task People_see_their_own_items_and_those_of_the_department_they_head()
    {
        await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { owner = Cast.Alice.EmployeeNo, version = 1 });
        await PatchAsync(Cast.Manami, "iso27001-2022/A.5.19", new { owner = Cast.Bob.EmployeeNo, version = 1 });
        await app.Database.ArrangeAsync("""
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at) values ('棚卸し', '棚卸し', @alice, @bob, '2026-04-01', now());
            insert into request_versions (request_id, version, title, guidance, every, due_offset, due_unit, owner_id, reviewer_id, start_on, at) values (1, 1, '棚卸し', '', 'quarter', 10, 'businessDays', @alice, @bob, '2026-04-01', now());
            insert into request_items (request_id, version, framework, ref) values (1, 1, 'pmark-jisq15001-2023', 'J.9.2');
            """, new { alice = Cast.Alice.PersonId, bob = Cast.Bob.PersonId });

        Assert.Equal(["A.5.18", "J.9.2"], await RefsAsync(Cast.Alice));
        Assert.Equal(["A.5.19"], await RefsAsync(Cast.Bob));
        Assert.Equal(["A.5.18"], await RefsAsync(Cast.Hana));
        Assert.Empty(await RefsAsync(Cast.Mallory));
        Assert.Empty(await RefsAsync(Cast.Adam));
        Assert.Equal(200, (await RefsAsync(Cast.Carol)).Count);
        Assert.Equal(200, (await RefsAsync(Cast.Tom)).Count);
    }

    [Fact]
    public async Task A_department_head_of_yesterday_sees_nothing_today()
    {
        await PatchAsync(Cast.Manami, "iso27001-2022/A.5.18", new { owner = Cast.Alice.EmployeeNo, version = 1 });
        await app.Database.ArrangeAsync("update department_versions set to_on = tokyo_date(business_now()) where department_id = 1");
        Assert.Single(await RefsAsync(Cast.Hana));

        await app.Database.ArrangeAsync("update department_versions set to_on = tokyo_date(business_now()) - 1 where department_id = 1");
        Assert.Empty(await RefsAsync(Cast.Hana));
    }

    private async Task<IReadOnlyList<string>> RefsAsync(Cast.Member member) =>
        [.. (await ListAsync(member, "/api/controls?limit=200")).Select(item => item.GetProperty("ref").GetString()!)];

    private async Task<IReadOnlyList<JsonElement>> ListAsync(Cast.Member member, string path) =>
        [.. (await GetAsync(member, path)).GetProperty("items").EnumerateArray()];

    private async Task<JsonElement> GetAsync(Cast.Member member, string path) => await app.As(member).GetFromJsonAsync<JsonElement>(path);

    private Task<HttpResponseMessage> PatchAsync(Cast.Member member, string item, object change) =>
        app.As(member).PatchAsJsonAsync($"/api/controls/{item}", change);
}
