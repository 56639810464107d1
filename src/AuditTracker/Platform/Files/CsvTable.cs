using CsvHelper;

namespace AuditTracker.Platform.Files;

/// <summary>One record of a CSV file and the line of the file, from 1, on which it begins.</summary>
public sealed record CsvLine(int Line, IReadOnlyList<string> Cells);

/// <summary>What is wrong with a record of a CSV file.</summary>
public enum CsvProblemKind { UnclosedQuote, TextAfterClosingQuote, WrongCellCount, CellTooLong, TooManyRows }

/// <summary>A record that could not be taken.</summary>
/// <param name="Line">The line of the file, from 1, on which the record begins.</param>
/// <param name="Kind">What is wrong.</param>
/// <param name="Column">The cell, from 0, when it is about one cell.</param>
/// <param name="Found">How many cells or characters there are.</param>
/// <param name="Allowed">How many there may be.</param>
/// <param name="Cells">What stands there, as far as it could be read.</param>
public sealed record CsvProblem(int Line, CsvProblemKind Kind, int? Column = null, int Found = 0, int Allowed = 0, IReadOnlyList<string>? Cells = null);

/// <summary>
/// A comma-separated table (RFC 4180) as text: the header and the records that have as many cells as the header; the others are problems.
/// Records without any text are passed over. Cells are never trimmed or interpreted: a formula is text.
/// </summary>
public sealed record CsvTable(CsvLine? Header, IReadOnlyList<CsvLine> Rows, IReadOnlyList<CsvProblem> Problems)
{
    /// <summary>Reads the whole text; stops at the first record beyond <paramref name="maxRows"/> (header not counted).</summary>
    public static CsvTable Read(string text, int maxRows, int maxCellLength)
    {
        CsvProblem? malformed = null;
        using var reader = CsvReader.FromText(text, Options(record => malformed = ProblemOf(record)));
        CsvLine? header = null;
        List<CsvLine> rows = [];
        List<CsvProblem> problems = [];
        while (reader.Read())
        {
            var line = new CsvLine((int)reader.LineNumber, reader.Current.ToArray());
            var problem = malformed;
            malformed = null;
            if (problem is null && line.Cells.All(string.IsNullOrWhiteSpace))
            {
                continue;
            }

            if (rows.Count == maxRows)
            {
                problems.Add(new(line.Line, CsvProblemKind.TooManyRows, Allowed: maxRows));
                break;
            }

            problem ??= Check(line, header, maxCellLength);
            if (problem is not null)
            {
                problems.Add(problem);
                if (header is null)
                {
                    break;
                }
            }
            else if (header is null)
            {
                header = line;
            }
            else
            {
                rows.Add(line);
            }
        }

        return new(header, rows, problems);
    }

    /// <summary>Cells as they stand; what is malformed is told and not thrown.</summary>
    /// <param name="maxRecordBytes">In UTF-8; a record that goes on longer, as behind a quote that is never closed, throws before it is held. Null: texts in memory.</param>
    internal static CsvReaderOptions Options(Action<CsvMalformedRecord> onMalformed, int? maxRecordBytes = null) => new()
    {
        MaxRecordSize = maxRecordBytes,
        HasHeader = false,
        Separator = ',',
        TrimWhitespace = false,
        TrackLineNumbers = true,
        IncludeValuesInExceptions = false,
        OnMalformedRecord = onMalformed,
    };

    // A stray quote inside an unquoted cell has one reading and is kept; the others change or swallow text.
    private static CsvProblem? ProblemOf(CsvMalformedRecord record) => record.Reason switch
    {
        CsvMalformedReason.UnterminatedQuote => new((int)record.LineNumber, CsvProblemKind.UnclosedQuote),
        CsvMalformedReason.TextAfterClosingQuote => new((int)record.LineNumber, CsvProblemKind.TextAfterClosingQuote),
        _ => null,
    };

    private static CsvProblem? Check(CsvLine line, CsvLine? header, int maxCellLength)
    {
        for (var column = 0; column < line.Cells.Count; column++)
        {
            if (line.Cells[column].Length > maxCellLength)
            {
                return new(line.Line, CsvProblemKind.CellTooLong, column, line.Cells[column].Length, maxCellLength, line.Cells);
            }
        }

        return header is not null && line.Cells.Count != header.Cells.Count
            ? new(line.Line, CsvProblemKind.WrongCellCount, Found: line.Cells.Count, Allowed: header.Cells.Count, Cells: line.Cells)
            : null;
    }
}
