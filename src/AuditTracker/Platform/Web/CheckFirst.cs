namespace AuditTracker.Platform.Web;

/// <summary>
/// The page before an act that takes something away, <c>Pages/_CheckFirst.cshtml</c>: what it does and to whom, who is mailed, the danger button. It is
/// opened by a link (GET) and acts by POST.
/// </summary>
/// <param name="Title">What is done, as a noun: <c>トークンの取り消し</c>.</param>
/// <param name="Means">The effect, and whether it can be undone.</param>
/// <param name="Mailed">Who is told by mail; also when nobody is.</param>
/// <param name="Object">The word and the name of what it is done to.</param>
/// <param name="Action">Where the button posts to.</param>
/// <param name="Verb">The word of the button.</param>
/// <param name="Back">Where キャンセル leads.</param>
public sealed record CheckFirst(string Title, string Means, string Mailed, (string Word, string Name) Object, string Action, string Verb, string Back)
{
    /// <summary>What goes along with the button.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];
}
