using System.Globalization;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.Rendering;
using Microsoft.AspNetCore.Razor.TagHelpers;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Platform.Web.Tags;

/// <summary><c>&lt;steps items="Model.Steps" at="2" /&gt;</c>: the steps of a longer piece of work, this one marked (counted from 1); behind the last, all are done.</summary>
[HtmlTargetElement("steps", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StepsTag(IStringLocalizer<Words> words) : TagHelper
{
    public IReadOnlyList<string> Items { get; set; } = [];

    public int At { get; set; }

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("ol", "steps");
        output.PreElement.AppendHtml(Html.Element("p", "meta", words["StepOf", Items.Count, Math.Min(At, Items.Count)].Value));
        for (var i = 1; i <= Items.Count; i++)
        {
            var (shape, word) = i < At ? (Shape.Done, "StepDone") : i == At ? (Shape.Half, "StepNow") : (Shape.Wait, "StepLater");
            output.Content.AppendHtml(Html.Element("li", null, Html.Mark(shape, coloured: true))
                .Set("aria-current", i == At ? "step" : null)
                .Add(Items[i - 1]).Add(Html.Element("span", "hidden", words[word].Value)));
        }
    }
}

/// <summary>One line of a record's history. <paramref name="What"/> is a verb phrase without ending (差戻し); <paramref name="Change"/> before → after.</summary>
public sealed record HistoryEntry(DateTime At, string Actor, string What, string? Change = null, string? Reason = null);

/// <summary><c>&lt;history items="Model.History" /&gt;</c>: newest first as given, grouped by day in Japan.</summary>
[HtmlTargetElement("history", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class HistoryTag(WriteDate date, WriteInstant instant) : TagHelper
{
    public IReadOnlyList<HistoryEntry> Items { get; set; } = [];

    /// <summary>The level of the day headings: one below the section they stand in.</summary>
    public int Level { get; set; } = 3;

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("div", "history");
        foreach (var day in Items.GroupBy(entry => PlainDates.DayOf(entry.At)))
        {
            output.Content.AppendHtml(Html.Element("h" + Level, null, date(day.Key, "long")));
            var list = Html.Element("ol");
            foreach (var entry in day)
            {
                list.Add(Line(entry));
            }

            output.Content.AppendHtml(list);
        }
    }

    private IHtmlContent Line(HistoryEntry entry)
    {
        var time = Html.Element("time", null, instant(entry.At, "clock"))
            .Set("datetime", entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        var what = Html.Element("div", null, Html.Element("b", null, entry.Actor).Set("lang", Foreign(entry.Actor))).Add(" ").Add(entry.What);
        if (entry.Change is not null)
        {
            what.Add(" ").Add(entry.Change);
        }

        if (entry.Reason is not null)
        {
            what.Add(Html.Element("q", null, entry.Reason).Set("lang", Foreign(entry.Reason)));
        }

        return Html.Element("li", null, time).Add(what);
    }

    /// <summary>Names and reasons are as typed: in an English page those with kana or kanji say that they are Japanese.</summary>
    private static string? Foreign(string text) =>
        CultureInfo.CurrentUICulture.TwoLetterISOLanguageName != "ja" && text.Any(letter => letter is >= '\u3040' and <= '\u9fff') ? "ja" : null;
}

/// <summary>A stamp box: role (承認, 確認, 作成), family name and date once given; <paramref name="Proxy"/> adds 代.</summary>
public sealed record Stamp(string Role, string? FamilyName = null, DateOnly? On = null, bool Proxy = false);

/// <summary><c>&lt;stamps items="Model.Stamps" /&gt;</c>: the boxes at the top right of a record, in the order given.</summary>
[HtmlTargetElement("stamps", TagStructure = TagStructure.NormalOrSelfClosing)]
public sealed class StampsTag(IStringLocalizer<Words> words, WriteDate date) : TagHelper
{
    public IReadOnlyList<Stamp> Items { get; set; } = [];

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.Become("table", "stamps");
        var roles = Html.Element("tr");
        var boxes = Html.Element("tr");
        foreach (var stamp in Items)
        {
            roles.Add(Html.Element("th", null, stamp.Role).Set("scope", "col"));
            boxes.Add(Html.Element("td", null, stamp is { FamilyName: { } name, On: { } on } ? Seal(stamp, name, on) : words["NotApproved"].Value));
        }

        output.Content.AppendHtml(Html.Element("caption", "hidden", words["Stamps"].Value)).AppendHtml(Html.Element("thead", null, roles)).AppendHtml(Html.Element("tbody", null, boxes));
    }

    private IHtmlContent Seal(Stamp stamp, string name, DateOnly on)
    {
        var seal = Html.Element("svg").Set("width", "68").Set("height", "68").Set("viewBox", "0 0 68 68").Set("role", "img")
            .Set("aria-label", $"{stamp.Role} {name} {date(on, "long")}");
        // Four characters stand on one line, longer names on two, for which the others make room; nothing is cut.
        var signs = new StringInfo(name);
        var isLong = signs.LengthInTextElements > 4;
        var (upper, lower) = isLong ? (19, 34) : (26, 43);
        seal.Add(new HtmlString("<circle cx=\"34\" cy=\"34\" r=\"32\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"2\"/>"
            + $"<path d=\"M{(isLong ? 7 : 4)} {upper}H{(isLong ? 61 : 64)}M{(isLong ? 2 : 4)} {lower}H{(isLong ? 66 : 64)}\" stroke=\"currentColor\" stroke-width=\"1\"/>"));
        seal.Add(Line(upper - (isLong ? 4 : 6), stamp.Proxy ? words["ByProxy", stamp.Role].Value : stamp.Role));
        seal.Add(Line(lower - (isLong ? 3 : 4), on.ToString("yy'.'M'.'d", CultureInfo.InvariantCulture)));
        if (!isLong)
        {
            return seal.Add(Line(57, name));
        }
        var half = name.IndexOf(' ') is var space and > 0 ? space : signs.SubstringByTextElements(0, (signs.LengthInTextElements + 1) / 2).Length;
        return seal.Add(Fitted(47, name[..half], 52)).Add(Fitted(60, name[half..].Trim(), 36));
    }

    /// <summary>A line drawn together where the circle is narrower than it; a Latin letter is half as wide as a kanji.</summary>
    /// <param name="width">Of the circle there, in px.</param>
    private static TagBuilder Fitted(int y, string text, int width) => text.Sum(sign => sign < 0x2000 ? 7 : 12) > width
        ? Line(y, text).Set("textLength", width.ToString(CultureInfo.InvariantCulture)).Set("lengthAdjust", "spacingAndGlyphs")
        : Line(y, text);

    private static TagBuilder Line(int y, string text) =>
        Html.Element("text", null, text).Set("x", "34").Set("y", y.ToString(CultureInfo.InvariantCulture)).Set("text-anchor", "middle");
}
