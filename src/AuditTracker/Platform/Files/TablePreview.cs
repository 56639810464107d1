using System.Text;

namespace AuditTracker.Platform.Files;

/// <summary>The beginning of a table, enough to see what it is.</summary>
/// <param name="Sheet">Name of a workbook's sheet; null for text.</param>
/// <param name="Rows">At most <see cref="MostRows"/> of at most <see cref="MostColumns"/> cells.</param>
/// <param name="HasMore">There are more rows, columns or sheets than these.</param>
public sealed record TablePreview(string? Sheet, IReadOnlyList<IReadOnlyList<string>> Rows, bool HasMore)
{
    public const int MostRows = 50;
    public const int MostColumns = 12;

    /// <summary>Letters of one cell.</summary>
    public const int LongestCell = 200;

    /// <summary>Bytes of a text file that are looked at.</summary>
    private const int MostBytes = 256 << 10;

    /// <summary>The first rows of a delimited text; null when it is no text we can read.</summary>
    public static TablePreview? OfText(Stream file, char delimiter)
    {
        if (Beginning(file) is not { } text)
        {
            return null;
        }
        var rows = new List<IReadOnlyList<string>>();
        var (row, cell, quoted, wide) = (new List<string>(), new StringBuilder(), false, false);
        foreach (var (letter, next) in text.Text.Zip(text.Text.Skip(1).Append('\n')))
        {
            if (quoted && letter == '"' && next == '"')
            {
                quoted = false; // the second one opens again
                Add(cell, letter);
            }
            else if (letter == '"' && (quoted || cell.Length == 0 || cell[^1] == '"'))
            {
                quoted = !quoted;
            }
            else if (!quoted && letter == delimiter)
            {
                End();
            }
            else if (!quoted && letter == '\n')
            {
                End();
                rows.Add(row);
                row = [];
                if (rows.Count == MostRows)
                {
                    return new(null, rows, true);
                }
            }
            else if (letter != '\r')
            {
                Add(cell, letter);
            }
        }
        if (cell.Length > 0 || row.Count > 0)
        {
            End();
            rows.Add(row);
        }
        return new(null, rows, wide || text.IsCut);

        void End()
        {
            if (row.Count < MostColumns)
            {
                row.Add(cell.ToString());
            }
            else
            {
                wide = true;
            }
            cell.Clear();
        }
    }

    /// <summary>The first lines of a text; null when it is none we can read.</summary>
    public static (string Text, bool HasMore)? Lines(Stream file)
    {
        if (Beginning(file) is not { } text)
        {
            return null;
        }
        var lines = text.Text.Split('\n');
        return (string.Join('\n', lines.Take(MostRows).Select(line => Cut(line.TrimEnd('\r')))), text.IsCut || lines.Length > MostRows);
    }

    internal static string Cut(string text) => text.Length <= LongestCell ? text : $"{text[..(char.IsHighSurrogate(text[LongestCell - 1]) ? LongestCell - 1 : LongestCell)]}…";

    private static void Add(StringBuilder cell, char letter)
    {
        if (cell.Length < LongestCell)
        {
            cell.Append(letter);
        }
    }

    private static (string Text, bool IsCut)? Beginning(Stream file)
    {
        var bytes = new byte[MostBytes + 1];
        var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        var cut = length > MostBytes;
        // Whole lines only, so that no character is cut in two.
        var end = cut ? Array.LastIndexOf(bytes, (byte)'\n', MostBytes) + 1 : length;
        var text = DecodedText.Of(bytes.AsSpan(0, end == 0 ? Math.Min(length, MostBytes) : end));
        return text.Problem is null ? (text.Text, cut) : null;
    }
}
