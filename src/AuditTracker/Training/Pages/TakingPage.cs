using System.Globalization;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace AuditTracker.Training.Pages;

/// <summary>
/// What the pages of somebody's own training share. They open for the signed-in person, and for a session that came by the link of a mail, which opens this training alone; to everybody
/// else they do not exist.
/// </summary>
public abstract class TakingPage(TakeTraining trainings, TrainingLinks links) : PageModel
{
    public Taking Taking { get; private set; } = null!;
    public Course Course { get; private set; } = null!;

    /// <summary>Came by a link: no menu, nothing else to open.</summary>
    public bool IsVisitor => HttpContext.Caller() is null;
    public string Language => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName;
    public string At => $"/training/mine/{Taking.Id}";
    protected TakeTraining Trainings => trainings;
    protected Taker Taker { get; private set; } = null!;

    protected async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        Response.Headers.CacheControl = "no-store";
        var session = Request.Cookies[TrainingLinks.CookieOf(id)];
        var user = HttpContext.Caller();
        // A signed-in person sees their own; the link's session counts only without one, so that two people at one machine are never mixed.
        var linked = user is null ? await links.OfSessionAsync(session, ct) : null;
        Taker = new(user is null ? new Actor("visitor", HttpContext.TraceIdentifier) : Actor.Of(user), user?.PersonId, linked, linked is null ? null : Secrets.Hash(session!));
        if (linked is null && user is null || await trainings.FindAsync(Taker, id, ct) is not { } taking)
        {
            return false;
        }
        (Taking, Course) = (taking, await trainings.CourseAsync(taking, ct));
        return true;
    }

    /// <summary>
    /// Not there. Nobody signed in is led to the sign-in page; who comes back by a session of a link that is over, or hands something in without one, is told to open the mail's link
    /// again: the same for trainings that exist and that do not.
    /// </summary>
    protected IActionResult Nowhere() => HttpContext.Caller() is not null ? NotFound()
        : !HttpMethods.IsGet(Request.Method) || Request.Cookies.ContainsKey(TrainingLinks.Cookie + RouteData.Values["id"]) ? LocalRedirect(TrainingLinks.Path)
        : Redirect($"{Access.SignInPath}?back={Uri.EscapeDataString(Request.Path + Request.QueryString)}");

    /// <summary>The page again with what a rule said, as it stands now.</summary>
    protected async Task<IActionResult> AgainAsync(long id, Platform.Refusal refusal, CancellationToken ct)
    {
        await LoadAsync(id, ct);
        return this.Refused(refusal);
    }
}
