using System.Text;

namespace AuditTracker.People;

/// <summary>What a person is beside department and employment type, as texts that nobody has to define first.</summary>
public static class PersonTags
{
    /// <summary>The most tags of a person.</summary>
    public const int Most = 20;

    /// <summary>The most characters of a tag.</summary>
    public const int Longest = 40;

    /// <summary>Reads what was typed or stands in a cell, separated by 、 comma or semicolon of any width: after NFKC, each tag once, in one order whatever the order typed.</summary>
    public static IReadOnlyList<string> Read(string text) =>
    [
        .. text.Normalize(NormalizationForm.FormKC).Split(['、', ',', ';'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Distinct(StringComparer.Ordinal).OrderBy(InBytes, StringComparer.Ordinal),
    ];

    /// <summary>Tags as one text, which <see cref="Read"/> takes again.</summary>
    public static string Text(IEnumerable<string> tags) => string.Join('、', tags);

    /// <summary>Whether this is one tag as it would be stored.</summary>
    public static bool IsTag(string text) => PeopleFileEntry.UnreadableCharacter(text) is null && Read(text) is [var tag] && tag == text && !IsTooLong(tag);

    internal static bool IsTooLong(string tag) => tag.EnumerateRunes().Count() > Longest;

    // As the database orders them by "C": characters outside the first plane come last, which UTF-16 would have in between.
    private static string InBytes(string tag) => Convert.ToHexString(Encoding.UTF8.GetBytes(tag));
}
