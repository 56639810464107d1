using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Platform.Web;

/// <summary>Loads the shell after the handler has run, so that the menu's counts are those after its changes; redirects and files need none.</summary>
public sealed class ShellFilter : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var done = await next();
        if (done.Exception is null && done.Result is PageResult)
        {
            await context.HttpContext.LoadShellAsync();
        }
    }
}
