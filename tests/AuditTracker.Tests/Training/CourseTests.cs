using AuditTracker.Platform.Files;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>The shipped courses, and how tests are drawn and marked.</summary>
public sealed class CourseTests
{
    private static readonly string Root = Path.Combine(AppContext.BaseDirectory, "templates", "training");

    public static TheoryData<string> Keys() => [.. Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];

    private static List<string> Texts(string key) => [.. CourseFile.Names.Select(name => File.ReadAllText(Path.Combine(Root, key, name)))];

    private static Course Shipped(string key) => CourseFile.Read(key, Texts(key));

    [Fact]
    public void Two_courses_ship() => Assert.Equal(["all-staff", "new-joiners"], Directory.EnumerateDirectories(Root).Select(path => Path.GetFileName(path)).Order());

    [Theory, MemberData(nameof(Keys))]
    public void A_shipped_course_has_fifteen_questions_and_shows_and_asks_for_the_four_contents(string key)
    {
        var course = Shipped(key);
        Assert.True(course.Questions.Count >= 15);
        Assert.Contains(course.Questions, question => question.IsMultiple);
        Assert.Contains(course.Questions, question => !question.IsMultiple);
        Assert.All(Course.Contents, content => Assert.True(course.Shown(content) is { Pages.Count: > 0, Questions: > 0 }, content));
        Assert.All(course.Pages, page => Assert.StartsWith("# ", page.Ja));
        // Choosing the longest choice, or always the same letter, must not pass.
        Assert.False(TestRules.Passes(course.Questions.Count(question => question.Right.SequenceEqual([Question.Letter(question.Ja.Choices.Select((choice, index) => (choice.Length, index)).Max().index)])), course.Questions.Count, course.PassMark));
        Assert.All("abcd", letter => Assert.False(TestRules.Passes(course.Questions.Count(question => question.Right.SequenceEqual([letter.ToString()])), course.Questions.Count, 50)));
    }

    [Theory, MemberData(nameof(Keys))]
    public void Every_test_asks_for_the_four_contents_without_a_question_twice(string key)
    {
        var course = Shipped(key);
        for (var seed = 0L; seed < 500; seed++)
        {
            var test = TestRules.Draw(course, seed);
            Assert.Equal(course.Drawn, test.Select(drawn => drawn.Id).Distinct().Count());
            Assert.All(Course.Contents, content => Assert.Contains(test, drawn => course.Find(drawn.Id).Shows == content));
            Assert.All(test, drawn => Assert.Equal(course.Find(drawn.Id).Ja.Choices.Select((_, index) => Question.Letter(index)), drawn.Order.Order()));
        }
    }

    [Fact]
    public void A_seed_draws_the_same_test_again_and_another_seed_another_one()
    {
        var course = Shipped("all-staff");
        static string Of(IReadOnlyList<DrawnQuestion> test) => string.Join(' ', test.Select(drawn => $"{drawn.Id}:{string.Concat(drawn.Order)}"));
        Assert.Equal(Of(TestRules.Draw(course, 42)), Of(TestRules.Draw(course, 42)));
        Assert.True(Enumerable.Range(0, 50).Select(seed => Of(TestRules.Draw(course, seed))).Distinct().Count() > 45);
        // Every question of the bank is asked sooner or later, and comes in any place.
        var asked = Enumerable.Range(0, 300).SelectMany(seed => TestRules.Draw(course, seed).Select((drawn, place) => (drawn.Id, place))).ToList();
        Assert.Equal(course.Questions.Count, asked.Select(pair => pair.Id).Distinct().Count());
        Assert.Equal(course.Drawn, asked.Where(pair => pair.Id == "q01").Select(pair => pair.place).Distinct().Count());
    }

