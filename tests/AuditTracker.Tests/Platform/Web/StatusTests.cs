using System.Net;
using System.Net.Http.Headers;
using System.Text;
using AuditTracker.Accounts;
using AuditTracker.Tests.Accounts;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Platform.Web;

public sealed class StatusTests(TestApp app) : IClassFixture<TestApp>
{
    [Theory]
    [InlineData("/healthz")]
    [InlineData("/readyz")]
    public async Task A_probe_may_ask_with_HEAD(string path) =>
        Assert.Equal(HttpStatusCode.OK, (await app.Anonymous().SendAsync(new HttpRequestMessage(HttpMethod.Head, path))).StatusCode);

    [Fact]
    public async Task A_wrong_method_is_405_with_what_is_allowed_and_401_for_nobody()
    {
        var answer = await app.As(Cast.Manami).DeleteAsync("/api/me");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("GET", answer.Content.Headers.Allow);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().DeleteAsync("/api/me")).StatusCode);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await app.Anonymous().DeleteAsync("/healthz")).StatusCode);
    }

    [Fact]
    public async Task A_body_of_another_type_is_415()
    {
        var answer = await app.As(Cast.Manami).PostAsync("/api/evidence/requests", new StringContent("<a/>", Encoding.UTF8, "application/xml"));
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Anonymous().PostAsync("/api/evidence/requests", new StringContent("<a/>", Encoding.UTF8, "application/xml"))).StatusCode);
    }

    [Fact]
    public async Task A_path_that_leads_nowhere_is_answered_in_the_readers_language()
    {
        var reader = await app.PagesAsAsync(Cast.Adam);
        Assert.Equal("en", Cast.Adam.Language);
        reader.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        var answer = await reader.GetAsync("/nowhere");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("<html lang=\"en\"", await answer.TextAsync());
    }

    [Fact]
    public async Task A_NUL_character_is_the_senders_mistake()
    {
        var answer = await app.Anonymous().PostFormAsync("/password-reset", null, ("Input.Address", "a\0b@example.test"));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.As(Cast.Manami).GetAsync("/api/people?find=a%00b&q=a%00b")).StatusCode);
    }

    [Fact]
    public async Task A_database_that_is_away_is_503_with_when_to_come_back()
    {
        await using var own = new OwnApp();
        await own.StartAsync(Cast.Adam);
        using var client = own.App.Anonymous();
        await own.App.Database.ArrangeAsync("do $$ begin execute format('alter database %I connection limit 0', current_database()); end $$");
        own.App.Database.Installation.App.Clear();

        var api = new HttpRequestMessage(HttpMethod.Get, "/api/me") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", "at_x") } };
        var page = new HttpRequestMessage(HttpMethod.Get, "/people") { Headers = { { "Cookie", $"{IdentifyCaller.SessionCookie}=x" } } };
        foreach (var (request, type) in new[] { (api, "application/problem+json"), (page, "text/html") })
        {
            var answer = await client.SendAsync(request);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(5), answer.Headers.RetryAfter?.Delta);
            Assert.Equal(type, answer.Content.Headers.ContentType?.MediaType);
            Assert.Contains(request == page ? "データベースにつながりません" : "503", await answer.TextAsync());
        }
    }
}
