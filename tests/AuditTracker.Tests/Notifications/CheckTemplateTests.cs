using AuditTracker.Notifications;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Tests.Notifications;

public sealed class CheckTemplateTests
{
    private static readonly MailSamples Samples = MailSamples.Load(Settings.Templates);
    private static readonly CheckTemplate Check = new(Samples, Settings.Templates);
    private static readonly MailPart Text = new("evidence/collection-opened", "ja", "text");
    private static readonly MailPart Html = new("evidence/collection-opened", "ja", "html");

    public static TheoryData<string> Names() => [.. ((IEnumerable<object[]>)MailTemplateTests.Files()).Select(row => ((string)row[0])[..^".hbs".Length])];

    [Theory, MemberData(nameof(Names))]
    public void Every_shipped_text_stands_its_own_check(string name) => Assert.Null(Check.Vet("mail/" + name, Shipped("mail/" + name)));

    [Fact]
    public void Every_mail_has_samples_and_no_sample_is_of_none() =>
        Assert.Equal(((IEnumerable<object[]>)MailTemplateTests.Files()).Select(row => ((string)row[0]).Split('.')[0]).Distinct().Order(), Samples.Mails.Order());

    [Fact]
    public void A_text_of_ones_own_is_taken()
    {
        var own = Shipped(Text.Name).Replace("様", "さん", StringComparison.Ordinal) + "\n{{#if minutes}}{{minutes}}分あれば済みます。{{else}}すぐ済みます。{{/if}}\n{{!-- a remark --}}";
        Assert.Empty(Check.Run(Text, own));
    }

    [Theory]
    [InlineData("{{personname}}", 1, "NameUnknown")]
    [InlineData("a\n{{title", 2, "TagNotClosed")]
    [InlineData("a\n\n{{#if minutes}}b", 3, "BlockNotClosed")]
    [InlineData("{{#if minutes}}b{{/unless}}", 1, "BlockClosedOtherwise")]
    [InlineData("a\n{{/if}}", 2, "BlockNotOpen")]
    [InlineData("a\n{{else}}", 2, "TagUnknown")]
    [InlineData("{{#if minutes}}a{{else}}{{nobody}}{{/if}}", 1, "NameUnknown")]
    [InlineData("{{> _footer}}", 1, "TagUnknown")]
    [InlineData("{{lookup this \"x\"}}", 1, "TagUnknown")]
    [InlineData("{{#*inline \"x\"}}{{/inline}}", 1, "TagUnknown")]
    [InlineData("{{title.Length}}", 1, "NameUnknown")]
    [InlineData("{{secretariat}}", 1, "NameUnknown")]
    [InlineData("{{#each title}}a{{/each}}", 1, "NameUnknown")]
    [InlineData("{{../title}}", 1, "TagUnknown")]
    [InlineData("  ", 0, "TemplateEmpty")]
    public void A_fault_is_named_with_its_line(string text, int line, string key) =>
        Assert.Contains(Check.Run(Text, text), fault => (fault.Line, fault.Key) == (line, key));

    [Theory]
    [InlineData("{{link}}", "")]
    [InlineData("{{secretariat.name}}", "鈴木")]
    public void What_the_shipped_text_always_says_stays_in(string name, string instead)
    {
        var fault = Assert.Single(Check.Run(Text, Shipped(Text.Name).Replace(name, instead, StringComparison.Ordinal)));
        Assert.Equal(("NameNeeded", name.Trim('{', '}')), (fault.Key, fault.Args[0]));
    }

    [Fact]
    public void A_link_in_one_branch_only_is_missing_in_the_other()
    {
        var own = Shipped(Text.Name).Replace("{{link}}", "{{#if minutes}}{{link}}{{/if}}", StringComparison.Ordinal);
        Assert.Equal("NameNeeded", Assert.Single(Check.Run(Text, own)).Key);
    }

    [Theory]
    [InlineData("<p>a<script>x()</script></p>", "MarkupNotAllowed")]
    [InlineData("<p>a</p><img src=\"https://elsewhere.test/seen.gif\">", "MarkupNotAllowed")]
    [InlineData("<p onclick=\"x()\">a</p>", "MarkupNotAllowed")]
    [InlineData("<a href=\"javascript:x()\">a</a>", "MarkupNotAllowed")]
    [InlineData("<p style=\"color:red\">a</p>", "MarkupNotAllowed")]
    [InlineData("<p class=\"{{title}}\">a</p>", "ValueInMarkup")]
    [InlineData("<a href={{link}}>a</a>", "ValueInMarkup")]
    [InlineData("<p><strong>a</p>", "MarkupClosedOtherwise")]
    [InlineData("<p>a", "MarkupNotClosed")]
    [InlineData("<p>{{{title}}}</p>", "RawNotAllowed")]
    public void Html_that_runs_asks_others_or_lets_values_become_markup_is_refused(string more, string key) =>
        Assert.Contains(Check.Run(Html, Shipped(Html.Name) + more), fault => fault.Key == key);

    [Theory]
    [InlineData("notifications/layout", "body")]
    [InlineData("notifications/digest", "html")]
    [InlineData("notifications/preview", "saidHtml")]
    public void What_is_markup_already_is_not_shown_as_its_tags(string mail, string name)
    {
        var part = new MailPart(mail, "ja", "html");
        Assert.Contains(Check.Run(part, Shipped(part.Name).Replace($"{{{{{{{name}}}}}}}", $"{{{{{name}}}}}", StringComparison.Ordinal)), fault => fault.Key == "RawNeeded" && (string)fault.Args[0] == name);
    }

    [Fact]
    public void A_japanese_subject_stays_short_and_lines_stay_one()
    {
        Assert.Equal("SubjectTooLong", Assert.Single(Check.Run(Text with { Part = "subject" }, new string('長', 41) + "｜{{company}}")).Key);
        Assert.Equal("LineNotOne", Assert.Single(Check.Run(Text with { Part = "line" }, Shipped(Text.Name.Replace(".text", ".line")) + "\nb")).Key);
        Assert.Equal("RowNotOne", Assert.Single(Check.Run(Text with { Part = "row" }, "<p><a href=\"{{link}}\">{{title}}</a></p>")).Key);
    }

    private static string Shipped(string name) => File.ReadAllText(Path.Combine(Settings.Templates, name + ".hbs"));
}
