using AuditTracker.Platform.Database;

namespace AuditTracker.People;

/// <summary>SQL of departments by date and of concurrent posts, as files and forms change them.</summary>
internal static class StructureStore
{
    private sealed record VersionRow(long Id, string Code, string Name, string? Parent, string? Head, DateOnly FromOn, DateOnly? ToOn);

    public static async Task<StructureAsItIs> AsItIsAsync(UnitOfWork work, CancellationToken ct)
    {
        var codes = await work.QueryAsync<string>("select code from departments order by code", ct: ct);
        var versions = (await work.QueryAsync<VersionRow>("""
            select v.id, d.code, v.name, u.code as parent, h.employee_no as head, v.from_on, v.to_on
            from department_versions v join departments d on d.id = v.department_id left join departments u on u.id = v.parent_id left join people h on h.id = v.head_id order by v.from_on, v.id
            """, ct: ct)).ToLookup(row => row.Code, StringComparer.Ordinal);
        var people = await work.QueryAsync<Employment>("select employee_no, name, hired_on, left_on from people", ct: ct);
        var posts = await work.QueryAsync<PostRow>("""
            select o.id, p.employee_no, d.code, o.title, o.is_primary, o.from_on, o.to_on from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id order by o.id
            """, ct: ct);
        return new(
            [.. codes.Select(code => new DepartmentHistory(code, [.. versions[code].Select(row => new Held<DepartmentTerms>(row.Id, row.FromOn, row.ToOn, new(row.Name, row.Parent, row.Head)))]))],
            people.ToDictionary(person => person.EmployeeNo, StringComparer.Ordinal), posts);
    }

    /// <summary>Ends these departments and the concurrent posts in them with the day before.</summary>
    public static async Task CloseAsync(UnitOfWork work, IReadOnlyList<DepartmentClosing> closings, StructureAsItIs known, CancellationToken ct)
    {
        var histories = known.Departments.ToDictionary(department => department.Code, department => department.Versions, StringComparer.Ordinal);
        await WriteDepartmentsAsync(work, [.. closings.Select(closing => new DepartmentHistory(closing.Code, histories[closing.Code].With(closing.On, null)))], ct);
        await PeopleStore.WritePostsAsync(work, new([], [.. closings.SelectMany(closing => closing.Ending.Select(post => post with { ToOn = closing.On.AddDays(-1) }))], []), ct);
    }

    /// <summary>Makes these departments' versions what is given, whole; rows that stay as they are stay.</summary>
    public static async Task WriteDepartmentsAsync(UnitOfWork work, IReadOnlyList<DepartmentHistory> departments, CancellationToken ct)
    {
        if (departments.Count == 0)
        {
            return;
        }

        await PeopleStore.AddAsync(work, [], departments.Select(department => department.Code).Concat(departments.SelectMany(department => department.Versions).Select(version => version.Value.Parent).OfType<string>()).Distinct(), ct);
        var ids = (await work.QueryAsync<(long Id, string Code)>("select id, code from departments", ct: ct)).ToDictionary(row => row.Code, row => row.Id, StringComparer.Ordinal);
        var known = await PeopleStore.DepartmentsAsync(work, departments.Select(department => department.Code), ct);
        DepartmentRow[] after =
        [
            .. departments.SelectMany(department => department.Versions.Select(version => new DepartmentRow(
                version.Id, department.Code, version.Value.Name, version.Value.Parent is { } parent ? ids[parent] : null, version.Value.Head, version.From, version.To))),
        ];
        var before = known.ToDictionary(row => row.Id);
        var kept = after.Select(row => row.Id).ToHashSet();
        await PeopleStore.WriteDepartmentsAsync(
            work, new([.. before.Keys.Where(id => !kept.Contains(id))], [.. after.Where(row => row.Id != 0 && row != before[row.Id])], [.. after.Where(row => row.Id == 0)]), ct);
    }
}
