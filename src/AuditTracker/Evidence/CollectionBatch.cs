namespace AuditTracker.Evidence;

/// <summary>What can be done to many collections at once.</summary>
public enum BatchAct { Assign, Remind, Waive, Accept }

/// <summary>What was chosen in a list: rows by id, or all that match its filter, counted again by the server.</summary>
/// <param name="Filter">For rows by id it holds <see cref="CollectionFilter.Ids"/> and nothing else.</param>
public sealed record Chosen(CollectionFilter Filter)
{
    /// <summary>More at once is a slip, or work for a narrower filter.</summary>
    public const int Most = 10_000;

    /// <summary>Each acceptance and each waiver is a decision of its own, in a transaction of its own.</summary>
    public const int MostDecided = 200;

    public static Chosen Rows(long[] ids) => new(new CollectionFilter(Ids: ids));
}

/// <summary>A chosen collection as the rules of a batch need it.</summary>
public sealed class BatchRow : CollectionLine
{
    public long AssigneeId { get; init; }

    /// <summary>Who stands in for the owner.</summary>
    public long? DeputyId { get; init; }
    public long ReviewerId { get; init; }

    /// <summary>The submission that was looked at; null: not looked at, or none.</summary>
    public long? SubmissionId { get; set; }

    /// <summary>It waits for a decision that is the reader's to make.</summary>
    public bool Waits { get; init; }

    /// <summary>The owner was reminded by hand today.</summary>
    public bool RemindedToday { get; init; }

    /// <summary>Why the owner cannot become somebody else, as a key of the room's words; null: they can.</summary>
    /// <param name="to">The new owner; null while nobody is chosen.</param>
    public string? CannotAssign(long? to) =>
        State is not (CollectionState.Planned or CollectionState.Open or CollectionState.Returned) ? "BulkHandedIn"
        : to == AssigneeId ? "BulkAlreadyTheirs"
        : to == ReviewerId ? "BulkReviewsIt" : null;

    /// <summary>Why the owner cannot be reminded.</summary>
    public string? CannotRemind() =>
        State == CollectionState.Planned ? "BulkNotOpenYet"
        : State is not (CollectionState.Open or CollectionState.Returned) ? "BulkHandedIn"
        : AssigneeLeft ? "BulkOwnerLeft"
        : RemindedToday ? "BulkRemindedToday" : null;

    /// <summary>Why the period cannot be waived; nobody waives what they owe themselves.</summary>
    public string? CannotWaive(long? by) =>
        State is not (CollectionState.Planned or CollectionState.Open or CollectionState.Returned) ? "BulkHandedIn" : AssigneeId == by || (by is not null && DeputyId == by) ? "BulkOwn" : null;

    /// <summary>Why it cannot be accepted among others.</summary>
    public string? CannotAccept() => State != CollectionState.Submitted ? "BulkNotHandedIn" : Waits ? null : "BulkNotYours";
}

/// <summary>What a batch would do, for the page that checks it.</summary>
/// <param name="Can">The rows it changes.</param>
/// <param name="Cannot">The rows it leaves alone, each with the key of the reason.</param>
/// <param name="Missing">Ids that are not there or not the reader's.</param>
public sealed record BatchPlan(IReadOnlyList<BatchRow> Can, IReadOnlyList<(BatchRow Row, string Reason)> Cannot, IReadOnlyList<long> Missing)
{
    /// <summary>Rows beyond <see cref="Chosen.MostDecided"/>, which wait for the next go.</summary>
    public int Rest { get; init; }

    public static BatchPlan Of(IReadOnlyList<BatchRow> rows, Chosen chosen, Func<BatchRow, string?> cannot)
    {
        var judged = rows.Select(row => (Row: row, Reason: cannot(row))).ToList();
        return new([.. judged.Where(pair => pair.Reason is null).Select(pair => pair.Row)], [.. judged.Where(pair => pair.Reason is not null).Select(pair => (pair.Row, pair.Reason!))],
            [.. (chosen.Filter.Ids ?? []).Except(rows.Select(row => row.Id))]);
    }
}
