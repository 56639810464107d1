namespace AuditTracker.People;

/// <summary>What is wrong with a file only in the light of the people already here.</summary>
internal static class DifferenceErrors
{
    /// <param name="after">Everybody by employee number, as they would be.</param>
    public static IEnumerable<PeopleFileError> Of(PeopleFile file, IReadOnlyList<PersonDifference> inFile, IReadOnlyDictionary<string, KnownPerson> after) =>
    [
        .. UnknownManagers(file, after),
        .. MailsTaken(file, inFile, after),
        .. LeftBeforeHired(file, inFile),
        .. Circles(file, inFile, after),
    ];

    private static IEnumerable<PeopleFileError> UnknownManagers(PeopleFile file, IReadOnlyDictionary<string, KnownPerson> after) =>
        from row in file.Rows
        where row.ManagerOutsideFile && !after.ContainsKey(row.ManagerNo!)
        select new PeopleFileError(row.Line, PeopleField.ManagerNo, "ImportManagerUnknown", row.ManagerNo!);

    // Two lines with one address are refused by the file itself. An address may be given again after its holder has left.
    private static IEnumerable<PeopleFileError> MailsTaken(PeopleFile file, IReadOnlyList<PersonDifference> inFile, IReadOnlyDictionary<string, KnownPerson> after)
    {
        var others = after.Values.Where(person => !file.EmployeeNos.Contains(person.EmployeeNo)).ToLookup(person => NameKey.OfMail(person.Email), StringComparer.Ordinal);
        return from person in inFile
               let other = others[NameKey.OfMail(person.After.Email)].FirstOrDefault(other => !(other.LeftOn < person.After.HiredOn) && !(person.After.LeftOn < other.HiredOn))
               where other is not null
               select new PeopleFileError(person.Line!.Value, PeopleField.Email, "ImportMailTaken", person.After.Email, other.EmployeeNo);
    }

    // The file has no column of leave dates, and the hire date now lies behind the stored one.
    private static IEnumerable<PeopleFileError> LeftBeforeHired(PeopleFile file, IReadOnlyList<PersonDifference> inFile) =>
        from person in inFile
        where !file.Columns.Contains(PeopleField.LeftOn) && person.After.LeftOn < person.After.HiredOn
        select new PeopleFileError(person.Line!.Value, PeopleField.HiredOn, "ImportLeftBeforeHired", person.After.LeftOn!.Value, person.After.HiredOn);

    // Circles within the file are told by the file; here those that close through people who are not in it.
    private static IEnumerable<PeopleFileError> Circles(PeopleFile file, IReadOnlyList<PersonDifference> inFile, IReadOnlyDictionary<string, KnownPerson> after)
    {
        if (file.Errors.Any(error => error.Key == "ImportManagerCircle"))
        {
            return [];
        }

        var lineOf = inFile.ToDictionary(person => person.After.EmployeeNo, person => person.Line!.Value, StringComparer.Ordinal);
        var lines = inFile.Select(person => person.After).Concat(after.Values).Where(person => person.ManagerNo is not null).Select(person => (person.EmployeeNo, person.ManagerNo!));
        return ManagerLines.Circles(lines)
            .Where(circle => lineOf.ContainsKey(circle[0]))
            .Select(circle => new PeopleFileError(lineOf[circle[0]], PeopleField.ManagerNo, "ImportManagerCircle", string.Join(" → ", circle.Append(circle[0]))));
    }
}
