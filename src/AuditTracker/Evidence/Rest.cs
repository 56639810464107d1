using AuditTracker.Platform;

namespace AuditTracker.Evidence;

/// <summary>What is still to come after a part was handed in, in the person's words, and by when. A statement: it moves no due date.</summary>
public sealed record Rest(string Words, DateOnly By)
{
    public const int Longest = 1000;

    /// <summary>Nobody says more than a year ahead what a period still lacks.</summary>
    public const int LongestWait = 366;

    /// <summary>Reads what was given with a part.</summary>
    /// <exception cref="InvalidInput">At <c>rest</c> or <c>restBy</c>.</exception>
    public static Rest Of(string? words, DateOnly? by, DateOnly today)
    {
        var text = words?.Trim() ?? "";
        if (text.Length is 0 or > Longest)
        {
            throw text.Length == 0 ? InvalidInput.At<Words>("rest", "RestEmpty") : InvalidInput.At<Words>("rest", "NoteLength", Longest);
        }
        return by switch
        {
            null => throw InvalidInput.At<Words>("restBy", "RestByEmpty"),
            { } day when day < today => throw InvalidInput.At<Words>("restBy", "RestByInPast"),
            { } day when day > today.AddDays(LongestWait) => throw InvalidInput.At<Words>("restBy", "RestByTooFar"),
            { } day => new Rest(text, day),
        };
    }
}
