using AuditTracker.Platform.Workbooks;

namespace AuditTracker.Platform.Files;

/// <summary>Why a file is no table that we read.</summary>
public enum TableProblem { Utf16, Undecodable, OldWorkbook, DamagedWorkbook, WorkbookTooLarge, NoSuchSheet }

/// <summary>A table that somebody hands in, a CSV or one sheet of an Excel workbook: its head and its lines as text.</summary>
/// <param name="Encoding">How a CSV was read; null for a workbook.</param>
/// <param name="Sheets">The sheets of a workbook to choose from, without hidden ones.</param>
/// <param name="Sheet">The sheet that was read; null for a CSV.</param>
/// <param name="Header">The row of heads. In a workbook titles may stand above it.</param>
/// <param name="Problem">Why there is nothing.</param>
public sealed record FileTable(
    TextEncoding? Encoding,
    IReadOnlyList<string> Sheets,
    string? Sheet,
    CsvLine? Header,
    IReadOnlyList<CsvLine> Rows,
    IReadOnlyList<CsvProblem> Problems,
    TableProblem? Problem = null,
    int ProblemLine = 1)
{
    private const int RowsAboveTheHeader = 30;

    private IReadOnlyDictionary<int, ulong> Numbers { get; init; } = new Dictionary<int, ulong>();

    /// <summary>A workbook and no text file.</summary>
    public bool IsWorkbook => Sheet is not null;

    /// <summary>The cell is a bare number of a workbook: leading zeros and the form of a date are lost, if it had any.</summary>
    public bool IsNumber(int line, int column) => column < 64 && (Numbers.GetValueOrDefault(line) >> column & 1) == 1;

    /// <summary>Reads the bytes; never throws, whatever they are.</summary>
    /// <param name="sheet">The sheet to read; null = the visible one whose heads are known best, else the first that is not empty.</param>
    /// <param name="isKnown">Whether a head is one the reader knows; finds the row of heads below titles.</param>
    public static FileTable Read(byte[] bytes, int maxRows, int maxCellLength, string? sheet, Func<string, bool> isKnown)
    {
        if (WorkbookReader.LooksLikeWorkbook(bytes) || WorkbookReader.LooksLikeOldWorkbook(bytes))
        {
            return OfWorkbook(bytes, maxRows, maxCellLength, sheet, isKnown);
        }

        var text = DecodedText.Of(bytes);
        if (text.Problem is { } problem)
        {
            return Unreadable(problem == TextProblem.Utf16 ? TableProblem.Utf16 : TableProblem.Undecodable, text.ProblemLine);
        }

        var table = CsvTable.Read(text.Text, maxRows, maxCellLength);
        return new(text.Encoding, [], null, table.Header, table.Rows, table.Problems);
    }

    private static FileTable OfWorkbook(byte[] bytes, int maxRows, int maxCellLength, string? sheet, Func<string, bool> isKnown)
    {
        var (tops, problem) = WorkbookReader.Read(bytes, RowsAboveTheHeader);
        if (problem is { } why)
        {
            return Unreadable(why switch { WorkbookProblem.Old => TableProblem.OldWorkbook, WorkbookProblem.TooLarge => TableProblem.WorkbookTooLarge, _ => TableProblem.DamagedWorkbook });
        }

        var candidates = tops.Select((top, number) => (top, number)).Where(found => !found.top.IsHidden && found.top.Rows.Count > 0).ToArray();
        var chosen = sheet is null
            ? candidates.OrderByDescending(found => found.top.Rows.Max(row => row.Cells.Count(isKnown))).ThenBy(found => found.number).FirstOrDefault()
            : candidates.FirstOrDefault(found => found.top.Name == sheet);
        string[] names = [.. candidates.Select(found => found.top.Name)];
        if (chosen.top is null)
        {
            return sheet is null ? new(null, names, "", null, [], []) : Unreadable(TableProblem.NoSuchSheet) with { Sheets = names };
        }

        var header = HeaderOf(chosen.top.Rows, isKnown);
        // One more than the rows above the head and the head itself, to see that there are too many.
        var (sheets, _) = WorkbookReader.Read(bytes, maxRows + RowsAboveTheHeader + 1, chosen.number);
        return OfRows(names, chosen.top.Name, header, [.. sheets[chosen.number].Rows.Where(row => row.Line > header.Line)], maxRows, maxCellLength);
    }

    private static FileTable OfRows(string[] names, string sheet, SheetRow header, SheetRow[] rows, int maxRows, int maxCellLength)
    {
        var width = header.Cells.Select((cell, column) => string.IsNullOrWhiteSpace(cell) ? 0 : column + 1).Max();
        List<CsvLine> lines = [];
        List<CsvProblem> problems = [];
        Dictionary<int, ulong> numbers = [];
        foreach (var row in rows)
        {
            if (lines.Count == maxRows)
            {
                problems.Add(new(row.Line, CsvProblemKind.TooManyRows, Allowed: maxRows));
                break;
            }

            string[] cells = [.. row.Cells.Take(width), .. Enumerable.Repeat("", Math.Max(0, width - row.Cells.Count))];
            if (cells.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (Array.FindIndex(cells, cell => cell.Length > maxCellLength) is var column and >= 0)
            {
                problems.Add(new(row.Line, CsvProblemKind.CellTooLong, column, cells[column].Length, maxCellLength, cells));
                continue;
            }

            lines.Add(new(row.Line, cells));
            if (row.Numbers != 0)
            {
                numbers[row.Line] = row.Numbers;
            }
        }

        return new(null, names, sheet, new(header.Line, [.. header.Cells.Take(width)]), lines, problems) { Numbers = numbers };
    }

    // Titles stand above in merged cells: the row with the most known heads, else the first of the rows with the most cells.
    private static SheetRow HeaderOf(IReadOnlyList<SheetRow> rows, Func<string, bool> isKnown)
    {
        var best = rows.MaxBy(row => row.Cells.Count(isKnown))!;
        return best.Cells.Count(isKnown) >= 2 ? best : rows.MaxBy(row => row.Cells.Count(cell => !string.IsNullOrWhiteSpace(cell)))!;
    }

    private static FileTable Unreadable(TableProblem problem, int line = 1) => new(null, [], null, null, [], [], problem, line);
}
