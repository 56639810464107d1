using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Training.Pages;

/// <summary>A draft as a whole: what is missing, its pages, its questions, its files, and publishing it.</summary>
[May(Role.ComplianceManager)]
[RequestSizeLimit(210 << 20), RequestFormLimits(MultipartBodyLengthLimit = 210 << 20)]
public sealed class EditCourseModel(EditCourse edit, CourseArchive archive, CourseFiles shown, BlobStore blobs, IStringLocalizer<Words> words) : CourseEditPage(edit, words)
{
    [BindProperty] public Form Input { get; set; } = new();

    /// <summary>The draft that the form of the facts shows.</summary>
    public int Seen { get; private set; }

    public sealed class Form
    {
        public string? TitleJa { get; set; }
        public string? TitleEn { get; set; }
        public string? AudienceJa { get; set; }
        public string? AudienceEn { get; set; }
        public string? NoEnglish { get; set; }
        public string? Minutes { get; set; }
        public string? Drawn { get; set; }
        public string? PassMark { get; set; }
        public bool IsFixed { get; set; }
        public string? Items { get; set; }
        public List<IFormFile> File { get; set; } = [];
    }

    /// <summary>The first words of a page.</summary>
    public string HeadOf(MaterialPage page) => page.Text(Told.Language).Split('\n')[0].TrimStart('#', ' ') is { Length: > 0 } head ? head.Length > 60 ? head[..59] + "…" : head : page.File(Told.Language) ?? page.Link(Told.Language) ?? T["PageWithoutText"];

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        if (!await LoadAsync(ct))
        {
            return NotFound();
        }
        Fill();
        return Page();
    }

    public Task<IActionResult> OnPostAsync(CancellationToken ct) => ActAsync(async () =>
    {
        Seen = Version;
        var facts = new CourseFacts(Input.TitleJa ?? "", Input.TitleEn ?? "", Input.AudienceJa ?? "", Input.AudienceEn ?? "", Number(Input.Minutes, "minutes"), Number(Input.PassMark, "passMark"), Number(Input.Drawn, "drawn"), Input.IsFixed, Input.NoEnglish, (Input.Items ?? "").Split('\n'));
        await Edit.ChangeAsync(Caller, Key, Version, course => course.With(facts), ct);
        return (At, "DoneDraftSaved");
    }, ct);

    public Task<IActionResult> OnPostUpAsync(int number, CancellationToken ct) => OtherAsync(async () =>
    {
        await Edit.ChangeAsync(Caller, Key, Version, course => course.WithPageUp(number), ct);
        return ($"{At}#pages", "DoneDraftSaved");
    }, ct);

    public Task<IActionResult> OnPostUploadAsync(CancellationToken ct) => OtherAsync(async () =>
    {
        var files = Input.File;
        if (files.Count == 0)
        {
            throw InvalidInput.At<Words>("file", "MediaEmpty");
        }
        if (files.FirstOrDefault(file => file.Length > EditCourse.MostBytes) is { } large)
        {
            throw InvalidInput.At<Words>("file", "MediaTooLarge", FileNames.Safe(large.FileName), EditCourse.MostBytes >> 20);
        }
        var stored = new List<UploadedFile>();
        foreach (var file in files)
        {
            await using var content = file.OpenReadStream();
            var name = FileNames.Safe(file.FileName);
            stored.Add(new("file", name, MediaTypes.Of(name), await blobs.SaveAsync(content, EditCourse.MostBytes, ct)));
        }
        await Edit.AddMediaAsync(Caller, Key, stored, ct);
        return ($"{At}#media", "DoneMedia");
    }, ct);

    public Task<IActionResult> OnPostPublishAsync(CancellationToken ct) => OtherAsync(async () =>
    {
        await Edit.PublishAsync(Caller, Key, Version, ct);
        return ($"/training/courses/{Key}", "DonePublished");
    }, ct);

    public Task<IActionResult> OnPostDiscardAsync(CancellationToken ct) => OtherAsync(async () =>
    {
        await Edit.DiscardAsync(Caller, Key, Version, ct);
        return ("/training/courses", "DoneDiscarded");
    }, ct);

    public async Task<IActionResult> OnGetMediaAsync(string? name, CancellationToken ct) => await LoadAsync(ct) && Course.FindMedia(name ?? "") is { } media ? await shown.ShowAsync(media, ct) : NotFound();

    public async Task<IActionResult> OnGetExportAsync(CancellationToken ct) => await LoadAsync(ct) ? new CourseZip(archive, Course, $"{Key}-draft.zip") : NotFound();

    /// <summary>A form of the page other than that of its facts: these show what holds.</summary>
    private Task<IActionResult> OtherAsync(Func<Task<(string, string)>> act, CancellationToken ct) => ActAsync(() =>
    {
        Fill();
        return act();
    }, ct);

    private void Fill()
    {
        Seen = Draft.Version;
        Input = new()
        {
            TitleJa = Course.TitleJa,
            TitleEn = Course.TitleEn,
            AudienceJa = Course.AudienceJa,
            AudienceEn = Course.AudienceEn,
            NoEnglish = Course.NoEnglish,
            Minutes = $"{Course.Minutes}",
            Drawn = $"{Course.Drawn}",
            PassMark = $"{Course.PassMark}",
            IsFixed = Course.IsFixed,
            Items = string.Join('\n', Course.Items),
            File = Input.File,
        };
    }

    private static int Number(string? typed, string field) => int.TryParse((typed ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim(), out var number) && number is >= 0 and <= 1000 ? number : throw InvalidInput.At<Words>(field, "NumberUnreadable");
}
