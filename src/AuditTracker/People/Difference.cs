namespace AuditTracker.People;

/// <summary>What a file means for a person; every person has exactly one.</summary>
public enum PersonChange { Added, Changed, Leaving, Missing, Unchanged }

/// <summary>One field of a person, before and after, as text.</summary>
public sealed record FieldChange(PeopleField Field, string Old, string New);

/// <summary>A person of the file, or one who is here and not in the file.</summary>
/// <param name="Line">Their line in the file; null when they are not in it.</param>
/// <param name="Before">Null for somebody new.</param>
/// <param name="After">What will be stored.</param>
/// <param name="BackOn">The first day of somebody who had left and is here again.</param>
public sealed record PersonDifference(PersonChange Change, int? Line, KnownPerson? Before, KnownPerson After, DateOnly? BackOn, IReadOnlyList<FieldChange> Changes)
{
    /// <summary>The department changes; somebody new or back is not transferred.</summary>
    public bool IsTransferred => Before is not null && BackOn is null && Before.DepartmentCode != After.DepartmentCode;
}

/// <summary>A department that is new, has another name or another head from the effective date on.</summary>
public sealed record DepartmentDifference(string Code, string? OldName, string NewName, string? OldHeadNo, string? NewHeadNo)
{
    public bool IsNew => OldName is null;

    public bool IsRenamed => OldName is not null && OldName != NewName;

    public bool LosesHead => OldHeadNo is not null && NewHeadNo is null;
}

/// <summary>How many people each kind of change concerns. Every person is counted once.</summary>
public sealed record ImportTotals(int Added, int Changed, int Leaving, int Missing, int Unchanged);

