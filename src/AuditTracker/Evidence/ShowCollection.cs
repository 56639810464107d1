using AuditTracker.Calendar;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Everything the page of one collection says, as its reader may see it.</summary>
public sealed record CollectionView(CollectionRow Row, CollectionTerms Terms, CompanyDay Day, IReadOnlyList<ItemName> Items,
    IReadOnlyList<SubmissionRow> Submissions, ILookup<long, EvidenceRow> Evidence, IReadOnlyList<ActRow> Acts, IReadOnlyList<LastAccepted> Last,
    IReadOnlyList<NoteRow> Notes, IReadOnlyList<OpenAsk> Asks, Draft Draft, ReviewLease? Lease, CurrentUser Reader, IReadOnlyDictionary<long, FileState> Files, ILookup<long, long> TakenUp, IReadOnlyList<AttachmentRow> Attachments,
    IReadOnlyList<Sample> Samples)
{
    public string Period => Day.Label(Row.PeriodFrom, Row.PeriodTo);

    /// <summary>The submission that waits for a decision.</summary>
    public SubmissionRow? Pending => Row.State == CollectionState.Submitted ? Submissions.FirstOrDefault(one => one.State == "submitted") : null;

    /// <summary>The newest submission that still counts: waiting or accepted.</summary>
    public SubmissionRow? Newest => Submissions.FirstOrDefault(one => one.State is "submitted" or "accepted");

    /// <summary>Further items its evidence was confirmed for.</summary>
    public IReadOnlyList<AttachmentRow> Attached => [.. Attachments.Where(row => row is { Holds: true, Act: "confirm" }).OrderBy(row => row.Id)];
    public bool MayAttach => Reader.Is(Role.ComplianceManager) && Row.State == CollectionState.Accepted;

    /// <summary>Who handed a part of it in never decides on it either.</summary>
    private bool IsReaders(SubmissionRow one) => one.ByAccount == Reader.AccountId || (Reader.EmployeeNo is { } number && one.ByNumber == number) || (one.OnBehalfOfNumber is not null && one.OnBehalfOfNumber == Reader.EmployeeNo);

    /// <summary>The parts a submission takes up, in the order they came in.</summary>
    public IReadOnlyList<SubmissionRow> PartsOf(SubmissionRow submission) => [.. TakenUp[submission.Id].Select(id => Submissions.First(one => one.Id == id))];

    /// <summary>What counts for a submission: the pieces of the parts it takes up, and its own.</summary>
    public IReadOnlyList<EvidenceRow> EvidenceOf(SubmissionRow submission) => [.. PartsOf(submission).Append(submission).SelectMany(one => Evidence[one.Id])];

    /// <summary>Parts that what is handed in next may take up, in the order they came in.</summary>
    public IReadOnlyList<SubmissionRow> LiveParts => [.. Submissions.Where(one => one.State == "part").OrderBy(one => one.Id)];

    /// <summary>What stands on its own in the list: parts stand with the submission that took them up.</summary>
    public IEnumerable<SubmissionRow> Standing => Submissions.Where(one => !one.IsPart || !Submissions.Any(other => TakenUp[other.Id].Contains(one.Id)));

    /// <summary>Its submitter or a compliance manager may take it back: what waits for a decision, or a part while the rest is owed.</summary>
    public bool MayTakeBack(SubmissionRow one) => (one.State == "part" ? Row.State is CollectionState.Open or CollectionState.Returned : Pending?.Id == one.Id)
        && (one.ByAccount == Reader.AccountId || Reader.Is(Role.ComplianceManager));

    /// <summary>What was returned and not handed in again yet; its comment stands on top.</summary>
    public SubmissionRow? Returned => Row.State == CollectionState.Returned ? Submissions.FirstOrDefault(one => one.State == "returned") : null;

    public bool IsOpenForHandIn => Terms.MayHandIn && Row.State is CollectionState.Open or CollectionState.Returned;
    public bool IsOnBehalf => !Row.AssigneeIsMe || Row.DeputyIsMe;

    /// <summary>The reader handed it in, or it was handed in for them: they never decide on it.</summary>
    public bool IsOwn => Pending is { } one && PartsOf(one).Append(one).Any(IsReaders);
    public bool MayDecide => Terms.MayReview && Pending is not null && !IsOwn;
    public bool MayReopen => Reader.Is(Role.ComplianceManager) && Row.State == CollectionState.Accepted;

    public bool MayChangeOwner => Terms.MayHandIn && IsStillOwed;

    /// <summary>Owner's and reviewer's side talk; others read.</summary>
    public bool MayComment => Terms.MayHandIn || Terms.MayReview;

    /// <summary>The reader's comments that can still be taken back.</summary>
    public IEnumerable<NoteRow> Regrettable => Notes.Where(note => note.Kind == "comment" && !note.TakenBack && note.ByAccount == Reader.AccountId && Day.Now - note.At <= CommentOnCollection.Regret);

    /// <summary>The owner still has to hand it in (or will have to).</summary>
    public bool IsStillOwed => Row.State is CollectionState.Planned or CollectionState.Open or CollectionState.Returned;

    /// <summary>The waiver somebody asks for.</summary>
    public OpenAsk? WaiverAsk => Asks.FirstOrDefault(ask => ask.Kind == "askWaiver");
    public bool MayWaive => Reader.Is(Role.ComplianceManager) && IsStillOwed && !Row.AssigneeIsMe && WaiverAsk?.IsBy(Reader) != true;
    public bool MayAskWaiver => Terms.MayHandIn && IsStillOwed && !MayWaive && WaiverAsk is null;
    public bool MayUndoWaiver => Reader.Is(Role.ComplianceManager) && Row.State == CollectionState.Waived;

    /// <summary>The due date somebody asks for.</summary>
    public OpenAsk? DueAsk => Asks.FirstOrDefault(ask => ask.Kind == "askDue");
    public bool MayMoveDue => Terms.MayReview && IsStillOwed && !Row.AssigneeIsMe && DueAsk?.IsBy(Reader) != true;
    /// <summary>It has not opened, so its opening may be moved too.</summary>
    public bool MayMoveOpening => MayMoveDue && Row.State == CollectionState.Planned;
    public bool MayAskDue => Terms.MayHandIn && IsStillOwed && !MayMoveDue && DueAsk is null;

    /// <summary>Who waived it, when and why; null while it is not waived.</summary>
    public ActRow? Waiver => Row.State == CollectionState.Waived ? Acts.FirstOrDefault(act => act.Act == "waive") : null;

    /// <summary>The next move is the reader's.</summary>
    public bool IsMine => MayDecide || (Row.AssigneeIsMe && Row.State is CollectionState.Open or CollectionState.Returned);

    public IReadOnlyList<ReviewCheck> Checks => Pending is { } one
        ? [.. ReviewChecks.Of(new Period(Row.PeriodFrom, Row.PeriodTo), Row.LateAfter, one, EvidenceOf(one), Last, Files, PartsOf(one)), .. ReviewChecks.Of(Samples)] : [];
}

