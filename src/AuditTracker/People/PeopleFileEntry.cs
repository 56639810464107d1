using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using AuditTracker.Calendar;
using AuditTracker.Platform.Files;
using AuditTracker.Platform.Workbooks;

namespace AuditTracker.People;

/// <summary>One line of an HR export, cell by cell, whether or not every cell could be read.</summary>
internal sealed partial class PeopleFileEntry
{
    private const int LongestMailAddress = 254;
    private static readonly string[] PagesBeside = ["new", "import", "departments", "structure", ".", ".."];
    private readonly string[] cells = new string[PeopleColumns.All.Count];

    // Cells of dates that a workbook holds as bare numbers.
    private readonly HashSet<PeopleField> serials = [];

    private PeopleFileEntry(int line) => Line = line;

    public int Line { get; }

    public string EmployeeNo => this[PeopleField.EmployeeNo];

    public string ManagerNo => this[PeopleField.ManagerNo];

    public DateOnly? HiredOn { get; private set; }

    public DateOnly? LeftOn { get; private set; }

    public DateOnly? LeaveFrom { get; private set; }

    public DateOnly? LeaveTo { get; private set; }

    public string this[PeopleField field] => cells[(int)field] ?? "";

    /// <summary>Reads a line; what is wrong with single cells goes to <paramref name="errors"/>.</summary>
    public static PeopleFileEntry Read(CsvLine line, PeopleColumn?[] columns, FileTable table, List<PeopleFileError> errors)
    {
        var entry = new PeopleFileEntry(line.Line);
        for (var index = 0; index < columns.Length; index++)
        {
            if (columns[index] is not { } column)
            {
                continue;
            }

            var cell = line.Cells[index].Trim();
            if (table.IsNumber(line.Line, index))
            {
                entry.serials.Add(column.Field);
            }

            if (UnreadableCharacter(cell) is { } rune)
            {
                errors.Add(new(line.Line, column.Field, "ImportBadCharacter", "U+" + rune.Value.ToString("X4", CultureInfo.InvariantCulture)));
                continue;
            }

            entry.cells[(int)column.Field] = IsTakenAsTyped(column.Field) ? cell : cell.Normalize(NormalizationForm.FormKC).Trim();
            if (column.Required && cell.Length == 0)
            {
                errors.Add(new(line.Line, column.Field, "ImportCellEmpty"));
            }
            else if (column.Field == PeopleField.EmployeeNo && !CanStandInAnAddress(entry.EmployeeNo))
            {
                errors.Add(new(line.Line, column.Field, "ImportNumberInAddress", entry.EmployeeNo));
            }
        }

        entry.CheckMail(errors);
        entry.CheckTags(errors);
        entry.HiredOn = entry.ReadDate(PeopleField.HiredOn, errors);
        entry.LeftOn = entry.ReadDate(PeopleField.LeftOn, errors);
        entry.LeaveFrom = entry.ReadDate(PeopleField.LeaveFrom, errors);
        entry.LeaveTo = entry.ReadDate(PeopleField.LeaveTo, errors);
        if (entry.LeaveTo is { } back && (entry.LeaveFrom is null || back < entry.LeaveFrom))
        {
            errors.Add(new(line.Line, PeopleField.LeaveTo, "ImportLeaveOrder"));
        }

        if (entry.LeftOn is { } left && entry.HiredOn is { } hired && left < hired)
        {
            errors.Add(new(line.Line, PeopleField.LeftOn, "ImportLeftBeforeHired", left, hired));
        }

        return entry;
    }

