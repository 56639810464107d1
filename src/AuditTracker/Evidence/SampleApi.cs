using System.Text.Json;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Evidence;

/// <summary>The wire of samples, and the doors their files leave by.</summary>
public static class SampleApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        Role[] readers = [Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer];
        Role[] workers = [Role.ComplianceManager, Role.ControlOwner];
        var api = app.MapGroup("/api/evidence").WithTags("evidence");
        api.MapGet("/collections/{id:long}/samples", List).May(readers);
        api.MapPost("/collections/{id:long}/samples", Take).May(workers).DisableAntiforgery().Produces<WireId>(StatusCodes.Status201Created)
            .WithMetadata(new DescribedBody(typeof(PopulationBody), "multipart/form-data"), new DescribedHeader("Idempotency-Key", "At most 100 characters; the same key with the same content answers the first result, with other content 409."));
        api.MapGet("/samples/{id:long}", Find).May(readers);
        api.MapGet("/samples/{id:long}/rows", Rows).May(readers);
        api.MapGet("/samples/{id:long}/population", Population).May(readers).Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
        api.MapPost("/samples/{id:long}/draw", Draw).May(workers);
        api.MapPost("/samples/{id:long}/conclusion", Conclude).May(workers);
        api.MapPost("/sample-rows/{id:long}/results", Judge).May(workers).Produces(StatusCodes.Status204NoContent);
        app.MapGet("/evidence/samples/{id:long}/population", Population).May(readers).ExcludeFromDescription();
        app.MapGet("/evidence/samples/{id:long}/original", Original).May(readers).ExcludeFromDescription();
        app.MapGet("/evidence/sample-files/{id:long}", File).May(readers).ExcludeFromDescription();
    }

    private static async Task<WirePage<WireSample>> List(HttpContext http, long id, CollectionStore collections, SampleStore samples, CancellationToken ct)
    {
        _ = await collections.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new([.. (await samples.OfCollectionAsync(http.CurrentUser(), id, ct)).Select(WireSample.From)], null);
    }

    private static async Task<IResult> Take(HttpContext http, long id, TakePopulation take, BlobStore blobs, Settings settings, CancellationToken ct)
    {
        var key = http.Request.Headers["Idempotency-Key"].ToString() is { Length: > 0 and <= 100 } given ? given : Guid.NewGuid().ToString("N");
        PopulationInput? input = null;
        var upload = await MultipartUpload.ReadAsync(http, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes, MaxFiles = 1 }, async fields =>
        {
            string? Field(string name) => fields.TryGetValue(name, out var values) ? values.ToString() : null;
            DateOnly? asOf = string.IsNullOrWhiteSpace(Field("asOf")) ? null : DateOnly.TryParseExact(Field("asOf"), "yyyy-MM-dd", out var day) ? day : throw InvalidInput.At<Words>("asOf", "DateUnreadable", Field("asOf")!);
            input = new PopulationInput(key, Field("name"), Field("source") ?? "upload", Field("origin"), Field("completeness"), asOf);
            await take.CheckAsync(http.CurrentUser(), id, input, ct);
            return true;
        }, ct);
        if (upload.TooLarge.Count > 0)
        {
            throw InvalidInput.At<Words>("file", "FileTooLarge", upload.TooLarge[0], 0);
        }
        var sample = await take.RunAsync(http.CurrentUser(), id, input!, upload.Files is [var file, ..] ? file : null, ct);
        return Results.Created($"/api/evidence/samples/{sample}", new WireId(sample));
    }

    private static async Task<WireSample> Find(HttpContext http, long id, SampleStore samples, CancellationToken ct) =>
        WireSample.From(await samples.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound());

    private static async Task<WirePage<WireSampleRow>> Rows(HttpContext http, long id, SampleStore samples, string? after, int? limit, CancellationToken ct)
    {
        _ = await samples.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        if (after is { Length: > 0 } && SampleOrders.Place.Read(after) is null)
        {
            throw InvalidInput.At<Words>("after", "CursorUnknown", after);
        }
        var page = await samples.RowsAsync(http.CurrentUser(), id, new ListSlice(SampleOrders.Place, false, WireLimit.Of(limit), after is { Length: > 0 } ? after : null), ct);
        return new([.. page.Rows.Select(WireSampleRow.From)], page.After);
    }

    private static async Task<WireSample> Draw(HttpContext http, long id, WireDraw body, DrawSample draw, SampleStore samples, CancellationToken ct)
    {
        await draw.RunAsync(http.CurrentUser(), id, new DrawInput(body.Basis, body.Size, body.SizeReason, body.Seed, body.SeedFrom), ct);
        return await Find(http, id, samples, ct);
    }

    private static async Task<WireSample> Conclude(HttpContext http, long id, WireConclusion body, JudgeSample judge, SampleStore samples, CancellationToken ct)
    {
        await judge.ConcludeAsync(http.CurrentUser(), id, body.Conclusion, ct);
        return await Find(http, id, samples, ct);
    }

    private static async Task<IResult> Judge(HttpContext http, long id, WireResult body, JudgeSample judge, CancellationToken ct)
    {
        await judge.RunAsync(http.CurrentUser(), id, new RowInput(body.Result, body.Note, body.Link, []), ct);
        return Results.NoContent();
    }

    private static async Task<IResult> Population(HttpContext http, long id, SampleStore samples, BlobStore blobs, CancellationToken ct)
    {
        var sample = await samples.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new FileDownload(blobs, sample.FileSha256, $"population-{id}.jsonl");
    }

    private static async Task<IResult> Original(HttpContext http, long id, SampleStore samples, BlobStore blobs, CancellationToken ct)
    {
        var sample = await samples.FindAsync(http.CurrentUser(), id, ct);
        if (sample?.OriginalSha256 is not { } original)
        {
            throw new NotFound();
        }
        await samples.CheckAsync(original, ct);
        return new FileDownload(blobs, original, sample.OriginalName!);
    }

    private static async Task<IResult> File(HttpContext http, long id, SampleStore samples, BlobStore blobs, CancellationToken ct)
    {
        var file = await samples.FileAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new FileDownload(blobs, file.Sha256, file.FileName);
    }
}

