using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Html;

namespace AuditTracker.Platform.Web;

/// <summary>Sentences that come with dates already written into them.</summary>
public static partial class Whole
{
    /// <summary>The sentence, encoded; a date in it does not break over two lines.</summary>
    public static IHtmlContent Dates(string sentence)
    {
        var content = new HtmlContentBuilder();
        var at = 0;
        foreach (Match date in Written().Matches(sentence))
        {
            content.Append(sentence[at..date.Index]).AppendHtml("<span class=\"nowrap\">").Append(date.Value).AppendHtml("</span>");
            at = date.Index + date.Length;
        }
        return content.Append(sentence[at..]);
    }

    [GeneratedRegex(@"([0-9]{4}/|R[0-9]+\.)?[0-9]{1,2}[/.][0-9]{1,2}（.）|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日(（.）)?|[0-9]{1,2} [A-Z][a-z]{2} [0-9]{4}( \([A-Z][a-z]{2}\))?")]
    private static partial Regex Written();
}
