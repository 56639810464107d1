using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web;

/// <summary>
/// The API's three kinds of no, as problem details: invalid 400 with the field, not there or not yours 404, refused by a rule 409.
/// Pages show the same refusals in place.
/// </summary>
public sealed class ApiProblems(RequestDelegate next, IStringLocalizerFactory texts, ILogger<ApiProblems> log)
{
    public async Task InvokeAsync(HttpContext http)
    {
        if (!http.Request.Path.StartsWithSegments("/api"))
        {
            await next(http);
            return;
        }
        try
        {
            await next(http);
            if (http.Response is { StatusCode: >= 400, HasStarted: false, ContentLength: null or 0, ContentType: null })
            {
                await WriteAsync(http, new ProblemDetails { Status = http.Response.StatusCode });
            }
        }
        catch (Exception problem) when (!http.Response.HasStarted && !http.RequestAborted.IsCancellationRequested)
        {
            await WriteAsync(http, problem switch
            {
                InvalidInput invalid => new ProblemDetails { Status = 400, Title = invalid.In(texts), Extensions = { ["errors"] = new Dictionary<string, string[]> { [invalid.Field] = [invalid.In(texts)] }, ["code"] = invalid.Key } },
                Refusal refusal => new ProblemDetails { Status = 409, Title = refusal.In(texts), Extensions = { ["code"] = refusal.Key } },
                NotFound => new ProblemDetails { Status = 404 },
                BadHttpRequestException bad => new ProblemDetails { Status = bad.StatusCode, Title = bad.Message },
                _ => Fault(http, problem),
            });
        }
    }

    private ProblemDetails Fault(HttpContext http, Exception problem)
    {
        log.LogError(problem, "Incident {Incident} at {Method} {Path}", http.TraceIdentifier, http.Request.Method, http.Request.Path);
        return new ProblemDetails { Status = 500, Title = "This did not work.", Extensions = { ["incident"] = http.TraceIdentifier } };
    }

    private static async Task WriteAsync(HttpContext http, ProblemDetails problem)
    {
        http.Response.Clear();
        http.Response.StatusCode = problem.Status!.Value;
        if (problem.Status == 401)
        {
            http.Response.Headers.WWWAuthenticate = "Bearer";
        }
        await http.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json");
    }
}
