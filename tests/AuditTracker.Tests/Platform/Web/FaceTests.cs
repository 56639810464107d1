using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Platform;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AuditTracker.Tests.Platform.Web;

/// <summary>The face alone, without database and rooms: headers, error answers, language.</summary>
public sealed class FaceTests : IAsyncLifetime
{
    private WebApplication app = null!;
    private HttpClient client = null!;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "audit-tracker" });
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddFace();
        builder.Services.AddSingleton<LoadShell>(_ => Task.FromResult(Shell.Unknown with { Company = "ひばりネット", PersonName = "鈴木 大輔" }));
        app = builder.Build();
        app.UseFace();
        app.UseRouting();
        app.UseLanguage();
        app.MapFace();
        app.MapGet("/boom", string () => throw new InvalidOperationException("secret of the inside"));
        app.MapGet("/api/boom", string () => throw new InvalidOperationException("secret of the inside"));
        app.MapGet("/api/refused", string () => throw InvalidInput.At<Words>("dueOn", "NotReadable", "2026/13/1"));
        app.MapGet("/refused", string () => throw Refusal.Of<Words>("NumberNeeded"));
        app.MapGet("/gone", string () => throw new NotFound());
        await app.StartAsync();
        client = app.GetTestClient();
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Every_answer_forbids_foreign_script_frames_and_keeping()
    {
        foreach (var path in new[] { "/nope", "/boom", "/api/nope" })
        {
            using var answer = await client.GetAsync(path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy);
            Assert.DoesNotContain("unsafe", policy);
            Assert.Contains("frame-ancestors 'none'", policy);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            Assert.True(answer.Headers.CacheControl!.NoStore);
        }
    }

    [Fact]
    public async Task What_is_not_there_has_a_page_in_the_readers_language()
    {
        using var japanese = await client.GetAsync("/nope");
        Assert.Equal(HttpStatusCode.NotFound, japanese.StatusCode);
        var page = await japanese.Content.ReadAsStringAsync();
        Assert.Contains("<html lang=\"ja\"", page);
        Assert.Contains("見つかりません", page);
        Assert.Contains("鈴木 大輔", page);

        using var request = new HttpRequestMessage(HttpMethod.Get, "/gone");
        request.Headers.AcceptLanguage.ParseAdd("en-GB,en;q=0.9");
        using var english = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.NotFound, english.StatusCode);
        Assert.Contains("<title>Not found｜AuditTracker</title>", await english.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_fault_shows_a_number_and_nothing_of_the_inside()
    {
        using var answer = await client.GetAsync("/boom");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        var page = await answer.Content.ReadAsStringAsync();
        Assert.Matches("<b class=\"mono\">[2-9A-Z]{5}</b>", page);
        Assert.DoesNotContain("secret", page);
        Assert.DoesNotContain("InvalidOperation", page);
    }

    [Fact]
    public async Task The_api_answers_faults_and_refusals_with_problem_details()
    {
        using var fault = await client.GetAsync("/api/boom");
        Assert.Equal("application/problem+json", fault.Content.Headers.ContentType!.MediaType);
        Assert.Equal(5, (await fault.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("incident").GetString()!.Length);

        using var refused = await client.GetAsync("/api/refused");
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var problem = await refused.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal("NotReadable", problem.GetProperty("code").GetString());
        Assert.Contains("2026/13/1", problem.GetProperty("errors").GetProperty("dueOn")[0].GetString());
    }

    [Fact]
    public async Task A_refusal_nobody_caught_is_a_page_of_its_own()
    {
        using var answer = await client.GetAsync("/refused");
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains("数字で入力してください。", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_language_switch_remembers_and_goes_back_to_this_host_only()
    {
        using var good = await client.GetAsync("/language?to=en&back=/people%3Fq%3D1");
        Assert.Equal("/people?q=1", good.Headers.Location!.OriginalString);
        Assert.Contains(good.Headers.GetValues("Set-Cookie"), cookie => cookie.StartsWith("language=en;", StringComparison.Ordinal));

        using var bad = await client.GetAsync("/language?to=xx&back=/%5Cevil.example");
        Assert.Equal("/", bad.Headers.Location!.OriginalString);
        Assert.False(bad.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_style_sheet_may_be_kept_for_good_under_the_hash_of_its_bytes()
    {
        using var notFound = await client.GetAsync("/nope");
        var page = await notFound.Content.ReadAsStringAsync();
        var href = System.Text.RegularExpressions.Regex.Match(page, "/site\\.css\\?v=[^\"]+").Value;
        using var css = await client.GetAsync(href);
        Assert.Equal("text/css", css.Content.Headers.ContentType!.MediaType);
        Assert.Contains("immutable", css.Headers.CacheControl!.ToString());
    }
}
