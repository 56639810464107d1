using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace AuditTracker.Platform.Web.Tags;

/// <summary>A line of a trend: whole percents, null where nothing is known yet.</summary>
public sealed record TrendLine(string Name, IReadOnlyList<int?> Percents);

/// <summary>
/// <c>&lt;trend lines="Model.Lines" points="Model.Months" caption="…" /&gt;</c>: at most three lines of percents over time, told apart by their
/// dashes and named at their ends, in the narrow drawing above it. Drawn twice because text in a shrunk drawing cannot be read; the stylesheet shows one.
/// Put the same numbers in a table beside it.
/// </summary>
[HtmlTargetElement("trend", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class TrendTag : TagHelper
{
    private const int Left = 44, Foot = 26, Letter = 13, Row = 20, Apart = 48;
    private static readonly string?[] Dashes = [null, "7 4", "2 4"];

    public IReadOnlyList<TrendLine> Lines { get; set; } = [];

    /// <summary>What stands under the points, oldest first.</summary>
    public IReadOnlyList<string> Points { get; set; } = [];

    /// <summary>Where the points stand, from 0 to 1, when they are not equally far apart.</summary>
    public IReadOnlyList<double>? Places { get; set; }

    /// <summary>The point with a vertical line through it; null or negative: none.</summary>
    public int? Rule { get; set; }

    /// <summary>What stands beside that line.</summary>
    public string RuleLabel { get; set; } = "";

    /// <summary>The finding, as a sentence; also what a screen reader hears of the drawing.</summary>
    public string Caption { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("figure", "trend");
        output.Content.AppendHtml(Html.Element("figcaption", null, Caption));
        output.Content.AppendHtml(Draw(720, 240, every: 1, "wide-only"));
        output.Content.AppendHtml(Draw(328, 220 + Row * Lines.Count, every: 4, "narrow-only"));
    }

    private IHtmlContent Draw(int width, int height, int every, string only)
    {
        var isNarrow = width < 400;
        var top = isNarrow ? 14 + Row * Lines.Count : 14;
        var right = isNarrow ? 16 : Math.Min(width * 2 / 5, 16 + Lines.Select(line => TextWidth(line.Name + " 100%")).DefaultIfEmpty(0).Max());
        var svg = Html.Element("svg", only).Set("viewBox", $"0 0 {width} {height}").Set("width", $"{width}").Set("height", $"{height}").Set("role", "img").Set("aria-label", Caption);
        double X(int point) => Left + (width - Left - right) * (Places?[point] ?? (double)point / Math.Max(Points.Count - 1, 1));
        double Y(int percent) => height - Foot - (double)(height - Foot - top) * percent / 100;
        foreach (var percent in new[] { 0, 25, 50, 75, 100 })
        {
            svg.Add(Html.Element("path", "grid").Set("d", $"M{Left} {Number(Y(percent))}H{width - right}"));
            svg.Add(Html.Element("text", "tick", $"{percent}%").Set("x", $"{Left - 6}").Set("y", Number(Y(percent) + 4)).Set("text-anchor", "end"));
        }
        if (Rule is >= 0 and var rule && rule < Points.Count)
        {
            // Its words stand on the side where there is room.
            var isLate = X(rule) > Left + (width - Left - right) / 2.0;
            svg.Add(Html.Element("path", "rule").Set("d", $"M{Number(X(rule))} {top}V{height - Foot}"));
            svg.Add(Html.Element("text", "tick", RuleLabel).Set("x", Number(X(rule) + (isLate ? -6 : 6))).Set("y", $"{height - Foot - 6}").Set("text-anchor", isLate ? "end" : "start"));
        }
        var labelled = double.MaxValue;
        for (var point = Points.Count - 1; point >= 0; point--)
        {
            if (Places is null ? (Points.Count - 1 - point) % every == 0 : labelled - X(point) >= Apart)
            {
                labelled = X(point);
                svg.Add(Html.Element("text", "tick", Points[point]).Set("x", Number(X(point))).Set("y", $"{height - 6}").Set("text-anchor", "middle"));
            }
        }
        var placed = Placed(Y).ToList();
        // Names near the bottom are pushed up together, so that none stands over the months or outside.
        var over = placed.Count == 0 ? 0 : Math.Max(placed[^1].At - (height - Foot - 5), 0);
        foreach (var (line, dash, at) in placed)
        {
            var known = line.Percents.Select((percent, point) => (percent, point)).Where(pair => pair.percent is not null).Select(pair => (X: X(pair.point), Y: Y(pair.percent!.Value))).ToList();
            svg.Add(Html.Element("polyline", "line").Set("points", string.Join(' ', known.Select(place => $"{Number(place.X)},{Number(place.Y)}"))).Set("stroke-dasharray", dash ?? "none"));
            if (known.Count == 1)
            {
                svg.Add(Html.Element("circle", "point").Set("cx", Number(known[0].X)).Set("cy", Number(known[0].Y)).Set("r", "4"));
            }
            if (!isNarrow)
            {
                svg.Add(Html.Element("text", "end", $"{line.Name} {Last(line)}%").Set("x", $"{width - right + 8}").Set("y", Number(at - over + 5)));
                continue;
            }
            var row = Row * Lines.ToList().IndexOf(line) + Letter;
            svg.Add(Html.Element("path", "line").Set("d", $"M0 {row - 4}H{Left - 8}").Set("stroke-dasharray", dash ?? "none"));
            svg.Add(Html.Element("text", "end", $"{line.Name} {Last(line)}%").Set("x", $"{Left}").Set("y", $"{row}"));
        }
        return svg;
    }

    /// <summary>Lines that have a last value, with the height of their names: moved apart where they would lie over each other.</summary>
    private IEnumerable<(TrendLine Line, string? Dash, double At)> Placed(Func<int, double> y)
    {
        var last = double.MinValue;
        foreach (var (line, index) in Lines.Select((line, index) => (line, index)).Where(pair => Last(pair.line) is not null).OrderByDescending(pair => Last(pair.line)))
        {
            last = Math.Max(y(Last(line)!.Value), last + Letter + 4);
            yield return (line, Dashes[index % Dashes.Length], last);
        }
    }

    /// <summary>The newest value a line has.</summary>
    private static int? Last(TrendLine line) => line.Percents.LastOrDefault(percent => percent is not null);

    private static int TextWidth(string text) => text.Sum(letter => letter < 0x2E80 ? Letter * 6 / 10 : Letter + 1);

    private static string Number(double value) => value.ToString("0.#", CultureInfo.InvariantCulture);
}
