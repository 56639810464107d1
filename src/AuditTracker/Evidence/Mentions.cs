using System.Text;
using AuditTracker.People;

namespace AuditTracker.Evidence;

/// <summary>Somebody a comment can be addressed to.</summary>
public sealed record Addressee(long Id, string EmployeeNo, string Name);

/// <summary>Whom one <c>@</c> of a text means.</summary>
/// <param name="Typed">The name as it was typed, for the sentence that refuses it.</param>
/// <param name="Who">Nobody, the one, or several that cannot be told apart.</param>
/// <param name="IsName">False: a price, a rate or the like; no person was meant.</param>
public sealed record Mention(string Typed, IReadOnlyList<Addressee> Who, bool IsName);

/// <summary>
/// Reads <c>@姓名</c>, <c>@姓さん</c> and <c>@社員番号</c> out of a comment. Pure. Names are compared as the search does (width, case, kana, variants of
/// kanji, spaces left out); the longest name wins, so that <c>@森 健一</c> is never 森 健. A mail address holds no mention.
/// </summary>
public static class Mentions
{
    /// <summary>So many people can be named in one comment.</summary>
    public const int Most = 20;

    private const int LongestName = 60;
    private static readonly string[] Titles = ["様", "殿", "氏", "部長", "課長", "室長", "係長", "主任", "社長", "役員", "先生"];

    /// <summary>What stands behind each <c>@</c> that could name somebody, to the end of its line.</summary>
    public static IReadOnlyList<string> In(string words)
    {
        var found = new List<string>();
        foreach (var line in words.Split('\n'))
        {
            for (var at = line.IndexOfAny(['@', '＠']); at >= 0; at = line.IndexOfAny(['@', '＠'], at + 1))
            {
                if ((at == 0 || !IsOfAnAddress(line[at - 1])) && at + 1 < line.Length && char.IsLetterOrDigit(line, at + 1))
                {
                    found.Add(string.Concat(line[(at + 1)..].EnumerateRunes().Take(LongestName)));
                }
            }
        }
        return found;
    }

    /// <summary>The first letters of a name that was typed, as a pattern for <c>replace(name_key, ' ', '') like</c>.</summary>
    public static string Begins(string typed) => NameKey.Pattern(string.Concat(NameKey.Folded(typed).EnumerateRunes().Where(letter => letter.Value != ' ').Take(2)))!;

    /// <summary>The employee number it begins with; null: it begins with a name.</summary>
    public static string? Number(string typed) => NameKey.Width(typed) is var width && char.IsDigit(width[0]) ? new([.. width.TakeWhile(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-')]) : null;

    /// <summary>Whom it means.</summary>
    /// <param name="typed">One of <see cref="In"/>.</param>
    /// <param name="may">Who may be named.</param>
    /// <param name="others">Names of others who could be meant, so that nobody is taken for somebody with a longer name.</param>
    /// <param name="numbers">Employee numbers of others.</param>
    public static Mention Read(string typed, IReadOnlyList<Addressee> may, IReadOnlyCollection<string> others, IReadOnlyCollection<string> numbers)
    {
        var (width, folded) = (NameKey.Width(typed), NameKey.Folded(typed));
        var shown = Shown(typed);
        if (Number(typed) is { } number)
        {
            var who = may.Where(one => NameKey.Width(one.EmployeeNo) == number).ToList();
            return new(number, who, who.Count > 0 || numbers.Any(other => NameKey.Width(other) == number));
        }
        int Length(string name) => Matched(width, folded, NameKey.Folded(name));
        var longest = may.Select(one => one.Name).Concat(others).Select(Length).DefaultIfEmpty(0).Max();
        if (longest > 0)
        {
            return new(shown, [.. may.Where(one => Length(one.Name) == longest)], true);
        }
        // Behind a family name alone no further name may stand: it could be somebody else's of that family.
        int Family(Addressee one) => Length(NameKey.Width(one.Name).Split(' ')[0]) is > 0 and var end && (end == width.Length || width[end] != ' ' || EndsAName(width, end + 1)) ? end : 0;
        var families = may.Where(one => Family(one) > 0).ToList();
        return new(shown, [.. families.Where(one => Family(one) == families.Max(Family))], true);
    }

    /// <summary>Where in the text the name ends; 0: it is not that name.</summary>
    private static int Matched(string width, string folded, string name)
    {
        var at = 0;
        foreach (var letter in name.Where(letter => letter != ' '))
        {
            while (at < folded.Length && folded[at] == ' ')
            {
                at++;
            }
            if (at >= folded.Length || folded[at] != letter)
            {
                return 0;
            }
            at++;
        }
        return at == width.Length || EndsAName(width, at) || Titles.Any(title => width.AsSpan(at).StartsWith(title)) ? at : 0;
    }

    /// <summary>A space, a sign, or a particle behind it.</summary>
    private static bool EndsAName(string text, int at) => !char.IsLetterOrDigit(text, at) || text[at] is >= 'ぁ' and <= 'ゖ';

    private static bool IsOfAnAddress(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '-' or '+';

    private static string Shown(string typed) => string.Concat(typed.EnumerateRunes().TakeWhile(Rune.IsLetterOrDigit).Take(20));
}
