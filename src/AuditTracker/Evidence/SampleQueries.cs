using System.Runtime.CompilerServices;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Evidence;

/// <summary>Populations the product knows itself, of a collection's period, as the one who takes them may see them.</summary>
public sealed class SampleQueries(Db db)
{
    /// <summary>Their names, as <c>samples.source</c> keeps them.</summary>
    public static readonly string[] Names = ["joined", "left", "transferred", "grants", "collections"];

    /// <summary>Populations of people: for those who see all of them, and for heads of a department.</summary>
    private static readonly string[] OfPeople = ["joined", "left", "transferred"];

    private const string HeadsNow = "v.head_id = @person and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity')";

    // Whoever heads a department today sees what happened to those who belonged to it on the day it happened: who left or moved belongs there no more.
    private const string SeesPerson = $"@isManager or exists (select from posts b join department_versions v on v.department_id = b.department_id where b.person_id = p.id and {HeadsNow}";

    /// <summary>Heads (keys of the room's words) and statement of each; the statement gives as many texts.</summary>
    private static readonly Dictionary<string, (string[] Heads, string Sql)> All = new()
    {
        ["joined"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadEmployment", "SampleHeadHiredOn"], $"""
            select array[p.employee_no, p.name, coalesce(p.employment_type, ''), p.hired_on::text] as cells
            from people p where p.hired_on between @from and @to and ({SeesPerson}
                and (p.hired_on between b.from_on and coalesce(b.to_on, 'infinity') or not exists (select from posts e where e.person_id = p.id and e.from_on < b.from_on)))) order by p.hired_on, p.employee_no
            """),
        ["left"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadEmployment", "SampleHeadLeftOn"], $"""
            select array[p.employee_no, p.name, coalesce(p.employment_type, ''), p.left_on::text] as cells
            from people p where p.left_on between @from and @to and ({SeesPerson} and b.from_on <= p.left_on
                and (coalesce(b.to_on, 'infinity') >= p.left_on or not exists (select from posts e where e.person_id = p.id and e.from_on > b.from_on and e.from_on <= p.left_on)))) order by p.left_on, p.employee_no
            """),
        ["transferred"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadDepartmentCode", "SampleHeadDepartment", "SampleHeadFromOn"], $"""
            select array[p.employee_no, p.name, d.code, coalesce((select v.name from department_versions v where v.department_id = d.id and o.from_on between v.from_on and coalesce(v.to_on, 'infinity') limit 1), ''), o.from_on::text] as cells
            from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id
            where o.from_on between @from and @to and o.from_on > p.hired_on and exists (select from posts b where b.person_id = p.id and b.from_on < o.from_on)
              and ({SeesPerson} and b.from_on <= o.from_on and coalesce(b.to_on, 'infinity') >= o.from_on - 1))
            order by o.from_on, p.employee_no, d.code
            """),
        ["grants"] = (["SampleHeadAccount", "SampleHeadName", "SampleHeadRole", "SampleHeadFramework", "SampleHeadFromOn", "SampleHeadToOn"], """
            select array[a.sign_in, coalesce(p.name, a.name, ''), g.role, coalesce(g.framework, ''), g.from_on::text, coalesce(g.to_on::text, '')] as cells
            from role_grants g join accounts a on a.id = g.account_id left join people p on p.id = a.person_id
            where g.from_on between @from and @to and @isManager order by g.from_on, g.id
            """),
        ["collections"] = (["SampleHeadCollection", "SampleHeadTitle", "SampleHeadPeriod", "SampleHeadDueOn", "SampleHeadState", "SampleHeadOwner"], $"""
            select array['C-' || c.id, {CollectionScope.Title}, c.period_from || '/' || c.period_to, c.due_on::text, c.state, w.name] as cells
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version join people w on w.id = c.assignee_id
            where c.due_on between @from and @to and c.id <> @collection and {CollectionScope.Condition} order by c.due_on, c.id
            """),
    };

    private sealed class Row
    {
        public string[] Cells { get; init; } = [];
    }

    /// <summary>The names of the populations the user may take; what they may not see any row of is not offered.</summary>
    public async Task<IReadOnlyList<string>> ForAsync(CurrentUser user, CancellationToken ct)
    {
        if (user.Is(Role.ComplianceManager))
        {
            return Names;
        }
        await using var connection = await db.OpenAsync(ct);
        var isHead = await connection.FirstAsync<bool>($"select exists (select from department_versions v where {HeadsNow})", CollectionScope.Parameters(user), ct);
        return [.. Names.Where(name => name != "grants" && (isHead || !OfPeople.Contains(name)))];
    }

    /// <summary>Keys of the words above the columns.</summary>
    public static IReadOnlyList<string> Heads(string name) => All[name].Heads;

    /// <summary>The rows, read as they are taken.</summary>
    public async IAsyncEnumerable<IReadOnlyList<string>> RowsAsync(CurrentUser user, string name, long collection, Period period, [EnumeratorCancellation] CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["collection"] = collection;
        parameters["from"] = period.From;
        parameters["to"] = period.To;
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<Row>(All[name].Sql, parameters).WithCancellation(ct))
        {
            yield return row.Cells;
        }
    }
}
