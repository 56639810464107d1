namespace AuditTracker.Notifications;

/// <summary>Something wrong with a mail's template.</summary>
/// <param name="Line">From 1; 0: of the whole.</param>
/// <param name="Key">Of the room's words.</param>
public sealed record TemplateFault(int Line, string Key, params object[] Args);

/// <summary>One tag of a template: what stands in its braces.</summary>
/// <param name="Kind">value, if, unless or each.</param>
/// <param name="Word">The name it shows, or asks about.</param>
public sealed record TemplateTag(int Line, int At, string Kind, string Word, bool IsRaw, bool IsInEach);

/// <summary>
/// Reads the small part of Handlebars that mails may use: <c>{{name}}</c>, <c>{{#if name}} {{else}} {{/if}}</c>, <c>{{#unless name}}</c>,
/// <c>{{#each entries}}</c>, remarks. All else is refused by its line, before the engine would say it in its own way.
/// </summary>
public static class TemplateTags
{
    public static (IReadOnlyList<TemplateTag> Tags, IReadOnlyList<TemplateFault> Faults) Read(string text)
    {
        var (tags, faults) = (new List<TemplateTag>(), new List<TemplateFault>());
        var open = new Stack<(string Block, string Word, int Line, bool HasElse)>();
        var (at, line, counted) = (0, 1, 0);
        while ((at = text.IndexOf("{{", at, StringComparison.Ordinal)) >= 0)
        {
            line += text.AsSpan(counted, at - counted).Count('\n');
            counted = at;
            var raw = text.AsSpan(at).StartsWith("{{{");
            var isRemark = text.AsSpan(at).StartsWith("{{!");
            var end = isRemark && text.AsSpan(at).StartsWith("{{!--") ? "--}}" : raw ? "}}}" : "}}";
            var close = text.IndexOf(end, at + 2, StringComparison.Ordinal);
            if (close < 0 || !isRemark && text.IndexOf("{{", at + (raw ? 3 : 2), close - at - (raw ? 3 : 2), StringComparison.Ordinal) >= 0)
            {
                faults.Add(new(line, "TagNotClosed"));
                at += raw ? 3 : 2;
                continue;
            }
            var said = text[(at + (raw ? 3 : 2))..close];
            if (!isRemark)
            {
                Take(said.Trim(' ', '\t', '~'), line, at, raw, open, tags, faults);
            }
            at = close + end.Length;
        }
        faults.AddRange(open.Select(block => new TemplateFault(block.Line, "BlockNotClosed", $"{{{{#{block.Block} {block.Word}}}}}", $"{{{{/{block.Block}}}}}")));
        return (tags, faults);
    }

    private static void Take(string said, int line, int at, bool raw, Stack<(string Block, string Word, int Line, bool HasElse)> open, List<TemplateTag> tags, List<TemplateFault> faults)
    {
        var words = said.Split((char[])[' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        var inEach = open.Any(block => block.Block == "each");
        switch (words)
        {
            case [['#', .. var block], var word] when !raw && block is "if" or "unless" or "each" && IsName(word):
                open.Push((block, word, line, false));
                tags.Add(new(line, at, block, word, false, inEach));
                break;
            case ["else"] when !raw && open.TryPeek(out var around) && around is { HasElse: false, Block: not "each" }:
                open.Push(open.Pop() with { HasElse = true });
                break;
            case [['/', .. var block]] when !raw && open.TryPeek(out var last) && last.Block == block:
                open.Pop();
                break;
            case [['/', .. var block]] when !raw:
                faults.Add(open.TryPeek(out var other) ? new(line, "BlockClosedOtherwise", $"{{{{/{block}}}}}", $"{{{{/{other.Block}}}}}", other.Line) : new(line, "BlockNotOpen", $"{{{{/{block}}}}}"));
                break;
            case [var word] when IsName(word) && word is not "else":
                tags.Add(new(line, at, "value", word, raw, inEach));
                break;
            default:
                faults.Add(new(line, "TagUnknown", raw ? $"{{{{{{{said}}}}}}}" : $"{{{{{said}}}}}"));
                break;
        }
    }

    private static bool IsName(string word) => word.Split('.').All(part => part.Length > 0 && part.All(char.IsAsciiLetterOrDigit));
}
