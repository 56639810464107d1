namespace AuditTracker.Training;

/// <summary>A version of a course, or a draft of one, as people read and answer it.</summary>
/// <param name="PassMark">Percent.</param>
/// <param name="Drawn">Questions of a test.</param>
/// <param name="Items">Items a campaign of it is evidence for, <c>framework:ref</c>.</param>
/// <param name="Media">Pictures and PDFs its pages name; null in versions kept before there were any.</param>
/// <param name="IsFixed">Questions and choices come in the bank's order instead of by chance.</param>
/// <param name="NoEnglish">Why there is no English; Japanese stands in its place then.</param>
public sealed record Course(string Key, string TitleJa, string TitleEn, string AudienceJa, string AudienceEn, int Minutes, int PassMark, int Drawn, IReadOnlyList<MaterialPage> Pages, IReadOnlyList<Question> Questions, IReadOnlyList<string> Items,
    IReadOnlyList<CourseMedia>? Media = null, bool IsFixed = false, string? NoEnglish = null)
{
    /// <summary>The four contents of J.4.3 a to d, in this order: the policies, why conforming matters, whose part is what, what a breach leads to.</summary>
    public static readonly IReadOnlyList<string> Contents = ["policy", "merits", "roles", "results"];

    public string Title(string language) => In(language, TitleJa, TitleEn);

    public string Audience(string language) => In(language, AudienceJa, AudienceEn);

    public Question Find(string id) => Questions.FirstOrDefault(question => question.Id == id) ?? throw new InvalidDataException($"Course {Key} has no question {id}.");

    /// <summary>A picture or PDF by the name the material gives it, or null.</summary>
    public CourseMedia? FindMedia(string name) => Media?.FirstOrDefault(media => media.Name == name);

    /// <summary>Pages (from 1) that show a content, and how many questions ask for it.</summary>
    public (IReadOnlyList<int> Pages, int Questions) Shown(string content) =>
        ([.. Pages.Select((page, index) => (page, Number: index + 1)).Where(pair => pair.page.Shows.Contains(content)).Select(pair => pair.Number)], Questions.Count(question => question.Shows == content));

    /// <summary>The English text, or the Japanese one where there is none.</summary>
    internal static string In(string language, string ja, string en) => language == "en" && en.Length > 0 ? en : ja;
}

/// <summary>A picture or PDF of a course.</summary>
/// <param name="Name">As the material names it: <c>![…](name)</c>.</param>
public sealed record CourseMedia(string Name, string Sha256, string MediaType, long Size);

/// <summary>One page of the material: Markdown, a PDF, a link, or several of them.</summary>
/// <param name="Shows">Which of <see cref="Course.Contents"/> it shows.</param>
/// <param name="FileJa">Name of a PDF among the course's media; empty or null: none.</param>
/// <param name="LinkJa">Address on the web; empty or null: none.</param>
public sealed record MaterialPage(IReadOnlyList<string> Shows, string Ja, string En, string? FileJa = null, string? FileEn = null, string? LinkJa = null, string? LinkEn = null)
{
    public string Text(string language) => Course.In(language, Ja, En);

    public string? File(string language) => Course.In(language, FileJa ?? "", FileEn ?? "") is { Length: > 0 } name ? name : null;

    public string? Link(string language) => Course.In(language, LinkJa ?? "", LinkEn ?? "") is { Length: > 0 } link ? link : null;
}

/// <summary>A question of the bank.</summary>
/// <param name="Page">Where the material says it, from 1.</param>
/// <param name="Shows">Which of <see cref="Course.Contents"/> it asks for; null: none of the four.</param>
/// <param name="Right">Letters of the right choices, in order.</param>
public sealed record Question(string Id, int Page, string? Shows, IReadOnlyList<string> Right, QuestionText Ja, QuestionText En)
{
    /// <summary>Several choices are right: boxes instead of buttons.</summary>
    public bool IsMultiple => Right.Count > 1;

    public QuestionText Text(string language) => language == "en" && En.Text.Length > 0 ? En : Ja;

    /// <summary>a, b, c … as the bank names its choices.</summary>
    public static string Letter(int index) => ((char)('a' + index)).ToString();
}

/// <summary>A question in one language.</summary>
public sealed record QuestionText(string Text, IReadOnlyList<string> Choices, string Explanation)
{
    public static readonly QuestionText None = new("", [], "");
}