    [Fact]
    public void Right_is_exactly_the_right_choices()
    {
        var question = new Question("q", 1, null, ["a", "c"], new("?", ["1", "2", "3"], "!"), new("?", ["1", "2", "3"], "!"));
        Assert.True(TestRules.IsRight(question, ["c", "a"]));
        Assert.False(TestRules.IsRight(question, ["a"]));
        Assert.False(TestRules.IsRight(question, ["a", "b", "c"]));
        Assert.False(TestRules.IsRight(question, []));
    }

    [Theory]
    [InlineData(8, 10, 80, 80, true)]
    [InlineData(7, 10, 80, 70, false)]
    [InlineData(2, 3, 67, 66, false)] // 66.67 %: not rounded up
    [InlineData(3, 3, 100, 100, true)]
    [InlineData(0, 0, 1, 0, false)]
    public void A_score_is_rounded_down_and_the_pass_mark_compared_before(int right, int asked, int mark, int score, bool passes)
    {
        Assert.Equal(score, TestRules.Score(right, asked));
        Assert.Equal(passes, TestRules.Passes(right, asked, mark));
    }

    [Theory]
    [InlineData(0, "pass_mark: 80", "pass_mark: 0", "CheckPassMark 0")]
    [InlineData(0, "drawn: 10", "drawn: 3", "CheckDrawn 3")]
    [InlineData(0, "shows: [policy]", "shows: []", "CheckContentPage policy")]
    [InlineData(1, "\n\n---\n\n# 3", "\n\n# 3", "pages are listed")]
    [InlineData(3, "right: [b]", "right: [z]", "CheckQuestionRight q")]
    [InlineData(3, "id: q02", "id: q01", "CheckQuestionId q01")]
    [InlineData(3, "shows: results", "shows: roles", "CheckContentQuestion results")]
    public void A_course_that_contradicts_itself_is_refused(int text, string from, string to, string fault)
    {
        var texts = Texts("all-staff");
        Assert.Contains(from, texts[text]);
        texts[text] = texts[text].Replace(from, to, StringComparison.Ordinal);
        Assert.Contains(fault, Assert.Throws<InvalidDataException>(() => CourseFile.Read("all-staff", texts)).Message);
    }

    [Fact]
    public async Task A_changed_course_is_a_new_version_and_the_old_one_stays()
    {
        await using var database = await TestDatabase.CreateAsync();
        var (load, store) = (database.Get<LoadCourses>(), database.Get<CourseStore>());
        Assert.Equal(0, await load.RunAsync());
        Assert.Equal(["all-staff", "new-joiners"], (await store.NewestAsync(default)).Select(course => course.Key));
        var folder = Directory.CreateTempSubdirectory("courses").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "all-staff"));
        foreach (var (name, text) in CourseFile.Names.Zip(Texts("all-staff")))
        {
            await File.WriteAllTextAsync(Path.Combine(folder, "all-staff", name), text.Replace("pass_mark: 80", "pass_mark: 90", StringComparison.Ordinal));
        }
        Assert.Equal(1, await load.RunAsync(folder));
        Assert.Equal(0, await load.RunAsync(folder));
        Assert.Equal((80, 90), ((await store.FindAsync("all-staff", 1, default))!.PassMark, (await store.FindAsync("all-staff", 2, default))!.PassMark));
        Assert.Null(await store.FindAsync("all-staff", 3, default));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Material_is_markup_without_HTML_scripts_or_styles()
    {
        var html = MarkdownText.ToHtml("# A <b>bold</b>\n\n[x](javascript:alert(1)) [y](https://example.test/a) [z](//evil.test) <javascript:alert(2)>\n\n|a|b|\n|:--|--:|\n|1|2|\n\n<script>alert(1)</script>", 2);
        Assert.Contains("<h2>A &lt;b&gt;bold&lt;/b&gt;</h2>", html);
        Assert.Contains("href=\"https://example.test/a\"", html);
        Assert.DoesNotContain("href=\"javascript:", html);
        Assert.DoesNotContain("//evil.test", html);
        Assert.DoesNotContain("<script", html);
        Assert.DoesNotContain("style=", html);
        Assert.Contains("<td class=\"num\">2</td>", html);
    }
}
