using AuditTracker.Platform;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>One question of a draft's bank, in both languages; <c>new</c> is a new one. Which choices are right decides whether it is single or multiple choice.</summary>
[May(Role.ComplianceManager)]
public sealed class EditQuestionModel(EditCourse edit, IStringLocalizer<Words> words) : CourseEditPage(edit, words)
{
    public const int MostText = 1000, MostChoice = 500, MostExplanation = 2000;

    [FromRoute(Name = "id")] public string Id { get; set; } = "";
    [BindProperty] public Form Input { get; set; } = new();
    [BindProperty] public string? Do { get; set; }
    public bool IsNew => Id == "new";

    public sealed class Form
    {
        public string? TextJa { get; set; }
        public string? TextEn { get; set; }
        public List<Choice> Choices { get; set; } = [];
        public string? ExplanationJa { get; set; }
        public string? ExplanationEn { get; set; }
        public string? Shows { get; set; }
        public int Page { get; set; } = 1;
    }

    public sealed class Choice
    {
        public string? Ja { get; set; }
        public string? En { get; set; }
        public bool IsRight { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct) || !IsNew && Course.Questions.All(question => question.Id != Id))
        {
            return NotFound();
        }
        Version = Draft.Version;
        if (!IsNew)
        {
            var question = Course.Find(Id);
            Input = new()
            {
                TextJa = question.Ja.Text,
                TextEn = question.En.Text,
                ExplanationJa = question.Ja.Explanation,
                ExplanationEn = question.En.Explanation,
                Shows = question.Shows,
                Page = question.Page,
                Choices = [.. Enumerable.Range(0, Math.Max(question.Ja.Choices.Count, question.En.Choices.Count)).Select(index => new Choice { Ja = question.Ja.Choices.ElementAtOrDefault(index), En = question.En.Choices.ElementAtOrDefault(index), IsRight = question.Right.Contains(Question.Letter(index)) })],
            };
        }
        Lengthen();
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => ActAsync(async () =>
    {
        Lengthen();
        var choices = Input.Choices.Take(CourseCheck.MostChoices).Where(choice => !string.IsNullOrWhiteSpace(choice.Ja) || !string.IsNullOrWhiteSpace(choice.En)).ToList();
        if (string.IsNullOrWhiteSpace(Input.TextJa))
        {
            throw InvalidInput.At<Words>("textJa", "QuestionEmpty");
        }
        foreach (var (field, most, texts) in new (string, int, IEnumerable<string?>)[]
        {
            ("textJa", MostText, [Input.TextJa]), ("textEn", MostText, [Input.TextEn]), ("choices", MostChoice, choices.SelectMany(choice => new[] { choice.Ja, choice.En })),
            ("explanationJa", MostExplanation, [Input.ExplanationJa]), ("explanationEn", MostExplanation, [Input.ExplanationEn]),
        })
        {
            _ = texts.All(text => text is not { Length: var length } || length <= most) ? texts : throw InvalidInput.At<Words>(field, "TextLength", most);
        }
        var english = !string.IsNullOrWhiteSpace(Input.TextEn) || choices.Any(choice => !string.IsNullOrWhiteSpace(choice.En));
        var question = new Question(Id, Input.Page, Course.Contents.Contains(Input.Shows ?? "") ? Input.Shows : null,
            [.. choices.Select((choice, index) => (choice, index)).Where(pair => pair.choice.IsRight).Select(pair => Question.Letter(pair.index))],
            new(Trim(Input.TextJa), [.. choices.Select(choice => Trim(choice.Ja))], Trim(Input.ExplanationJa)),
            english ? new(Trim(Input.TextEn), [.. choices.Select(choice => Trim(choice.En))], Trim(Input.ExplanationEn)) : QuestionText.None with { Explanation = Trim(Input.ExplanationEn) });
        await Edit.ChangeAsync(Caller, Key, Version, course => IsNew || course.Questions.Any(known => known.Id == Id) ? course.WithQuestion(IsNew ? null : Id, question) : throw new NotFound(), ct);
        return (Do == "next" ? $"{At}/questions/new" : $"{At}#bank", "DoneDraftSaved");
    }, ct);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken ct) => ActAsync(async () =>
    {
        await Edit.ChangeAsync(Caller, Key, Version, course => course.WithoutQuestion(Id), ct);
        return ($"{At}#bank", "DoneQuestionRemoved");
    }, ct);

    /// <summary>Two more lines than are filled, at least four and at most eight.</summary>
    private void Lengthen()
    {
        var filled = Input.Choices.FindLastIndex(choice => !string.IsNullOrWhiteSpace(choice.Ja) || !string.IsNullOrWhiteSpace(choice.En)) + 1;
        while (Input.Choices.Count < Math.Clamp(filled + 2, 4, CourseCheck.MostChoices))
        {
            Input.Choices.Add(new());
        }
    }

    private static string Trim(string? typed) => (typed ?? "").Replace("\0", "", StringComparison.Ordinal).ReplaceLineEndings("\n").Trim();
}
