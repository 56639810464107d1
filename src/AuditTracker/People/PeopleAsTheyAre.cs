using AuditTracker.Calendar;

namespace AuditTracker.People;

/// <summary>A person with what holds on a day: the effective date of an import, or their first or last day when it lies outside their time here.</summary>
/// <param name="Id">Their row, or 0 for somebody new.</param>
/// <param name="DepartmentCode">Of the primary post.</param>
public sealed record KnownPerson(
    long Id,
    string EmployeeNo,
    string Name,
    string NameKana,
    string Email,
    string EmploymentType,
    DateOnly HiredOn,
    DateOnly? LeftOn,
    string? DepartmentCode,
    string Title,
    string? ManagerNo)
{
    public bool IsHereOn(DateOnly day) => HiredOn <= day && !HasLeftBy(day);

    /// <summary>The last day lies before <paramref name="day"/>.</summary>
    public bool HasLeftBy(DateOnly day) => LeftOn < day;

    /// <summary>The value as it is written in a list of changes.</summary>
    public string Text(PeopleField field) => field switch
    {
        PeopleField.EmployeeNo => EmployeeNo,
        PeopleField.Name => Name,
        PeopleField.NameKana => NameKana,
        PeopleField.Email => Email,
        PeopleField.DepartmentCode => DepartmentCode ?? "",
        PeopleField.Title => Title,
        PeopleField.EmploymentType => EmploymentType,
        PeopleField.HiredOn => DateText.Plain(HiredOn),
        PeopleField.LeftOn => LeftOn is { } left ? DateText.Plain(left) : "",
        PeopleField.ManagerNo => ManagerNo ?? "",
        _ => "",
    };
}

/// <summary>A department with its name and head on the effective date; null when it had none.</summary>
public sealed record KnownDepartment(string Code, string? Name, string? HeadNo);

/// <summary>The company before an import.</summary>
/// <param name="HeadTitles">Titles that make their holder the head of a department.</param>
public sealed record PeopleAsTheyAre(IReadOnlyList<KnownPerson> People, IReadOnlyList<KnownDepartment> Departments, IReadOnlySet<string> HeadTitles);

/// <summary>How a file is to be taken.</summary>
/// <param name="EffectiveOn">From when transfers, titles, managers, names of departments and heads hold.</param>
/// <param name="MissingLeaveOn">The last day of people who are here but not in the file; null = they are left alone.</param>
/// <param name="SkipErrors">Lines with an error are left out and their people stay as they are; not together with <paramref name="MissingLeaveOn"/>.</param>
public sealed record ImportTerms(DateOnly EffectiveOn, DateOnly? MissingLeaveOn, bool SkipErrors = false);
