using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web.Tags;
using AuditTracker.Platform.Web;
using Microsoft.AspNetCore.Html;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Evidence.Pages;

/// <summary>What the page of a collection and the page its files are sent to show alike: a refused hand-in is the same page with everything typed.</summary>
public abstract class CollectionPage(ShowCollection show, IStringLocalizer<Words> words) : PageModel
{
    /// <summary>The room's words.</summary>
    protected IStringLocalizer<Words> T { get; } = words;

    public CollectionView View { get; private set; } = null!;

    /// <summary>What was typed.</summary>
    public virtual HandInFields Input { get; set; } = new();

    /// <summary>The form is shown although it is not (or no longer) open, because it holds what somebody typed.</summary>
    public bool KeepsForm { get; protected set; }
    public bool ShowsForm => View.IsOpenForHandIn || (KeepsForm && View.Terms.MayHandIn);

    /// <summary>Whom a compliance manager may hand in for, beside the owner.</summary>
    public IReadOnlyList<PickablePerson> Colleagues { get; private set; } = [];

    /// <summary>Whom the search for somebody to name in a comment finds.</summary>
    public PeopleFound Addressees { get; protected set; } = PeopleFound.Nobody;

    protected async Task<bool> LoadAsync(long id, CancellationToken ct)
    {
        var user = HttpContext.CurrentUser();
        var found = await show.FindAsync(user, id, ct);
        View = found!;
        if (found is { IsOnBehalf: true, Terms.MayHandIn: true } && user.Is(Role.ComplianceManager))
        {
            Colleagues = await HttpContext.RequestServices.GetRequiredService<Choices>().ColleaguesAsync(user, id, found.Day.Today, 200, ct);
        }
        Reminded = found is null ? null : await HttpContext.RequestServices.GetRequiredService<NoticeLedger>().RemindedAsync(user, EvidenceMails.Subject(id), ct);
        return found is not null;
    }

    /// <summary>When mails reminded of it; null for those who may not know.</summary>
    public Reminded? Reminded { get; private set; }

    /// <summary>An action of this page that keeps the way back.</summary>
    public string Action(string? handler) => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString($"/evidence/collections/{View.Row.Id}",
        new Dictionary<string, string?> { ["handler"] = handler, ["back"] = Request.Query["back"].ToString() is { Length: > 0 } back ? back : null }.Where(pair => pair.Value is not null));

    /// <summary>One sentence: the state and whose move it is.</summary>
    public IHtmlContent Sentence
    {
        get
        {
            var row = View.Row;
            var owner = Prose.Person(row.DeputyName ?? row.AssigneeName);
            var last = View.Newest;
            return row.State switch
            {
                CollectionState.Planned => T.Html("SayPlanned", row.OpensOn, owner),
                CollectionState.Open or CollectionState.Returned when row.DeputyIsMe => T.Html(row.Overdue ? "SayOverdueForOwner" : "SayOpenForOwner", row.DueOn, Prose.Person(row.AssigneeName)),
                CollectionState.Open or CollectionState.Returned when row.Overdue => T.Html(row.AssigneeIsMe ? "SayOverdueMine" : "SayOverdue", row.DueOn, View.Day.DaysOver(row), owner),
                CollectionState.Open => T.Html(row.AssigneeIsMe ? "SayOpenMine" : "SayOpen", row.DueOn, owner),
                CollectionState.Returned => T.Html(row.AssigneeIsMe ? "SayReturnedMine" : "SayReturned", row.DueOn, owner),
                CollectionState.Submitted when last is not null => T.Html(last.IsBroughtIn ? "SayBroughtIn" : "SaySubmitted", JapanTime.DateOf(last.At), Prose.Person(last.By), Prose.Person(row.ReviewerName)),
                CollectionState.Accepted when last?.DecidedAt is { } at => T.Html("SayAccepted", JapanTime.DateOf(at), Prose.Person(last.DecidedBy ?? "")),
                CollectionState.Waived => T.Html("SayWaived"),
                _ => T.Html("SayNothing"),
            };
        }
    }

    /// <summary>What was done and what was said, newest first.</summary>
    public IReadOnlyList<HistoryEntry> History =>
        [.. View.Acts.Select(act => new HistoryEntry(act.At, act.By ?? T["Automatic"], ActWord(act), Reason: WaiverReason.EndIn(act.Comment) is { } end ? T["WaivedBehindEnd", DateText.Plain(end)] : act.Comment))
            .Concat(View.Notes.Where(note => note.Kind is not ("grantWaiver" or "uncomment")).Select(note => new HistoryEntry(note.At, note.By ?? T["Automatic"], NoteWord(note), Change(note), note.TakenBack ? null : note.Words)))
            .Concat(View.Attachments.Select(row => new HistoryEntry(row.At, row.By, T["Attach" + char.ToUpperInvariant(row.Act[0]) + row.Act[1..]], row.OfficialRef, row.Reason)))
            .OrderByDescending(entry => entry.At)];

    private string NoteWord(NoteRow note) => note.TakenBack ? T["CommentTakenBack"] : T["Note" + char.ToUpperInvariant(note.Kind[0]) + note.Kind[1..]];

