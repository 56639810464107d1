using AuditTracker.Platform.Security;

namespace AuditTracker.Training;

/// <summary>
/// Who sees what of a campaign, as conditions for every WHERE; the alias of <c>training_roster</c> is <c>r</c> (design §7a, face.md §1.3). Compliance managers and internal
/// auditors see everybody; top management sees the numbers and no person; heads of departments (also for those below that have no head) and managers see their own people, officers
/// left out: their lateness is the privacy manager's matter alone.
/// </summary>
public static class TrainingScope
{
    // Read once a statement and looked up by index.
    private const string Own = """
        (not r.is_officer and (r.person_id = any(array(
            with recursive headed (id) as (
                select v.department_id from department_versions v where v.head_id = @person and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity')
                union select v.department_id from headed above join department_versions v on v.parent_id = above.id and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity')
                where not exists (select from people h where h.id = v.head_id and (h.left_on is null or h.left_on >= tokyo_date(business_now()))))
            select o.person_id from posts o join headed on headed.id = o.department_id where o.is_primary and tokyo_date(business_now()) between o.from_on and coalesce(o.to_on, 'infinity')))
         or r.person_id = any(array(select m.person_id from managers m where m.manager_id = @person and tokyo_date(business_now()) between m.from_on and coalesce(m.to_on, 'infinity')))))
        """;

    /// <summary>Rows whose person the reader may see by name.</summary>
    public const string People = $"(@seesPeople or {Own})";

    /// <summary>Rows the reader may see counted.</summary>
    public const string Counted = $"(@seesNumbers or {Own})";

    /// <summary>Campaigns (alias <c>c</c>): all for those who see the numbers; to others those that run or ran with people of theirs.</summary>
    public const string Campaigns = $"(@seesNumbers or exists (select from training_roster r where r.campaign_id = c.id and {Own}))";

    public static bool SeesNumbers(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.InternalAuditor, Role.Management);

    public static bool SeesPeople(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.InternalAuditor);

    public static Dictionary<string, object?> Parameters(CurrentUser user) => new()
    {
        ["seesNumbers"] = SeesNumbers(user),
        ["seesPeople"] = SeesPeople(user),
        ["isManager"] = user.Is(Role.ComplianceManager),
        ["person"] = user.PersonId,
        ["account"] = user.AccountId,
    };
}
