using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using AuditTracker.Platform.Files;
using AuditTracker.Tests.Evidence;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Platform.Web;

/// <summary>Calls that cannot be read say what is wrong with them, in the caller's language.</summary>
public sealed class UnreadableCallTests(TestApp app) : IClassFixture<TestApp>
{
    [Theory]
    [InlineData("/api/evidence/collections?limit=abc", "limit")]
    [InlineData("/api/people?here=maybe", "here")]
    [InlineData("/api/trail?from=2026-13-01", "from")]
    public async Task A_value_of_the_query_is_named(string path, string name)
    {
        var problem = await ProblemAsync(await app.As(Cast.Manami).GetAsync(path), HttpStatusCode.BadRequest);
        Assert.Equal($"{name}を読めません", problem.GetProperty("title").GetString());
        Assert.True(problem.GetProperty("errors").TryGetProperty(name, out _));
        Assert.Equal("UnreadableValueText", problem.GetProperty("code").GetString());
    }

    [Fact]
    public async Task An_English_reader_gets_English()
    {
        var problem = await ProblemAsync(await app.As(Cast.Carol).GetAsync("/api/evidence/collections?limit=abc"), HttpStatusCode.BadRequest);
        Assert.Equal("limit cannot be read", problem.GetProperty("title").GetString());
    }

    [Theory]
    [InlineData("{\"decision\":", "application/json", 400, "decisionを読めません", "1行目")]
    [InlineData("decision", "application/json", 400, "本文を読めません", "1行目")]
    [InlineData("{\n\"decision\":7}", "application/json", 400, "decisionを読めません", "2行目")]
    [InlineData("", "application/json", 400, "本文を読めません", "JSON")]
    [InlineData("decision=accept", "application/x-www-form-urlencoded", 415, "本文を読めません", "application/json")]
    public async Task A_body_that_is_no_JSON_says_where(string body, string mediaType, int status, string title, string hint)
    {
        var problem = await ProblemAsync(await app.As(Cast.Manami).PostAsync("/api/evidence/collections/1/reviews", new StringContent(body, Encoding.UTF8, mediaType)), (HttpStatusCode)status);
        Assert.Equal(title, problem.GetProperty("title").GetString());
        Assert.Contains(hint, problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task An_upload_that_cannot_be_taken_says_why_and_names_the_field()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var path = $"/api/evidence/collections/{(await app.CollectionAsync(request)).Id()}/submissions";
        var alice = app.As(Cast.Alice);

        using var late = new MultipartFormDataContent { { new StringContent("id\n1"), "file", "a.csv" }, { new StringContent("遅い"), "note" } };
        var problem = await ProblemAsync(await alice.PostAsync(path, late), HttpStatusCode.BadRequest);
        Assert.Equal(("UploadFieldAfterFile", "文字の項目noteは、ファイルより前に送ってください。"), (problem.GetProperty("code").GetString(), problem.GetProperty("detail").GetString()));
        Assert.True(problem.GetProperty("errors").TryGetProperty("note", out _));

        using var tooLong = new MultipartFormDataContent { { new StringContent(new string('x', new UploadLimits().MaxFieldBytes + 1)), "statement" } };
        problem = await ProblemAsync(await alice.PostAsync(path, tooLong), HttpStatusCode.BadRequest);
        Assert.Equal("文字の項目statementが長すぎます。短くして送ってください。", problem.GetProperty("detail").GetString());

        problem = await ProblemAsync(await alice.PostAsJsonAsync(path, new { note = "x" }), HttpStatusCode.BadRequest);
        Assert.Equal("multipart/form-dataで送ってください。", problem.GetProperty("detail").GetString());
        problem = await ProblemAsync(await app.As(Cast.Manami).PostAsJsonAsync("/api/people/import", new { }), HttpStatusCode.BadRequest);
        Assert.Equal("multipart/form-dataで送ってください。", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task A_page_says_the_right_thing_too()
    {
        var request = await app.AddRequestAsync();
        await app.OpenAsync();
        var path = $"/evidence/collections/{(await app.CollectionAsync(request)).Id()}/hand-in";
        var pages = await app.PagesAsAsync(Cast.Alice);

        using var notOurs = new MultipartFormDataContent { { new StringContent("x"), "Input.Note" } };
        Assert.Contains("開いてから時間がたったか", WebUtility.HtmlDecode(await (await pages.PostAsync(path, notOurs)).Content.ReadAsStringAsync()));
        using var plain = new StringContent("x", Encoding.UTF8, "text/plain");
        var page = WebUtility.HtmlDecode(await (await pages.PostAsync(path, plain)).Content.ReadAsStringAsync());
        Assert.Contains("multipart/form-dataで送ってください。", page);
        Assert.DoesNotContain("開いてから時間がたったか", page);
    }

    private static async Task<JsonElement> ProblemAsync(HttpResponseMessage answer, HttpStatusCode status)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }
}