    private string? Change(NoteRow note) => note.Kind == "deputy" ? $"{note.PersonBefore ?? T["NoDeputy"]} → {note.Person ?? T["NoDeputy"]}" : (note.DueBefore, note.DueOn, note.PersonBefore, note.Person) switch
    {
        _ when note is { Kind: "comment", TakenBack: false, For: not null } => T["CommentFor", string.Join(T["NamesComma"], note.Addressees.Select(one => one.Name))],
        ({ } before, { } on, _, _) => (before == on ? "" : $"{DateText.Table(before)} → {DateText.Table(on)}")
            + (note is { OpensBefore: { } opened, OpensOn: { } opens } ? $"{(before == on ? "" : " ")}{T["OpensOn"].Value} {DateText.Table(opened)} → {DateText.Table(opens)}" : ""),
        (null, { } on, _, _) => $"→ {DateText.Table(on)}",
        (_, _, { } before, { } person) => $"{before} → {person}",
        _ => null,
    };

    private string ActWord(ActRow act)
    {
        if (act.Act == "submit" && View.Submissions.FirstOrDefault(one => one.Id == act.SubmissionId) is { IsBroughtIn: true })
        {
            return T["BroughtIn"];
        }
        var word = T["Act" + char.ToUpperInvariant(act.Act[0]) + act.Act[1..]].Value;
        return act.Act == "submit" && JapanTime.DateOf(act.At) > View.Row.LateAfter ? $"{word}{T["LateInBrackets"]}" : word;
    }
}

/// <summary>The fields of the hand-in and of a decision.</summary>
public sealed class HandInFields
{
    public string? CapturedOn { get; set; }
    public string? Note { get; set; }
    public string? Link { get; set; }
    public string? Statement { get; set; }

    /// <summary>There was nothing in this period, and why.</summary>
    public string? Nothing { get; set; }

    /// <summary>Employee number of whose evidence it is.</summary>
    public string? OnBehalfOf { get; set; }

    /// <summary><c>true</c>: the rest is still to come.</summary>
    public string? IsPart { get; set; }
    public string? Rest { get; set; }
    public string? RestBy { get; set; }

    /// <summary>Earlier parts it takes up; null: all of them.</summary>
    public IReadOnlyList<long>? UsedPart { get; set; }

    /// <summary>Files of the draft that are handed in; null: all of them.</summary>
    public IReadOnlyList<long>? Draft { get; set; }

    /// <summary>What a draft keeps, by the fields' names.</summary>
    public IReadOnlyDictionary<string, string> Typed => new Dictionary<string, string>
    {
        [nameof(CapturedOn)] = CapturedOn ?? "",
        [nameof(Note)] = Note ?? "",
        [nameof(Link)] = Link ?? "",
        [nameof(Statement)] = Statement ?? "",
        [nameof(Nothing)] = Nothing ?? "",
        [nameof(OnBehalfOf)] = OnBehalfOf ?? "",
        [nameof(IsPart)] = IsPart ?? "",
        [nameof(Rest)] = Rest ?? "",
        [nameof(RestBy)] = RestBy ?? "",
    };

    /// <summary>The fields as a draft kept them.</summary>
    public static HandInFields From(Draft draft)
    {
        var fields = new HandInFields();
        fields.TakeDraft(draft);
        return fields;
    }

    /// <summary>Puts what was typed before into the form to hand in, and leaves the other forms of the page alone.</summary>
    public void TakeDraft(Draft draft)
    {
        string? Typed(string name) => draft.Fields.GetValueOrDefault(name);
        (CapturedOn, Note, Link, Statement, Nothing) = (Typed(nameof(CapturedOn)), Typed(nameof(Note)), Typed(nameof(Link)), Typed(nameof(Statement)), Typed(nameof(Nothing)));
        (OnBehalfOf, IsPart, Rest, RestBy) = (Typed(nameof(OnBehalfOf)), Typed(nameof(IsPart)), Typed(nameof(Rest)), Typed(nameof(RestBy)));
    }

    /// <summary>Only names the field; files go past model binding.</summary>
    public string? File { get; set; }

    /// <summary>The same form sent twice is one hand-in.</summary>
    public string Key { get; set; } = NewKey();
    public static string NewKey() => Guid.NewGuid().ToString("N");

    /// <summary>A comment.</summary>
    public string? Words { get; set; }

    /// <summary>Employee number of whom the comment is for, and what was typed to find them.</summary>
    public string? To { get; set; }
    public string? ToSearch { get; set; }

    /// <summary>The submission the reviewer looked at.</summary>
    public long? Seen { get; set; }

    /// <summary>What the reviewer writes.</summary>
    public string? Comment { get; set; }

    /// <summary>Why most pieces come back; each one has a word, <c>ReturnPeriod</c>.</summary>
    public static readonly IReadOnlyList<string> ReturnReasons = ["Period", "Content", "Approval", "File"];

    /// <summary>Those of <see cref="ReturnReasons"/> that the reviewer ticked.</summary>
    public List<string> Reasons { get; set; } = [];

    /// <summary>What the owner reads: the reasons, then what was written. Without a word of the reviewer's own nothing is said, for a reason alone does not say what to mend.</summary>
    public string CommentOf(Decision decision, IStringLocalizer<Words> words)
    {
        var ticked = decision == Decision.Return ? ReturnReasons.Where(Reasons.Contains).Select(reason => words[$"Return{reason}"].Value).ToList() : [];
        return ticked.Count == 0 || string.IsNullOrWhiteSpace(Comment) ? Comment ?? "" : $"{string.Join(words["ReasonsComma"], ticked)}{words["ReasonsEnd"]}{Comment}";
    }
}
