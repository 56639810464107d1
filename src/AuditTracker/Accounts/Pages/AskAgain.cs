using System.Reflection;
using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Accounts.Pages;

/// <summary>A page handler that wants the person to have proven within ten minutes who they are.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AsksAgainAttribute : Attribute;

/// <summary>The question, around the form that was on its way: its fields stand in it and go on with the answer.</summary>
/// <param name="Action">Where the form was going.</param>
/// <param name="Fields">What was typed.</param>
/// <param name="HasCode">Whether a code of a second factor may answer too.</param>
/// <param name="HasPasskey">Whether a passkey may.</param>
public sealed record AskAgain(string Action, IReadOnlyList<KeyValuePair<string, string>> Fields, bool HasCode, bool HasPasskey, string SignIn)
{
    /// <summary>Marks that nothing was posted yet: the page itself asks before it opens.</summary>
    public const string Opening = "Confirm.Opening";

    public Answer Confirm { get; } = new();

    public sealed class Answer
    {
        public string? Password { get; set; }
        public string? Code { get; set; }
    }
}

/// <summary>Stands before every handler that carries <see cref="AsksAgainAttribute"/>. Nothing is done until the answer is right; then it is, with what was typed.</summary>
public sealed class AskAgainFilter(ConfirmCaller confirm, EnterPasskey passkeys, AccountStore accounts, IStringLocalizerFactory texts) : IAsyncPageFilter
{
    public Task OnPageHandlerSelectionAsync(PageHandlerSelectedContext context) => Task.CompletedTask;

    public async Task OnPageHandlerExecutionAsync(PageHandlerExecutingContext context, PageHandlerExecutionDelegate next)
    {
        var http = context.HttpContext;
        if (context.HandlerMethod?.MethodInfo.GetCustomAttribute<AsksAgainAttribute>() is null || confirm.IsRecent(http.Session()))
        {
            await next();
            return;
        }
        var form = HttpMethods.IsPost(http.Request.Method) ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        Refusal? refusal = null;
        if (form.ContainsKey("Confirm.Password"))
        {
            try
            {
                await (form["Confirm.Credential"].ToString() is { Length: > 0 } credential
                    ? passkeys.ConfirmAsync(http.CurrentUser(), http.Session(), form["Confirm.Key"], credential, http, http.RequestAborted)
                    : confirm.RunAsync(http.CurrentUser(), http.Session(), form["Confirm.Password"], form["Confirm.Code"], http.RequestAborted));
                if (!form.ContainsKey(AskAgain.Opening))
                {
                    await next();
                    return;
                }
                context.Result = new LocalRedirectResult(http.Request.Path + http.Request.QueryString);
                return;
            }
            catch (Refusal no)
            {
                refusal = no;
            }
        }
        context.Result = await AskAsync(http, form, refusal);
    }

    private async Task<ViewResult> AskAsync(HttpContext http, IFormCollection form, Refusal? refusal)
    {
        var fields = HttpMethods.IsPost(http.Request.Method)
            ? form.Where(field => field.Key == AskAgain.Opening || !field.Key.StartsWith("Confirm.", StringComparison.Ordinal) && field.Key != "__RequestVerificationToken")
                .SelectMany(field => field.Value.Select(value => KeyValuePair.Create(field.Key, value ?? ""))).ToList()
            : [KeyValuePair.Create(AskAgain.Opening, "true")];
        var factors = await accounts.FactorsAsync(http.CurrentUser().AccountId, http.RequestAborted);
        var state = new ModelStateDictionary();
        if (refusal is not null)
        {
            state.AddModelError(refusal is InvalidInput ? "Confirm.Password" : "", refusal.In(texts));
        }
        await http.LoadShellAsync();
        return new ViewResult
        {
            ViewName = "/Accounts/Pages/_Confirm.cshtml",
            StatusCode = refusal is null ? StatusCodes.Status200OK : refusal is InvalidInput ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict,
            ViewData = new ViewDataDictionary<AskAgain>(new EmptyModelMetadataProvider(), state) { Model = new AskAgain(http.Request.Path + http.Request.QueryString, fields, factors.Any, factors.Passkeys > 0, http.CurrentUser().SignIn) },
        };
    }
}
