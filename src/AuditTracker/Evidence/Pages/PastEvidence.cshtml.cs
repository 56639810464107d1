using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>
/// Choosing a ZIP, or a sheet and its files; nothing becomes evidence before its differences were seen. The form is read as it arrives (see
/// <see cref="HandInModel"/>).
/// </summary>
[May(Role.ComplianceManager)]
[IgnoreAntiforgeryToken, ReadsFormItself]
public sealed class PastEvidenceModel(CheckPastEvidence check, PastEvidenceStore past, BlobStore blobs, BusinessClock clock, Settings settings, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>Only names the field; files go past model binding.</summary>
    public sealed class Fields
    {
        public string? File { get; set; }
    }

    public Fields Input { get; } = new();
    public IReadOnlyList<PastRun> Runs { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken ct) => Runs = await past.ListAsync(HttpContext.CurrentUser(), 20, ct);

    /// <summary>The sheet to fill in.</summary>
    public async Task<IActionResult> OnGetSheetAsync(CancellationToken ct)
    {
        var bytes = await PastEvidenceText.FormAsync(words, await past.RequestsAsync(HttpContext.CurrentUser(), ct), Prose.Language, (await clock.NowAsync(ct)).Now);
        return File(bytes, WorkbookWriter.MediaType, $"{words["PastFormName"].Value}.xlsx");
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken ct)
    {
        await OnGetAsync(ct);
        try
        {
            var upload = await MultipartUpload.ReadAsync(HttpContext, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes, MaxFiles = 2000 }, MultipartUpload.Antiforgery(HttpContext), ct);
            if (upload.TooLarge.Count > 0)
            {
                return this.Invalid("Input.File", words["FileTooLargeHere", upload.TooLarge[0], Prose.Size(settings.UploadMaxBytes)]);
            }
            return LocalRedirect($"/evidence/past/{await check.CheckAsync(HttpContext.CurrentUser(), upload.Files, ct)}");
        }
        catch (Refusal refusal)
        {
            return this.Refused(refusal);
        }
        catch (UploadRefusedException refused) when (refused.Reason is UploadRefusal.TooManyFiles or UploadRefusal.RequestTooLarge)
        {
            return this.TooMuch(refused, words["PastUploadTooLarge"].Value);
        }
    }
}
