using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Html;

namespace AuditTracker.Training.Pages;

/// <summary>A page of material, drawn the same for who takes it and who previews it.</summary>
/// <param name="At">Where pictures and PDFs of the course are fetched, up to the name.</param>
/// <param name="Level">Of its headings: beneath others where the page is not its own.</param>
public sealed record MaterialView(Course Course, int Number, string Title, string Language, string At, int Level = 1)
{
    private MaterialPage Page => Course.Pages[Number - 1];

    public int Count => Course.Pages.Count;

    /// <summary>Its Markdown holds no HTML, and no picture but the course's own.</summary>
    public IHtmlContent Markup => new HtmlString(MarkdownText.ToHtml(Page.Text(Language), Level, picture: name => Course.FindMedia(name) is not null && FileInline.IsPicture(name) ? Of(name) : null));
    public string? FileName => Page.File(Language) is { } name && Course.FindMedia(name) is not null ? name : null;
    public string? FileHref => FileName is { } name ? Of(name) : null;
    public string? Link => Page.Link(Language) is { } link && CourseCheck.IsLink(link) ? link : null;
    public string LinkHost => Link is { } link ? new Uri(link).Host : "";

    private string Of(string name) => At + Uri.EscapeDataString(name);
}

/// <summary>A question, drawn the same for who answers it and who previews it.</summary>
/// <param name="Order">Letters of its choices as they are shown.</param>
public sealed record QuestionView(Question Question, string Language, IReadOnlyList<string> Order, IReadOnlyList<string> Chosen, string? Problem);
