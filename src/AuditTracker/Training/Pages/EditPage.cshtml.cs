using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>One page of a draft's material, in both languages; the number behind the last is a new one.</summary>
[May(Role.ComplianceManager)]
public sealed class EditPageModel(EditCourse edit, IStringLocalizer<Words> words) : CourseEditPage(edit, words)
{
    private const int MostText = 20_000;

    [FromRoute(Name = "number")] public int Number { get; set; }
    [BindProperty] public Form Input { get; set; } = new();
    [BindProperty] public string? Do { get; set; }
    public bool IsNew => Number == Course.Pages.Count + 1;
    public IReadOnlyList<string> Pdfs => [.. Course.Media!.Select(media => media.Name).Where(FileInline.IsPdf)];
    public bool HasMore => new[] { Input.FileJa, Input.FileEn, Input.LinkJa, Input.LinkEn }.Any(part => !string.IsNullOrEmpty(part));

    public sealed class Form
    {
        public string? Ja { get; set; }
        public string? En { get; set; }
        public List<string> Shows { get; set; } = [];
        public string? FileJa { get; set; }
        public string? FileEn { get; set; }
        public string? LinkJa { get; set; }
        public string? LinkEn { get; set; }
    }

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct) || Number < 1 || Number > Course.Pages.Count + 1)
        {
            return NotFound();
        }
        Version = Draft.Version;
        var page = IsNew ? new MaterialPage([], "", "") : Course.Pages[Number - 1];
        Input = new() { Ja = page.Ja, En = page.En, Shows = [.. page.Shows], FileJa = page.FileJa, FileEn = page.FileEn, LinkJa = page.LinkJa, LinkEn = page.LinkEn };
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => ActAsync(async () =>
    {
        foreach (var (field, link) in new[] { ("linkJa", Input.LinkJa), ("linkEn", Input.LinkEn) })
        {
            _ = string.IsNullOrWhiteSpace(link) || CourseCheck.IsLink(link.Trim()) ? link : throw InvalidInput.At<Words>(field, "LinkUnreadable");
        }
        foreach (var (field, text) in new[] { ("ja", Input.Ja), ("en", Input.En) })
        {
            _ = text is not { Length: > MostText } ? text : throw InvalidInput.At<Words>(field, "TextLength", MostText);
        }
        var page = new MaterialPage([.. Course.Contents.Where(Input.Shows.Contains)], Input.Ja ?? "", Input.En ?? "", Input.FileJa, Input.FileEn, Input.LinkJa, Input.LinkEn);
        await Edit.ChangeAsync(Caller, Key, Version, course => Number >= 1 && Number <= course.Pages.Count + 1 ? course.WithPage(Number, page) : throw new NotFound(), ct);
        return (Do == "look" ? $"/training/courses/{Key}/preview?draft=true&p={Number}" : $"{At}#pages", "DoneDraftSaved");
    }, ct);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken ct) => ActAsync(async () =>
    {
        await Edit.ChangeAsync(Caller, Key, Version, course => Number >= 1 && Number <= course.Pages.Count ? course.WithoutPage(Number) : throw new NotFound(), ct);
        return ($"{At}#pages", "DonePageRemoved");
    }, ct);
}
