using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// Every post form is checked on the server only (<c>novalidate</c>) and carries the antiforgery token: the framework's own helper
/// leaves it out as soon as the form has an <c>action</c>.
/// </summary>
[HtmlTargetElement("form", Attributes = "[method=post]")]
public sealed class FormTag(IHtmlGenerator generator) : TagHelper
{
    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override int Order => 10;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Attributes.SetAttribute("novalidate", "novalidate");
        if (context.AllAttributes.TryGetAttribute("action", out var action) && action.Value?.ToString() is { Length: > 0 })
        {
            output.PostContent.AppendHtml(generator.GenerateAntiforgery(View));
        }
    }
}