/// <summary>A population that comes in: its words, then the file.</summary>
/// <param name="Source">upload (when left out), joined, left, transferred, grants or collections; only an upload has a file.</param>
/// <param name="AsOf">Of an upload: a day from the first of the period to today (when left out, today). Everything else is as of today.</param>
public sealed record PopulationBody(string Name, string? Source, string? Origin, string? Completeness, DateOnly? AsOf, IFormFile? File);

/// <param name="Basis">event, daily, weekly, monthly, quarterly or yearly.</param>
/// <param name="Size">More than the table asks, with a reason.</param>
public sealed record WireDraw(string? Basis, int? Size, string? SizeReason, string? Seed, string? SeedFrom);

public sealed record WireConclusion(string? Conclusion);

/// <param name="Result">conforming, observation, nonconforming or notApplicable.</param>
public sealed record WireResult(string? Result, string? Note, string? Link);

/// <param name="State">population, drawn, concluded or abandoned.</param>
/// <param name="PopulationSha256">Of the sorted rows.</param>
/// <param name="FileSha256">Of the kept file.</param>
public sealed record WireSample(long Id, long CollectionId, string Name, string Source, DateOnly AsOf, long Rows, string PopulationSha256, string FileSha256, string? OriginalSha256, string State,
    string? Basis, int? Size, string? Seed, long Done, long Conforming, long Observations, long Nonconforming, long NotApplicable, long Replaced, string? Conclusion)
{
    internal static WireSample From(Sample one) => new(one.Id, one.CollectionId, one.Name, one.Source, one.AsOf, one.RowCount, one.RowsSha256, one.FileSha256, one.OriginalSha256, one.State,
        one.Basis, one.Size, one.Seed, one.Done, one.Conforming, one.Observations, one.Nonconforming, one.NotApplicable, one.Replaced, one.State == "concluded" ? one.Closing : null);
}

/// <param name="Place">In the order of drawing.</param>
/// <param name="Number">In the population, from 1.</param>
public sealed record WireSampleRow(long Id, int Place, int Number, JsonElement Cells, string? Result, string? Note, string? Link, bool Replaced, string? ReplaceReason)
{
    internal static WireSampleRow From(SampleRow row) => new(row.Id, row.Place, row.RowNumber, JsonSerializer.Deserialize<JsonElement>(row.Cells), row.Result, row.Note, row.Link, row.ReplacedAt is not null, row.ReplaceReason);
}
