using AuditTracker.Platform.Web;

namespace AuditTracker.Evidence.Pages;

/// <summary>One submission with the collection it belongs to.</summary>
/// <param name="Withdraw">Address of the action that takes it back; null where that is not offered.</param>
public sealed record SubmissionOf(CollectionView View, SubmissionRow Submission, string? Withdraw)
{
    public string StateKey => "Submission" + char.ToUpperInvariant(Submission.State[0]) + Submission.State[1..];

    public Shape Shape => Submission.State switch { "accepted" => Shape.Done, "returned" => Shape.Warn, "part" => Shape.Half, "withdrawn" => Shape.Out, _ => Shape.Full };
    public bool IsLate => !Submission.IsPart && Submission.IsLateAfter(View.Row.LateAfter);
    public bool MayWithdraw => Withdraw is not null && View.MayTakeBack(Submission);
}
