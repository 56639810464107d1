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
        api.MapGet("/samples", ListAll).May(readers);
        api.MapGet("/collections/{id:long}/samples", List).May(readers);
        api.MapPost("/collections/{id:long}/samples", Take).May(workers).DisableAntiforgery().Produces<WireId>(StatusCodes.Status201Created)
            .WithMetadata(new DescribedBody(typeof(PopulationBody), "multipart/form-data"), new DescribedHeader("Idempotency-Key", "At most 100 characters; the same key with the same content answers the first result, with other content 409."));
        api.MapGet("/samples/{id:long}", Find).May(readers);
        api.MapGet("/samples/{id:long}/rows", Rows).May(readers);
        api.MapGet("/samples/{id:long}/population", Population).May(readers).Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
        api.MapPost("/samples/{id:long}/draw", Draw).May(workers);
        api.MapPost("/samples/{id:long}/conclusion", Conclude).May(workers);
        api.MapGet("/sample-rows/{id:long}", FindRow).May(readers);
        api.MapPost("/sample-rows/{id:long}/results", Judge).May(workers).DisableAntiforgery().Produces(StatusCodes.Status204NoContent)
            .WithMetadata(new DescribedBody(typeof(WireResult), "application/json"), new DescribedBody(typeof(ResultBody), "multipart/form-data"));
        api.MapDelete("/sample-rows/{id:long}/files/{file:long}", RemoveFile).May(workers).Produces(StatusCodes.Status204NoContent);
        api.MapPost("/sample-rows/{id:long}/replacement", Replace).May(workers).Produces<WireId>(StatusCodes.Status201Created);
        api.MapGet("/sample-files/{id:long}/file", File).May(readers).Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream");
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

    private static async Task<WirePage<WireSample>> ListAll(HttpContext http, SampleList samples, string? state, string? found, long? request, DateOnly? from, DateOnly? to, string? after, int? limit, CancellationToken ct)
    {
        static string? Known(string? given, string field, string[] known) => string.IsNullOrWhiteSpace(given) ? null : known.Contains(given) ? given : throw InvalidInput.At<Words>(field, "StateUnknown", given);
        if (after is { Length: > 0 } && SampleListOrders.Time.Read(after) is null)
        {
            throw InvalidInput.At<Words>("after", "CursorUnknown", after);
        }
        var filter = new SampleFilter(Known(state, "state", SampleFilter.States), Known(found, "found", SampleFilter.Findings), request, from, to);
        var page = await samples.PageAsync(http.CurrentUser(), filter, new ListSlice(SampleListOrders.Time, true, WireLimit.Of(limit), after is { Length: > 0 } ? after : null), ct);
        return new([.. page.Rows.Select(WireSample.From)], page.After);
    }

    private static async Task<WireSampleRowDetail> FindRow(HttpContext http, long id, SampleStore samples, CancellationToken ct)
    {
        var (row, files, results, _, _) = await samples.RowAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new(row.SampleId, WireSampleRow.From(row), [.. files.Select(file => new WireSampleFile(file.Id, file.FileName, file.Size, file.Sha256, file.MediaType, file.By, file.At))],
            [.. results.Select(one => new WireSampleResult(one.Result, one.Note, one.Link, one.By, one.At))]);
    }

    private static async Task<IResult> Judge(HttpContext http, long id, JudgeSample judge, BlobStore blobs, Settings settings, CancellationToken ct)
    {
        var user = http.CurrentUser();
        if (http.Request.HasJsonContentType())
        {
            WireResult body;
            try
            {
                body = await http.Request.ReadFromJsonAsync<WireResult>(ct) ?? new WireResult(null, null, null);
            }
            catch (JsonException unreadable)
            {
                throw new BadHttpRequestException("no such JSON", StatusCodes.Status400BadRequest, unreadable);
            }
            await judge.RunAsync(user, id, new RowInput(body.Result, body.Note, body.Link, []), ct);
            return Results.NoContent();
        }
        if (!http.Request.HasFormContentType)
        {
            throw new BadHttpRequestException("neither JSON nor a form", StatusCodes.Status415UnsupportedMediaType);
        }
        RowInput? input = null;
        var upload = await MultipartUpload.ReadAsync(http, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes, MaxFiles = JudgeSample.MostFiles }, async fields =>
        {
            string? Field(string name) => fields.TryGetValue(name, out var values) ? values.ToString() : null;
            input = new RowInput(Field("result"), Field("note"), Field("link"), []);
            await judge.CheckAsync(user, id, input, ct);
            return true;
        }, ct);
        if (upload.TooLarge.Count > 0)
        {
            throw InvalidInput.At<Words>("file", "FileTooLarge", upload.TooLarge[0], 0);
        }
        await judge.RunAsync(user, id, input! with { Files = upload.Files }, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> RemoveFile(HttpContext http, long id, long file, JudgeSample judge, CancellationToken ct)
    {
        await judge.RemoveFileAsync(http.CurrentUser(), id, file, ct);
        return Results.NoContent();
    }

    private static async Task<IResult> Replace(HttpContext http, long id, WireReason body, DrawSample draw, CancellationToken ct)
    {
        var row = await draw.ReplaceAsync(http.CurrentUser(), id, body.Reason, ct);
        return Results.Created($"/api/evidence/sample-rows/{row}", new WireId(row));
    }

    private static async Task<IResult> Population(HttpContext http, long id, SampleStore samples, BlobStore blobs, CancellationToken ct)
    {
        var sample = await samples.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        _ = sample.DestroyedAt is null ? 0 : throw Refusal.Of<Words>("SampleDestroyed");
        return new FileDownload(blobs, sample.FileSha256, $"population-{id}.jsonl");
    }

    private static async Task<IResult> Original(HttpContext http, long id, SampleStore samples, BlobStore blobs, CancellationToken ct)
    {
        var sample = await samples.FindAsync(http.CurrentUser(), id, ct);
        if (sample?.OriginalSha256 is not { } original)
        {
            throw new NotFound();
        }
        _ = sample.DestroyedAt is null ? 0 : throw Refusal.Of<Words>("SampleDestroyed");
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

/// <summary>The same with files of the row, which come last.</summary>
/// <param name="Result">conforming, observation, nonconforming or notApplicable.</param>
public sealed record ResultBody(string Result, string? Note, string? Link, IFormFile[]? File);

public sealed record WireReason(string? Reason);

/// <summary>A row with its files and its results, newest first.</summary>
public sealed record WireSampleRowDetail(long SampleId, WireSampleRow Row, IReadOnlyList<WireSampleFile> Files, IReadOnlyList<WireSampleResult> Results);

public sealed record WireSampleFile(long Id, string FileName, long Size, string Sha256, string MediaType, string By, DateTime At);

public sealed record WireSampleResult(string Result, string Note, string? Link, string By, DateTime At);

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
