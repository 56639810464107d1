using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// A status label: <c>&lt;status state="collection.submitted" mine="true" /&gt;</c>. A room's own state: <c>&lt;status shape="Done" text="…" /&gt;</c>.
/// Never a link or a button; at most one in a row.
/// </summary>
[HtmlTargetElement("status", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StatusTag(IStringLocalizer<Words> words) : TagHelper
{
    /// <summary>A state of <see cref="States"/>.</summary>
    public string? State { get; set; }

    /// <summary>True when the next move is the reader's: the label is filled.</summary>
    public bool Mine { get; set; }

    /// <summary>The shape, for words that are not in the table.</summary>
    public Shape Shape { get; set; }

    /// <summary>The word, for words that are not in the table.</summary>
    public string? Text { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var shape = State is null ? Shape : States.Of(State).Shape;
        var text = State is null ? Text : words[States.Of(State).WordKey].Value;
        output.TagName = "span";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", $"s s-{shape.Tone()}{(shape == Shape.Out ? " s-out" : "")}{(Mine ? " s-mine" : "")}");
        output.Content.AppendHtml(Html.Mark(shape)).Append(text ?? "");
    }
}
