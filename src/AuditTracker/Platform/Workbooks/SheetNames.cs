using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>Gives every sheet a name Excel accepts and no other sheet has.</summary>
internal sealed class SheetNames
{
    private const int Longest = 31;
    private readonly HashSet<string> taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Forbidden characters become their full-width twins; a name already taken gets " (2)". Excel compares without case and width.</summary>
    internal string Take(string wanted)
    {
        var clean = Clean(wanted);
        for (var n = 1; ; n++)
        {
            var suffix = n == 1 ? "" : $" ({n})";
            var name = Cut(clean, Longest - suffix.Length) + suffix;
            // "History" belongs to Excel's change tracking and makes it repair the file.
            if (!name.Equals("History", StringComparison.OrdinalIgnoreCase) && taken.Add(name.Normalize(NormalizationForm.FormKC)))
                return name;
        }
    }

    private static string Clean(string wanted)
    {
        var name = new StringBuilder(wanted.Length);
        foreach (var rune in wanted.EnumerateRunes())
        {
            // The full-width forms stand exactly 0xFEE0 above ASCII.
            if (rune.Value is ':' or '\\' or '/' or '?' or '*' or '[' or ']')
                name.Append((char)(rune.Value + 0xFEE0));
            else if (!Rune.IsControl(rune) && rune.Value is not (0xFFFE or 0xFFFF))
                name.Append(rune.ToString());
        }
        var trimmed = Cut(name.ToString().Trim().Trim('\''), Longest).Trim('\'');
        return trimmed.Length == 0 ? "Sheet" : trimmed;
    }

    private static string Cut(string name, int length) =>
        name.Length <= length ? name : name[..(char.IsHighSurrogate(name[length - 1]) ? length - 1 : length)];
}
