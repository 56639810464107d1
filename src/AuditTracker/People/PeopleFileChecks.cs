using AuditTracker.Platform.Files;

namespace AuditTracker.People;

/// <summary>What can only be seen across the lines of an HR export: the same number or address twice, one code with two names, circles of managers.</summary>
internal static class PeopleFileChecks
{
    public static IEnumerable<PeopleFileError> Across(IReadOnlyList<PeopleFileEntry> entries) =>
    [
        .. Twice(entries, PeopleField.EmployeeNo, "ImportNumberTwice", StringComparer.Ordinal),
        .. Twice(entries, PeopleField.Email, "ImportMailTwice", StringComparer.OrdinalIgnoreCase),
        .. CodesWithTwoNames(entries),
        .. Circles(entries),
    ];

    /// <summary>Columns of numbers that are names, of a workbook, whose bare numbers have not all the same length: the shorter ones began with a zero.</summary>
    public static IEnumerable<PeopleFileError> LostZeros(IReadOnlyList<PeopleFileEntry> entries, FileTable table, PeopleColumn?[] columns) =>
        from index in Enumerable.Range(0, columns.Length)
        where columns[index]?.Field is PeopleField.EmployeeNo or PeopleField.ManagerNo or PeopleField.DepartmentCode
        let field = columns[index]!.Field
        let longest = entries.Select(entry => entry[field].Length).DefaultIfEmpty().Max()
        let shorter = entries.FirstOrDefault(entry => table.IsNumber(entry.Line, index) && entry[field].Length < longest)
        where shorter is not null
        select new PeopleFileError(shorter.Line, field, "ImportZerosLost", shorter[field], longest);

    // Said on every line that has it, each naming the others' first: whichever one is wrong, both are seen.
    private static IEnumerable<PeopleFileError> Twice(IReadOnlyList<PeopleFileEntry> entries, PeopleField field, string key, StringComparer comparer) =>
        from same in entries.Where(entry => entry[field].Length > 0).GroupBy(entry => entry[field], comparer)
        let lines = same.Select(entry => entry.Line).ToArray()
        where lines.Length > 1
        from line in lines
        select new PeopleFileError(line, field, key, same.Key, line == lines[0] ? lines[1] : lines[0]);

    private static IEnumerable<PeopleFileError> CodesWithTwoNames(IReadOnlyList<PeopleFileEntry> entries) =>
        from code in entries.Where(entry => entry[PeopleField.DepartmentCode].Length > 0 && entry[PeopleField.DepartmentName].Length > 0)
            .GroupBy(entry => entry[PeopleField.DepartmentCode], StringComparer.Ordinal)
        let first = code.First()
        from other in code.DistinctBy(entry => entry[PeopleField.DepartmentName], StringComparer.Ordinal).Skip(1)
        select new PeopleFileError(
            other.Line, PeopleField.DepartmentName, "ImportCodeWithTwoNames", code.Key, first.Line, first[PeopleField.DepartmentName], other[PeopleField.DepartmentName]);

    private static IEnumerable<PeopleFileError> Circles(IReadOnlyList<PeopleFileEntry> entries)
    {
        var lineOf = entries.DistinctBy(entry => entry.EmployeeNo, StringComparer.Ordinal).ToDictionary(entry => entry.EmployeeNo, entry => entry.Line, StringComparer.Ordinal);
        var managers = entries.Where(entry => entry.EmployeeNo.Length > 0 && entry.ManagerNo.Length > 0).Select(entry => (entry.EmployeeNo, entry.ManagerNo));
        return ManagerLines.Circles(managers).Select(circle => circle.Count == 1
            ? new PeopleFileError(lineOf[circle[0]], PeopleField.ManagerNo, "ImportOwnManager")
            : new PeopleFileError(lineOf[circle[0]], PeopleField.ManagerNo, "ImportManagerCircle", string.Join(" → ", circle.Append(circle[0]))));
    }
}
