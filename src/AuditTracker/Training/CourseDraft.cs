namespace AuditTracker.Training;

/// <summary>What stands at the head of a course.</summary>
public sealed record CourseFacts(string TitleJa, string TitleEn, string AudienceJa, string AudienceEn, int Minutes, int PassMark, int Drawn, bool IsFixed, string? NoEnglish, IReadOnlyList<string> Items);

/// <summary>What is done to a draft, part by part; pure. Questions keep pointing to the page they were written for.</summary>
public static class CourseDraft
{
    /// <summary>A line that would begin another page when the course is written to a file.</summary>
    private static string Text(string? text) => string.Join('\n', (text ?? "").ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd() == "---" ? "***" : line.Replace("\0", "", StringComparison.Ordinal))).Trim();

    public static Course New(string key, string titleJa, string titleEn) =>
        new(key, titleJa.Trim(), titleEn.Trim(), "", "", 15, 80, 10, [new MaterialPage([], "", "")], [], ["pmark-jisq15001-2023:J.4.3", "iso27001-2022:7.3", "iso27001-2022:A.6.3"]);

    public static Course With(this Course course, CourseFacts facts) => course with
    {
        TitleJa = facts.TitleJa.Trim(),
        TitleEn = facts.TitleEn.Trim(),
        AudienceJa = facts.AudienceJa.Trim(),
        AudienceEn = facts.AudienceEn.Trim(),
        Minutes = facts.Minutes,
        PassMark = facts.PassMark,
        Drawn = facts.Drawn,
        IsFixed = facts.IsFixed,
        NoEnglish = string.IsNullOrWhiteSpace(facts.NoEnglish) ? null : facts.NoEnglish.Trim(),
        Items = [.. facts.Items.Select(item => item.Trim()).Where(item => item.Length > 0).Distinct()],
    };

    /// <param name="number">From 1; one behind the last adds a page.</param>
    public static Course WithPage(this Course course, int number, MaterialPage page)
    {
        var pages = course.Pages.ToList();
        var clean = page with { Ja = Text(page.Ja), En = Text(page.En), FileJa = Given(page.FileJa), FileEn = Given(page.FileEn), LinkJa = Given(page.LinkJa), LinkEn = Given(page.LinkEn) };
        if (number == pages.Count + 1)
        {
            pages.Add(clean);
        }
        else
        {
            pages[number - 1] = clean;
        }
        return course with { Pages = pages };
    }

    /// <summary>Without a page; questions about it then lead nowhere, which the check says.</summary>
    public static Course WithoutPage(this Course course, int number) => course with
    {
        Pages = [.. course.Pages.Where((_, index) => index != number - 1)],
        Questions = [.. course.Questions.Select(question => question with { Page = question.Page == number ? 0 : question.Page > number ? question.Page - 1 : question.Page })],
    };

    /// <summary>A page one place further up.</summary>
    public static Course WithPageUp(this Course course, int number)
    {
        if (number < 2 || number > course.Pages.Count)
        {
            return course;
        }
        var pages = course.Pages.ToList();
        (pages[number - 2], pages[number - 1]) = (pages[number - 1], pages[number - 2]);
        return course with { Pages = pages, Questions = [.. course.Questions.Select(question => question with { Page = question.Page == number ? number - 1 : question.Page == number - 1 ? number : question.Page })] };
    }

    /// <param name="id">Of the question that is changed; null adds one.</param>
    public static Course WithQuestion(this Course course, string? id, Question question)
    {
        var named = question with { Id = id ?? NextId(course), Right = [.. question.Right.Distinct().Order(StringComparer.Ordinal)] };
        return course with { Questions = id is null ? [.. course.Questions, named] : [.. course.Questions.Select(known => known.Id == id ? named : known)] };
    }

    public static Course WithoutQuestion(this Course course, string id) => course with { Questions = [.. course.Questions.Where(question => question.Id != id)] };

    /// <summary>q01, q02 …; one that was taken away is not given again while a higher one stands.</summary>
    private static string NextId(Course course) => $"q{course.Questions.Select(question => question.Id.StartsWith('q') && int.TryParse(question.Id[1..], out var number) ? number : 0).DefaultIfEmpty(0).Max() + 1:00}";

    private static string? Given(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
