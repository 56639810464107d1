using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using AuditTracker.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Reports;

public sealed class ReportsApiTests : IAsyncLifetime
{
    private readonly TestApp app = new();

    public async Task InitializeAsync()
    {
        await app.InitializeAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
    }

    public Task DisposeAsync() => app.DisposeAsync();

    [Fact]
    public async Task A_workbook_is_asked_for_built_and_taken_and_who_took_it_is_kept()
    {
        var asked = await app.As(Cast.Manami).PostAsJsonAsync("/api/reports/evidence", Order());
        Assert.Equal(HttpStatusCode.Accepted, asked.StatusCode);
        var id = (await asked.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        var queued = await app.As(Cast.Manami).GetFromJsonAsync<JsonElement>($"/api/reports/runs/{id}");
        Assert.Equal(["state", "stage", "done", "total", "progress", "fileName", "sha256"], queued.EnumerateObject().Select(field => field.Name));
        Assert.Equal(("queued", 0d, JsonValueKind.Null), (queued.GetProperty("state").GetString(), queued.GetProperty("progress").GetDouble(), queued.GetProperty("sha256").ValueKind));
        Assert.Equal(HttpStatusCode.Conflict, (await app.As(Cast.Manami).GetAsync($"/api/reports/runs/{id}/file")).StatusCode);

        await app.Get<BuildReports>().RunAsync(default);

        var done = await app.As(Cast.Tom).GetFromJsonAsync<JsonElement>($"/api/reports/runs/{id}");
        Assert.Equal(("done", 1d), (done.GetProperty("state").GetString(), done.GetProperty("progress").GetDouble()));
        var file = await app.As(Cast.Tom).GetAsync($"/api/reports/runs/{id}/file");
        Assert.Equal(HttpStatusCode.OK, file.StatusCode);
        Assert.Equal("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", file.Content.Headers.ContentType!.MediaType);
        Assert.Equal("証跡一覧_iso27001-2022_20261124.xlsx", file.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal("nosniff", file.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal(done.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(await file.Content.ReadAsByteArrayAsync())));
        Assert.Equal([Cast.Tom.AccountId], await app.Database.ListAsync<long>("select by_account from report_downloads"));
    }

    [Fact]
    public async Task Those_without_the_role_find_nothing_and_management_only_looks()
    {
        var id = (await (await app.As(Cast.Carol).PostAsJsonAsync("/api/reports/evidence", Order())).Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
        await app.Get<BuildReports>().RunAsync(default);

        foreach (var stranger in new[] { Cast.Mallory, Cast.Alice, Cast.Bob, Cast.Adam, Cast.Hana })
        {
            Assert.Equal(HttpStatusCode.NotFound, (await app.As(stranger).PostAsJsonAsync("/api/reports/evidence", Order())).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await app.As(stranger).GetAsync($"/api/reports/runs/{id}")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await app.As(stranger).GetAsync($"/api/reports/runs/{id}/file")).StatusCode);
            Assert.Null(await app.Get<ReportRunStore>().FindAsync(stranger.User(), id, default));
        }
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Tom).PostAsJsonAsync("/api/reports/evidence", Order())).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.As(Cast.Tom).GetAsync($"/api/reports/runs/{id}/file")).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().GetAsync($"/api/reports/runs/{id}")).StatusCode);
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from report_runs"));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from report_downloads"));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_named_at_its_field()
    {
        (string Field, string? Value, string Named)[] wrong =
        [
            ("framework", "iso9001", "framework"), ("from", "2026/07/01", "from"), ("from", null, "from"), ("to", "2026-06-30", "to"), ("to", "2126-06-30", "from"),
            ("cutoff", "2026-12-01T00:00:00Z", "cutoff"), ("cutoff", "2026-11-01T00:00:00", "cutoff"), ("cutoff", "昨日", "cutoff"), ("language", "fr", "language"),
        ];
        foreach (var (field, value, named) in wrong)
        {
            var order = Order();
            order[field] = value;

            var answer = await app.As(Cast.Manami).PostAsJsonAsync("/api/reports/evidence", order);

            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            var problem = await answer.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal([named], problem.GetProperty("errors").EnumerateObject().Select(error => error.Name));
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from report_runs"));
    }

    [Fact]
    public async Task Other_kinds_and_bodies_that_are_none_are_refused()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await app.As(Cast.Manami).PostAsJsonAsync("/api/reports/training", Order())).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.As(Cast.Manami).PostAsJsonAsync("/api/reports/evidence", new { from = 7 })).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.As(Cast.Manami).PostAsync("/api/reports/evidence", new StringContent("null", null, "application/json"))).StatusCode);
    }

    [Fact]
    public async Task The_same_cut_off_asked_for_later_gives_the_same_file()
    {
        await Quarter.PlayAsync(app.Database);
        var order = Order();
        order["cutoff"] = "2026-11-01T12:00:00.1234567+09:00";
        await app.As(Cast.Manami).PostAsJsonAsync("/api/reports/evidence", order);
        await app.Get<BuildReports>().RunAsync(default);
        await app.Database.SetClockAsync("2027-02-01T09:00:00");
        await app.As(Cast.Carol).PostAsJsonAsync("/api/reports/evidence", order);
        await app.Get<BuildReports>().RunAsync(default);

        Assert.Single((await app.Database.ListAsync<string>("select sha256 from report_runs where state = 'done'")).Distinct());
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from report_runs where state = 'done'"));
    }

    private static Dictionary<string, string?> Order() => new()
    {
        ["framework"] = Quarter.Framework,
        ["from"] = "2026-07-01",
        ["to"] = "2026-09-30",
        ["cutoff"] = null,
        ["language"] = "ja",
    };
}