    /// <summary>The row, once the line is known to have no error.</summary>
    public PeopleFileRow ToRow(HashSet<string> employeeNosInFile) => new(
        Line,
        EmployeeNo,
        this[PeopleField.Name],
        this[PeopleField.NameKana],
        this[PeopleField.Email],
        this[PeopleField.DepartmentCode],
        this[PeopleField.DepartmentName],
        this[PeopleField.Title],
        this[PeopleField.EmploymentType],
        HiredOn!.Value,
        LeftOn,
        ManagerNo.Length == 0 ? null : ManagerNo,
        ManagerNo.Length > 0 && !employeeNosInFile.Contains(ManagerNo),
        this[PeopleField.LeaveKind],
        LeaveFrom,
        LeaveTo,
        PersonTags.Text(PersonTags.Read(this[PeopleField.Tags])));

    // NFKC would turn 塚 隆 神 福 as CP932 has them, and ㈱, into other characters than the person writes.
    private static bool IsTakenAsTyped(PeopleField field) =>
        field is PeopleField.Name or PeopleField.DepartmentName or PeopleField.Title or PeopleField.EmploymentType or PeopleField.HiredOn or PeopleField.LeftOn or PeopleField.LeaveKind or PeopleField.LeaveFrom or PeopleField.LeaveTo;

    // Private-use characters are gaiji of one machine, U+FFFD is what an earlier conversion lost.
    internal static Rune? UnreadableCharacter(string cell)
    {
        foreach (var rune in cell.EnumerateRunes())
        {
            if (rune.Value is 0xFFFD or 0xFEFF || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.PrivateUse)
            {
                return rune;
            }
        }

        return null;
    }

    /// <summary>A person's page is <c>/people/{number}</c>: no letters that end a part of an address, no name of another page there.</summary>
    private static bool CanStandInAnAddress(string number) => number.AsSpan().IndexOfAny('/', '\\', '%') < 0 && number.AsSpan().IndexOfAny('?', '#') < 0
        && !PagesBeside.Contains(number, StringComparer.OrdinalIgnoreCase);

    private void CheckMail(List<PeopleFileError> errors)
    {
        var mail = this[PeopleField.Email];
        if (mail.Length > 0 && (mail.Length > LongestMailAddress || !MailAddress().IsMatch(mail)))
        {
            errors.Add(new(Line, PeopleField.Email, "ImportBadMail", mail));
        }
    }

    private void CheckTags(List<PeopleFileError> errors)
    {
        var tags = PersonTags.Read(this[PeopleField.Tags]);
        if (tags.FirstOrDefault(PersonTags.IsTooLong) is { } tag)
        {
            errors.Add(new(Line, PeopleField.Tags, "ImportTagTooLong", tag, PersonTags.Longest));
        }
        else if (tags.Count > PersonTags.Most)
        {
            errors.Add(new(Line, PeopleField.Tags, "ImportTooManyTags", tags.Count, PersonTags.Most));
        }
    }

    private DateOnly? ReadDate(PeopleField field, List<PeopleFileError> errors)
    {
        var cell = this[field];
        if (serials.Contains(field) && double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out var serial) && WorkbookReader.SerialDay(serial) is { } counted)
        {
            return DateOnly.FromDateTime(counted);
        }

        var reading = DateInput.Parse(cell);
        if (reading.Problem is { } problem && problem != DateProblem.Empty)
        {
            errors.Add(problem switch
            {
                DateProblem.Ambiguous when reading.Readings.Count == 2 =>
                    new(Line, field, "ImportDateAmbiguous", cell, DateText.EraDay(reading.Readings[0]), DateText.WesternDay(reading.Readings[1])),
                DateProblem.Ambiguous or DateProblem.YearMissing => new(Line, field, "ImportDateWithoutYear", cell),
                DateProblem.OutsideEra => new(Line, field, "ImportDateOutsideEra", cell),
                DateProblem.WrongWeekday => new(Line, field, "ImportDateWrongWeekday", cell),
                DateProblem.OutOfRange => new(Line, field, "ImportDateOutOfRange", cell),
                _ => new(Line, field, "ImportNotADate", cell),
            });
        }

        return reading.Day;
    }

    [GeneratedRegex(@"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+$")]
    private static partial Regex MailAddress();
}
