using AuditTracker.Calendar;
using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>Where a collection stands; overdue is computed, never a state (design §6).</summary>
public enum CollectionState { Planned, Open, Submitted, Returned, Accepted, Waived }

/// <summary>What may be done to a submission that was handed in.</summary>
public enum Decision { Accept, Return, Reopen }

/// <summary>One occurrence of a request for one period, with what the rules need to know. Three dates, never mixed: the period, the due date, the hand-in.</summary>
/// <param name="SubmitterId">Person who handed the pending or accepted submission in; null when nobody did.</param>
/// <param name="OnBehalfOf">Person it was handed in for, when by somebody else.</param>
/// <param name="DeputyId">Who stands in for the assignee, who is on leave.</param>
/// <param name="DeciderHandedInPart">Who is about to do something to it handed in, or is who it was handed in for, a part of that submission.</param>
/// <param name="MissedDueOn">The first due date that passed unmet and was moved afterwards: late stays late.</param>
public sealed record Collection(long Id, CollectionState State, DateOnly OpensOn, DateOnly DueOn, long AssigneeId, long ReviewerId,
    long? PendingSubmissionId, long? SubmitterAccountId, long? SubmitterId, long? OnBehalfOf, DateOnly? MissedDueOn = null, long? DeputyId = null, bool DeciderHandedInPart = false)
{
    /// <summary>Still with the owner and past its date. Handed in is never overdue, only late.</summary>
    public bool IsOverdue(DateOnly today) => State is CollectionState.Open or CollectionState.Returned && today > DueOn;

    /// <summary>The state after handing in; one pending submission at a time.</summary>
    /// <exception cref="Refusal">Not open yet, already handed in, accepted or waived.</exception>
    public CollectionState Submit() => State switch
    {
        CollectionState.Open or CollectionState.Returned => CollectionState.Submitted,
        CollectionState.Planned => throw Refusal.Of<Words>("NotOpenYet"),
        CollectionState.Submitted => throw Refusal.Of<Words>("AlreadySubmitted"),
        CollectionState.Accepted => throw Refusal.Of<Words>("AlreadyAccepted"),
        _ => throw Refusal.Of<Words>("AlreadyWaived"),
    };

    /// <summary>The state after handing in a part: as before, for the rest is still owed.</summary>
    /// <exception cref="Refusal">As for handing in.</exception>
    public CollectionState SubmitPart()
    {
        Submit();
        return State;
    }

    /// <summary>The state after taking a part back: as before, for nothing was decided on it.</summary>
    /// <exception cref="Refusal">It belongs to what was handed in, or nothing is owed any more.</exception>
    public CollectionState WithdrawPart() =>
        State is CollectionState.Open or CollectionState.Returned ? State : throw Refusal.Of<Words>(State == CollectionState.Submitted ? "PartIsHandedIn" : "NothingToWithdraw");

    /// <summary>The state after withdrawing: the one before the hand-in.</summary>
    public CollectionState Withdraw(CollectionState before) =>
        State == CollectionState.Submitted ? before : throw Refusal.Of<Words>("NothingToWithdraw");

    /// <summary>The state after waiving: nobody is asked for this period any more. A waiver is for one period, so it ends by itself (domain.md §19).</summary>
    /// <param name="personId">Who decides; nobody waives what they owe themselves.</param>
    /// <exception cref="Refusal">Handed in, accepted or waived already, or one's own.</exception>
    public CollectionState Waive(long? personId)
    {
        CheckStillOwed();
        return IsOwedBy(personId) ? throw Refusal.Of<Words>("OwnWaiver") : CollectionState.Waived;
    }

    /// <summary>They hand it in: the owner, or who stands in for the owner.</summary>
    public bool IsOwedBy(long? personId) => personId is not null && (personId == AssigneeId || personId == DeputyId);

    /// <summary>The state after a waiver is taken back: the one before it.</summary>
    public CollectionState Unwaive(CollectionState before) => State == CollectionState.Waived ? before : throw Refusal.Of<Words>("NotWaived");

    /// <summary>What is handed in after this day is late, whatever was moved later.</summary>
    public DateOnly LateAfter => MissedDueOn ?? DueOn;

    /// <summary>How long after its period evidence may still be asked for.</summary>
    public const int LongestMove = 366;

    /// <summary>Checks another due date: one that is still to come, on a business day, within a year.</summary>
    /// <exception cref="Refusal">Nothing is owed any more.</exception>
    /// <exception cref="InvalidInput">At <c>dueOn</c>.</exception>
    /// <param name="opensOn">The day it is to open instead, of one that has not opened; null: as it is.</param>
    public void CheckMove(DateOnly to, DateOnly today, BusinessCalendar calendar, DateOnly? opensOn = null)
    {
        CheckStillOwed();
        var opens = opensOn ?? OpensOn;
        if (opens != OpensOn)
        {
            CheckOpening(opens, today);
        }
        if (to == DueOn && opens == OpensOn)
        {
            throw InvalidInput.At<Words>("dueOn", "DueUnchanged");
        }
        if (to < today || to < opens)
        {
            throw InvalidInput.At<Words>("dueOn", to < today ? "DueInPast" : "DueBeforeOpening");
        }
        if (to > (DueOn > today ? DueOn : today).AddDays(LongestMove))
        {
            throw InvalidInput.At<Words>("dueOn", "DueTooFar");
        }
        if (!calendar.IsBusinessDay(to))
        {
            throw InvalidInput.At<Words>("dueOn", "DueClosed", DateText.Table(to), DateText.Table(calendar.ShiftToPrevious(to)));
        }
    }

    private void CheckOpening(DateOnly opens, DateOnly today)
    {
        if (State != CollectionState.Planned)
        {
            throw InvalidInput.At<Words>("opensOn", "OpenedAlready");
        }
        if (opens < today || Math.Abs(opens.DayNumber - OpensOn.DayNumber) > LongestMove)
        {
            throw InvalidInput.At<Words>("opensOn", opens < today ? "OpeningInPast" : "OpeningTooFar");
        }
    }

    /// <summary>Only what the owner still owes can be waived or moved.</summary>
    /// <exception cref="Refusal">Handed in, accepted or waived already.</exception>
    public void CheckStillOwed()
    {
        if (State is not (CollectionState.Planned or CollectionState.Open or CollectionState.Returned))
        {
            throw Refusal.Of<Words>(State switch { CollectionState.Waived => "AlreadyWaived", CollectionState.Accepted => "AlreadyAccepted", _ => "HandedInMeanwhile" });
        }
    }

    /// <summary>Checks that somebody may say which further items the accepted evidence serves: like a review, never who handed it in.</summary>
    /// <exception cref="Refusal">Not accepted, or their own.</exception>
    public void CheckAttach(long accountId, long? personId)
    {
        if (State != CollectionState.Accepted)
        {
            throw Refusal.Of<Words>("NotAccepted");
        }
        if (IsHandedInBy(accountId, personId))
        {
            throw Refusal.Of<Words>("OwnAttachment");
        }
    }

    private bool IsHandedInBy(long accountId, long? personId) => DeciderHandedInPart || accountId == SubmitterAccountId || (personId is not null && (personId == SubmitterId || personId == OnBehalfOf));

    /// <summary>The state after a decision of the reviewer. Who handed in, or was handed in for, never decides.</summary>
    /// <param name="accountId">Account that decides.</param>
    /// <param name="personId">Its person, if any.</param>
    /// <param name="isComplianceManager">Only they reopen what was accepted.</param>
    /// <exception cref="Refusal">Nothing to decide, own submission, or not theirs to reopen.</exception>
    /// <exception cref="InvalidInput">Return and reopen need a comment.</exception>
    public CollectionState Decide(Decision decision, string comment, long accountId, long? personId, bool isComplianceManager)
    {
        if (decision != Decision.Accept && comment.Trim().Length == 0)
        {
            throw InvalidInput.At<Words>("comment", "CommentNeeded");
        }
        if (State != (decision == Decision.Reopen ? CollectionState.Accepted : CollectionState.Submitted))
        {
            throw Refusal.Of<Words>(decision == Decision.Reopen ? "NotAccepted" : "NothingToReview");
        }
        if (decision == Decision.Reopen)
        {
            return isComplianceManager ? CollectionState.Submitted : throw Refusal.Of<Words>("ReopenByManager");
        }
        if (IsHandedInBy(accountId, personId))
        {
            throw Refusal.Of<Words>("OwnSubmission");
        }
        return decision == Decision.Accept ? CollectionState.Accepted : CollectionState.Returned;
    }
}
