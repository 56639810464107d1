using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary><c>&lt;why&gt;the rule, its dates, its rows as links&lt;/why&gt;</c>: how a computed state came about, closed until opened.</summary>
[HtmlTargetElement("why")]
public sealed class WhyTag(IStringLocalizer<Words> words, WriteInstant write) : TagHelper
{
    /// <summary>The instant it was computed at, if it is worth saying.</summary>
    public DateTime? Computed { get; set; }

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var content = await output.GetChildContentAsync();
        output.Become("details", "why");
        output.Content.AppendHtml(Html.Element("summary", null, words["Why"].Value));
        var box = Html.Element("div", null, content);
        if (Computed is { } at)
        {
            box.Add(Html.Element("p", "meta", words["ComputedAt", write(at, "table")].Value));
        }

        output.Content.AppendHtml(box);
    }
}
