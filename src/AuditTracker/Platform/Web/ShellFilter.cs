using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Platform.Web;

/// <summary>
/// Loads the shell of a page: beside the handler where nothing is changed, after it elsewhere, so that the menu's counts are those after its changes. Redirects and files
/// need none.
/// </summary>
public sealed class ShellFilter : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        // A handler with a name streams or gives out a part.
        var beside = HttpMethods.IsGet(http.Request.Method) && string.IsNullOrEmpty(context.HandlerMethod?.Name) ? http.BeginShellAsync() : null;
        var done = await next();
        if (done.Exception is null && done.Result is PageResult)
        {
            await http.LoadShellAsync(beside);
        }
    }
}
