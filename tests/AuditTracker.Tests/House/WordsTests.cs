using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace AuditTracker.Tests.House;

/// <summary>Every text in two languages, every word used, no bare sentence in a page (face.md §1.4).</summary>
public sealed partial class WordsTests
{
    public static TheoryData<string> Japanese() =>
        [.. Directory.GetFiles(RoomsOrderTests.Source(), "*Words.resx", SearchOption.AllDirectories).Where(file => !file.Contains("/bin/") && !file.Contains("/obj/")).Select(file => Path.GetRelativePath(RoomsOrderTests.Source(), file))];

    [Theory, MemberData(nameof(Japanese))]
    public void Both_languages_have_the_same_keys_with_the_same_places(string file)
    {
        var (ja, en) = (Read(file), Read(file.Replace(".resx", ".en.resx")));
        Assert.Equal(ja.Keys.Order(), en.Keys.Order());
        // English may leave a detail out (face.md §6.4), never ask for one that is not given.
        Assert.Empty(ja.Keys.Where(key => !Places(en[key]).IsSubsetOf(Places(ja[key]))));
        Assert.Empty(en.Where(pair => JapaneseText().IsMatch(pair.Value)).Select(pair => pair.Key).Except(["Japanese", "LanguageJa"]));
    }

    [Theory, MemberData(nameof(Japanese))]
    public void Every_word_is_used(string file)
    {
        var room = Path.GetDirectoryName(file)!;
        // Overview and the verbs say what they show of a room in that room's words.
        var code = string.Concat(new[] { room, "Overview", "Commands" }.SelectMany(place => Directory.GetFiles(Path.Combine(RoomsOrderTests.Source(), place), "*.*", place.Length == 0 ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Where(path => path.EndsWith(".cs") || path.EndsWith(".cshtml")).Select(File.ReadAllText));
        // Keys that are put together from a prefix and a state: $"Act{…}".
        var prefixes = Composed().Matches(code).Select(match => match.Groups[1].Value + match.Groups[2].Value).Where(prefix => prefix.Length > 1).ToList();
        Assert.Empty(Read(file).Keys.Where(key => !code.Contains($"\"{key}\"") && !prefixes.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))));
    }

    [Fact]
    public void No_page_holds_a_bare_Japanese_sentence()
    {
        var bare = Directory.GetFiles(RoomsOrderTests.Source(), "*.cshtml", SearchOption.AllDirectories).Where(file => !file.Contains("/bin/") && !file.Contains("/obj/"))
            .SelectMany(file => Comment().Replace(File.ReadAllText(file), "").Split('\n').Where(line => JapaneseText().IsMatch(line) && !line.Contains("hreflang")
                    // A language's own name for itself is the same in every language.
                    && JapaneseText().IsMatch(line.Replace("日本語", "")))
                .Select(line => $"{Path.GetRelativePath(RoomsOrderTests.Source(), file)}: {line.Trim()}"));
        Assert.Empty(bare);
    }

    /// <summary>face.md §6: one word per thing, kanji before katakana, full-width signs in Japanese text, no humble padding; plain English.</summary>
    [Theory, MemberData(nameof(Japanese))]
    public void Words_keep_to_the_tone(string file)
    {
        var spoiled = Read(file).Where(word => StiffJapanese().IsMatch(word.Value)).Concat(Read(file.Replace(".resx", ".en.resx")).Where(word => StiffEnglish().IsMatch(word.Value)));
        Assert.Empty(spoiled.Select(word => $"{word.Key}: {StiffJapanese().Match(word.Value)}{StiffEnglish().Match(word.Value)} in {word.Value}"));
    }

    /// <summary>A count stands before the word for one and the word for many (<c>{0} {0:day|days}</c>); limits that are never one need not.</summary>
    [Theory, MemberData(nameof(Japanese))]
    public void English_counts_one_thing_as_one(string file)
    {
        var words = Read(file.Replace(".resx", ".en.resx"));
        Assert.Empty(words.Where(word => CountOfMany().IsMatch(word.Value) && !NeverOne.Contains(word.Key)).Select(word => $"{word.Key}: {word.Value}"));
        Assert.Empty(words.Where(word => ThereAre().IsMatch(word.Value) && !NeverOne.Contains(word.Key)).Select(word => $"{word.Key}: {word.Value}"));
    }

    /// <summary>A text that is cut off in the middle of a place would stop the page it stands on.</summary>
    [Theory, MemberData(nameof(Japanese))]
    public void Every_place_of_a_text_is_closed(string file)
    {
        foreach (var word in Read(file).Concat(Read(file.Replace(".resx", ".en.resx"))))
        {
            Assert.True(Broken().Replace(word.Value, "").IndexOfAny(['{', '}']) < 0, $"{word.Key}: {word.Value}");
        }
    }

