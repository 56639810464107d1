using AuditTracker.Platform.Security;

namespace AuditTracker.People;

/// <summary>
/// Whom somebody may see, as conditions for every WHERE (design §7a). The alias of <c>people</c> is <c>p</c>. Whole records: compliance
/// manager, internal auditor and management those of everybody, the head of a department those of its people, everybody their own.
/// Administrators see everybody's name, address, department and last day, not the rest.
/// </summary>
public static class PeopleScope
{
    /// <summary>The whole record.</summary>
    public const string WholeRecord = """
        (@seesAll or p.id = @person
         or exists (select 1 from posts so join department_versions sv on sv.department_id = so.department_id
                    where so.person_id = p.id and sv.head_id = @person
                      and tokyo_date(business_now()) between so.from_on and coalesce(so.to_on, 'infinity')
                      and tokyo_date(business_now()) between sv.from_on and coalesce(sv.to_on, 'infinity')))
        """;

    /// <summary>At least name and address.</summary>
    public const string Condition = $"(@seesNames or {WholeRecord})";

    /// <summary>Departments (alias <c>d</c>): all for those who see everybody, else those one heads or belongs to today.</summary>
    public const string DepartmentCondition = """
        (@seesAll or @seesNames
         or exists (select 1 from department_versions sv where sv.department_id = d.id and sv.head_id = @person
                      and tokyo_date(business_now()) between sv.from_on and coalesce(sv.to_on, 'infinity'))
         or exists (select 1 from posts so where so.department_id = d.id and so.person_id = @person
                      and tokyo_date(business_now()) between so.from_on and coalesce(so.to_on, 'infinity')))
        """;

    /// <summary>The parameters of the conditions.</summary>
    public static Dictionary<string, object?> Parameters(CurrentUser user) => new()
    {
        ["seesAll"] = user.IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management),
        ["seesNames"] = user.Is(Role.Administrator),
        ["person"] = user.PersonId,
    };
}
