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

    private const string SeesPerson = $"(@isManager or p.id = any({CollectionScope.Headed}))";

    /// <summary>Heads (keys of the room's words) and statement of each; the statement gives as many texts.</summary>
    private static readonly Dictionary<string, (string[] Heads, string Sql)> All = new()
    {
        ["joined"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadEmployment", "SampleHeadHiredOn"], $"""
            select array[p.employee_no, p.name, coalesce(p.employment_type, ''), p.hired_on::text] as cells
            from people p where p.hired_on between @from and @to and {SeesPerson} order by p.hired_on, p.employee_no
            """),
        ["left"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadEmployment", "SampleHeadLeftOn"], $"""
            select array[p.employee_no, p.name, coalesce(p.employment_type, ''), p.left_on::text] as cells
            from people p where p.left_on between @from and @to and {SeesPerson} order by p.left_on, p.employee_no
            """),
        ["transferred"] = (["SampleHeadNumber", "SampleHeadName", "SampleHeadDepartmentCode", "SampleHeadDepartment", "SampleHeadFromOn"], $"""
            select array[p.employee_no, p.name, d.code, coalesce((select v.name from department_versions v where v.department_id = d.id and o.from_on between v.from_on and coalesce(v.to_on, 'infinity') limit 1), ''), o.from_on::text] as cells
            from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id
            where o.from_on between @from and @to and o.from_on > p.hired_on and exists (select from posts b where b.person_id = p.id and b.from_on < o.from_on) and {SeesPerson}
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
    public static IEnumerable<string> For(CurrentUser user) => Names.Where(name => name != "grants" || user.Is(Role.ComplianceManager));

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