    [GeneratedRegex(@"\{\d+(:[^{}]+)?\}|\{\{|\}\}")]
    private static partial Regex Broken();

    /// <summary>Limits, and texts that have another one for a single thing.</summary>
    private static readonly string[] NeverOne =
    [
        "AttachTooMany", "FaultTemplateTooLong", "FaultSubjectTooLong", "FaultTooManyQuestions", "MentionTooMany", "SampleFileHint", "SampleTooManyFiles", "SampleSizeMost",
        "MailCodeLead", "MailedCodeLead", "Locked", "ResetSent", "PasswordHint", "PasswordLength", "InviteLead", "TokenDaysHint", "TokenDays", "PasskeyName", "PasskeysFull", "FromOutOfRange", "ClosureTooLong", "DayTooFar", "TextTooLong", "TitleLength",
        "GuidanceLength", "NoteLength", "LibraryLead", "StartTooEarly", "KeyTooLong", "PreviewFirst", "PreviewLines", "PastTooManyRows", "StructureTooLong", "ImportCellTooLong", "TooManyRows", "ImportHasErrors",
        "ImportFixFirst", "ItemsMore", "ReasonTooLong", "BusinessDaysOfYear", "ImportCellCount", "ChooseOwner",
        "CourseTooLong", "MediaTooMany", "CheckPages", "CheckQuestions",
    ];

    [Fact]
    public void Nobody_is_dunned()
    {
        var root = Path.GetFullPath(Path.Combine(RoomsOrderTests.Source(), "../.."));
        var shown = new[] { "src/AuditTracker", "templates" }.SelectMany(folder => Directory.GetFiles(Path.Combine(root, folder), "*.*", SearchOption.AllDirectories))
            .Where(file => Path.GetExtension(file) is ".resx" or ".cshtml" or ".hbs" or ".yaml" or ".yml" or ".html" or ".txt" or ".mjml" && !file.Contains("/bin/") && !file.Contains("/obj/")).ToList();
        Assert.Contains(shown, file => file.Contains("/templates/"));
        Assert.Empty(shown.Where(file => File.ReadAllText(file).Contains("督促")).Select(file => Path.GetRelativePath(root, file)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("en")]
    public void Every_setting_of_the_operator_is_explained_in_both_languages(string language)
    {
        var settings = Settings.From(new Microsoft.Extensions.Configuration.ConfigurationBuilder().Build()).Shown;
        var words = new System.Resources.ResourceManager(typeof(AuditTracker.Company.Words)).GetResourceSet(new System.Globalization.CultureInfo(language), createIfNotExists: true, tryParents: false)!;
        Assert.Empty(settings.Select(setting => "Operator" + setting.Name.Replace("_", "", StringComparison.Ordinal)).Where(key => words.GetString(key) is null));
    }

    private static Dictionary<string, string> Read(string file) =>
        XDocument.Load(Path.Combine(RoomsOrderTests.Source(), file)).Root!.Elements("data").ToDictionary(data => data.Attribute("name")!.Value, data => data.Element("value")!.Value);

    private static HashSet<string> Places(string text) => Place().Matches(text).Select(match => match.Value).ToHashSet();

    /// <summary>Words with a better one, half-width signs beside Japanese letters, full-width digits and letters, a space before a particle behind a value.</summary>
    [GeneratedRegex(@"だれ|持ち主|試験メール|既に|フォルダ(?!ー)|ユーザ(?!ー)|サーバ(?!ー)|こちら|させていただ|することができ|を行[うい]|を行わ|インポート|エクスポート|〜|[ぁ-ヿ一-鿿][(),:;!?]|[(:;!?][ぁ-ヿ一-鿿]|[０-９Ａ-Ｚａ-ｚ％]|\} ([はがをにとで番件]|の(?!形))")]
    private static partial Regex StiffJapanese();

    [GeneratedRegex(@"\b(please|invalid|oops|dun|illegal)\b|!", RegexOptions.IgnoreCase)]
    private static partial Regex StiffEnglish();

    /// <summary>A number and a word for many, or for people.</summary>
    [GeneratedRegex(@"\{\d+(:N0)?\} ((more|other|open|business|full|unused) )*(people|(?!(is|was|has|needs|hands|corrects|supports|says|accepts|lies|begins|does|steps)\b)[a-z]+(?<!s)s)\b")]
    private static partial Regex CountOfMany();

    [GeneratedRegex(@"[Tt]here are \{\d")]
    private static partial Regex ThereAre();

    [GeneratedRegex(@"\{\d+")]
    private static partial Regex Place();

    [GeneratedRegex(@"[぀-ヿ一-鿿]")]
    private static partial Regex JapaneseText();

    [GeneratedRegex(@"\$""([A-Z]\w*)\{|""([A-Z]\w*)"" \+")]
    private static partial Regex Composed();

    [GeneratedRegex(@"@\*.*?\*@|//.*?$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Comment();
}
