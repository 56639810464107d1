using System.Text.RegularExpressions;

namespace AuditTracker.Notifications;

/// <summary>What a mail's HTML must not do: run, ask other machines for anything, or put a value where it could become markup.</summary>
internal static partial class MarkupFaults
{
    private static readonly HashSet<string> Empty = ["br", "hr", "meta"];

    public static IEnumerable<TemplateFault> Of(string text, string shipped, IReadOnlyList<TemplateTag> tags)
    {
        foreach (Match match in Forbidden().Matches(text))
        {
            if (!shipped.Contains(match.Value, StringComparison.OrdinalIgnoreCase))
            {
                yield return new(LineOf(text, match.Index), "MarkupNotAllowed", match.Value.Trim());
            }
        }
        // Tags as they stand outside of braces; a value that holds < or > is escaped when it is filled in.
        var plain = Braces().Replace(text, match => new string('\u00a0', match.Length));
        var open = new Stack<(string Name, int Line)>();
        foreach (Match match in Markup().Matches(plain))
        {
            var (name, line) = (match.Groups[2].Value.ToLowerInvariant(), LineOf(text, match.Index));
            if (tags.Any(tag => tag.At > match.Index && tag.At < match.Index + match.Length && !(tag is { Kind: "value", Word: "link", IsRaw: false } && text[..tag.At].EndsWith("href=\"", StringComparison.Ordinal) && text.AsSpan(tag.At).StartsWith("{{link}}\""))))
            {
                yield return new(line, "ValueInMarkup", text.Substring(match.Index, match.Length));
            }
            if (match.Groups[1].Length == 0 && !Empty.Contains(name))
            {
                open.Push((name, line));
            }
            else if (match.Groups[1].Length > 0 && (!open.TryPop(out var last) || last.Name != name))
            {
                yield return new(line, "MarkupClosedOtherwise", $"</{name}>");
                yield break;
            }
        }
        foreach (var (name, line) in open)
        {
            yield return new(line, "MarkupNotClosed", $"<{name}>");
        }
    }

    private static int LineOf(string text, int at) => 1 + text.AsSpan(0, at).Count('\n');

    [GeneratedRegex(@"<\s*(script|iframe|frame|object|embed|form|input|button|img|svg|math|video|audio|source|picture|link|base|style|meta|template)\b|\bon[a-z]+\s*=|\b(style|src|srcset|background)\s*=|=\s*[""']?\s*(javascript|data|vbscript):|@import|url\s*\(", RegexOptions.IgnoreCase)]
    private static partial Regex Forbidden();

    [GeneratedRegex(@"\{\{.*?\}\}+", RegexOptions.Singleline)]
    private static partial Regex Braces();

    [GeneratedRegex(@"<(/?)([a-zA-Z][a-zA-Z0-9]*)\b[^<>]*>")]
    private static partial Regex Markup();
}
