using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>
/// <c>&lt;progress-bar done="12400" total="48000" stage="…" poll="/reports/runs/7?handler=progress" state="running" /&gt;</c>.
/// The address given to <c>poll</c> answers JSON with state, stage, done and total; the page is read again when the state changes.
/// </summary>
[HtmlTargetElement("progress-bar", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class ProgressBarTag(IStringLocalizer<Words> words) : TagHelper
{
    public long Done { get; set; }

    /// <summary>0 while nobody knows: then there is no bar, only words.</summary>
    public long Total { get; set; }

    public string? Stage { get; set; }

    public string? Poll { get; set; }

    public string State { get; set; } = "running";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("div", "progress");
        if (Poll is not null)
        {
            output.Attributes.SetAttribute("data-poll", Poll);
            output.Attributes.SetAttribute("data-state", State);
        }

        var text = Stage ?? "";
        if (Total > 0)
        {
            output.Content.AppendHtml(Html.Element("progress")
                .Set("value", Done.ToString(CultureInfo.InvariantCulture)).Set("max", Total.ToString(CultureInfo.InvariantCulture))
                .Set("aria-label", words["Progress"].Value));
            text = words["ProgressOf", Done, Total, 100 * Done / Total].Value + (Stage is null ? "" : " · " + Stage);
        }

        output.Content.AppendHtml(Html.Element("p", null, Html.Element("span", null, text).Set("data-progress-text", "")));
        output.Content.AppendHtml(Html.Element("p", null, Html.Link("", words["Refresh"].Value)));
    }
}

/// <summary>
/// <c>&lt;coverage-bar covered="55" collecting="12" ageing="8" stale="5" missing="10" excluded="3" href="/controls?framework=…" /&gt;</c>:
/// the bar, its sentence, and the counts as links (<c>&amp;state=covered</c>). Percent is rounded down.
/// </summary>
[HtmlTargetElement("coverage-bar", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class CoverageBarTag(IStringLocalizer<Words> words) : TagHelper
{
    public long Covered { get; set; }

    public long Collecting { get; set; }

    public long Ageing { get; set; }

    public long Stale { get; set; }

    public long Missing { get; set; }

    public long Excluded { get; set; }

    /// <summary>The list behind the numbers; the state is added to its query.</summary>
    public string? Href { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        (string State, long Count, string Fill)[] parts =
        [
            ("covered", Covered, "fill-done"), ("collecting", Collecting, "fill-move"), ("ageing", Ageing, "fill-warn"),
            ("stale", Stale, "fill-late"), ("missing", Missing, "fill-wait"),
        ];
        var total = parts.Sum(part => part.Count);
        output.Become("div", "coverage");
        output.Content.AppendHtml(Html.Element("p", null, words["CoverageSentence", Covered, total, total == 0 ? 0 : 100 * Covered / total].Value));
        output.Content.AppendHtml(Bar(parts, total));
        var list = Html.Element("ul");
        foreach (var (state, count) in parts.Select(part => (part.State, part.Count)).Append(("excluded", Excluded)))
        {
            var look = States.Of("coverage." + state);
            var label = new HtmlContentBuilder().AppendHtml(Html.Mark(look.Shape, coloured: true)).Append(words[look.WordKey].Value)
                .Append(" ").AppendHtml(Html.Element("b", null, count.ToString("N0", CultureInfo.InvariantCulture)));
            list.Add(Html.Element("li", null, Href is null
                ? label
                : Html.Link($"{Href}{(Href.Contains('?') ? '&' : '?')}state={state}", label)));
        }

        output.Content.AppendHtml(list);
    }

    /// <summary>A stretched drawing: sizes are SVG attributes, because a style attribute would be ignored.</summary>
    private static IHtmlContent Bar(IEnumerable<(string State, long Count, string Fill)> parts, long total)
    {
        var bar = Html.Element("svg").Set("viewBox", "0 0 1000 16").Set("preserveAspectRatio", "none").Set("width", "1000").Set("height", "16").Set("aria-hidden", "true");
        var from = 0m;
        foreach (var (_, count, fill) in parts.Where(part => part.Count > 0))
        {
            var width = 1000m * count / total;
            bar.Add(Html.Element("rect", fill).Set("x", Number(from)).Set("y", "0.5")
                .Set("width", Number(Math.Max(width - 2, 1))).Set("height", "15"));
            for (var x = from + 4; fill == "fill-late" && x < from + width - 6; x += 8)
            {
                bar.Add(Html.Element("path", "hatch").Set("d", $"M{Number(x)} 15L{Number(x + 4)} 1"));
            }

            from += width;
        }

        return bar;
    }

    private static string Number(decimal value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
