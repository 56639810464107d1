using AuditTracker.Calendar;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Everything the page of one collection says, as its reader may see it.</summary>
public sealed record CollectionView(CollectionRow Row, CollectionTerms Terms, CompanyDay Day, IReadOnlyList<ItemName> Items,
    IReadOnlyList<SubmissionRow> Submissions, ILookup<long, EvidenceRow> Evidence, IReadOnlyList<ActRow> Acts, IReadOnlyList<LastAccepted> Last,
    IReadOnlyList<NoteRow> Notes, IReadOnlyList<OpenAsk> Asks, Draft Draft, ReviewLease? Lease, CurrentUser Reader, IReadOnlyDictionary<long, FileState> Files)
{
    public string Period => Day.Label(Row.PeriodFrom, Row.PeriodTo);

    /// <summary>The submission that waits for a decision.</summary>
    public SubmissionRow? Pending => Row.State == CollectionState.Submitted ? Submissions.FirstOrDefault(one => one.State == "submitted") : null;

    /// <summary>The newest submission that still counts: waiting or accepted.</summary>
    public SubmissionRow? Newest => Submissions.FirstOrDefault(one => one.State is "submitted" or "accepted");

    /// <summary>What was returned and not handed in again yet; its comment stands on top.</summary>
    public SubmissionRow? Returned => Row.State == CollectionState.Returned ? Submissions.FirstOrDefault(one => one.State == "returned") : null;

    public bool IsOpenForHandIn => Terms.MayHandIn && Row.State is CollectionState.Open or CollectionState.Returned;
    public bool IsOnBehalf => !Row.AssigneeIsMe || Row.DeputyIsMe;

    /// <summary>The reader handed it in, or it was handed in for them: they never decide on it.</summary>
    public bool IsOwn => Pending is { } one && (one.ByAccount == Reader.AccountId || (Reader.EmployeeNo is { } number && one.ByNumber == number) || (one.OnBehalfOfNumber is not null && one.OnBehalfOfNumber == Reader.EmployeeNo));
    public bool MayDecide => Terms.MayReview && Pending is not null && !IsOwn;
    public bool MayWithdraw => Pending is { } one && (one.ByAccount == Reader.AccountId || Reader.Is(Role.ComplianceManager));
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
        ? ReviewChecks.Of(new Period(Row.PeriodFrom, Row.PeriodTo), Row.LateAfter, one, [.. Evidence[one.Id]], Last, Files) : [];
}

/// <summary>Puts one collection together from the stores.</summary>
public sealed class ShowCollection(CollectionStore collections, SubmissionStore submissions, CollectionNotes notes, DraftStore drafts, TakeReview leases, FileStates files, Choices choices, CompanyDays days)
{
    /// <summary>Null when it is not there or not the reader's to see.</summary>
    public async Task<CollectionView?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        if (await collections.FindAsync(user, id, ct) is not { } row || await collections.TermsAsync(user, id, ct) is not { } terms)
        {
            return null;
        }
        // Seven stores are asked side by side: one after the other, the page would wait for each answer before the next question.
        var (handedIn, day, items, last, said) = (submissions.OfCollectionAsync(user, id, ct), days.LoadAsync(ct), choices.ItemsOfAsync(row.Items, ct), submissions.LastAcceptedAsync(user, id, ct), notes.OfAsync(user, id, ct));
        var asks = row.State is CollectionState.Planned or CollectionState.Open or CollectionState.Returned ? notes.OpenAsync(user, id, ct) : Task.FromResult<IReadOnlyList<OpenAsk>>([]);
        var (draft, taken, states) = (terms.MayHandIn ? drafts.FindAsync(user, id, ct) : Task.FromResult(Draft.None), leases.OfAsync(user, [id], ct), files.OfCollectionAsync(user, id, ct));
        await Task.WhenAll(handedIn, day, items, last, said, asks, draft, taken, states);
        var (handIns, evidence, acts) = await handedIn;
        return new CollectionView(row, terms, await day, await items, handIns, evidence.ToLookup(piece => piece.SubmissionId), acts, await last, await said, await asks, await draft,
            (await taken).GetValueOrDefault(id), user, await states);
    }
}
