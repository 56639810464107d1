using AuditTracker.Platform.Files;

namespace AuditTracker.Training;

/// <summary>Why a course cannot be published.</summary>
/// <param name="Word">Key of the room's words; its values are <paramref name="Args"/>.</param>
/// <param name="Page">The page of the material it is about, from 1.</param>
/// <param name="Question">The question it is about.</param>
public sealed record CourseProblem(string Word, IReadOnlyList<object> Args, int? Page = null, string? Question = null)
{
    public override string ToString() => $"{Word} {string.Join(' ', Args)}".TrimEnd();
}

/// <summary>
/// What holds of every course somebody takes; pure. Each question has right answers and an explanation, both languages stand there or a reason why not, and the four contents of J.4.3 are shown
/// in the material and asked for in the bank.
/// </summary>
public static class CourseCheck
{
    public const int MostPages = 60, MostQuestions = 300, MostChoices = 8, MostCharacters = 2_000_000;

    /// <summary>How many characters a course has in all its texts, each counted as often as it stands there.</summary>
    public static long LengthOf(Course course)
    {
        static long Of(params IEnumerable<string?> texts) => texts.Sum(text => (long)(text?.Length ?? 0));
        static long OfText(QuestionText text) => Of([text.Text, text.Explanation, .. text.Choices]);
        return Of([course.Key, course.TitleJa, course.TitleEn, course.AudienceJa, course.AudienceEn, course.NoEnglish, .. course.Items])
            + course.Pages.Sum(page => Of([page.Ja, page.En, page.FileJa, page.FileEn, page.LinkJa, page.LinkEn, .. page.Shows]))
            + course.Questions.Sum(question => Of([question.Id, question.Shows, .. question.Right]) + OfText(question.Ja) + OfText(question.En));
    }

    public static IReadOnlyList<CourseProblem> Of(Course course)
    {
        var found = new List<CourseProblem>();
        void Require(bool holds, string word, params object[] args)
        {
            if (!holds)
            {
                found.Add(new(word, args));
            }
        }
        var bothLanguages = string.IsNullOrWhiteSpace(course.NoEnglish);
        Require(course.TitleJa.Length > 0 && course.AudienceJa.Length > 0, "CheckTitle");
        Require(!bothLanguages || course.TitleEn.Length > 0 && course.AudienceEn.Length > 0, "CheckTitleEnglish");
        Require(course.Minutes is >= 1 and <= 600, "CheckMinutes", course.Minutes);
        Require(course.PassMark is >= 1 and <= 100, "CheckPassMark", course.PassMark);
        Require(course.Items.Count > 0 && course.Items.All(item => item.IndexOf(':', StringComparison.Ordinal) is > 0 and var at && at < item.Length - 1), "CheckItems");
        Require(course.Pages.Count is > 0 and <= MostPages, "CheckPages", course.Pages.Count, MostPages);
        Require(course.Questions.Count <= MostQuestions, "CheckQuestions", course.Questions.Count, MostQuestions);
        Require(course.Drawn >= Course.Contents.Count && course.Drawn <= course.Questions.Count, "CheckDrawn", course.Drawn, course.Questions.Count, Course.Contents.Count);
        foreach (var content in Course.Contents)
        {
            Require(course.Pages.Any(page => page.Shows.Contains(content)), "CheckContentPage", content);
            Require(course.Questions.Any(question => question.Shows == content), "CheckContentQuestion", content);
        }
        foreach (var (page, number) in course.Pages.Select((page, index) => (page, index + 1)))
        {
            found.AddRange(OfPage(course, page, bothLanguages).Select(word => new CourseProblem(word.Word, [number, .. word.Args], Page: number)));
        }
        var ids = new HashSet<string>();
        foreach (var question in course.Questions)
        {
            found.AddRange(OfQuestion(course, question, bothLanguages, isKnown: !ids.Add(question.Id)).Select(word => new CourseProblem(word, [question.Id], Question: question.Id)));
        }
        return found;
    }

    /// <summary>Whether an address may stand in the material.</summary>
    public static bool IsLink(string link) => link.Length <= 2000 && Uri.TryCreate(link, UriKind.Absolute, out var uri) && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.Host.Length > 0;

    private static IEnumerable<(string Word, object[] Args)> OfPage(Course course, MaterialPage page, bool bothLanguages)
    {
        static bool Empty(params string?[] parts) => parts.All(string.IsNullOrWhiteSpace);
        if (Empty(page.Ja, page.FileJa, page.LinkJa))
        {
            yield return ("CheckPageEmpty", []);
        }
        if (bothLanguages && Empty(page.En, page.FileEn, page.LinkEn))
        {
            yield return ("CheckPageEnglish", []);
        }
        if (!page.Shows.All(Course.Contents.Contains))
        {
            yield return ("CheckPageShows", []);
        }
        foreach (var name in new[] { page.FileJa, page.FileEn }.Where(name => !Empty(name) && (course.FindMedia(name!) is null || !FileInline.IsPdf(name!))))
        {
            yield return ("CheckPageFile", [name!]);
        }
        if (new[] { page.LinkJa, page.LinkEn }.Any(link => !Empty(link) && !IsLink(link!)))
        {
            yield return ("CheckPageLink", []);
        }
        foreach (var name in new[] { page.Ja, page.En }.SelectMany(MarkdownText.Pictures).Distinct().Where(name => course.FindMedia(name) is null || !FileInline.IsPicture(name)))
        {
            yield return ("CheckPagePicture", [name]);
        }
    }

    private static IEnumerable<string> OfQuestion(Course course, Question question, bool bothLanguages, bool isKnown)
    {
        if (question.Id.Length == 0 || isKnown)
        {
            yield return "CheckQuestionId";
        }
        if (question.Page < 1 || question.Page > course.Pages.Count)
        {
            yield return "CheckQuestionPage";
        }
        if (question.Shows is { } shows && !Course.Contents.Contains(shows))
        {
            yield return "CheckQuestionShows";
        }
        var hasEnglish = bothLanguages || question.En.Text.Length > 0;
        if (question.Ja.Choices.Count is < 2 or > MostChoices || hasEnglish && question.Ja.Choices.Count != question.En.Choices.Count)
        {
            yield return "CheckQuestionChoices";
        }
        var texts = hasEnglish ? new[] { question.Ja, question.En } : [question.Ja];
        if (texts.Any(text => text.Text.Length == 0 || text.Choices.Any(choice => choice.Length == 0)))
        {
            yield return "CheckQuestionText";
        }
        if (texts.Any(text => text.Explanation.Length == 0))
        {
            yield return "CheckQuestionExplanation";
        }
        if (texts.Any(text => text.Choices.Distinct().Count() != text.Choices.Count))
        {
            yield return "CheckQuestionTwice";
        }
        if (question.Right.Count == 0 || question.Right.Distinct().Count() != question.Right.Count || !question.Right.All(letter => letter.Length == 1 && letter[0] - 'a' is >= 0 and var index && index < question.Ja.Choices.Count))
        {
            yield return "CheckQuestionRight";
        }
    }
}
