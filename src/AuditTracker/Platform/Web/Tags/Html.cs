using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>Small pieces of markup that several components share.</summary>
internal static class Html
{
    /// <summary>A shape; its word stands beside it.</summary>
    public static IHtmlContent Mark(Shape shape, bool coloured = false) => new HtmlString(
        $"<svg class=\"shape{(coloured ? " mark-" + shape.Tone() : "")}\" aria-hidden=\"true\"><use href=\"#{shape.Symbol()}\"/></svg>");

    /// <summary>An element with a class and content (text is encoded).</summary>
    public static TagBuilder Element(string name, string? css = null, object? content = null)
    {
        var element = new TagBuilder(name);
        if (css is not null)
        {
            element.AddCssClass(css);
        }

        return element.Add(content);
    }

    /// <summary>Adds text or markup.</summary>
    public static TagBuilder Add(this TagBuilder element, object? content)
    {
        switch (content)
        {
            case null: break;
            case IHtmlContent html: element.InnerHtml.AppendHtml(html); break;
            default: element.InnerHtml.Append(content.ToString()!); break;
        }

        return element;
    }

    /// <summary>Sets an attribute; null leaves it out.</summary>
    public static TagBuilder Set(this TagBuilder element, string name, string? value)
    {
        if (value is not null)
        {
            element.Attributes[name] = value;
        }

        return element;
    }

    /// <summary>A link.</summary>
    public static TagBuilder Link(string href, object content, string? css = null) => Element("a", css, content).Set("href", href);

    /// <summary>Turns the tag helper's element into this one.</summary>
    public static void Become(this TagHelperOutput output, string name, string? css = null)
    {
        output.TagName = name;
        output.TagMode = TagMode.StartTagAndEndTag;
        if (css is not null)
        {
            var given = output.Attributes["class"]?.Value?.ToString();
            output.Attributes.SetAttribute("class", given is null ? css : $"{css} {given}");
        }
    }
}
