using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace AuditTracker.Platform.Web;

/// <summary>One banner after post, redirect, get: up to two lines and one link.</summary>
/// <param name="Text">What happened, ending in 〜しました.</param>
/// <param name="Tone">done, info, warn or late.</param>
/// <param name="Posts">The link is a button that posts: 元に戻す.</param>
public sealed record Notice(string Text, string? Href = null, string? LinkText = null, string Tone = "done", bool Posts = false);

/// <summary>Answers of page handlers.</summary>
public static class PageAnswers
{
    internal const string Cookie = "notice";

    private const string Key = "Notice";

    /// <summary>The form again, with everything typed, its errors and status 400.</summary>
    public static PageResult Invalid(this PageModel page)
    {
        page.Response.StatusCode = StatusCodes.Status400BadRequest;
        return page.Page();
    }

    /// <summary>The form again with one more error: at a field (<c>Input.DueOn</c>) or, with an empty name, at the top.</summary>
    public static PageResult Invalid(this PageModel page, string field, string message)
    {
        page.ModelState.AddModelError(field, message);
        return page.Invalid();
    }

    /// <summary>The form again with what a rule said: at the field it names (within <c>Input</c>), else at the top. Status 400 or 409.</summary>
    public static PageResult Refused(this PageModel page, Refusal refusal)
    {
        var words = page.HttpContext.RequestServices.GetRequiredService<Microsoft.Extensions.Localization.IStringLocalizerFactory>();
        var field = refusal is InvalidInput { Field.Length: > 0 } invalid ? $"Input.{char.ToUpperInvariant(invalid.Field[0])}{invalid.Field[1..]}" : "";
        page.ModelState.AddModelError(field, refusal.In(words));
        page.Response.StatusCode = refusal is InvalidInput ? StatusCodes.Status400BadRequest : StatusCodes.Status409Conflict;
        return page.Page();
    }

    /// <summary>Redirects to a local path and shows the notice there, once.</summary>
    public static IActionResult Done(this PageModel page, string path, string text, string? href = null, string? linkText = null, string tone = "done", bool posts = false)
    {
        page.TempData[Key] = JsonSerializer.Serialize(new Notice(text, href, linkText, tone, posts));
        return new LocalRedirectResult(path);
    }

    internal static Notice? TakeNotice(this ITempDataDictionary kept) =>
        kept[Key] is string json ? JsonSerializer.Deserialize<Notice>(json) : null;
}

/// <summary>A step of the breadcrumb above a page; the page itself is added by the layout.</summary>
public sealed record Crumb(string Href, string Text);
