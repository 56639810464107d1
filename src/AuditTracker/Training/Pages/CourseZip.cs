using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Mvc;

namespace AuditTracker.Training.Pages;

/// <summary>Sends a course as a file of one's own.</summary>
public sealed class CourseZip(CourseArchive archive, Course course, string name) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        // Written whole before anything is sent: what fails half way must not look like a course.
        await using var file = new FileStream(Path.GetTempFileName(), new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.ReadWrite, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
        await archive.WriteAsync(course, file, context.HttpContext.RequestAborted);
        file.Position = 0;
        var response = context.HttpContext.Response;
        response.ContentType = "application/zip";
        response.ContentLength = file.Length;
        response.Headers.ContentDisposition = FileDownload.Disposition(name);
        response.Headers.CacheControl = "no-store, private";
        await file.CopyToAsync(response.Body, context.HttpContext.RequestAborted);
    }
}
