using System.Text.RegularExpressions;
using AuditTracker.Platform.Files;

namespace AuditTracker.Training;

/// <summary>A folder of <c>templates/training</c>: <c>course.yaml</c>, the material in both languages, <c>questions.yaml</c>.</summary>
internal sealed partial class CourseFile
{
    public string Key { get; set; } = "";
    public string TitleJa { get; set; } = "";
    public string TitleEn { get; set; } = "";
    public string AudienceJa { get; set; } = "";
    public string AudienceEn { get; set; } = "";
    public int Minutes { get; set; }
    public int PassMark { get; set; }
    public int Drawn { get; set; }
    public bool FixedOrder { get; set; }
    public string? NoEnglish { get; set; }
    public List<string> Items { get; set; } = [];
    public List<PageEntry> Pages { get; set; } = [];

    public sealed class PageEntry
    {
        public List<string> Shows { get; set; } = [];
        public string? FileJa { get; set; }
        public string? FileEn { get; set; }
        public string? LinkJa { get; set; }
        public string? LinkEn { get; set; }
    }

    public sealed class Bank
    {
        public List<QuestionEntry> Questions { get; set; } = [];
    }

    public sealed class QuestionEntry
    {
        public string Id { get; set; } = "";
        public int Page { get; set; }
        public string? Shows { get; set; }
        public List<string> Right { get; set; } = [];
        public TextEntry Ja { get; set; } = new();
        public TextEntry En { get; set; } = new();
    }

    public sealed class TextEntry
    {
        public string Text { get; set; } = "";
        public List<string> Choices { get; set; } = [];
        public string Explanation { get; set; } = "";
    }

    /// <summary>Names of the files that make a course, in the order in which they are hashed.</summary>
    public static readonly IReadOnlyList<string> Names = ["course.yaml", "material.ja.md", "material.en.md", "questions.yaml"];

    /// <summary>Reads and checks a course.</summary>
    /// <param name="texts">The texts of <see cref="Names"/>.</param>
    /// <exception cref="InvalidDataException">It contradicts itself; names course and fault.</exception>
    public static Course Read(string folder, IReadOnlyList<string> texts)
    {
        var course = Parse(folder, texts);
        if (course.Key != folder)
        {
            throw new InvalidDataException($"Course {folder}: its key is \"{course.Key}\".");
        }
        return CourseCheck.Of(course) is [var problem, ..] ? throw new InvalidDataException($"Course {folder}: {problem}.") : course;
    }

    /// <summary>Reads a course as it stands, whatever is still missing; without its media.</summary>
    /// <exception cref="InvalidDataException">No YAML, an empty entry, a list that is too long, or pages that do not fit the material.</exception>
    public static Course Parse(string folder, IReadOnlyList<string> texts)
    {
        var file = YamlFile.Parse<CourseFile>(texts[0], $"{folder}/{Names[0]}");
        var (ja, en) = (PagesOf(texts[1]), PagesOf(texts[2]));
        // Counted before anything is copied: an alias makes a long list out of few letters.
        IReadOnlyList<T> Given<T>(List<T>? entries, string list, int most = MostEntries) where T : class => entries switch
        {
            null => [],
            _ when entries.Count > most => throw new InvalidDataException($"Course {folder}: {list} has {entries.Count} entries, at most {most} are read."),
            _ when entries.Contains(null!) => throw new InvalidDataException($"Course {folder}: {list} has an empty entry."),
            _ => entries,
        };
        IReadOnlyList<string> Texts(List<string>? entries, string list) => [.. Given(entries, list).Select(Plain)];
        QuestionText Text(TextEntry? entry) => entry is null ? QuestionText.None : new(Plain(entry.Text), Texts(entry.Choices, "choices"), Plain(entry.Explanation));
        var pages = Given(file.Pages, "pages", CourseCheck.MostPages);
        var bank = Given(YamlFile.Parse<Bank>(texts[3], $"{folder}/{Names[3]}").Questions, "questions", CourseCheck.MostQuestions);
        if (pages.Count != ja.Length || pages.Count != en.Length)
        {
            throw new InvalidDataException($"Course {folder}: {pages.Count} pages are listed, the material has {ja.Length} in Japanese and {en.Length} in English.");
        }
        return new Course(Plain(file.Key), Plain(file.TitleJa), Plain(file.TitleEn), Plain(file.AudienceJa), Plain(file.AudienceEn), file.Minutes, file.PassMark, file.Drawn,
            [.. pages.Select((page, index) => new MaterialPage(Texts(page.Shows, "shows"), ja[index], en[index], Maybe(page.FileJa), Maybe(page.FileEn), Maybe(page.LinkJa), Maybe(page.LinkEn)))],
            [.. bank.Select(question => new Question(Plain(question.Id), question.Page, Maybe(question.Shows), [.. Texts(question.Right, "right").Order(StringComparer.Ordinal)], Text(question.Ja), Text(question.En)))],
            Texts(file.Items, "items"), null, file.FixedOrder, Maybe(file.NoEnglish));
    }

    /// <summary>The texts of <see cref="Names"/> that <see cref="Parse"/> reads as this course.</summary>
    public static IReadOnlyList<string> Write(Course course) =>
    [
        YamlFile.Write(new CourseFile
        {
            Key = course.Key, TitleJa = course.TitleJa, TitleEn = course.TitleEn, AudienceJa = course.AudienceJa, AudienceEn = course.AudienceEn, Minutes = course.Minutes, PassMark = course.PassMark, Drawn = course.Drawn,
            FixedOrder = course.IsFixed, NoEnglish = course.NoEnglish, Items = [.. course.Items],
            Pages = [.. course.Pages.Select(page => new PageEntry { Shows = [.. page.Shows], FileJa = page.FileJa, FileEn = page.FileEn, LinkJa = page.LinkJa, LinkEn = page.LinkEn })],
        }),
        string.Join(Break, course.Pages.Select(page => page.Ja.ReplaceLineEndings("\n").Trim())) + "\n",
        string.Join(Break, course.Pages.Select(page => page.En.ReplaceLineEndings("\n").Trim())) + "\n",
        YamlFile.Write(new Bank { Questions = [.. course.Questions.Select(question => new QuestionEntry { Id = question.Id, Page = question.Page, Shows = question.Shows, Right = [.. question.Right], Ja = Entry(question.Ja), En = Entry(question.En) })] }),
    ];

    /// <summary>Of each list beside pages and questions.</summary>
    private const int MostEntries = 100;

    private const string Break = "\n\n---\n\n";

    /// <summary>What stands after a key; nothing there is an empty text, and the database keeps no NUL.</summary>
    private static string Plain(string? text) => (text ?? "").Replace("\0", "", StringComparison.Ordinal);

    private static string? Maybe(string? text) => text is null ? null : Plain(text);

    private static TextEntry Entry(QuestionText text) => new() { Text = text.Text, Choices = [.. text.Choices], Explanation = text.Explanation };

    private static string[] PagesOf(string material) => [.. PageEnd().Split(Plain(material).ReplaceLineEndings("\n")).Select(page => page.Trim())];

    // A table's second line has more than dashes, a heading's underline follows its text without an empty line.
    [GeneratedRegex("(?<=\n)\n---\n(?=\n)")]
    private static partial Regex PageEnd();
}
