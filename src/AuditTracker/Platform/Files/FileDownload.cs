using System.Text;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Sends a blob as an attachment that no browser runs or caches, with ranges, from a page or an API endpoint.
/// The caller has checked that the reader may have it.
/// </summary>
public sealed class FileDownload(BlobStore blobs, string sha256, string fileName) : IResult, IActionResult
{
    /// <exception cref="FileNotFoundException">The blob is gone: a broken store, not a missing page.</exception>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var headers = httpContext.Response.Headers;
        headers.ContentDisposition = Disposition(fileName);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
        headers.CacheControl = "no-store, private";
        await Results
            .Stream(blobs.Open(sha256), MediaTypes.ToSend(fileName), entityTag: new EntityTagHeaderValue($"\"{sha256}\""), enableRangeProcessing: true)
            .ExecuteAsync(httpContext);
    }

    public Task ExecuteResultAsync(ActionContext context) => ExecuteAsync(context.HttpContext);

    /// <summary>RFC 6266: the true name in <c>filename*</c>, and an ASCII one for what cannot read that.</summary>
    public static string Disposition(string fileName)
    {
        var safe = FileNames.Safe(fileName);
        var plain = new StringBuilder();
        var encoded = new StringBuilder();
        foreach (var rune in safe.EnumerateRunes())
        {
            // '%' in the plain form is decoded by some readers; '"' and '\' would need escapes that others show.
            plain.Append(rune is { IsAscii: true, Value: not ('"' or '\\' or '%') } ? (char)rune.Value : '_');
        }

        foreach (var value in Encoding.UTF8.GetBytes(safe))
        {
            encoded.Append(char.IsAsciiLetterOrDigit((char)value) || "!#$&+-.^_`|~".Contains((char)value) ? ((char)value).ToString() : $"%{value:X2}");
        }

        return $"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}";
    }
}