/// <summary>Puts one collection together from the stores.</summary>
public sealed class ShowCollection(CollectionStore collections, SubmissionStore submissions, CollectionNotes notes, DraftStore drafts, TakeReview leases, FileStates files, AttachmentStore attachments, SampleStore samples, Choices choices, CompanyDays days)
{
    /// <summary>Null when it is not there or not the reader's to see.</summary>
    /// <param name="known">The business day, where the page has asked for it already.</param>
    public async Task<CollectionView?> FindAsync(CurrentUser user, long id, CancellationToken ct, Task<CompanyDay>? known = null)
    {
        // The stores are asked side by side: one after the other, the page would wait for each answer before the next question.
        var (found, mays) = (collections.FindAsync(user, id, ct), collections.TermsAsync(user, id, ct));
        await Task.WhenAll(found, mays);
        if (await found is not { } row || await mays is not { } terms)
        {
            return null;
        }
        var (handedIn, day, items, last, said) = (submissions.OfCollectionAsync(user, id, ct), known ?? days.LoadAsync(ct), choices.ItemsOfAsync(row.Items, ct), submissions.LastAcceptedAsync(user, id, ct), notes.OfAsync(user, id, ct));
        var asks = row.State is CollectionState.Planned or CollectionState.Open or CollectionState.Returned ? notes.OpenAsync(user, id, ct) : Task.FromResult<IReadOnlyList<OpenAsk>>([]);
        var (draft, taken, states) = (terms.MayHandIn ? drafts.FindAsync(user, id, ct) : Task.FromResult(Draft.None), leases.OfAsync(user, [id], ct), files.OfCollectionAsync(user, id, ct));
        var takenUp = submissions.PartsAsync(user, id, ct);
        var (attached, drawn) = (attachments.OfCollectionAsync(user, id, ct), samples.OfCollectionAsync(user, id, ct));
        await Task.WhenAll(takenUp, attached, drawn, handedIn, day, items, last, said, asks, draft, taken, states);
        var (handIns, evidence, acts) = await handedIn;
        return new CollectionView(row, terms, await day, await items, handIns, evidence.ToLookup(piece => piece.SubmissionId), acts, await last, await said, await asks, await draft,
            (await taken).GetValueOrDefault(id), user, await states, await takenUp, await attached, await drawn);
    }
}
