using AuditTracker.Calendar;

namespace AuditTracker.People;

/// <summary>A person with what holds on a day: the effective date of an import, or their first or last day when it lies outside their time here.</summary>
/// <param name="Id">Their row, or 0 for somebody new.</param>
/// <param name="DepartmentCode">Of the primary post.</param>
/// <param name="Tags">As <see cref="PersonTags.Text"/> has them; they hold now, whatever the day.</param>
/// <param name="LeaveId">The row of the leave that is on the day, else of the next one; 0 for a new one, null for none.</param>
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
    string? ManagerNo,
    long? LeaveId = null,
    string? LeaveKind = null,
    DateOnly? LeaveFrom = null,
    DateOnly? LeaveTo = null,
    string Tags = "")
{
    /// <summary>The leave that is or comes next, as one value to compare.</summary>
    public (string? Kind, DateOnly? From, DateOnly? To) Leave => (LeaveKind, LeaveFrom, LeaveTo);

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
        PeopleField.LeaveKind => LeaveKind ?? "",
        PeopleField.LeaveFrom => LeaveFrom is { } from ? DateText.Plain(from) : "",
        PeopleField.LeaveTo => LeaveTo is { } to ? DateText.Plain(to) : "",
        PeopleField.Tags => Tags,
        _ => "",
    };
}

/// <summary>A department with its name and head on the effective date; null when it had none.</summary>
public sealed record KnownDepartment(string Code, string? Name, string? HeadNo);

/// <summary>The company before an import.</summary>
/// <param name="HeadTitles">Titles that make their holder the head of a department.</param>
public sealed record PeopleAsTheyAre(IReadOnlyList<KnownPerson> People, IReadOnlyList<KnownDepartment> Departments, IReadOnlySet<string> HeadTitles)
{
    /// <summary>Every leave of everybody.</summary>
    public IReadOnlyList<LeaveRow> Leaves { get; init; } = [];

    /// <summary>The code of a kind of leave, by its code and its names.</summary>
    public IReadOnlyDictionary<string, string> LeaveKinds { get; init; } = new Dictionary<string, string>();
}

/// <summary>A leave of somebody; the last day is included.</summary>
public sealed record LeaveRow(long Id, string EmployeeNo, string Kind, DateOnly FromOn, DateOnly? ToOn);

/// <summary>A kind of leave; the list is data.</summary>
public sealed record LeaveKindRow(string Code, string NameJa, string NameEn);

/// <summary>How a file is to be taken.</summary>
/// <param name="EffectiveOn">From when transfers, titles, managers, names of departments and heads hold.</param>
/// <param name="MissingLeaveOn">The last day of people who are here but not in the file; null = they are left alone.</param>
/// <param name="SkipErrors">Lines with an error are left out and their people stay as they are; not together with <paramref name="MissingLeaveOn"/>.</param>
public sealed record ImportTerms(DateOnly EffectiveOn, DateOnly? MissingLeaveOn, bool SkipErrors = false);
