using AuditTracker.Platform.Security;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Evidence.Pages;

/// <summary>One file: what it is, when it was taken, and its beginning.</summary>
[May(Role.ComplianceManager, Role.InternalAuditor, Role.Management, Role.ControlOwner, Role.Reviewer)]
public sealed class PreviewModel(SubmissionStore submissions, ShowCollection show, PreviewEvidence preview) : PageModel
{
    public CollectionView View { get; private set; } = null!;
    public SubmissionRow Submission { get; private set; } = null!;
    public Preview Look { get; private set; } = null!;

    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await submissions.FileAsync(user, id, ct) is not { } file || await submissions.CollectionOfAsync(user, file.SubmissionId, ct) is not { } collection || await show.FindAsync(user, collection, ct) is not { } view)
        {
            return NotFound();
        }
        (View, Submission, Look) = (view, view.Submissions.First(one => one.Id == file.SubmissionId), preview.Of(file));
        return Page();
    }
}
