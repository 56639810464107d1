using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace AuditTracker.Platform.Web;

/// <summary>Texts that come with dates or references already written into them.</summary>
public static partial class Whole
{
    /// <summary>The sentence, encoded; a date in it does not break over two lines.</summary>
    public static IHtmlContent Dates(string sentence) => Keep(Written(), sentence);

    /// <summary>The title, encoded; a reference such as 3-1-7 in it does not break behind a hyphen.</summary>
    public static IHtmlContent Refs(string title) => Keep(Reference(), title);

    private static HtmlContentBuilder Keep(Regex whole, string text)
    {
        var content = new HtmlContentBuilder();
        var at = 0;
        foreach (Match match in whole.Matches(text))
        {
            content.Append(text[at..match.Index]).AppendHtml("<span class=\"nowrap\">").Append(match.Value).AppendHtml("</span>");
            at = match.Index + match.Length;
        }
        content.Append(text[at..]);
        return content;
    }

    [GeneratedRegex("[0-9]{1,4}(-[0-9]{1,4}){1,4}")]
    private static partial Regex Reference();

    [GeneratedRegex(@"([0-9]{4}/|R[0-9]+\.)?[0-9]{1,2}[/.][0-9]{1,2}（.）|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(（.）)?|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}( \([A-Z][a-z]{2}\))?")]
    private static partial Regex Written();
}
