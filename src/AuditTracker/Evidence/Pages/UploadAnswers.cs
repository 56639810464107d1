using AuditTracker.Platform.Files;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>What the pages say whose form is read as it arrives, when it is too much to be read.</summary>
internal static class UploadAnswers
{
    /// <summary>Too many or too large: the person can mend that in the form. Anything else is no form of ours.</summary>
    public static bool IsTooMuch(this UploadRefusedException refused) => refused.Reason is UploadRefusal.TooManyFiles or UploadRefusal.FieldTooLarge or UploadRefusal.RequestTooLarge;

    /// <summary>The form again, with the sentence at its files.</summary>
    public static PageResult TooMuch(this PageModel page, UploadRefusedException refused, IStringLocalizer<Words> words) => page.TooMuch(refused, words["Upload" + refused.Reason].Value);

    /// <param name="sentence">What this page says of it.</param>
    public static PageResult TooMuch(this PageModel page, UploadRefusedException refused, string sentence)
    {
        page.ModelState.AddModelError("Input.File", sentence);
        page.Response.StatusCode = refused.StatusCode;
        return page.Page();
    }
}
