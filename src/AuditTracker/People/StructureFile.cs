using AuditTracker.Calendar;
using AuditTracker.Platform.Files;

namespace AuditTracker.People;

/// <summary>What a file of departments or of concurrent posts says in a column.</summary>
public enum StructureField { Code, Name, Parent, Head, ValidFrom, EmployeeNo, Title, From, To }

/// <summary>A department as a file or a form has it.</summary>
/// <param name="Name">Null = as it is called already.</param>
/// <param name="Parent">Code of the department above; "" = none, null = as it is.</param>
/// <param name="Head">Employee number; "" = nobody, null = as it is. Somebody may head several departments.</param>
/// <param name="From">The first day on which this holds; null = the effective date.</param>
public sealed record DepartmentLine(int Line, string Code, string? Name, string? Parent, string? Head, DateOnly? From);

/// <summary>A concurrent post (兼務) as a file or a form has it; one of the same person, department and first day is changed by it.</summary>
/// <param name="To">The last day; null = open.</param>
public sealed record PostLine(int Line, string EmployeeNo, string Code, string Title, DateOnly From, DateOnly? To);

/// <summary>A file of departments (code, name, parent, head, valid from) or of concurrent posts (person, department, title, from, to), by its heads.</summary>
public sealed record StructureFile(FileTable Table, bool IsPosts, IReadOnlyList<DepartmentLine> Departments, IReadOnlyList<PostLine> Posts, IReadOnlyList<PeopleFileError> Errors)
{
    /// <summary>The heads each column is known by, our Japanese one first; then whether a file of departments or of posts needs it.</summary>
    public static IReadOnlyList<(StructureField Field, bool Needed, string[] Heads)> DepartmentColumns { get; } =
    [
        (StructureField.Code, true, ["部門コード", "code", "部署コード", "所属コード", "department_code"]),
        (StructureField.Name, false, ["部門名", "name", "部署名", "所属名", "department", "department_name"]),
        (StructureField.Parent, false, ["上位部門コード", "parent", "上位部署コード", "親部門コード", "parent_code"]),
        (StructureField.Head, false, ["部門長社員番号", "head", "部署長社員番号", "所属長社員番号", "head_no"]),
        (StructureField.ValidFrom, false, ["適用日", "valid_from", "適用開始日", "有効開始日"]),
    ];

    public static IReadOnlyList<(StructureField Field, bool Needed, string[] Heads)> PostColumns { get; } =
    [
        (StructureField.EmployeeNo, true, ["社員番号", "employee_no", "従業員番号", "社員コード"]),
        (StructureField.Code, true, ["兼務部門コード", "department_code", "部門コード", "部署コード", "兼務部署コード", "所属コード"]),
        (StructureField.Title, false, ["兼務役職", "title", "役職"]),
        (StructureField.From, true, ["開始日", "from", "兼務開始日", "適用日"]),
        (StructureField.To, false, ["終了日", "to", "兼務終了日"]),
    ];

