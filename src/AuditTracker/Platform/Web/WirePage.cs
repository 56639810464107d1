namespace AuditTracker.Platform.Web;

/// <summary>A page of a list on the wire (design §7).</summary>
/// <param name="After">The cursor of the next page, or null on the last.</param>
public sealed record WirePage<T>(IReadOnlyList<T> Items, string? After);

/// <summary>How many items a caller of a list gets: 50 unless told, at most 200.</summary>
public static class WireLimit
{
    public static int Of(int? asked) => Math.Clamp(asked ?? 50, 1, 200);
}
