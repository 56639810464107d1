using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Sends a picture or a PDF to be looked at: sandboxed, its type never guessed; everything else as a download. The caller has checked that the reader may
/// have it.
/// </summary>
public sealed class FileInline(BlobStore blobs, string sha256, string fileName) : IResult, IActionResult
{
    /// <summary>Pictures every browser draws; SVG is a program and is not among them.</summary>
    public static bool IsPicture(string fileName) => MediaTypes.Of(fileName) is "image/png" or "image/jpeg" or "image/gif" or "image/webp";

    public static bool IsPdf(string fileName) => MediaTypes.Of(fileName) == "application/pdf";

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        if (!IsPicture(fileName) && !IsPdf(fileName))
        {
            await new FileDownload(blobs, sha256, fileName).ExecuteAsync(httpContext);
            return;
        }
        var headers = httpContext.Response.Headers;
        headers.ContentDisposition = FileDownload.Disposition(fileName).Replace("attachment", "inline", StringComparison.Ordinal);
        headers.XContentTypeOptions = "nosniff";
        // Browsers draw no PDF in a sandbox; their viewer is a process of its own, and the document gets neither script nor requests.
        headers.ContentSecurityPolicy = IsPdf(fileName) ? "script-src 'none'; connect-src 'none'; object-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'" : "sandbox; default-src 'none'";
        headers.CacheControl = "no-store, private";
        await Results.Stream(blobs.Open(sha256), MediaTypes.Of(fileName), entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true).ExecuteAsync(httpContext);
    }

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);
}
