using AuditTracker.Platform.Database;

namespace AuditTracker.Trail;

/// <summary>How a value may be shown to the reader at hand.</summary>
public enum Showing
{
    /// <summary>As it stands.</summary>
    Plain,

    /// <summary>A personal value the reader may not see.</summary>
    Personal,

    /// <summary>A personal value that retention has erased; its commitment stays.</summary>
    Erased,

    /// <summary>A personal value that is missing or not the one committed to: somebody has changed it.</summary>
    Changed,
}

/// <summary>One value before or after.</summary>
/// <param name="Text">Null when empty, and when it is not shown plainly.</param>
public sealed record TrailValue(string Name, Showing Showing, string? Text);

/// <summary>An entry as one reader may see it, taken from its canonical bytes.</summary>
/// <param name="At">Business instant, UTC.</param>
/// <param name="RecordedAt">The server's own instant, UTC.</param>
/// <param name="Actor"><c>account:12</c>, <c>job:…</c>, <c>operator:…</c>.</param>
/// <param name="ActorName">The person's name today; null when nobody can say.</param>
/// <param name="IsSound">False when the bytes cannot be read or say something else than the columns beside them.</param>
public sealed record TrailEntry(
    long Id, DateTime At, DateTime RecordedAt, string Actor, string? ActorName, string Kind, string What, string Subject, bool IsSound,
    IReadOnlyList<TrailValue>? Before, IReadOnlyList<TrailValue>? After);

/// <summary>What to look for; null = anything. Days are business days in Asia/Tokyo, both ends included.</summary>
/// <param name="Actors">Any of these actors; an empty list finds nothing.</param>
/// <param name="Kind"><c>act</c> or <c>row</c>.</param>
public sealed record TrailFilter(string? Subject = null, IReadOnlyList<string>? Actors = null, string? What = null, string? Kind = null, DateOnly? From = null, DateOnly? To = null);

/// <summary>The orders of the trail: by time alone, which is the order of its numbers.</summary>
public static class TrailOrders
{
    public static readonly ListOrder Time = new("time", new SortKey("id")) { IsNewestFirst = true };
}

/// <summary>
/// Names the actors that are people: actor → name as of today. Filled by the room that has the accounts; until then the raw actor is shown.
/// </summary>
public delegate Task<IReadOnlyDictionary<string, string>> NameActors(IReadOnlyCollection<string> actors, CancellationToken ct);

/// <summary>The actors meant by what a reader typed: a name, a sign-in name or an employee number. Filled like <see cref="NameActors"/>.</summary>
public delegate Task<IReadOnlyList<string>> FindActors(string typed, CancellationToken ct);

/// <summary>How far the trail is sealed and stamped.</summary>
/// <param name="Number">The newest seal; null when there is none yet.</param>
/// <param name="Waiting">Entries that are not sealed yet.</param>
/// <param name="IsHeld">An operation somewhere on the server holds them back.</param>
/// <param name="HeldSince">Since when it is under way; null when none is, or when it is another role's and the server does not tell.</param>
public sealed record SealState(long? Number, byte[]? Head, DateTime? SealedAt, long? AnchoredNumber, DateTime? AnchoredAt, long Waiting, DateTime? WaitingSince, bool IsHeld, DateTime? HeldSince)
{
    public string? Hash => Head is null ? null : Convert.ToHexStringLower(Head);
}
