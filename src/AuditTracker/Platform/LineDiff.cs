namespace AuditTracker.Platform;

/// <param name="Kind">' ' in both, '-' only before, '+' only after.</param>
public sealed record DiffLine(char Kind, string Text);

/// <summary>What changed between two short texts, line by line (longest common subsequence).</summary>
public static class LineDiff
{
    public static IReadOnlyList<DiffLine> Of(string before, string after)
    {
        var (a, b) = (Lines(before), Lines(after));
        var longest = new int[a.Length + 1, b.Length + 1];
        for (var i = a.Length - 1; i >= 0; i--)
        {
            for (var j = b.Length - 1; j >= 0; j--)
            {
                longest[i, j] = a[i] == b[j] ? longest[i + 1, j + 1] + 1 : Math.Max(longest[i + 1, j], longest[i, j + 1]);
            }
        }
        var found = new List<DiffLine>();
        for (int i = 0, j = 0; i < a.Length || j < b.Length;)
        {
            if (i < a.Length && j < b.Length && a[i] == b[j])
            {
                found.Add(new(' ', a[i++]));
                j++;
            }
            else if (j >= b.Length || i < a.Length && longest[i + 1, j] >= longest[i, j + 1])
            {
                found.Add(new('-', a[i++]));
            }
            else
            {
                found.Add(new('+', b[j++]));
            }
        }
        return found;
    }

    private static string[] Lines(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
