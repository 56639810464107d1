using System.Collections;
using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Trail;

public sealed partial class TrailWordsTests
{
    private static readonly ResourceManager Words = new(typeof(AuditTracker.Trail.Words));

    [Fact]
    public void Every_act_the_code_records_has_words_and_stands_in_the_filter()
    {
        var acts = ActsInTheCode();
        Assert.Contains("collection.reopened", acts);
        Assert.Contains("account.locked", acts);
        Assert.Empty(acts.Except(TrailWords.Acts));
    }

    [Theory]
    [InlineData("")]
    [InlineData("en")]
    public void Every_act_of_the_filter_has_words_in_both_languages(string language) =>
        Assert.Empty(TrailWords.Acts.Where(act => !Keys(language).Contains(TrailWords.KeyOf(act))));

    [Theory]
    [InlineData("")]
    [InlineData("en")]
    public void Jobs_and_roles_are_named_as_the_pages_of_their_own_rooms_name_them(string language)
    {
        var culture = new CultureInfo(language);
        var jobs = Keys(typeof(AuditTracker.Health.Words), language).Where(key => key.StartsWith("Job", StringComparison.Ordinal) && key is not ("Job" or "Jobs")).ToList();
        Assert.Contains("JobOpenDueCollections", jobs);
        Assert.All(jobs, job => Assert.Equal(new ResourceManager(typeof(AuditTracker.Health.Words)).GetString(job, culture), Words.GetString(job, culture)));
        Assert.All(Enum.GetNames<AuditTracker.Platform.Security.Role>(), role => Assert.Equal(new ResourceManager(typeof(AuditTracker.Accounts.Words)).GetString("Role" + role, culture), Words.GetString("Role" + role, culture)!));
        CultureInfo.CurrentUICulture = culture;
        var say = new TrailWords(new Resources());
        Assert.Equal(language == "en" ? "Automatic (Open due collections)" : "自動（収集の開始）", say.Who("job:OpenDueCollections", null));
        Assert.Equal(language == "en" ? "Compliance manager" : "事務局", say.Value(new TrailValue("role", Showing.Plain, "complianceManager")));
        Assert.Equal("complianceManager", say.Value(new TrailValue("name", Showing.Plain, "complianceManager")));
    }

    /// <summary>The room's words of the thread's language.</summary>
    private sealed class Resources : Microsoft.Extensions.Localization.IStringLocalizer<AuditTracker.Trail.Words>
    {
        public Microsoft.Extensions.Localization.LocalizedString this[string name] => this[name, []];

        public Microsoft.Extensions.Localization.LocalizedString this[string name, params object[] arguments] =>
            Words.GetString(name, CultureInfo.CurrentUICulture) is { } text ? new(name, string.Format(CultureInfo.InvariantCulture, text, arguments)) : new(name, name, resourceNotFound: true);

        public IEnumerable<Microsoft.Extensions.Localization.LocalizedString> GetAllStrings(bool includeParentCultures) => [];
    }

    [Fact]
    public void Both_languages_have_the_same_words() => Assert.Equal(Keys("").Order(), Keys("en").Order());

    private static HashSet<string> Keys(string language) => Keys(typeof(AuditTracker.Trail.Words), language);

    private static HashSet<string> Keys(Type room, string language) =>
        [.. new ResourceManager(room).GetResourceSet(new CultureInfo(language), createIfNotExists: true, tryParents: false)!.Cast<DictionaryEntry>().Select(entry => (string)entry.Key)];

    /// <summary>The first argument of every ActAsync: its literals; with a prefix before braces, the prefix and each; a bare name, all of the file's.</summary>
    private static HashSet<string> ActsInTheCode()
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(root.FullName, "AuditTracker.sln")))
        {
            root = root.Parent!;
        }
        var acts = new HashSet<string>();
        foreach (var path in Directory.EnumerateFiles(Path.Combine(root.FullName, "src"), "*.cs", SearchOption.AllDirectories).Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.EndsWith("Trail/Acts.cs", StringComparison.Ordinal)))
        {
            var code = File.ReadAllText(path);
            foreach (Match call in Call().Matches(code))
            {
                var argument = FirstArgument(code[(call.Index + call.Length)..]);
                var found = Prefixed().Match(argument) is { Success: true } prefixed
                    ? [.. Word().Matches(argument).Select(word => $"{prefixed.Groups[1].Value}.{word.Groups[1].Value}")]
                    : Act().Matches(argument).Select(act => act.Groups[1].Value).ToList();
                if (found.Count == 0)
                {
                    found = [.. Act().Matches(code).Select(act => act.Groups[1].Value)];
                }
                Assert.True(found.Count > 0, $"No act can be read in {path}: {argument}");
                acts.UnionWith(found);
            }
        }
        return acts;
    }

    private static string FirstArgument(string code)
    {
        var depth = 0;
        for (var i = 0; i < code.Length; i++)
        {
            depth += code[i] is '(' or '{' or '[' ? 1 : code[i] is ')' or '}' or ']' ? -1 : 0;
            if (depth < 0 || (depth == 0 && code[i] == ','))
            {
                return code[..i];
            }
        }
        return code;
    }

    [GeneratedRegex(@"\.ActAsync\(")] private static partial Regex Call();

    [GeneratedRegex(@"^\$""([a-zA-Z]+)\.\{")] private static partial Regex Prefixed();

    [GeneratedRegex(@"""([a-zA-Z]+)""")] private static partial Regex Word();

    [GeneratedRegex(@"""([a-z][A-Za-z]*\.[a-z][A-Za-z]*)""")] private static partial Regex Act();
}
