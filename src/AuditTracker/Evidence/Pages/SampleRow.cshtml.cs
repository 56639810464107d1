using System.Globalization;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace AuditTracker.Evidence.Pages;

/// <summary>One drawn row: what stands in it, and what came of looking at it. The form is read as it arrives (see <see cref="HandInModel"/>).</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
[IgnoreAntiforgeryToken, ReadsFormItself]
public sealed class SampleRowModel(SampleStore samples, JudgeSample judge, DrawSample draw, BlobStore blobs, Settings settings, IStringLocalizer<Words> words) : PageModel
{
    public sealed class Fields
    {
        /// <summary>The result the page showed.</summary>
        public long? Seen { get; set; }
        public string? Result { get; set; }
        public string? Note { get; set; }
        public string? Link { get; set; }
        public string? Reason { get; set; }

        /// <summary>Only names the field; files go past model binding.</summary>
        public string? File { get; set; }
    }

    public Fields Input { get; private set; } = new();
    public Sample Sample { get; private set; } = null!;
    public SampleRow Row { get; private set; } = null!;
    public IReadOnlyList<SampleFile> Files { get; private set; } = [];
    public IReadOnlyList<SampleResult> Results { get; private set; } = [];
    public long? Before { get; private set; }
    public long? After { get; private set; }

    /// <summary>Somebody else's result came between; it is shown, and the next press is about it.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>The form with the files came back; browsers do not keep what was chosen.</summary>
    public bool IsRefused { get; private set; }
    public bool MayJudge => Sample is { MayWork: true, State: "drawn" } && Row.ReplacedAt is null;

    public IReadOnlyList<HistoryEntry> History => [.. Results.Select(one => new HistoryEntry(one.At, one.By, SampleText.Word(words, one.Result), one.Link, one.Note.Length > 0 ? one.Note : null))];

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input = new Fields { Seen = Row.ResultId, Result = Row.Result, Note = Row.Note, Link = Row.Link };
        return Page();
    }

    public Task<IActionResult> OnPostAsync(long id, CancellationToken ct) => DoAsync(id, async upload =>
    {
        if (upload.TooLarge.Count > 0)
        {
            throw InvalidInput.At<Words>("file", "FileTooLargeHere", upload.TooLarge[0], Prose.Size(settings.UploadMaxBytes));
        }
        await judge.RunAsync(HttpContext.CurrentUser(), id, new RowInput(Input.Result, Input.Note, Input.Link, upload.Files, Input.Seen), ct);
        return After is { } next ? $"/evidence/sample-rows/{next}" : $"/evidence/samples/{Sample.Id}";
    }, "DoneSampleRow", ct, () => judge.CheckAsync(HttpContext.CurrentUser(), id, new RowInput(Input.Result, Input.Note, Input.Link, [], Input.Seen), ct));

    public Task<IActionResult> OnPostRemoveAsync(long id, long file, CancellationToken ct) => DoAsync(id, async _ =>
    {
        await judge.RemoveFileAsync(HttpContext.CurrentUser(), id, file, ct);
        return $"/evidence/sample-rows/{id}";
    }, "DoneSampleFileRemoved", ct);

    public Task<IActionResult> OnPostReplaceAsync(long id, CancellationToken ct) => DoAsync(id, async _ =>
    {
        await draw.ReplaceAsync(HttpContext.CurrentUser(), id, Input.Reason ??= "", ct);
        return $"/evidence/samples/{Sample.Id}";
    }, "DoneSampleReplaced", ct);

    /// <summary>Reads the form, does it and goes on; a refusal is the same page with everything typed.</summary>
    private async Task<IActionResult> DoAsync(long id, Func<Upload, Task<string>> act, string done, CancellationToken ct, Func<Task>? check = null)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        try
        {
            return this.Done(await act(await ReadAsync(check, ct)), words[done]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            IsRefused = check is not null;
            IsChanged = refusal.Key == "SampleRowChanged" && Row.Result is not null;
            if (IsChanged)
            {
                Input.Seen = Row.ResultId;
            }
            if (Input.Seen is null)
            {
                // The other form of the page was sent; this one shows what holds.
                Input = new Fields { Seen = Row.ResultId, Result = Row.Result, Note = Row.Note, Link = Row.Link, Reason = Input.Reason };
            }
            return this.Refused(refusal);
        }
        catch (UploadRefusedException refused) when (refused.IsTooMuch())
        {
            IsRefused = true;
            return this.TooMuch(refused, words);
        }
    }

    /// <param name="check">Asked before any file is read.</param>
    private async Task<Upload> ReadAsync(Func<Task>? check, CancellationToken ct)
    {
        var token = MultipartUpload.Antiforgery(HttpContext);
        if (!Request.HasFormContentType || Request.ContentType!.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase))
        {
            return await MultipartUpload.ReadAsync(HttpContext, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes, MaxFiles = JudgeSample.MostFiles }, async fields =>
            {
                Keep(fields);
                if (!await token(fields))
                {
                    return false;
                }
                await (check?.Invoke() ?? Task.CompletedTask);
                return true;
            }, ct);
        }
        // The small forms of the page carry no files.
        var form = (await Request.ReadFormAsync(ct)).ToDictionary();
        Keep(form);
        return await token(form) ? new Upload(form, [], []) : throw new UploadRefusedException(UploadRefusal.FieldsRefused);
    }

    private async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        if (await samples.RowAsync(HttpContext.CurrentUser(), id, ct) is not { } found)
        {
            return false;
        }
        (Row, Files, Results, Before, After) = found;
        Sample = (await samples.FindAsync(HttpContext.CurrentUser(), Row.SampleId, ct))!;
        return Sample is not null;
    }

    private void Keep(IReadOnlyDictionary<string, StringValues> fields)
    {
        string? Field(string name) => fields.TryGetValue($"Input.{name}", out var values) ? values.ToString() : null;
        Input = new Fields
        {
            Seen = long.TryParse(Field("Seen"), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : null,
            Result = Field("Result"),
            Note = Field("Note"),
            Link = Field("Link"),
            Reason = Field("Reason"),
        };
    }
}
