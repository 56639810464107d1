using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace AuditTracker.Evidence.Pages;

/// <summary>
/// Where files are sent. The form is read as it arrives, so neither model binding nor the framework's antiforgery may touch it: the token
/// is the form's first field and is checked before any file is read.
/// </summary>
[May(Role.ComplianceManager, Role.ControlOwner)]
[IgnoreAntiforgeryToken, ReadsFormItself]
public sealed class HandInModel(ShowCollection show, HandIn handIn, DraftStore drafts, EvidenceFile files, BlobStore blobs, Settings settings, IStringLocalizerFactory texts, IStringLocalizer<Words> words) : CollectionPage(show, words)
{
    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct))
        {
            return NotFound();
        }
        Input = HandInFields.From(View.Draft);
        return Page();
    }

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        KeepsForm = true;
        Upload? upload = null;
        try
        {
            upload = await ReadAsync(() => handIn.CheckAsync(Caller, id, Input.Key, ct), ct);
            if (await NotTakenAsync(upload, ct) is { Count: > 0 } refused)
            {
                return await AgainAsync(id, upload, () => Refuse(refused), ct);
            }
            await handIn.SubmitAsync(Caller, id, HandInForm.Read(upload, Named, View.Day.FiscalYear) with { IdempotencyKey = Input.Key }, ct);
            if (Input.IsPart == "true")
            {
                return this.Done(Action(null), T["DonePart", id, DateText.Table(View.Row.DueOn)]);
            }
            return this.Done(Action(null), T[View.Day.Today > View.Row.LateAfter ? "DoneHandedInLate" : "DoneHandedIn", id, View.Row.ReviewerName]);
        }
        catch (Refusal refusal)
        {
            Input.Key = refusal.Key == FormKey.Used ? HandInFields.NewKey() : Input.Key;
            return await AgainAsync(id, upload, () => this.Refused(refusal), ct);
        }
        catch (UploadRefusedException refused) when (refused.IsTooMuch())
        {
            return this.TooMuch(refused, T);
        }
    }

    /// <summary>下書き保存: what was typed and sent stays for the next time.</summary>
    public async Task<IActionResult> OnPostDraftAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        KeepsForm = true;
        var upload = await ReadAsync(() => Task.CompletedTask, ct);
        try
        {
            await drafts.SaveAsync(Caller, id, Input.Typed, ct);
        }
        catch (Refusal refusal)
        {
            return await AgainAsync(id, upload, () => this.Refused(refusal), ct);
        }
        if (await NotTakenAsync(upload, ct) is { Count: > 0 } refused)
        {
            return await AgainAsync(id, upload, () => Refuse(refused), ct);
        }
        await drafts.KeepAsync(Caller, id, upload.Files, ct);
        return this.Done(Action(null), T["DoneDraft"]);
    }

    /// <summary>Script: one file, sent as soon as it is chosen. 201 with its facts, or 4xx with the sentence to show.</summary>
    public async Task<IActionResult> OnPostFileAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        try
        {
            var upload = await ReadAsync(() => Task.CompletedTask, ct);
            if (await NotTakenAsync(upload, ct) is { Count: > 0 } refused)
            {
                return Said(StatusCodes.Status400BadRequest, refused[0]);
            }
            var kept = await drafts.KeepAsync(Caller, id, upload.Files, ct);
            return kept.Count == 0 ? Said(StatusCodes.Status400BadRequest, T["NothingHandedIn"]) : new JsonResult(new { id = kept[0].Id, fileName = kept[0].FileName, size = Prose.Size(kept[0].Size), sha256 = kept[0].Sha256 }) { StatusCode = StatusCodes.Status201Created };
        }
        catch (Refusal refusal)
        {
            return Said(StatusCodes.Status400BadRequest, refusal.In(texts));
        }
    }

    /// <summary>Script: a file of the draft is taken out again.</summary>
    public async Task<IActionResult> OnPostDropAsync(long id, long file, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        await ReadAsync(() => Task.CompletedTask, ct);
        await drafts.DropAsync(Caller, id, file, ct);
        return StatusCode(StatusCodes.Status204NoContent);
    }

    /// <summary>Script: what was typed, kept while the person is still at it.</summary>
    public async Task<IActionResult> OnPostTypedAsync(long id, CancellationToken ct)
    {
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        await ReadAsync(() => Task.CompletedTask, ct);
        await drafts.SaveAsync(Caller, id, Input.Typed, ct);
        return StatusCode(StatusCodes.Status204NoContent);
    }

    private CurrentUser Caller => HttpContext.CurrentUser();

    private static JsonResult Said(int status, string sentence) => new(new { error = sentence }) { StatusCode = status };

    private async Task<Upload> ReadAsync(Func<Task> check, CancellationToken ct)
    {
        var token = MultipartUpload.Antiforgery(HttpContext);
        return await MultipartUpload.ReadAsync(HttpContext, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes }, async fields =>
        {
            Keep(fields);
            if (!await token(fields))
            {
                return false;
            }
            await check();
            return true;
        }, ct);
    }

    /// <summary>The sentences about files that are not taken.</summary>
    private async Task<List<string>> NotTakenAsync(Upload upload, CancellationToken ct) =>
    [
        .. upload.TooLarge.Select(name => T["FileTooLargeHere", name, Prose.Size(settings.UploadMaxBytes)].Value),
        .. (await files.SortAsync(upload.Files, ct)).Refused.Select(why => why.In(texts)),
    ];

    private IActionResult Refuse(IEnumerable<string> sentences)
    {
        foreach (var sentence in sentences)
        {
            ModelState.AddModelError("Input.File", sentence);
        }
        return this.Invalid();
    }

    /// <summary>The form again: the files that can be taken are kept in the draft and need not be sent twice.</summary>
    private async Task<IActionResult> AgainAsync(long id, Upload? upload, Func<IActionResult> answer, CancellationToken ct)
    {
        if (upload is not null)
        {
            var kept = await drafts.KeepAsync(Caller, id, (await files.SortAsync(upload.Files, ct)).Taken, ct);
            Input.Draft = [.. Input.Draft ?? [], .. kept.Select(file => file.Id)];
        }
        await LoadAsync(id, ct);
        return answer();
    }

    private static string Named(string field) => $"Input.{char.ToUpperInvariant(field[0])}{field[1..]}";

    private void Keep(IReadOnlyDictionary<string, StringValues> fields)
    {
        string? Field(string name) => fields.TryGetValue(Named(name), out var values) ? values.ToString() : null;
        Input = new HandInFields
        {
            CapturedOn = Field("capturedOn"),
            Note = Field("note"),
            Link = Field("link"),
            Statement = Field("statement"),
            Nothing = Field("nothing"),
            OnBehalfOf = Field("onBehalfOf"),
            IsPart = Field("isPart"),
            Rest = Field("rest"),
            RestBy = Field("restBy"),
            UsedPart = fields.TryGetValue(Named("usedPart"), out var parts) ? [.. parts.Select(value => long.TryParse(value, out var known) ? known : 0)] : null,
            Draft = fields.TryGetValue(Named("draft"), out var ids) ? [.. ids.Select(value => long.TryParse(value, out var known) ? known : 0)] : [],
            Key = Field("key") is { Length: > 0 and <= 100 } key ? key : Input.Key,
        };
    }
}
