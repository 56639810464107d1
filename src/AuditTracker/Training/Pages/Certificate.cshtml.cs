using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;

namespace AuditTracker.Training.Pages;

/// <summary>The certificate of completion, to print or keep.</summary>
[AllowAnonymous]
public sealed class CertificateModel(TakeTraining trainings, TrainingLinks links) : TakingPage(trainings, links)
{
    public async Task<IActionResult> OnGetAsync(long id, CancellationToken ct) =>
        !await LoadAsync(id, ct) ? Nowhere() : Taking.CompletedAt is null ? LocalRedirect(At) : Page();
}
