using AuditTracker.Platform;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Primitives;

namespace AuditTracker.Evidence.Pages;

/// <summary>
/// Where files are sent. The form is read as it arrives, so neither model binding nor the framework's antiforgery may touch it: the token
/// is the form's first field and is checked before any file is read.
/// </summary>
[May(Role.ComplianceManager, Role.ControlOwner)]
[IgnoreAntiforgeryToken, ReadNoForm]
public sealed class HandInModel(ShowCollection show, HandIn handIn, BlobStore blobs, Settings settings, IStringLocalizer<Words> words) : CollectionPage(show, words)
{
    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) => await LoadAsync(id, ct) ? Page() : NotFound();

    public async Task<IActionResult> OnPostAsync(long id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (!await LoadAsync(id, ct) || !View.Terms.MayHandIn)
        {
            return NotFound();
        }
        KeepsForm = true;
        try
        {
            var token = MultipartUpload.Antiforgery(HttpContext);
            var upload = await MultipartUpload.ReadAsync(HttpContext, blobs, new UploadLimits { MaxFileBytes = settings.UploadMaxBytes }, async fields =>
            {
                Keep(fields);
                if (!await token(fields))
                {
                    return false;
                }
                await handIn.CheckAsync(user, id, Input.Key, ct);
                return true;
            }, ct);
            if (upload.TooLarge.Count > 0)
            {
                return this.Invalid("Input.File", T["FileTooLargeHere", upload.TooLarge[0], Prose.Size(settings.UploadMaxBytes)]);
            }
            await handIn.SubmitAsync(user, id, HandInForm.Read(upload, Named) with { IdempotencyKey = Input.Key }, ct);
            return this.Done(Action(null), T[View.Day.Today > View.Row.LateAfter ? "DoneHandedInLate" : "DoneHandedIn", id, View.Row.ReviewerName]);
        }
        catch (Refusal refusal)
        {
            await LoadAsync(id, ct);
            return this.Refused(refusal);
        }
        catch (UploadRefusedException refused) when (refused.Reason is UploadRefusal.TooManyFiles or UploadRefusal.FieldTooLarge or UploadRefusal.RequestTooLarge)
        {
            ModelState.AddModelError("Input.File", T["Upload" + refused.Reason]);
            Response.StatusCode = refused.StatusCode;
            return Page();
        }
    }

    private static string Named(string field) => $"Input.{char.ToUpperInvariant(field[0])}{field[1..]}";

    private void Keep(IReadOnlyDictionary<string, StringValues> fields)
    {
        string? Field(string name) => fields.TryGetValue(Named(name), out var values) ? values.ToString() : null;
        Input = new HandInFields { CapturedOn = Field("capturedOn"), Note = Field("note"), Link = Field("link"), Statement = Field("statement"), Key = Field("key") is { Length: > 0 and <= 100 } key ? key : Input.Key };
    }

    /// <summary>Keeps model binding away from the body.</summary>
    [AttributeUsage(AttributeTargets.Class)]
    private sealed class ReadNoFormAttribute : Attribute, IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            context.ValueProviderFactories.RemoveType<FormValueProviderFactory>();
            context.ValueProviderFactories.RemoveType<FormFileValueProviderFactory>();
            context.ValueProviderFactories.RemoveType<JQueryFormValueProviderFactory>();
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}
