using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Workbooks;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Trail.Pages;

/// <summary>The trail: who did what, when?</summary>
[May(Role.Administrator, Role.ComplianceManager, Role.InternalAuditor)]
public sealed class TrailModel(TrailStore trail, Verifications verifications, TrailProtection protection, TrailWords say, SubjectLinks links, IStringLocalizer<AuditTracker.Trail.Words> words) : PageModel
{
    /// <summary>Rows are what acts leave behind; people read acts unless they ask for more.</summary>
    public const string Rows = "row", Everything = "all";

    /// <summary>Rows of a page: fewer than elsewhere, for each names more.</summary>
    public const int PageSize = 40;

    [FromQuery(Name = "subject")] public string? Subject { get; set; }
    [FromQuery(Name = "actor")] public string? Actor { get; set; }
    [FromQuery(Name = "what")] public string? What { get; set; }
    [FromQuery(Name = "kind")] public string? Kind { get; set; }
    [FromQuery(Name = "from")] public string? From { get; set; }
    [FromQuery(Name = "to")] public string? To { get; set; }

    public bool IsProtected { get; private set; }
    public SealState? Seal { get; private set; }
    public Verification? Newest { get; private set; }
    public Verification? Ended { get; private set; }
    public bool MayAsk { get; private set; }
    public int Total { get; private set; }
    public ListPage<TrailEntry> Found { get; private set; } = new([], null, null);
    public IReadOnlyList<Chip> Chips { get; private set; } = [];
    public TrailWords Say => say;

    public string? LinkOf(TrailEntry entry) => links.Of(HttpContext.CurrentUser(), entry.Subject);

    public async Task<IActionResult> OnGetAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await FilterAsync(user, ct) is not { } filter)
        {
            return this.Invalid();
        }
        MayAsk = Verifications.MayAsk(user);
        (Newest, Ended) = await verifications.LastAsync(user, ct);
        IsProtected = await protection.IsProtectedAsync(ct);
        Total = await trail.CountAsync(user, filter, ct);
        Found = await trail.ListAsync(user, filter, Request.Slice(TrailOrders.Time) with { Size = PageSize }, ct);
        Chips = [.. InForce()];
        return Page();
    }

    /// <summary>What the bar asks every few seconds.</summary>
    public async Task<IActionResult> OnGetVerificationAsync(CancellationToken ct) =>
        (await verifications.LastAsync(HttpContext.CurrentUser(), ct)).Newest is { } run
            ? new JsonResult(new { state = run.State, stage = words["VerifyStage"].Value, done = run.Done, total = run.Total })
            : NotFound();

    /// <summary>Has a worker verify the trail; for those of its readers who may ask.</summary>
    public async Task<IActionResult> OnPostVerifyAsync(CancellationToken ct)
    {
        await verifications.AskAsync(HttpContext.CurrentUser(), ct);
        return this.Done("/trail", words["VerificationQueued"]);
    }

    /// <summary>この内容をExcelで: what the reader may see on the page, personal values included only where the page shows them.</summary>
    public async Task<IActionResult> OnGetExcelAsync(CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        if (await FilterAsync(user, ct) is not { } filter)
        {
            return this.Invalid();
        }
        Chips = [.. InForce()];
        var slice = Request.Slice(TrailOrders.Time);
        return new ListSheet<TrailEntry>(words["Trail"], [.. Chips.Select(chip => chip.Text)], words["Time"], slice.Descending,
        [
            new(words["Time"], 19, (sheet, entry) => sheet.Instant(entry.At)),
            new(words["Who"], 18, (sheet, entry) => sheet.Text(say.Who(entry.Actor, entry.ActorName))),
            new(words["What"], 24, (sheet, entry) => sheet.Text(say.What(entry.Kind, entry.What))),
            new(words["Subject"], 20, (sheet, entry) => sheet.Text(entry.Subject, CellStyle.Code)),
            new(words["Change"], 60, (sheet, entry) => sheet.Text(Changes(entry))),
            new(words["EntryNumber"], 10, (sheet, entry) => sheet.Number(entry.Id)),
        ], trail.AllAsync(user, filter, slice, ct));
    }

    /// <summary>One line a value: name: before → after.</summary>
    private string Changes(TrailEntry entry)
    {
        string? Said(IReadOnlyList<TrailValue>? side, string name) => side?.FirstOrDefault(value => value.Name == name) is { } value ? say.Value(value) ?? words["Empty"] : null;
        return string.Join('\n', (entry.Before ?? []).Concat(entry.After ?? []).Select(value => value.Name).Distinct()
            .Select(name => $"{say.Name(entry.Kind, name)}: {string.Join(" → ", new[] { Said(entry.Before, name), Said(entry.After, name) }.OfType<string>())}"));
    }

    /// <summary>What the address asks for; null when a day in it is none.</summary>
    private async Task<TrailFilter?> FilterAsync(CurrentUser user, CancellationToken ct)
    {
        (Subject, Actor, What) = (TrailApi.Given(Subject), TrailApi.Given(Actor), TrailApi.Given(What));
        Kind = Kind is Rows or Everything ? Kind : null;
        Seal = await trail.SealStateAsync(user, ct);
        var (from, to) = (Day(nameof(From), From), Day(nameof(To), To));
        var actors = Actor is null ? null : await trail.ActorsAsync(user, Actor, ct);
        return ModelState.IsValid ? new TrailFilter(Subject, actors, What, Kind switch { Everything => null, Rows => "row", _ => "act" }, from, to) : null;
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
            yield return new(words["ChipActor", say.Who(Actor, Found.Rows.FirstOrDefault(entry => entry.Actor == Actor)?.ActorName)], "actor");
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
