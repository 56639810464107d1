using System.Text;
using System.Text.RegularExpressions;

namespace AuditTracker.People;

/// <summary>
/// Keys to find people by: width, case, kana and the frequent variants of kanji in names folded. For searching only; names stay as typed.
/// </summary>
public static partial class NameKey
{
    // Pairs: the variant, then the form that both are searched by.
    private const string Variants = "髙高﨑崎嵜崎碕崎濵浜濱浜邊辺邉辺齋斉齊斉斎斉德徳廣広澤沢嶋島嶌島眞真惠恵國国冨富榮栄瀨瀬曻昇槇槙彌弥桒桑";

    private static readonly Dictionary<char, char> Common = Variants.Chunk(2).ToDictionary(pair => pair[0], pair => pair[1]);

    /// <summary>What is stored beside a name: as typed after NFKC, folded, and the kana folded, each on its line.</summary>
    public static string Of(string name, string kana) =>
        string.Join('\n', new[] { Width(name), Folded(name), Folded(kana) }.Where(key => key.Length > 0).Distinct(StringComparer.Ordinal));

    /// <summary>A pattern for <c>replace(name_key, ' ', '') like</c>, from what somebody typed into a search field; null when that is nothing.</summary>
    public static string? Pattern(string? typed)
    {
        var key = Folded(typed ?? "").Replace(" ", "", StringComparison.Ordinal);
        return key.Length == 0 ? null : "%" + Special().Replace(key, "\\$0") + "%";
    }

    /// <summary>Addresses compare without width and case.</summary>
    public static string OfMail(string address) => address.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    /// <summary>A pattern for <c>email_key like</c>: addresses that begin with what was typed.</summary>
    public static string PatternOfMail(string typed) => Special().Replace(OfMail(typed), "\\$0") + "%";

    /// <summary>A pattern for <c>employee_no like</c>: numbers that begin with what was typed.</summary>
    public static string PatternOfNumber(string typed) => Special().Replace(typed.Normalize(NormalizationForm.FormKC).Trim(), "\\$0") + "%";

    /// <summary>As searched: <see cref="Width"/> with kana and variants of kanji folded, letter by letter, so that both have the same length.</summary>
    public static string Folded(string text) =>
        new([.. Width(text).Select(letter => letter is >= 'ぁ' and <= 'ゖ' ? (char)(letter + ('ァ' - 'ぁ')) : Common.GetValueOrDefault(letter, letter))]);

    /// <summary>NFKC, lower case, one space for several.</summary>
    public static string Width(string text) => Spaces().Replace(text.Normalize(NormalizationForm.FormKC).ToLowerInvariant(), " ").Trim();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"[\\%_]")]
    private static partial Regex Special();
}