/// <summary>What would change if a file were applied. Computed again, under a lock, when it is applied.</summary>
/// <param name="People">In the order of the file, then those who are missing in it.</param>
/// <param name="HereBefore">How many people are here on the effective date.</param>
public sealed record Difference(
    ImportTerms Terms,
    IReadOnlyList<PersonDifference> People,
    IReadOnlyList<DepartmentDifference> Departments,
    IReadOnlyList<PeopleFileError> Errors,
    int HereBefore)
{
    /// <summary>What is wrong with the lines that are left out, if errors are to be skipped.</summary>
    public IReadOnlyList<PeopleFileError> Skipped { get; private init; } = [];

    /// <summary>What looks wrong and stops nothing: numbers that may have lost leading zeros.</summary>
    public IReadOnlyList<PeopleFileError> Warnings { get; private init; } = [];

    public ImportTotals Totals { get; } = new(
        Count(People, PersonChange.Added), Count(People, PersonChange.Changed), Count(People, PersonChange.Leaving), Count(People, PersonChange.Missing), Count(People, PersonChange.Unchanged));

    /// <summary>People whose rows change.</summary>
    public IEnumerable<PersonDifference> ToApply => People.Where(person => person.Before is null || person.Changes.Count > 0 || person.BackOn is not null);

    /// <summary>People who get a last day.</summary>
    public IEnumerable<PersonDifference> Leavers => ToApply.Where(person => person.Before is not null && person.After.LeftOn is not null && person.After.LeftOn != person.Before.LeftOn);

    /// <summary>More than a fifth of the people here would leave: rather a wrong file than the truth.</summary>
    public bool LosesMany => Leavers.Count() * 5 > HereBefore;

    /// <summary>Compares a file with the people as they are on the effective date; never throws.</summary>
    public static Difference Between(PeopleFile file, PeopleAsTheyAre known, ImportTerms terms)
    {
        var whole = Compare(file, known, terms);
        var (left, skipped) = (whole, new List<PeopleFileError>());
        // A line that is left out may have been the manager of the next one.
        while (terms.SkipErrors && file.MaySkipErrors && left.Errors.Count > 0)
        {
            skipped.AddRange(left.Errors);
            file = file.Without(left.Errors.Select(error => error.Line).ToHashSet());
            left = Compare(file, known, terms);
        }

        return skipped.Count == 0 || left.Errors.Count > 0 || file.Rows.Count == 0 ? whole
            : left with { Skipped = [.. skipped.OrderBy(error => error.Line).ThenBy(error => error.Field)] };
    }

    private static Difference Compare(PeopleFile file, PeopleAsTheyAre known, ImportTerms terms)
    {
        var before = known.People.ToDictionary(person => person.EmployeeNo, StringComparer.Ordinal);
        var names = Names(file, known);
        var inFile = file.Rows.Select(row => Of(file, row, before.GetValueOrDefault(row.EmployeeNo), terms, names, known.LeaveKinds)).ToArray();
        var missing = known.People
            .Where(person => !file.EmployeeNos.Contains(person.EmployeeNo) && !person.HasLeftBy(terms.EffectiveOn))
            .Select(person => Missing(person, terms));
        PersonDifference[] people = [.. inFile, .. file.EmployeeNos.Count > 0 ? missing : []];
        var after = known.People.ToDictionary(person => person.EmployeeNo, StringComparer.Ordinal);
        foreach (var person in people)
        {
            after[person.After.EmployeeNo] = person.After;
        }

        var departments = DepartmentChanges.Between(known, after, names, terms.EffectiveOn);
        var errors = file.Errors.Concat(DifferenceErrors.Of(file, inFile, after)).Concat(PlanLeave.Errors(file, inFile, known)).OrderBy(error => error.Line).ThenBy(error => error.Field).ToArray();
        return new(terms, people, departments, errors, known.People.Count(person => person.IsHereOn(terms.EffectiveOn)))
        {
            Warnings = [.. file.Warnings.Concat(Unpadded(file, before)).DistinctBy(warning => (warning.Line, warning.Field))],
        };
    }

    // "6" in the file and "000006" here: a program took the number for a quantity.
    private static IEnumerable<PeopleFileError> Unpadded(PeopleFile file, Dictionary<string, KnownPerson> known)
    {
        var bare = known.Keys.Where(number => number[0] == '0').ToLookup(number => number.TrimStart('0'), StringComparer.Ordinal);
        return file.Rows.Where(row => !known.ContainsKey(row.EmployeeNo) && bare.Contains(row.EmployeeNo))
            .Select(row => new PeopleFileError(row.Line, PeopleField.EmployeeNo, "ImportZerosMissing", row.EmployeeNo, bare[row.EmployeeNo].First()));
    }

    private static PersonDifference Of(PeopleFile file, PeopleFileRow row, KnownPerson? before, ImportTerms terms, IReadOnlyDictionary<string, string> names, IReadOnlyDictionary<string, string> kinds)
    {
        var left = file.Columns.Contains(PeopleField.LeftOn) ? row.LeftOn : before?.LeftOn;
        var after = new KnownPerson(
            before?.Id ?? 0,
            row.EmployeeNo,
            row.Name,
            file.Columns.Contains(PeopleField.NameKana) ? row.NameKana : before?.NameKana ?? "",
            row.Email,
            file.Columns.Contains(PeopleField.EmploymentType) ? row.EmploymentType : before?.EmploymentType ?? "",
            row.HiredOn,
            left,
            row.DepartmentCode,
            file.Columns.Contains(PeopleField.Title) ? row.Title : before?.Title ?? "",
            file.Columns.Contains(PeopleField.ManagerNo) ? row.ManagerNo : before?.ManagerNo,
            Tags: file.Columns.Contains(PeopleField.Tags) ? row.Tags : before?.Tags ?? "");
        after = PlanLeave.After(file, row, before, after, terms.EffectiveOn, kinds);
        if (before is null)
        {
            return new(PersonChange.Added, row.Line, null, after, null, []);
        }

        // Systems move leavers to departments of their own; where they worked stays as it was.
        if (after.HasLeftBy(terms.EffectiveOn))
        {
            after = after with { DepartmentCode = before.DepartmentCode, Title = before.Title, ManagerNo = before.ManagerNo };
        }

        DateOnly? back = before.HasLeftBy(terms.EffectiveOn) && !after.HasLeftBy(terms.EffectiveOn)
            ? after.HiredOn > before.LeftOn ? after.HiredOn : terms.EffectiveOn
            : null;
        var changes = Changes(before, after, names);
        var change = left is not null && left != before.LeftOn ? PersonChange.Leaving : changes.Count > 0 ? PersonChange.Changed : PersonChange.Unchanged;
        return new(change, row.Line, before, after, back, changes);
    }

    private static PersonDifference Missing(KnownPerson person, ImportTerms terms)
    {
        var leaves = terms.MissingLeaveOn is { } on && on >= person.HiredOn && (person.LeftOn is null || person.LeftOn > on);
        var after = leaves ? PlanLeave.EndedBy(person with { LeftOn = terms.MissingLeaveOn }) : person;
        return new(PersonChange.Missing, null, person, after, null, Changes(person, after, new Dictionary<string, string>()));
    }

    private static List<FieldChange> Changes(KnownPerson before, KnownPerson after, IReadOnlyDictionary<string, string> names)
    {
        List<FieldChange> changes = [];
        foreach (var field in Enum.GetValues<PeopleField>())
        {
            var (old, now) = (before.Text(field), after.Text(field));
            if (old != now)
            {
                changes.Add(field == PeopleField.DepartmentCode ? new(field, WithName(old, names), WithName(now, names)) : new(field, old, now));
            }
        }

        return changes;
    }

    private static string WithName(string code, IReadOnlyDictionary<string, string> names) => names.TryGetValue(code, out var name) ? $"{code} {name}" : code;

    private static Dictionary<string, string> Names(PeopleFile file, PeopleAsTheyAre known)
    {
        var names = known.Departments.Where(department => department.Name is not null).ToDictionary(department => department.Code, department => department.Name!, StringComparer.Ordinal);
        foreach (var row in file.Rows)
        {
            names[row.DepartmentCode] = row.DepartmentName;
        }

        return names;
    }

    private static int Count(IReadOnlyList<PersonDifference> people, PersonChange change) => people.Count(person => person.Change == change);
}
