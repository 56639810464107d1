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
    public List<string> Items { get; set; } = [];
    public List<PageEntry> Pages { get; set; } = [];

    public sealed class PageEntry
    {
        public List<string> Shows { get; set; } = [];
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
        var file = YamlFile.Parse<CourseFile>(texts[0], $"{folder}/{Names[0]}");
        var (ja, en) = (PagesOf(texts[1]), PagesOf(texts[2]));
        var bank = YamlFile.Parse<Bank>(texts[3], $"{folder}/{Names[3]}").Questions;
        void Require(bool holds, string fault)
        {
            if (!holds)
            {
                throw new InvalidDataException($"Course {folder}: {fault}.");
            }
        }
        Require(file.Key == folder, $"its key is \"{file.Key}\"");
        Require(file.TitleJa.Length > 0 && file.TitleEn.Length > 0 && file.AudienceJa.Length > 0 && file.AudienceEn.Length > 0, "both titles and audiences are needed");
        Require(file.Minutes is >= 1 and <= 600, "minutes are from 1 to 600");
        Require(file.PassMark is >= 1 and <= 100, "the pass mark is from 1 to 100");
        Require(file.Pages.Count > 0 && file.Pages.Count == ja.Length && file.Pages.Count == en.Length, $"{file.Pages.Count} pages are listed, the material has {ja.Length} in Japanese and {en.Length} in English");
        Require(file.Items.Count > 0 && file.Items.All(item => item.Contains(':', StringComparison.Ordinal)), "it names no item it is evidence for");
        Require(file.Drawn >= Course.Contents.Count && file.Drawn <= bank.Count, $"{file.Drawn} questions cannot be drawn of {bank.Count} so that the four contents are asked for");
        foreach (var content in Course.Contents)
        {
            Require(file.Pages.Any(page => page.Shows.Contains(content)), $"no page shows {content}");
            Require(bank.Any(question => question.Shows == content), $"no question asks for {content}");
        }
        Require(file.Pages.SelectMany(page => page.Shows).All(Course.Contents.Contains), "a page shows a content that is none of the four");
        var ids = new HashSet<string>();
        foreach (var question in bank)
        {
            Require(question.Id.Length > 0 && ids.Add(question.Id), $"question \"{question.Id}\" has no id of its own");
            Require(question.Page >= 1 && question.Page <= file.Pages.Count, $"{question.Id} leads to page {question.Page}");
            Require(question.Shows is null || Course.Contents.Contains(question.Shows), $"{question.Id} asks for \"{question.Shows}\"");
            Require(question.Ja.Choices.Count is >= 2 and <= 8 && question.Ja.Choices.Count == question.En.Choices.Count, $"{question.Id} has other choices in English");
            Require(new[] { question.Ja, question.En }.All(text => text.Text.Length > 0 && text.Explanation.Length > 0 && text.Choices.All(choice => choice.Length > 0) && text.Choices.Distinct().Count() == text.Choices.Count), $"{question.Id} lacks a text or has a choice twice");
            Require(question.Right.Count > 0 && question.Right.Distinct().Count() == question.Right.Count && question.Right.All(letter => letter.Length == 1 && letter[0] - 'a' is >= 0 and var index && index < question.Ja.Choices.Count), $"{question.Id} has a right choice that is none");
        }
        return new Course(file.Key, file.TitleJa, file.TitleEn, file.AudienceJa, file.AudienceEn, file.Minutes, file.PassMark, file.Drawn,
            [.. file.Pages.Select((page, index) => new MaterialPage(page.Shows, ja[index], en[index]))],
            [.. bank.Select(question => new Question(question.Id, question.Page, question.Shows, [.. question.Right.Order(StringComparer.Ordinal)], Text(question.Ja), Text(question.En)))], file.Items);
    }

    private static QuestionText Text(TextEntry entry) => new(entry.Text, entry.Choices, entry.Explanation);

    private static string[] PagesOf(string material) => [.. PageEnd().Split(material.ReplaceLineEndings("\n")).Select(page => page.Trim()).Where(page => page.Length > 0)];

    // A table's second line has more than dashes, a heading's underline follows its text without an empty line.
    [GeneratedRegex("(?<=\n)\n---\n(?=\n)")]
    private static partial Regex PageEnd();
}
