using Markdig;

namespace AuditTracker.Platform.Files;

/// <summary>Markdown to markup: CommonMark with tables. HTML in it is shown as text, and links lead to https, mail or places of this service only.</summary>
public static class MarkdownText
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().DisableHtml().UsePipeTables().Build();

    /// <summary>Markup of a text; its headings begin at h<paramref name="level"/>.</summary>
    public static string ToHtml(string text, int level = 1)
    {
        var document = Markdown.Parse(text, Pipeline);
        foreach (var block in Markdig.Syntax.MarkdownObjectExtensions.Descendants<Markdig.Syntax.HeadingBlock>(document))
        {
            block.Level = Math.Min(block.Level + level - 1, 6);
        }
        foreach (var link in Markdig.Syntax.MarkdownObjectExtensions.Descendants<Markdig.Syntax.Inlines.LinkInline>(document))
        {
            if (link.Url is { } url && !IsHarmless(url))
            {
                link.Url = "";
            }
        }
        foreach (var link in Markdig.Syntax.MarkdownObjectExtensions.Descendants<Markdig.Syntax.Inlines.AutolinkInline>(document))
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

    private static bool IsHarmless(string url) => url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase)
        || url.StartsWith('/') && !url.StartsWith("//", StringComparison.Ordinal) && !url.StartsWith("/\\", StringComparison.Ordinal);
}
