using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// <c>&lt;found-line total="Model.Total" excel="true" /&gt;</c> above a list: how many there are, この内容をExcelで (the page's handler
/// <c>Excel</c>), and a word when the address named a place that is none.
/// </summary>
[HtmlTargetElement("found-line", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class FoundLineTag(IStringLocalizer<Words> words) : TagHelper
{
    /// <summary>Rows behind the filter; exact to 10,000.</summary>
    public long Total { get; set; }

    /// <summary>The count in other words than 件.</summary>
    public string? Text { get; set; }

    /// <summary>The page has a handler <c>Excel</c>.</summary>
    public bool Excel { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        var http = View.HttpContext;
        output.Become("div", "found");
        output.Content.AppendHtml(Html.Element("p", "count-line", Text ?? (Total > ListQuery.Exact ? words["TotalMany"].Value : words["FoundRows", Total].Value)).Set("role", "status"));
        if (Excel && Total > 0)
        {
            output.Content.AppendHtml(Html.Link(http.Request.With("handler", "Excel"), words["ExcelOfThis"].Value, "button compact"));
        }
        if (http.Sliced() is { IsLost: true })
        {
            output.PreElement.AppendHtml(Html.Element("p", "notice notice-warn", words["PlaceLost"].Value));
        }
    }
}

/// <summary>
/// <c>&lt;pick value="@row.Id" label="@row.Title" /&gt;</c> in a row's first cell, <c>&lt;pick /&gt;</c> in the head: the boxes of a selection. The one in the
/// head works only with script and is shown only then.
/// </summary>
[HtmlTargetElement("pick", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class PickTag(IStringLocalizer<Words> words) : TagHelper
{
    public string? Value { get; set; }

    /// <summary>The name of the row.</summary>
    public string? Label { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "input";
        output.TagMode = TagMode.SelfClosing;
        output.Attributes.SetAttribute("type", "checkbox");
        if (Value is not null)
        {
            output.Attributes.SetAttribute("name", "id");
            output.Attributes.SetAttribute("value", Value);
            output.Attributes.SetAttribute("aria-label", words["PickRow", Label ?? ""].Value);
            return;
        }
        output.Attributes.SetAttribute("data-pick-all", "");
        output.Attributes.SetAttribute("hidden", "");
        output.Attributes.SetAttribute("aria-label", words["PickPage"].Value);
        output.PreElement.AppendHtml(Html.Element("span", "hidden", words["Pick"].Value));
    }
}

/// <summary>
/// <c>&lt;bulk-bar total="Model.Total" rows="Model.List.Rows.Count"&gt;buttons&lt;/bulk-bar&gt;</c> at the end of the form (method get) around a list: what can be
/// done with the chosen rows. The filters go along, so that "all that match" sends no ids. With script it sticks and counts.
/// </summary>
[HtmlTargetElement("bulk-bar")]
public sealed class BulkBarTag(IStringLocalizer<Words> words) : TagHelper
{
    public long Total { get; set; }

    /// <summary>Rows of this page.</summary>
    public int Rows { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var buttons = await output.GetChildContentAsync();
        var request = View.HttpContext.Request;
        output.Become("div", "bulk");
        output.Attributes.SetAttribute("role", "group");
        output.Attributes.SetAttribute("aria-label", words["Bulk"].Value);
        output.Attributes.SetAttribute("data-selected", words["Selected"].Value);
        output.Content.AppendHtml(Html.Element("p", "selected", words["SelectFirst"].Value).Set("role", "status"));
        if (Total > Rows && Total <= ListQuery.Exact)
        {
            var all = new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing }.Set("type", "checkbox").Set("name", "all").Set("value", "true");
            output.Content.AppendHtml(Html.Element("label", "choice", all).Add(Html.Element("span", null, words["SelectAll", Total].Value)));
        }
        output.Content.AppendHtml(buttons);
        output.Content.AppendHtml(Html.Element("button", "quiet", words["SelectNone"].Value).Set("type", "reset").Set("hidden", ""));
        foreach (var (key, value) in request.Filters().Append(KeyValuePair.Create("back", request.Path + request.QueryString.Value)))
        {
            output.Content.AppendHtml(new TagBuilder("input") { TagRenderMode = TagRenderMode.SelfClosing }.Set("type", "hidden").Set("name", key).Set("value", value));
        }
    }
}
