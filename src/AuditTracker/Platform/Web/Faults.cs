using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.Localization;
using Npgsql;

namespace AuditTracker.Platform.Web;

/// <summary>What an error page says: title and sentence already worded, the incident's number if the fault is ours.</summary>
public sealed record Trouble(int Status, string Title, string Sentence, string? Incident);

/// <summary>
/// Turns what went wrong into an answer: a page in the reader's words, or problem details under <c>/api</c>. A fault of ours is
/// logged once under a short number that the page shows.
/// </summary>
public sealed class Faults(RequestDelegate next, ILogger<Faults> log)
{
    /// <summary>Runs the rest of the pipeline and answers for it where it did not answer itself.</summary>
    public async Task InvokeAsync(HttpContext http)
    {
        try
        {
            await next(http);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (NotFound) when (!http.Response.HasStarted)
        {
            await Answer(http, StatusCodes.Status404NotFound, null);
            return;
        }
        catch (Refusal refusal) when (!http.Response.HasStarted)
        {
            await Answer(http, refusal is InvalidInput ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict, null, refusal);
            return;
        }
        catch (UploadRefusedException e) when (!http.Response.HasStarted)
        {
            await Answer(http, e.StatusCode, null, unreadable: Unreadable.From(e));
            return;
        }
        catch (BadHttpRequestException e) when (!http.Response.HasStarted)
        {
            await Answer(http, e.StatusCode, null, unreadable: Unreadable.From(e));
            return;
        }
        catch (PostgresException e) when (!http.Response.HasStarted && e.SqlState is PostgresErrorCodes.CharacterNotInRepertoire or PostgresErrorCodes.UntranslatableCharacter)
        {
            // Text with a character that the database cannot hold, such as NUL.
            await Answer(http, StatusCodes.Status400BadRequest, null);
            return;
        }
        catch (Exception e) when (!http.Response.HasStarted && IsDatabaseAway(e))
        {
            log.LogWarning("The database is away: {Method} {Route}: {Reason}", http.Request.Method, RouteOf(http), e.Message);
            http.Response.Headers.RetryAfter = "5";
            await Answer(http, StatusCodes.Status503ServiceUnavailable, null);
            return;
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            var incident = Incident.New();
            log.LogError(e, "Incident {Incident}: {Method} {Route}", incident, http.Request.Method, RouteOf(http));
            await Answer(http, StatusCodes.Status500InternalServerError, incident);
            return;
        }

        var response = http.Response;
        if (!response.HasStarted && response.StatusCode is >= 400 and < 600 && response.ContentLength is null && string.IsNullOrEmpty(response.ContentType))
        {
            if (IsApi(http.Request.Path) && response.StatusCode == StatusCodes.Status415UnsupportedMediaType)
            {
                await Answer(http, StatusCodes.Status415UnsupportedMediaType, null, unreadable: Unreadable.WrongMediaType);
                return;
            }
            await Answer(http, response.StatusCode, null);
        }
    }

    private async Task Answer(HttpContext http, int status, string? incident, Refusal? refusal = null, Unreadable? unreadable = null)
    {
        var headers = http.Response.Headers.ToList();
        http.Response.Clear();
        foreach (var header in headers.Where(header => header.Key is not ("Content-Type" or "Content-Length" or "Content-Disposition" or "ETag")))
        {
            http.Response.Headers[header.Key] = header.Value;
        }

        http.Response.Headers.CacheControl = "no-store";
        http.Response.StatusCode = status;
        try
        {
            Language.Apply(http);
            var trouble = Describe(http, status, incident, refusal, unreadable);
            if (IsApi(http.Request.Path))
            {
                if (status == StatusCodes.Status401Unauthorized)
                {
                    http.Response.Headers.WWWAuthenticate = "Bearer";
                }
                if (refusal is not null)
                {
                    await Refuse(trouble, refusal).ExecuteAsync(http);
                    return;
                }
                await Results.Problem(trouble.Sentence, statusCode: status, title: trouble.Title, extensions: More(trouble, unreadable)).ExecuteAsync(http);
                return;
            }

            await ShowPage(http, trouble);
        }
        catch (Exception e) when (!http.Response.HasStarted)
        {
            log.LogError(e, "The page for status {Status} failed too", status);
            await http.Response.WriteAsync($"{status} {incident}");
        }
    }

    private async Task ShowPage(HttpContext http, Trouble trouble)
    {
        try
        {
            // A fault may mean that the database is away: do not ask it for the menu.
            if (trouble.Status < 500)
            {
                await http.LoadShellAsync();
            }
        }
        catch (Exception e)
        {
            log.LogWarning(e, "The menu could not be loaded for an error page");
        }

        var page = new ViewResult
        {
            ViewName = "/Platform/Web/Pages/Trouble.cshtml",
            StatusCode = trouble.Status,
            ViewData = new ViewDataDictionary(new EmptyModelMetadataProvider(), new ModelStateDictionary()) { Model = trouble },
        };
        await page.ExecuteResultAsync(new ActionContext(http, http.GetRouteData(), new ActionDescriptor()));
    }

    /// <summary>A refusal on the wire: its words, its stable key and, for invalid input, the field.</summary>
    private static IResult Refuse(Trouble trouble, Refusal refusal)
    {
        var more = new Dictionary<string, object?> { ["code"] = refusal.Key };
        if (refusal is InvalidInput invalid)
        {
            more["errors"] = new Dictionary<string, string[]> { [invalid.Field] = [trouble.Sentence] };
        }
        return Results.Problem(title: trouble.Sentence, statusCode: trouble.Status, extensions: more);
    }

    private static Dictionary<string, object?> More(Trouble trouble, Unreadable? unreadable)
    {
        var more = new Dictionary<string, object?>();
        if (trouble.Incident is not null)
        {
            more["incident"] = trouble.Incident;
        }
        if (unreadable is not null)
        {
            more["code"] = unreadable.Sentence;
        }
        if (unreadable?.Field is { } field)
        {
            more["errors"] = new Dictionary<string, string[]> { [field] = [trouble.Sentence] };
        }
        return more;
    }

    private static Trouble Describe(HttpContext http, int status, string? incident, Refusal? refusal, Unreadable? unreadable)
    {
        var words = http.RequestServices.GetRequiredService<IStringLocalizer<Words>>();
        if (unreadable is not null)
        {
            var (what, how) = unreadable.In(words);
            return new Trouble(status, what, how, null);
        }
        var (title, sentence) = status switch
        {
            401 => ("TroubleSignIn", "TroubleSignInText"),
            403 or 404 => ("TroubleNotFound", "TroubleNotFoundText"),
            413 => ("TroubleTooLarge", "TroubleTooLargeText"),
            429 => ("TroubleTooMany", "TroubleTooManyText"),
            503 => ("TroubleAway", "TroubleAwayText"),
            < 500 => ("TroubleBadRequest", IsApi(http.Request.Path) ? "UnreadableText" : "TroubleBadRequestText"),
            _ => ("TroubleFault", "TroubleFaultText"),
        };
        return refusal is null
            ? new Trouble(status, words[title], words[sentence], incident)
            : new Trouble(status, words["TroubleRefused"], refusal.In(http.RequestServices.GetRequiredService<IStringLocalizerFactory>()), null);
    }

    private static bool IsApi(PathString path) => path.StartsWithSegments("/api") || path.StartsWithSegments("/openapi");

    /// <summary>The route's pattern, not the path: a path may hold a link's token.</summary>
    private static string RouteOf(HttpContext http) => (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no route)";

    private static bool IsDatabaseAway(Exception e) =>
        e is NpgsqlException { IsTransient: true } or PostgresException { SqlState: PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow }
        || e.InnerException is { } inner && IsDatabaseAway(inner);
}
