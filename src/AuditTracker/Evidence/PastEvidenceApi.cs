using System.Text.Json.Serialization;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence;

/// <summary>The wire of past evidence: files in, differences out; with <c>apply=true</c> a worker brings it in.</summary>
public static class PastEvidenceApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/evidence/past").WithTags("evidence");
        api.MapPost("", Check).May(Role.ComplianceManager).DisableAntiforgery().Produces<WirePast>(StatusCodes.Status202Accepted).Produces<WirePast>(StatusCodes.Status422UnprocessableEntity)
            .WithMetadata(new DescribedBody(typeof(PastBody), "multipart/form-data"));
        api.MapGet("/{id:long}", Find).May(Role.ComplianceManager);
    }

    private static async Task<IResult> Check(HttpContext http, CheckPastEvidence check, PastEvidenceStore past, BlobStore blobs, Settings settings, IStringLocalizer<Words> words, bool? apply, bool? skipErrors, CancellationToken ct)
    {
        var user = http.CurrentUser();
        var upload = await MultipartUpload.ReadAsync(http, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes }, null, ct);
        if (upload.TooLarge.Count > 0)
        {
            throw InvalidInput.At<Words>("file", "FileTooLarge", upload.TooLarge[0], upload.Files.Count);
        }
        var id = await check.CheckAsync(user, upload.Files, ct);
        if (apply == true)
        {
            var found = (await past.FindAsync(user, id, ct))!;
            if (found.Errors > 0 && skipErrors != true)
            {
                return Results.Json(await WireAsync(user, past, words, found, ct), statusCode: StatusCodes.Status422UnprocessableEntity);
            }
            await check.ApplyAsync(user, id, skipErrors == true, ct);
        }
        return Results.Accepted($"/api/evidence/past/{id}", await WireAsync(user, past, words, (await past.FindAsync(user, id, ct))!, ct));
    }

    private static async Task<WirePast> Find(HttpContext http, long id, PastEvidenceStore past, IStringLocalizer<Words> words, CancellationToken ct) =>
        await WireAsync(http.CurrentUser(), past, words, await past.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound(), ct);

    private static async Task<WirePast> WireAsync(CurrentUser user, PastEvidenceStore past, IStringLocalizer<Words> words, PastRun run, CancellationToken ct) =>
        new(run.Id, run.State, run.Added, run.Filled, run.There, run.Errors, run.Applied, run.Done, run.Total, run.Progress,
            [.. (await past.PiecesAsync(user, run.Id, "error", 0, 200, ct)).SelectMany(piece => piece.Problems).Select(problem => new WirePastError(problem.Line, PastEvidenceText.Problem(words, problem)))],
            run.Error is null ? null : words[run.Error].Value);
}

/// <summary>A ZIP, or the sheet and its files.</summary>
public sealed record PastBody(IReadOnlyList<IFormFile> File);
public sealed record WirePastError(int Line, string Message);

/// <param name="State">checked, queued, running, done or failed.</param>
/// <param name="Added">Periods that are new here.</param>
/// <param name="Filled">Periods that were asked for and still open.</param>
/// <param name="There">Periods for which something was handed in already; left alone.</param>
/// <param name="Wrong">Periods with errors; the first 200 stand in errors.</param>
/// <param name="Applied">Periods that were brought in.</param>
public sealed record WirePast(long Id, string State, long Added, long Filled, long There, long Wrong, long Applied, long Done, long Total, double Progress, IReadOnlyList<WirePastError> Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
