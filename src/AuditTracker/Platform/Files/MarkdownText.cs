using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace AuditTracker.Platform.Files;

/// <summary>
/// Markdown to markup: CommonMark with tables. HTML in it is shown as text, links lead to the web, mail or places of this service only, and pictures are only those that the caller knows.
/// </summary>
public static class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    // Tells where in the text each part stands.
    private static readonly MarkdownPipeline Precise = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().UsePreciseSourceLocation().Build();

    /// <summary>Markup of a text; its headings begin at h<paramref name="level"/>.</summary>
    /// <param name="picture">Where a picture is, by the name the text gives it; null for one that is not known: its words stand in its place.</param>
    public static string ToHtml(string text, int level = 1, Func<string, string?>? picture = null)
    {
        var document = Markdown.Parse(text, Pipeline);
        foreach (var block in document.Descendants<HeadingBlock>())
        {
            block.Level = Math.Min(block.Level + level - 1, 6);
        }
        foreach (var link in document.Descendants<LinkInline>().ToList())
        {
            if (!link.IsImage)
            {
                link.Url = IsHarmless(link.Url) ? link.Url : "";
            }
            else if (picture?.Invoke(NameOf(link)) is { } place)
            {
                link.Url = place;
            }
            else
            {
                link.ReplaceBy(new LiteralInline(string.Concat(link.Descendants<LiteralInline>().Select(part => part.Content.ToString()))));
            }
        }
        foreach (var link in document.Descendants<AutolinkInline>())
        {
            if (!link.IsEmail && !IsHarmless(link.Url))
            {
                link.Url = "";
            }
        }
        // Column alignment of pipe tables would come as a style attribute, which the content policy ignores.
        return document.ToHtml(Pipeline).Replace(" style=\"text-align: left;\"", "", StringComparison.Ordinal)
            .Replace(" style=\"text-align: right;\"", " class=\"num\"", StringComparison.Ordinal).Replace(" style=\"text-align: center;\"", "", StringComparison.Ordinal);
    }

    /// <summary>The names of the pictures a text shows.</summary>
    public static IReadOnlyList<string> Pictures(string text) => [.. Markdown.Parse(text, Pipeline).Descendants<LinkInline>().Where(link => link.IsImage).Select(NameOf).Distinct()];

    /// <summary>The text with other names for its pictures, in whatever form it names them; each is replaced once, and nothing else.</summary>
    public static string WithPictures(string text, IReadOnlyDictionary<string, string> names)
    {
        // A reference is defined once for all pictures that use it.
        var places = Markdown.Parse(text, Precise).Descendants<LinkInline>().Where(link => link.IsImage && names.TryGetValue(NameOf(link), out var name) && name != NameOf(link))
            .Select(link => (Span: link.Reference?.UrlSpan ?? link.UrlSpan, Name: names[NameOf(link)])).Where(place => !place.Span.IsEmpty && place.Span.End < text.Length).DistinctBy(place => place.Span.Start);
        foreach (var (span, name) in places.OrderByDescending(place => place.Span.Start))
        {
            text = $"{text[..span.Start]}{(text[span.Start] == '<' && text[span.End] == '>' ? $"<{name}>" : name)}{text[(span.End + 1)..]}";
        }
        return text;
    }

    private static string NameOf(LinkInline link) => Uri.UnescapeDataString(link.Url ?? "");

    private static bool IsHarmless(string? url) => url is not null && (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal));
}
