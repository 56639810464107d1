using AuditTracker.Calendar;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Trail.Pages;

/// <summary>The trail: who did what, when?</summary>
[May(Role.Administrator, Role.ComplianceManager, Role.InternalAuditor)]
public sealed class TrailModel(TrailStore trail, TrailProtection protection, TrailWords say, SubjectLinks links, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>Rows are what acts leave behind; people read acts unless they ask for more.</summary>
    public const string Rows = "row", Everything = "all";

    [FromQuery(Name = "subject")] public string? Subject { get; set; }
    [FromQuery(Name = "actor")] public string? Actor { get; set; }
    [FromQuery(Name = "what")] public string? What { get; set; }
    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "from")] public string? From { get; set; }
    [FromQuery(Name = "to")] public string? To { get; set; }

    public bool IsProtected { get; private set; }
    public SealState? Seal { get; private set; }
    public int Total { get; private set; }
    public TrailPage Found { get; private set; } = new([], null, null);
    public IReadOnlyList<Chip> Chips { get; private set; } = [];
    public TrailWords Say => say;

    public string? LinkOf(TrailEntry entry) => links.Of(HttpContext.CurrentUser(), entry.Subject);

    public async Task<IActionResult> OnGetAsync(long? after, long? before, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        (Subject, Actor, What) = (TrailApi.Given(Subject), TrailApi.Given(Actor), TrailApi.Given(What));
        Kind = Kind is Rows or Everything ? Kind : null;
        IsProtected = await protection.IsProtectedAsync(ct);
        Seal = await trail.SealStateAsync(user, ct);
        var (from, to) = (Day(nameof(From), From), Day(nameof(To), To));
        var actors = Actor is null ? null : await trail.ActorsAsync(user, Actor, ct);
        if (!ModelState.IsValid)
        {
            return this.Invalid();
        }
        var filter = new TrailFilter(Subject, actors, What, Kind switch { Everything => null, Rows => "row", _ => "act" }, from, to);
        Total = await trail.CountAsync(user, filter, ct);
        Found = await trail.ListAsync(user, filter, after, before, ct: ct);
        Chips = [.. InForce()];
        return Page();
    }

    private DateOnly? Day(string field, string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        if (DateInput.Parse(text).Day is { } day)
        {
            return day;
        }
        ModelState.AddModelError(field, words["DateUnreadable", text]);
        return null;
    }

    private IEnumerable<Chip> InForce()
    {
        if (Subject is not null)
        {
            yield return new(words["ChipSubject", Subject], "subject");
        }
        if (Actor is not null)
        {
            yield return new(words["ChipActor", say.Who(Actor, Found.Entries.FirstOrDefault(entry => entry.Actor == Actor)?.ActorName)], "actor");
        }
        if (What is not null)
        {
            yield return new(say.What(Kind ?? "act", What), "what");
        }
        if (Kind is not null)
        {
            yield return new(words[Kind == Rows ? "KindRows" : "KindAll"], "kind");
        }
        if (!string.IsNullOrWhiteSpace(From))
        {
            yield return new(words["ChipFrom", From], "from");
        }
        if (!string.IsNullOrWhiteSpace(To))
        {
            yield return new(words["ChipTo", To], "to");
        }
    }
}
