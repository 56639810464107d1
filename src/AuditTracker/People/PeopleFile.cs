using AuditTracker.Platform.Files;

namespace AuditTracker.People;

/// <summary>
/// An HR export, read but not compared with the people already here. Nothing is guessed: what cannot be taken is an error with its line and column.
/// </summary>
/// <param name="Table">The file as cells: how it was read, its sheets, its head.</param>
/// <param name="Layout">What each column of the head holds; null = not read.</param>
/// <param name="Rows">The lines without an error, in the order of the file.</param>
/// <param name="EmployeeNos">Every employee number in the file, also of lines with an error.</param>
/// <param name="Errors">By line, then by column.</param>
public sealed record PeopleFile(
    FileTable Table,
    IReadOnlyList<PeopleField?> Layout,
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

    // After one of these the rest of the file is not known; leaving out the line would leave out more than the line.
    private static readonly string[] WholeFile = ["ImportColumnTwice", "ImportColumnMissing", "ImportQuoteOpen", "ImportTooManyRows", "ImportNoPeople", "ImportFileEmpty"];

    /// <summary>How a CSV was read; null for a workbook and for what could not be read.</summary>
    public TextEncoding? Encoding => Table.Encoding;

    /// <summary>The columns found; a column that is absent leaves what is known as it is.</summary>
    public IReadOnlySet<PeopleField> Columns { get; } = Layout.OfType<PeopleField>().ToHashSet();

    /// <summary>Heads that are not read.</summary>
    public IReadOnlyList<string> IgnoredColumns { get; } =
        [.. (Table.Header?.Cells ?? []).Where((cell, column) => Layout.ElementAtOrDefault(column) is null && !string.IsNullOrWhiteSpace(cell)).Select(cell => cell.Trim())];

    /// <summary>There is a head, but a required column is not found in it or one is there twice.</summary>
    public bool NeedsColumns => Errors.Any(error => error.Key is "ImportColumnMissing" or "ImportColumnTwice");

    /// <summary>The lines without an error may be taken alone.</summary>
    public bool MaySkipErrors => Table.Problem is null && Rows.Count > 0 && !Errors.Any(error => WholeFile.Contains(error.Key));

    /// <summary>Numbers of a workbook that may have lost leading zeros.</summary>
    public IReadOnlyList<PeopleFileError> Warnings { get; private init; } = [];

    /// <summary>The file without these lines and its errors. The people of the lines count as in the file still: they are not missing.</summary>
    internal PeopleFile Without(IReadOnlySet<int> lines)
    {
        var rows = Rows.Where(row => !lines.Contains(row.Line)).ToArray();
        var numbers = rows.Select(row => row.EmployeeNo).ToHashSet(StringComparer.Ordinal);
        return this with { Rows = [.. rows.Select(row => row with { ManagerOutsideFile = row.ManagerNo is not null && !numbers.Contains(row.ManagerNo) })], Errors = [] };
    }

    /// <summary>Reads an export by the heads we know; never throws, whatever the bytes.</summary>
    public static PeopleFile Read(byte[] bytes) => bytes.Length > MaxBytes ? TooLarge : Of(TableOf(bytes, null), null);

    /// <summary>What stands in for a file that is too large to look at.</summary>
    public static PeopleFile TooLarge => Unreadable(new(null, [], null, null, [], []), new PeopleFileError(1, null, "ImportFileTooLarge", MaxBytes >> 20));

    /// <summary>The cells of an export; never throws.</summary>
    /// <param name="sheet">The sheet of a workbook; null = the one whose heads are known best.</param>
    public static FileTable TableOf(byte[] bytes, string? sheet) => FileTable.Read(bytes, MaxRows, MaxCellLength, sheet, cell => PeopleColumns.WithHeader(cell) is not null);

    /// <summary>Reads the cells.</summary>
    /// <param name="layout">What each column holds, as somebody chose it; null, or another number of columns than the head has = by the heads we know.</param>
    public static PeopleFile Of(FileTable table, IReadOnlyList<PeopleField?>? layout)
    {
        if (table.Problem is { } problem)
        {
            return Unreadable(table, ErrorOf(problem, table.ProblemLine));
        }

        if (table.Header is not { } header)
        {
            return Unreadable(table, [.. table.Problems.Select(found => ErrorOf(found, []))]);
        }

        PeopleColumn?[] columns = layout?.Count == header.Cells.Count
            ? [.. layout.Select(field => field is { } known ? PeopleColumns.Of(known) : null)]
            : [.. header.Cells.Select(PeopleColumns.WithHeader)];
        PeopleField?[] chosen = [.. columns.Select(column => column?.Field)];
        var errors = HeaderErrors(header, columns);
        if (errors.Count > 0)
        {
            return new(table, chosen, [], new HashSet<string>(), errors);
        }

        errors.AddRange(table.Problems.Select(record => ErrorOf(record, columns)));
        var entries = table.Rows.Select(row => PeopleFileEntry.Read(row, columns, table, errors)).ToArray();
        errors.AddRange(PeopleFileChecks.Across(entries));
        if (entries.Length == 0 && errors.Count == 0)
        {
            errors.Add(new(header.Line, null, "ImportNoPeople"));
        }

        var bad = errors.Select(error => error.Line).ToHashSet();
        var known = entries.Select(entry => entry.EmployeeNo).ToHashSet(StringComparer.Ordinal);
        return new(
            table,
            chosen,
            [.. entries.Where(entry => !bad.Contains(entry.Line)).Select(entry => entry.ToRow(known))],
            known,
            [.. errors.OrderBy(error => error.Line).ThenBy(error => error.Field)])
        {
            Warnings = [.. PeopleFileChecks.LostZeros(entries, table, columns)],
        };
    }

    private static PeopleFile Unreadable(FileTable table, params PeopleFileError[] errors) =>
        new(table, [], [], new HashSet<string>(), errors.Length > 0 ? errors : [new(1, null, "ImportFileEmpty")]);

    private static List<PeopleFileError> HeaderErrors(CsvLine header, PeopleColumn?[] columns)
    {
        List<PeopleFileError> errors = [];
        foreach (var column in PeopleColumns.All)
        {
            var headers = header.Cells.Where((_, index) => columns[index] == column).Select(cell => cell.Trim()).ToArray();
            if (headers.Length > 1)
            {
                errors.Add(new(header.Line, column.Field, "ImportColumnTwice", headers[0], headers[1]));
            }
            else if (column.Required && headers.Length == 0)
            {
                errors.Add(new(header.Line, column.Field, "ImportColumnMissing", column.Headers[0], column.Headers[1]));
            }
        }

        return errors;
    }

    private static PeopleFileError ErrorOf(TableProblem problem, int line) => problem switch
    {
        TableProblem.Utf16 => new(line, null, "ImportUtf16"),
        TableProblem.OldWorkbook => new(line, null, "ImportOldWorkbook"),
        TableProblem.DamagedWorkbook => new(line, null, "ImportDamagedWorkbook"),
        TableProblem.WorkbookTooLarge => new(line, null, "ImportWorkbookTooLarge"),
        TableProblem.NoSuchSheet => new(line, null, "ImportNoSuchSheet"),
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
