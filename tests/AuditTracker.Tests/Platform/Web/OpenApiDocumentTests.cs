using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace AuditTracker.Tests.Platform.Web;

public sealed class OpenApiDocumentTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task Every_operation_wants_the_token_and_says_which_problems_it_meets()
    {
        var document = await DocumentAsync();
        Assert.Equal("AuditTracker", document.GetProperty("info").GetProperty("title").GetString());
        Assert.Equal("bearer", document.GetProperty("components").GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString());
        Assert.Contains("errors", Names(document.GetProperty("components").GetProperty("schemas").GetProperty("Problem").GetProperty("properties")));
        var operations = Operations(document);
        Assert.Equal(app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.RoutePattern.RawText!.TrimStart('/').StartsWith("api/", StringComparison.Ordinal)).Count(), operations.Count);
        foreach (var (name, operation) in operations)
        {
            Assert.True(operation.GetProperty("security")[0].TryGetProperty("bearer", out _), name);
            var responses = operation.GetProperty("responses");
            string[] needed = name.StartsWith("get ", StringComparison.Ordinal) ? ["400", "401", "404"] : ["400", "401", "404", "409"];
            Assert.True(needed.All(status => responses.TryGetProperty(status, out var response) && response.GetProperty("content").TryGetProperty("application/problem+json", out _)), $"{name}: {responses}");
            Assert.True(Names(responses).Count(status => status[0] == '2') == 1, $"{name}: {responses}");
        }
    }

    [Theory]
    [InlineData("post /api/evidence/requests", "201")]
    [InlineData("post /api/evidence/collections/{id}/submissions", "201")]
    [InlineData("delete /api/evidence/submissions/{id}", "204")]
    [InlineData("post /api/reports/{kind}", "202")]
    [InlineData("post /api/people/import", "422")]
    [InlineData("get /api/reports/runs/{id}/file", "409")]
    [InlineData("post /api/evidence/requests", "415")]
    [InlineData("post /api/evidence/collections/{id}/submissions", "413")]
    public async Task Statuses_are_those_that_are_answered(string name, string status) =>
        Assert.Contains(status, Names(Operations(await DocumentAsync())[name].GetProperty("responses")));

    [Theory]
    [InlineData("post /api/evidence/requests", "application/json", "title guidance minutes items owner reviewer recurrence opens due startOn endOn")]
    [InlineData("patch /api/evidence/requests/{id}", "application/json", "version title guidance minutes items owner reviewer recurrence opens due startOn endOn")]
    [InlineData("patch /api/controls/{framework}/{itemRef}", "application/json", "version applicable reason owner implementation")]
    [InlineData("post /api/evidence/collections/{id}/submissions", "multipart/form-data", "note link statement nothing capturedOn onBehalfOf isPart rest restBy usedPart file")]
    [InlineData("post /api/people/import", "multipart/form-data", "file columns sheet")]
    public async Task Bodies_that_are_read_by_hand_are_described(string name, string mediaType, string fields)
    {
        var document = await DocumentAsync();
        var properties = Body(document, name, mediaType).GetProperty("properties");
        Assert.Equal(fields.Split(' ').Order(), Names(properties).Order());
    }

    [Fact]
    public async Task Files_are_bytes_and_numbers_are_numbers()
    {
        var document = await DocumentAsync();
        var files = Body(document, "post /api/evidence/collections/{id}/submissions", "multipart/form-data").GetProperty("properties").GetProperty("file");
        Assert.Equal("binary", Resolve(document, files.GetProperty("items")).GetProperty("format").GetString());
        var operations = Operations(document);
        Assert.Contains(operations["post /api/evidence/collections/{id}/submissions"].GetProperty("parameters").EnumerateArray(), one => one.GetProperty("name").GetString() == "Idempotency-Key" && one.GetProperty("in").GetString() == "header");
        var limits = operations.Values.Where(one => one.TryGetProperty("parameters", out _)).SelectMany(one => one.GetProperty("parameters").EnumerateArray()).Where(one => one.GetProperty("name").GetString() == "limit").ToList();
        Assert.NotEmpty(limits);
        Assert.All(limits, limit =>
        {
            Assert.Contains("integer", limit.GetProperty("schema").GetProperty("type").ToString());
            Assert.DoesNotContain("string", limit.GetProperty("schema").GetProperty("type").ToString());
        });
    }

    private async Task<JsonElement> DocumentAsync() => await app.As(Cast.Mallory).GetFromJsonAsync<JsonElement>("/openapi/v1.json");

    private static Dictionary<string, JsonElement> Operations(JsonElement document) => document.GetProperty("paths").EnumerateObject()
        .SelectMany(path => path.Value.EnumerateObject().Select(operation => ($"{operation.Name} {path.Name}", operation.Value))).ToDictionary(one => one.Item1, one => one.Value);

    private static JsonElement Body(JsonElement document, string name, string mediaType) =>
        Resolve(document, Operations(document)[name].GetProperty("requestBody").GetProperty("content").GetProperty(mediaType).GetProperty("schema"));

    private static JsonElement Resolve(JsonElement document, JsonElement schema) => schema.TryGetProperty("$ref", out var reference)
        ? document.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;

    private static IEnumerable<string> Names(JsonElement from) => from.EnumerateObject().Select(property => property.Name);
}
