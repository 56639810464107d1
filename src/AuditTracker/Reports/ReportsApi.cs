using System.Globalization;
using System.Text.Json.Serialization;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Reports;

/// <summary>The wire of reports (design §7).</summary>
public static class ReportsApi
{
    public static void Map(IEndpointRouteBuilder app)
    {
        var api = app.MapGroup("/api/reports").WithTags("reports");
        api.MapPost("/{kind}", Ask).May(ReportRunStore.Askers).Produces<WireAsked>(StatusCodes.Status202Accepted);
        api.MapGet("/runs/{id:long}", Find).May(ReportRunStore.Readers);
        api.MapGet("/runs/{id:long}/file", Take).May(ReportRunStore.Readers).Produces<Stream>(StatusCodes.Status200OK, "application/octet-stream").ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> Ask(HttpContext http, string kind, WireReport body, RequestReport request, CancellationToken ct)
    {
        if (kind != ReportOrder.Evidence)
        {
            throw new NotFound();
        }
        var user = http.CurrentUser();
        var input = new ReportInput(body.Framework ?? "", Day("from", body.From), Day("to", body.To), Instant(body.Cutoff), body.Language ?? user.Language);
        var id = await request.AskAsync(user, input, ct);
        return Results.Accepted($"/api/reports/runs/{id}", new WireAsked(id));
    }

    private static async Task<WireRun> Find(HttpContext http, long id, ReportRunStore runs, IStringLocalizer<Words> words, CancellationToken ct)
    {
        var run = await runs.FindAsync(http.CurrentUser(), id, ct) ?? throw new NotFound();
        return new WireRun(run.State, run.Stage, run.Done, run.Total, run.Progress, run.FileName, run.Sha256, run.Error is null ? null : RunText.Error(words, run.Error));
    }

    private static async Task<IResult> Take(HttpContext http, long id, DownloadReport download, CancellationToken ct) => await download.TakeAsync(http.CurrentUser(), id, ct);

    private static DateOnly Day(string field, string? given) =>
        DateOnly.TryParseExact(given, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : throw InvalidInput.At<Words>(field, "DateNeeded");

    private static DateTime? Instant(string? given) => given is null
        ? null
        : RunText.Instant(given) ?? throw InvalidInput.At<Words>("cutoff", "InstantNeeded");
}

public sealed record WireReport(string? Framework, string? From, string? To, string? Cutoff, string? Language);
public sealed record WireAsked(long Id);

/// <param name="Error">Why it failed, in words; absent otherwise.</param>
public sealed record WireRun(string State, string Stage, long Done, long Total, double Progress, string? FileName, string? Sha256, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);
