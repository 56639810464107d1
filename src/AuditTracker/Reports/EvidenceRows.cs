using AuditTracker.Calendar;

namespace AuditTracker.Reports;

/// <summary>The framework a workbook is about.</summary>
/// <param name="SourceSha256">Hash of the catalogue its items were loaded from.</param>
public sealed record FrameworkFacts(string Key, string TitleJa, string TitleEn, string ShortJa, string ShortEn, string Edition, string SourceSha256);

/// <summary>An assessable item as the company treated it at the cut-off.</summary>
public sealed record ItemFacts(string Ref, string OfficialRef, string TitleJa, string TitleEn, bool UnverifiedJa, bool UnverifiedEn, bool Applicable, string Reason, string? Owner);

/// <summary>How many collections of the period stood in a state at the cut-off, and how many of them were overdue.</summary>
public sealed record StateCount(string State, long Collections, long Overdue);

/// <summary>One piece of evidence, handed in or accepted at the cut-off.</summary>
/// <param name="Refs">The items it serves, separated by <see cref="EvidenceFacts.Between"/>, in clause order.</param>
/// <param name="OfficialRefs">The same as people see them.</param>
/// <param name="State">submitted or accepted.</param>
/// <param name="Late">Handed in after the due date; past evidence that was brought in never is.</param>
/// <param name="Size">Bytes of a file.</param>
/// <param name="Kind">file, link, statement, or nothing: a statement that there was nothing, by who handed it in, on that day.</param>
/// <param name="Content">A link's address or a statement's words.</param>
/// <param name="Quarantined">A file in which the virus scan had found something, not released until then: named, and out of reach.</param>
/// <param name="Destroyed">Destroyed at the end of its term before the cut-off; its hash is what is left.</param>
/// <param name="CompletedAt">It came in part: when the rest was there too. Late is told by that instant.</param>
/// <param name="LentRefs">Those of the items, as people see them, that somebody confirmed beside those the request asks for.</param>
/// <param name="BroughtIn">Past evidence; what its list says of then follows.</param>
public sealed record PieceFacts(long Collection, string Refs, string OfficialRefs, string Request, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly? CapturedOn, DateOnly DueOn, DateOnly PlannedDueOn,
    DateTime SubmittedAt, bool Late, string State, DateTime? AcceptedAt, string? SubmittedBy, string? OnBehalfOf, string? AcceptedBy,
    string Kind, string? FileName, long? Size, string? Sha256, string? Content,
    bool BroughtIn, DateOnly? ClaimedSubmittedOn, string ClaimedSubmittedBy, DateOnly? ClaimedAcceptedOn, string ClaimedAcceptedBy, bool Quarantined, bool Destroyed, DateTime? CompletedAt, string? LentRefs)
{
    /// <summary>Days from when it was taken, by the person's own statement, to the hand-in; null for past evidence and where nothing was said.</summary>
    public int? CaptureLag => CapturedOn is { } taken && !BroughtIn ? JapanTime.DateOf(SubmittedAt).DayNumber - taken.DayNumber : null;
}

/// <summary>A collection of the period that gave no evidence: overdue, returned or waived at the cut-off.</summary>
/// <param name="State">open, returned or waived.</param>
/// <param name="Reason">Why it was waived.</param>
/// <param name="Rest">A part came in; what was still to come, by <c>RestBy</c>.</param>
public sealed record MissedFacts(long Collection, string OfficialRefs, string Request, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, DateOnly PlannedDueOn, string State, bool Overdue, string? Owner, string? Reason, string? Rest, DateOnly? RestBy);
