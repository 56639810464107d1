namespace AuditTracker.Notifications;

/// <summary>
/// Something one person is told once. It waits for that person's mail of the day, unless it is told at once.
/// </summary>
/// <param name="Key">What, whom, which occurrence, which step, as one text: the same key is never told twice.</param>
/// <param name="Template">The mail, as in templates/mail: <c>evidence/collection-opened</c>.</param>
/// <param name="PersonId">Who is told; null only for a mail at once to a bare address.</param>
/// <param name="Subject">What it is about, as in the trail (<c>collection:12</c>), so that whoever settles that matter closes the notice.</param>
public sealed record Notice(string Key, string Template, long? PersonId, string Subject)
{
    /// <summary>Its place within a mail of several.</summary>
    public Urgency Urgency { get; init; } = Urgency.Other;

    public DateOnly? DueOn { get; init; }

    /// <summary>
    /// Plain values for the template: texts, numbers, booleans, nulls. They are worded when the mail is written, in the reader's language, by
    /// their names: see README.md, "Names of a model".
    /// </summary>
    public IReadOnlyDictionary<string, object?> Model { get; init; } = new Dictionary<string, object?>();
}

/// <summary>Most urgent first; the numbers stand in the table.</summary>
public enum Urgency { Overdue = 1, Returned = 2, DueSoon = 3, Opened = 4, Other = 5 }

/// <summary>Where a mail goes when there is no person behind the address.</summary>
/// <param name="Language"><c>ja</c> or <c>en</c>.</param>
public sealed record Recipient(string Name, string Address, string Language);
