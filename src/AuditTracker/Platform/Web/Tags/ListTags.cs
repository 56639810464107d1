using System.Text.Unicode;
using System.Text.Encodings.Web;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Mvc.ViewFeatures;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// A data table (<c>&lt;table class="list"&gt;</c>) keeps its meaning when small screens show it as cards: every part gets its role,
/// and every cell the word of its column (<c>data-label</c>).
/// </summary>
[HtmlTargetElement("table", Attributes = "class")]
[HtmlTargetElement("thead"), HtmlTargetElement("tbody"), HtmlTargetElement("tr"), HtmlTargetElement("th"), HtmlTargetElement("td")]
public sealed partial class ListTag : TagHelper
{
    // As the page itself is written: Japanese stays readable and a third of its size.
    private static readonly HtmlEncoder Readable = HtmlEncoder.Create(UnicodeRanges.All);

    /// <summary>In a column head: the key this column is ordered by (<c>?sort=due</c>, <c>?sort=-due</c>).</summary>
    public string? Sort { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override async Task ProcessAsync(TagHelperContext context, TagHelperOutput output)
    {
        var list = context.Items.TryGetValue(typeof(Columns), out var item) ? item as Columns : null;
        if (context.TagName == "table")
        {
            var isList = context.AllAttributes["class"]?.Value?.ToString()?.Split(' ').Contains("list") == true;
            context.Items[typeof(Columns)] = isList ? new Columns() : null!;
            SetRole(output, isList ? "table" : null);
            return;
        }

        if (list is null)
        {
            return;
        }

        switch (context.TagName)
        {
            case "thead" or "tbody":
                list.InHead = context.TagName == "thead";
                SetRole(output, "rowgroup");
                break;
            case "tr":
                list.At = 0;
                SetRole(output, "row");
                // A third of a list's bytes would be indentation. (No textarea and no pre stands in a list.)
                var row = await output.GetChildContentAsync();
                output.Content.SetHtmlContent(Indentation().Replace(row.GetContent(Readable), blank => blank.Value.Contains('\n') ? "\n" : " "));
                break;
            case "th" when list.InHead:
                await HeadCell(output, list);
                break;
            default:
                if (list.At < list.Names.Count && list.Names[list.At].Length > 0 && context.TagName == "td")
                {
                    output.Attributes.SetAttribute("data-label", list.Names[list.At]);
                }

                list.At += Span(context);
                SetRole(output, context.TagName == "th" ? "rowheader" : "cell");
                break;
        }
    }

    private async Task HeadCell(TagHelperOutput output, Columns list)
    {
        var content = await output.GetChildContentAsync();
        list.Names.Add(Markup().Replace(content.GetContent(), "").Trim() is var name ? System.Net.WebUtility.HtmlDecode(name) : "");
        SetRole(output, "columnheader");
        output.Attributes.SetAttribute("scope", "col");
        if (Sort is null)
        {
            return;
        }

        var request = View.HttpContext.Request;
        // A list that reads its address by ListQuery is in its own order when the address names none.
        var now = View.HttpContext.Sliced() is { } slice ? (slice.Descending ? "-" : "") + slice.Order.Name : request.Query["sort"].ToString();
        if (now.TrimStart('-') == Sort)
        {
            output.Attributes.SetAttribute("aria-sort", now.StartsWith('-') ? "descending" : "ascending");
        }

        output.Content.SetHtmlContent(Html.Link(request.With("sort", now == Sort ? "-" + Sort : Sort), content));
    }

    private static int Span(TagHelperContext context) =>
        int.TryParse(context.AllAttributes["colspan"]?.Value?.ToString(), CultureInfo.InvariantCulture, out var span) ? span : 1;

    private static void SetRole(TagHelperOutput output, string? role)
    {
        if (role is not null)
        {
            output.Attributes.SetAttribute("role", role);
        }
    }

    [GeneratedRegex("<[^>]*>")]
    private static partial Regex Markup();

    [GeneratedRegex(@"[ \t\r\n]{2,}")]
    private static partial Regex Indentation();

    private sealed class Columns
    {
        public bool InHead { get; set; }

        public int At { get; set; }

        public List<string> Names { get; } = [];
    }
}

/// <summary>A filter in force: its words, and the key (and value) of the query that a press takes away.</summary>
public sealed record Chip(string Text, string Key, string? Value = null);

/// <summary><c>&lt;chips items="Model.Chips" /&gt;</c>: the filters in force as links that remove them.</summary>
[HtmlTargetElement("chips", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ChipsTag(IStringLocalizer<Words> words) : TagHelper
{
    public IReadOnlyList<Chip> Items { get; set; } = [];

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        if (Items.Count == 0)
        {
            output.SuppressOutput();
            return;
        }

        output.Become("ul", "chips");
        output.Attributes.SetAttribute("aria-label", words["FiltersInForce"].Value);
        var request = View.HttpContext.Request;
        foreach (var chip in Items)
        {
            var link = Html.Link(request.Without(chip.Key, chip.Value), chip.Text, "chip");
            link.Add(Html.Element("span", "hidden", words["TakeAway"].Value));
            output.Content.AppendHtml(Html.Element("li", null, link));
        }

        if (Items.Count > 1)
        {
            output.Content.AppendHtml(Html.Element("li", "clear", Html.Link(request.WithoutAll(Items.Select(chip => chip.Key)), words["ClearFilters"].Value)));
        }
    }
}

/// <summary><c>&lt;pager previous="@Model.Before" next="@Model.After" total="Model.Total" /&gt;</c>: cursors, null where there is nothing more.</summary>
[HtmlTargetElement("pager", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class PagerTag(IStringLocalizer<Words> words) : TagHelper
{
    public string? Previous { get; set; }

    public string? Next { get; set; }

    public int Size { get; set; } = 50;

    /// <summary>Rows behind the filter; exact to 10,000.</summary>
    public long? Total { get; set; }

    [ViewContext, HtmlAttributeNotBound]
    public ViewContext View { get; set; } = null!;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        // "@Model.After" hands in an empty text where the model says null.
        if (string.IsNullOrEmpty(Previous) && string.IsNullOrEmpty(Next))
        {
            output.SuppressOutput();
            return;
        }

        output.Become("nav", "pager");
        output.Attributes.SetAttribute("aria-label", words["Paging"].Value);
        var request = View.HttpContext.Request;
        if (!string.IsNullOrEmpty(Previous))
        {
            output.Content.AppendHtml(Html.Link(request.With("before", Previous), words["PreviousPage", Size].Value, "button").Set("rel", "prev"));
        }

        if (!string.IsNullOrEmpty(Next))
        {
            output.Content.AppendHtml(Html.Link(request.With("after", Next), words["NextPage", Size].Value, "button").Set("rel", "next"));
        }

        if (Total is { } total)
        {
            output.Content.AppendHtml(Html.Element("p", null, total > 10_000 ? words["TotalMany"].Value : words["Total", total].Value));
        }
    }
}
