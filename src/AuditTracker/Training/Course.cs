namespace AuditTracker.Training;

/// <summary>A version of a course as people read and answer it.</summary>
/// <param name="PassMark">Percent.</param>
/// <param name="Drawn">Questions of a test.</param>
/// <param name="Items">Items a campaign of it is evidence for, <c>framework:ref</c>.</param>
public sealed record Course(string Key, string TitleJa, string TitleEn, string AudienceJa, string AudienceEn, int Minutes, int PassMark, int Drawn, IReadOnlyList<MaterialPage> Pages, IReadOnlyList<Question> Questions, IReadOnlyList<string> Items)
{
    /// <summary>The four contents of J.4.3 a to d, in this order: the policies, why conforming matters, whose part is what, what a breach leads to.</summary>
    public static readonly IReadOnlyList<string> Contents = ["policy", "merits", "roles", "results"];

    public string Title(string language) => language == "en" ? TitleEn : TitleJa;

    public string Audience(string language) => language == "en" ? AudienceEn : AudienceJa;

    public Question Find(string id) => Questions.FirstOrDefault(question => question.Id == id) ?? throw new InvalidDataException($"Course {Key} has no question {id}.");

    /// <summary>Pages (from 1) that show a content, and how many questions ask for it.</summary>
    public (IReadOnlyList<int> Pages, int Questions) Shown(string content) =>
        ([.. Pages.Select((page, index) => (page, Number: index + 1)).Where(pair => pair.page.Shows.Contains(content)).Select(pair => pair.Number)], Questions.Count(question => question.Shows == content));
}

/// <summary>One page of the material, in Markdown.</summary>
/// <param name="Shows">Which of <see cref="Course.Contents"/> it shows.</param>
public sealed record MaterialPage(IReadOnlyList<string> Shows, string Ja, string En)
{
    public string Text(string language) => language == "en" ? En : Ja;
}

/// <summary>A question of the bank.</summary>
/// <param name="Page">Where the material says it, from 1.</param>
/// <param name="Shows">Which of <see cref="Course.Contents"/> it asks for; null: none of the four.</param>
/// <param name="Right">Letters of the right choices, in order.</param>
public sealed record Question(string Id, int Page, string? Shows, IReadOnlyList<string> Right, QuestionText Ja, QuestionText En)
{
    /// <summary>Several choices are right: boxes instead of buttons.</summary>
    public bool IsMultiple => Right.Count > 1;

    public QuestionText Text(string language) => language == "en" ? En : Ja;

    /// <summary>a, b, c … as the bank names its choices.</summary>
    public static string Letter(int index) => ((char)('a' + index)).ToString();
}

/// <summary>A question in one language.</summary>
public sealed record QuestionText(string Text, IReadOnlyList<string> Choices, string Explanation);