    /// <summary>Reads a file; never throws, whatever the bytes. What cannot be taken is an error with its line.</summary>
    public static StructureFile Read(byte[] bytes)
    {
        if (bytes.Length > PeopleFile.MaxBytes)
        {
            return Unreadable(new(null, [], null, null, [], []), new PeopleFileError(1, null, "ImportFileTooLarge", PeopleFile.MaxBytes >> 20));
        }

        var table = FileTable.Read(bytes, PeopleFile.MaxRows, PeopleFile.MaxCellLength, null, cell => Find(DepartmentColumns, cell) is not null || Find(PostColumns, cell) is not null);
        if (table.Problem is not null || table.Header is not { } header)
        {
            return Unreadable(table, [.. PeopleFile.Of(table, null).Errors]);
        }

        var isPosts = header.Cells.Any(cell => Find(PostColumns, cell) == StructureField.EmployeeNo);
        var known = isPosts ? PostColumns : DepartmentColumns;
        StructureField?[] layout = [.. header.Cells.Select(cell => Find(known, cell))];
        List<PeopleFileError> errors = [];
        foreach (var (field, needed, heads) in known)
        {
            var count = layout.Count(found => found == field);
            if (count > 1 || (needed && count == 0))
            {
                errors.Add(count > 1 ? new(header.Line, null, "StructureColumnTwice", heads[0]) : new(header.Line, null, "ImportColumnMissing", heads[0], heads[1]));
            }
        }

        errors.AddRange(table.Problems.Select(problem => new PeopleFileError(problem.Line, null, problem.Kind switch
        {
            CsvProblemKind.UnclosedQuote => "ImportQuoteOpen",
            CsvProblemKind.TextAfterClosingQuote => "ImportTextAfterQuote",
            CsvProblemKind.WrongCellCount => "ImportCellCount",
            CsvProblemKind.TooManyRows => "StructureTooLong",
            _ => "ImportCellTooLong",
        }, problem.Found, problem.Allowed)));
        if (errors.Any(error => error.Line == header.Line))
        {
            return Unreadable(table, [.. errors]) with { IsPosts = isPosts };
        }

        var lines = table.Rows.Select(row => new Cells(row, layout, table, errors)).ToArray();
        return new(table, isPosts, isPosts ? [] : [.. lines.Select(line => line.Department()).OfType<DepartmentLine>()], isPosts ? [.. lines.Select(line => line.Post()).OfType<PostLine>()] : [], errors);
    }

    private static StructureFile Unreadable(FileTable table, params PeopleFileError[] errors) => new(table, false, [], [], errors);

    private static StructureField? Find(IReadOnlyList<(StructureField Field, bool Needed, string[] Heads)> columns, string head)
    {
        var key = PeopleColumns.KeyOf(head);
        foreach (var (field, _, heads) in columns)
        {
            if (heads.Any(known => PeopleColumns.KeyOf(known) == key))
            {
                return field;
            }
        }

        return null;
    }

    private sealed class Cells(CsvLine row, StructureField?[] layout, FileTable table, List<PeopleFileError> errors)
    {
        private int Errors { get; set; }

        public DepartmentLine? Department()
        {
            var line = new DepartmentLine(row.Line, Needed(StructureField.Code), Typed(StructureField.Name) is { Length: > 0 } name ? name : null, Number(StructureField.Parent), Number(StructureField.Head), Day(StructureField.ValidFrom));
            return Errors == 0 ? line : null;
        }

        public PostLine? Post()
        {
            var from = Day(StructureField.From);
            if (from is null && Errors == 0)
            {
                Add("StructureNoFirstDay");
            }

            var line = new PostLine(row.Line, Needed(StructureField.EmployeeNo), Needed(StructureField.Code), Typed(StructureField.Title) ?? "", from ?? default, Day(StructureField.To));
            return Errors == 0 ? line : null;
        }

        private string? Typed(StructureField field)
        {
            var column = Array.IndexOf(layout, field);
            if (column < 0)
            {
                return null;
            }

            var cell = row.Cells[column].Trim();
            if (PeopleFileEntry.UnreadableCharacter(cell) is { } rune)
            {
                Add("ImportBadCharacter", $"U+{rune.Value:X4}");
            }

            return cell;
        }

        private string? Number(StructureField field) => Typed(field)?.Normalize(System.Text.NormalizationForm.FormKC).Trim();

        private string Needed(StructureField field)
        {
            var cell = Number(field) ?? "";
            if (cell.Length == 0)
            {
                Add("StructureCellEmpty", table.Header!.Cells[Array.IndexOf(layout, field)].Trim());
            }

            return cell;
        }

        private DateOnly? Day(StructureField field)
        {
            var cell = Typed(field) ?? "";
            if (table.IsNumber(row.Line, Array.IndexOf(layout, field)) && double.TryParse(cell, System.Globalization.CultureInfo.InvariantCulture, out var serial)
                && Platform.Workbooks.WorkbookReader.SerialDay(serial) is { } counted)
            {
                return DateOnly.FromDateTime(counted);
            }

            var reading = DateInput.Parse(cell);
            if (reading.Problem is { } problem && problem != DateProblem.Empty)
            {
                Add("ImportNotADate", cell);
            }

            return reading.Day;
        }

        private void Add(string key, params object[] args)
        {
            Errors++;
            errors.Add(new(row.Line, null, key, args));
        }
    }
}
