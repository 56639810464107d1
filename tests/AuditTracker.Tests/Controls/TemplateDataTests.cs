using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace AuditTracker.Tests.Controls;

/// <summary>The shipped catalogues, mapping, evidence library and demo script agree with each other.</summary>
public sealed class TemplateDataTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "templates");

    private static readonly IDeserializer Yaml = new DeserializerBuilder().WithNamingConvention(UnderscoredNamingConvention.Instance).IgnoreUnmatchedProperties().Build();

    private static readonly Framework[] Frameworks = [.. Directory.EnumerateFiles(Path.Combine(Root, "frameworks"), "*.yaml").Where(f => !f.EndsWith("mapping.yaml")).Select(Read<Framework>)];

    private static readonly HashSet<string> Assessable = [.. Frameworks.SelectMany(f => f.Items.Where(i => !i.Group).Select(i => $"{f.Key}:{i.Ref}"))];

    private static readonly Request[] Requests = [.. Directory.EnumerateFiles(Path.Combine(Root, "evidence"), "*.yaml").SelectMany(f => Read<Subject>(f).Requests)];

    [Theory]
    [InlineData("iso27001-2022", 123)]
    [InlineData("iso27001-2013", 140)]
    [InlineData("pmark-jisq15001-2023", 59)]
    [InlineData("safe-security-isp", 20)]
    [InlineData("appi-safety-measures", 17)]
    public void A_catalogue_has_all_its_assessable_items(string key, int count)
    {
        var framework = Assert.Single(Frameworks, f => f.Key == key);

        Assert.Equal(count, framework.Items.Count(i => !i.Group));
        Assert.Equal(framework.Items.Count, framework.Items.Select(i => i.Ref).Distinct().Count());
        Assert.All(framework.Items, i =>
        {
            Assert.False(string.IsNullOrWhiteSpace(i.TitleJa), i.Ref);
            Assert.False(string.IsNullOrWhiteSpace(i.TitleEn), i.Ref);
            Assert.Contains(i.Theme, framework.Themes.Select(t => t.Key));
            Assert.True(i.Shown || i.Group, i.Ref);
        });
    }

    [Fact]
    public void Annex_A_of_2022_may_be_excluded_and_the_clauses_may_not()
    {
        var framework = Frameworks.Single(f => f.Key == "iso27001-2022");

        Assert.Equal("no", framework.Excludable);
        Assert.All(framework.Items.Where(i => !i.Group), i => Assert.Equal(i.Ref.StartsWith("A.") ? "yes" : null, i.Excludable));
        Assert.Equal(new[] { 37, 8, 14, 34 }, new[] { "organizational", "people", "physical", "technological" }.Select(t => framework.Items.Count(i => !i.Group && i.Theme == t)));
        Assert.Equal(["pmark-jisq15001-2023", "safe-security-isp"], Frameworks.Where(f => f.Excludable == "na").Select(f => f.Key).Order());
        Assert.Equal("iso27001-2013", Assert.Single(Frameworks, f => f.Archived).Key);
        Assert.Equal("appi-safety-measures", Assert.Single(Frameworks, f => f.Reference).Key);
    }

    [Fact]
    public void Only_the_two_policy_items_of_the_mark_need_signature_and_seal()
        => Assert.Equal(["1.1.3", "1.1.4"], Frameworks.SelectMany(f => f.Items).Where(i => i.NeedsProof == "signature").Select(i => i.Ref));

    [Fact]
    public void Every_pair_of_the_mapping_joins_assessable_items()
    {
        var pairs = Read<Mapping>(Path.Combine(Root, "frameworks", "mapping.yaml")).Mappings;

        Assert.Equal(332, pairs.Count);
        Assert.Equal(332, pairs.Select(p => (p.FromFramework, p.FromRef, p.ToFramework, p.ToRef)).Distinct().Count());
        Assert.All(pairs, p =>
        {
            Assert.Contains($"{p.FromFramework}:{p.FromRef}", Assessable);
            Assert.Contains($"{p.ToFramework}:{p.ToRef}", Assessable);
            Assert.Contains(p.Strength, new[] { "equivalent", "partial", "related" });
        });
    }

    [Fact]
    public void Every_control_of_2013_leads_to_items_of_2022()
        => Assert.All(
            Frameworks.Single(f => f.Key == "iso27001-2013").Items.Where(i => !i.Group),
            i => Assert.All(i.Mapped2022, r => Assert.Contains($"iso27001-2022:{r}", Assessable)));

    [Fact]
    public void The_library_has_76_requests_in_both_languages_whose_items_exist()
    {
        Assert.Equal(Enumerable.Range(1, 76).Select(n => $"EV{n:00}"), Requests.Select(r => r.Id).Order());
        Assert.All(Requests, r =>
        {
            Assert.All(new[] { r.TitleJa, r.TitleEn, r.GuidanceJa, r.GuidanceEn, r.OwnerHintJa, r.OwnerHintEn }, t => Assert.False(string.IsNullOrWhiteSpace(t), r.Id));
            // What good evidence shows, and what will come back.
            Assert.True(r.GuidanceJa.Length >= 70 && r.GuidanceJa.Contains("差し戻"), r.Id);
            Assert.True(r.GuidanceEn.Length >= 140 && r.GuidanceEn.Contains("returned"), r.Id);
            Assert.InRange(r.Minutes, 1, 240);
            Assert.Contains(r.AdoptAs, new[] { "month", "quarter", "half", "year" });
            Assert.Contains(r.Due.Unit, new[] { "days", "businessDays" });
            Assert.All(r.Items, i => Assert.Contains(i, Assessable));
            Assert.True(r.Items.Count > 0 || r.Id == "EV75", r.Id);
        });
    }

    [Fact]
    public void Texts_hold_no_character_that_CP932_turns_into_a_question_mark()
        => Assert.All(
            Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories).Where(f => f.EndsWith(".yaml") || f.Contains(".ja.")),
            f => Assert.DoesNotMatch("[\u301C\u2212\u2611]", File.ReadAllText(f)));

    [Fact]
    public void The_demo_script_is_lawful()
    {
        var demo = Path.Combine(Root, "demo");
        var people = File.ReadLines(Path.Combine(demo, "people.csv")).Skip(1).Select(l => l.Split(',')).ToDictionary(c => c[0], c => c[9]);
        var requests = Read<Demo>(Path.Combine(demo, "requests.yaml")).Requests.ToDictionary(r => r.Id);
        var acts = Read<Demo>(Path.Combine(demo, "quarter.yaml")).Acts;
        var submitter = new Dictionary<(string, string), string>();

        Assert.Equal((120, 40), (people.Count, requests.Count));
        Assert.All(requests.Values, r =>
        {
            Assert.Contains(r.Id, Requests.Select(l => l.Id));
            Assert.NotEqual(r.Owner, r.Reviewer);
            Assert.All(new[] { people[r.Owner], people[r.Reviewer] }, left => Assert.True(left.Length == 0 || string.CompareOrdinal(left, r.StartOn) > 0, r.Id));
        });
        Assert.Equal(acts.Select(a => a.At).Order(), acts.Select(a => a.At));
        foreach (var act in acts)
        {
            var collection = (act.Request, act.Period);
            if (act.Act == "submit")
            {
                Assert.False(submitter.ContainsKey(collection), $"{collection} is handed in twice");
                Assert.Equal(requests[act.Request].Owner, act.OnBehalfOf ?? act.By);
                Assert.All(act.Files, f => Assert.True(File.Exists(Path.Combine(demo, "files", f)), f));
                submitter[collection] = act.By;
            }
            else
            {
                Assert.True(submitter.Remove(collection, out var by), $"{collection} is reviewed before it was handed in");
                Assert.NotEqual(by, act.By);
                Assert.True(act.Decision == "accept" || !string.IsNullOrEmpty(act.Comment));
            }
        }

        Assert.NotEmpty(submitter);
    }

    private static T Read<T>(string path)
    {
        using var reader = File.OpenText(path);
        return Yaml.Deserialize<T>(reader);
    }

    private sealed class Framework
    {
        public string Key { get; set; } = "";
        public string Excludable { get; set; } = "";
        public bool Archived { get; set; }
        public bool Reference { get; set; }
        public List<Theme> Themes { get; set; } = [];
        public List<Item> Items { get; set; } = [];
    }

    private sealed class Theme
    {
        public string Key { get; set; } = "";
    }

    private sealed class Item
    {
        public string Ref { get; set; } = "";
        public string TitleJa { get; set; } = "";
        public string TitleEn { get; set; } = "";
        public string Theme { get; set; } = "";
        public bool Group { get; set; }
        public bool Shown { get; set; } = true;
        public string? Excludable { get; set; }
        public string? NeedsProof { get; set; }
        [YamlMember(Alias = "mapped_2022", ApplyNamingConventions = false)]
        public List<string> Mapped2022 { get; set; } = [];
    }

    private sealed class Mapping
    {
        public List<Pair> Mappings { get; set; } = [];
    }

    private sealed class Pair
    {
        public string FromFramework { get; set; } = "";
        public string FromRef { get; set; } = "";
        public string ToFramework { get; set; } = "";
        public string ToRef { get; set; } = "";
        public string Strength { get; set; } = "";
    }

    private sealed class Subject
    {
        public List<Request> Requests { get; set; } = [];
    }

    private sealed class Request
    {
        public string Id { get; set; } = "";
        public string TitleJa { get; set; } = "";
        public string TitleEn { get; set; } = "";
        public string GuidanceJa { get; set; } = "";
        public string GuidanceEn { get; set; } = "";
        public string OwnerHintJa { get; set; } = "";
        public string OwnerHintEn { get; set; } = "";
        public int Minutes { get; set; }
        public string AdoptAs { get; set; } = "";
        public Offset Due { get; set; } = new();
        public List<string> Items { get; set; } = [];
    }

    private sealed class Offset
    {
        public string Unit { get; set; } = "";
    }

    private sealed class Demo
    {
        public List<DemoRequest> Requests { get; set; } = [];
        public List<DemoAct> Acts { get; set; } = [];
    }

    private sealed class DemoRequest
    {
        public string Id { get; set; } = "";
        public string Owner { get; set; } = "";
        public string Reviewer { get; set; } = "";
        public string StartOn { get; set; } = "";
    }

    private sealed class DemoAct
    {
        public DateTimeOffset At { get; set; }
        public string Act { get; set; } = "";
        public string Request { get; set; } = "";
        public string Period { get; set; } = "";
        public string By { get; set; } = "";
        public string? OnBehalfOf { get; set; }
        public List<string> Files { get; set; } = [];
        public string? Decision { get; set; }
        public string? Comment { get; set; }
    }
}
