using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>The error summary, first in main: takes the focus without script and links each error to its field. The layout writes it.</summary>
[HtmlTargetElement("errors", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ErrorsTag(IStringLocalizer<Words> words, IHtmlGenerator generator) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var order = FieldOrder.Of(View.HttpContext);
        var errors = View.ViewData.ModelState
            .SelectMany(entry => entry.Value?.Errors.Take(1).Select(error => (entry.Key, error.ErrorMessage)) ?? [])
            .OrderBy(error => error.Key.Length == 0 ? -1 : order.IndexOf(error.Key) is var at and >= 0 ? at : int.MaxValue)
            .ToList();
        if (errors.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.Become("div", "errors");
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", "autofocus");
        output.Attributes.SetAttribute("aria-labelledby", "errors-title");
        output.Attributes.SetAttribute("role", "group");
        output.Content.AppendHtml(Html.Element("h2", null, words["CheckInput", errors.Count].Value).Set("id", "errors-title"));
        var list = Html.Element("ul");
        foreach (var (key, message) in errors)
        {
            var id = TagBuilder.CreateSanitizedId(key, generator.IdAttributeDotReplacement);
            list.Add(Html.Element("li", null, key.Length == 0 ? message : Html.Link("#" + id, message)));
        }

        output.Content.AppendHtml(list);
    }
}

/// <summary>The notice a handler left with <see cref="PageAnswers.Done"/>, once. The layout writes it.</summary>
[HtmlTargetElement("left-notice", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class LeftNoticeTag(IHtmlGenerator generator) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // Without its cookie there is nothing to take, and looking would send the cookie's removal with every page.
        if (!View.HttpContext.Request.Cookies.ContainsKey(PageAnswers.Cookie) || View.TempData.TakeNotice() is not { } notice)
        {
            output.SuppressOutput();
            return;
        }

        output.Become("div", "notice notice-" + notice.Tone);
        output.Attributes.SetAttribute("tabindex", "-1");
        output.Attributes.SetAttribute("autofocus", "autofocus");
        var line = Html.Element("p", null, notice.Text);
        if (notice is { Posts: true, Href: { } action, LinkText: { } verb })
        {
            output.Content.AppendHtml(line);
            var form = Html.Element("form").Set("method", "post").Set("action", action).Add(generator.GenerateAntiforgery(View)).Add(Html.Element("button", "compact", verb));
            output.Content.AppendHtml(form);
            return;
        }
        if (notice is { Href: not null, LinkText: not null })
        {
            line.Add(" ").Add(Html.Link(notice.Href, notice.LinkText));
        }

        output.Content.AppendHtml(line);
    }
}
