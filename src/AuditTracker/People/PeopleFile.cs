using AuditTracker.Platform.Files;

namespace AuditTracker.People;

/// <summary>
/// An HR export, read but not compared with the people already here. Nothing is guessed: what cannot be taken is an error with its line and column.
/// </summary>
/// <param name="Encoding">How the bytes were read; null when they could not be.</param>
/// <param name="Columns">The columns found; a column that is absent leaves what is known as it is.</param>
/// <param name="IgnoredColumns">Headers we do not read.</param>
/// <param name="Rows">The lines without an error, in the order of the file.</param>
/// <param name="EmployeeNos">Every employee number in the file, also of lines with an error.</param>
/// <param name="Errors">By line, then by column.</param>
public sealed record PeopleFile(
    TextEncoding? Encoding,
    IReadOnlySet<PeopleField> Columns,
    IReadOnlyList<string> IgnoredColumns,
    IReadOnlyList<PeopleFileRow> Rows,
    IReadOnlySet<string> EmployeeNos,
    IReadOnlyList<PeopleFileError> Errors)
{
    /// <summary>The most people in a file.</summary>
    public const int MaxRows = 100_000;

    /// <summary>The most characters in a cell.</summary>
    public const int MaxCellLength = 1_000;

    /// <summary>The largest file, in bytes: far above 100,000 people, far below what would hurt.</summary>
    public const int MaxBytes = 50 * 1024 * 1024;

    /// <summary>Reads an export; never throws, whatever the bytes.</summary>
    public static PeopleFile Read(byte[] bytes)
    {
        if (bytes.Length > MaxBytes)
        {
            return Unreadable(null, new PeopleFileError(1, null, "ImportFileTooLarge", MaxBytes / (1024 * 1024)));
        }

        var text = DecodedText.Of(bytes);
        if (text.Problem is { } problem)
        {
            return Unreadable(null, ErrorOf(problem, text.ProblemLine));
        }

        var table = CsvTable.Read(text.Text, MaxRows, MaxCellLength);
        if (table.Header is not { } header)
        {
            return Unreadable(text.Encoding, [.. table.Problems.Select(found => ErrorOf(found, []))]);
        }

        var columns = header.Cells.Select(PeopleColumns.WithHeader).ToArray();
        var ignored = header.Cells.Where((cell, index) => columns[index] is null && !string.IsNullOrWhiteSpace(cell)).Select(cell => cell.Trim()).ToArray();
        var found = columns.OfType<PeopleColumn>().Select(column => column.Field).ToHashSet();
        var errors = HeaderErrors(header, columns, found);
        if (errors.Count > 0)
        {
            return new(text.Encoding, found, ignored, [], new HashSet<string>(), errors);
        }

        errors.AddRange(table.Problems.Select(record => ErrorOf(record, columns)));
        var entries = table.Rows.Select(row => PeopleFileEntry.Read(row, columns, errors)).ToArray();
        errors.AddRange(PeopleFileChecks.Across(entries));
        if (entries.Length == 0 && errors.Count == 0)
        {
            errors.Add(new(header.Line, null, "ImportNoPeople"));
        }

        var bad = errors.Select(error => error.Line).ToHashSet();
        var known = entries.Select(entry => entry.EmployeeNo).ToHashSet(StringComparer.Ordinal);
        return new(
            text.Encoding,
            found,
            ignored,
            [.. entries.Where(entry => !bad.Contains(entry.Line)).Select(entry => entry.ToRow(known))],
            known,
            [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Field)]);
    }

    private static PeopleFile Unreadable(TextEncoding? encoding, params PeopleFileError[] errors) =>
        new(encoding, new HashSet<PeopleField>(), [], [], new HashSet<string>(), errors.Length > 0 ? errors : [new(1, null, "ImportFileEmpty")]);

    private static List<PeopleFileError> HeaderErrors(CsvLine header, PeopleColumn?[] columns, HashSet<PeopleField> found)
    {
        List<PeopleFileError> errors = [];
        foreach (var column in PeopleColumns.All)
        {
            var headers = header.Cells.Where((_, index) => columns[index] == column).Select(cell => cell.Trim()).ToArray();
            if (headers.Length > 1)
            {
                errors.Add(new(header.Line, column.Field, "ImportColumnTwice", headers[0], headers[1]));
            }
            else if (column.Required && !found.Contains(column.Field))
            {
                errors.Add(new(header.Line, column.Field, "ImportColumnMissing", column.Headers[0], column.Headers[1]));
            }
        }

        return errors;
    }

    private static PeopleFileError ErrorOf(TextProblem problem, int line) => problem switch
    {
        TextProblem.Utf16 => new(line, null, "ImportUtf16"),
        TextProblem.Workbook => new(line, null, "ImportWorkbook"),
        _ => new(line, null, "ImportUndecodable"),
    };

    private static PeopleFileError ErrorOf(CsvProblem problem, PeopleColumn?[] columns) => problem.Kind switch
    {
        CsvProblemKind.UnclosedQuote => new(problem.Line, null, "ImportQuoteOpen"),
        CsvProblemKind.TextAfterClosingQuote => new(problem.Line, null, "ImportTextAfterQuote"),
        CsvProblemKind.WrongCellCount => new(problem.Line, null, "ImportCellCount", problem.Found, problem.Allowed),
        CsvProblemKind.TooManyRows => new(problem.Line, null, "ImportTooManyRows", problem.Allowed),
        _ => new(problem.Line, columns.ElementAtOrDefault(problem.Column ?? 0)?.Field, "ImportCellTooLong", problem.Found, problem.Allowed),
    };
}
