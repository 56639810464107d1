using AuditTracker.Platform.Templates;

namespace AuditTracker.Tests.Platform.Templates;

public sealed class TemplatesTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("templates").FullName;
    private readonly AuditTracker.Platform.Templates.Templates templates;

    public TemplatesTests() => templates = new(root);

    public void Dispose() => Directory.Delete(root, recursive: true);

    private void Write(string name, string text)
    {
        var path = Path.Combine(root, name + ".hbs");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [Theory]
    [InlineData("m.ja.html", "&lt;b&gt; &amp; 髙﨑")]
    [InlineData("m.ja.row", "&lt;b&gt; &amp; 髙﨑")]
    [InlineData("m.ja.text", "<b> & 髙﨑")]
    [InlineData("m.ja.line", "<b> & 髙﨑")]
    [InlineData("m.ja.subject", "<b> & 髙﨑")]
    public void Only_html_is_escaped_and_kanji_stay(string name, string expected)
    {
        Write(name, "{{value}}");

        Assert.Equal(expected, templates.Render(name, new { value = "<b> & 髙﨑" }));
        Assert.Equal(expected, templates.Render(name, new Dictionary<string, object?> { ["value"] = "<b> & 髙﨑" }));
    }

    [Fact]
    public void Quotes_cannot_leave_an_attribute()
    {
        Write("a.html", "<a href=\"{{url}}\" title='{{url}}'>");

        var text = templates.Render("a.html", new { url = "x\"onclick='y" });

        Assert.DoesNotContain("\"onclick", text);
        Assert.DoesNotContain("'y", text);
    }

    [Theory]
    [InlineData("{{dueOn}}", "dueOn")]
    [InlineData("{{person.dueOn}}", "dueOn")]
    [InlineData("{{#if dueOn}}x{{/if}}", "dueOn")]
    [InlineData("{{#each items}}{{dueOn}}{{/each}}", "dueOn")]
    [InlineData("{{#each dueOn}}x{{/each}}", "dueOn")]
    [InlineData("{{#with person}}{{dueOn}}{{/with}}", "dueOn")]
    public void A_name_the_model_does_not_have_is_named(string text, string field)
    {
        Write("mail/x.ja.text", text);

        var wrong = Assert.Throws<TemplateException>(() => templates.Render("mail/x.ja.text", Model()));

        Assert.Equal("mail/x.ja.text", wrong.Template);
        Assert.Contains("mail/x.ja.text", wrong.Message);
        Assert.Contains(field, wrong.Message);

        static object Model() => new Dictionary<string, object?>
        {
            ["person"] = new Dictionary<string, object?> { ["name"] = "n" },
            ["items"] = new[] { new { title = "t" } },
        };
    }

    [Fact]
    public void A_name_that_is_null_or_empty_is_no_mistake()
    {
        Write("x.text", "[{{a}}{{b}}{{#if a}}no{{else}}yes{{/if}}]");

        Assert.Equal("[yes]", templates.Render("x.text", new Dictionary<string, object?> { ["a"] = null, ["b"] = "" }));
    }

    [Fact]
    public void A_subject_is_one_line()
    {
        Write("x.subject", "【期限 {{day}}】\r\n{{title}}\n");

        Assert.Equal("【期限 3日】 a Bcc: b@c.example", templates.Render("x.subject", new { day = "3日", title = "a\r\nBcc: b@c.example" }));
    }

    [Fact]
    public void Partials_are_of_the_same_language_and_kind()
    {
        Write("mail/_foot.ja.html", "<p>{{name}} より</p>");
        Write("mail/_foot.en.html", "<p>from {{name}}</p>");
        Write("mail/_foot.text", "-- {{name}}");
        Write("mail/_frame.html", "<main>{{> @partial-block}}</main>");
        Write("mail/room/a.ja.html", "{{#> _frame}}本文{{> _foot}}{{/_frame}}");
        Write("mail/room/a.en.html", "{{#each rows}}{{title}};{{/each}}{{> _foot}}");
        Write("mail/room/a.ja.text", "{{> _foot}}");
        Write("mail/room/b.ja.text", "{{> _none}}");
        var model = new { name = "A&B", rows = new[] { new { title = "x" }, new { title = "y" } } };

        Assert.Equal("<main>本文<p>A&amp;B より</p></main>", templates.Render("mail/room/a.ja.html", model));
        Assert.Equal("x;y;<p>from A&amp;B</p>", templates.Render("mail/room/a.en.html", model));
        Assert.Equal("-- A&B", templates.Render("mail/room/a.ja.text", model));
        Assert.Contains("_none", Assert.Throws<TemplateException>(() => templates.Render("mail/room/b.ja.text", model)).Message);
    }

    [Fact]
    public void A_missing_or_broken_template_is_named()
    {
        Write("broken.text", "{{#if a}}");

        Assert.Contains("none.text", Assert.Throws<TemplateException>(() => templates.Render("none.text", new { })).Message);
        Assert.Contains("broken.text", Assert.Throws<TemplateException>(() => templates.Render("broken.text", new { a = 1 })).Message);
        Assert.Throws<TemplateException>(() => templates.Render("../../etc/passwd", new { }));
        Assert.False(templates.Has("none.text"));
        Assert.True(templates.Has("broken.text"));
    }

    [Fact]
    public void Many_threads_render_at_once()
    {
        Write("_p.text", "{{i}}");
        Write("x.text", "{{> _p}}");

        Parallel.For(0, 500, i => Assert.Equal($"{i}", templates.Render("x.text", new { i })));
    }
}
