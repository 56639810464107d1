using System.Globalization;
using System.Text.Json;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.People;

/// <summary>A person as lists show them, with what holds on the base date (or their first or last day). Fields beyond name and address are null where the reader may not see them.</summary>
public sealed class PersonRow
{
    public long Id { get; init; }
    public string EmployeeNo { get; init; } = "";
    public string Name { get; init; } = "";
    public string NameKana { get; init; } = "";
    public string Email { get; init; } = "";
    public string Language { get; init; } = "";
    public string? DepartmentCode { get; init; }
    public string? DepartmentName { get; init; }
    public DateOnly? LeftOn { get; init; }

    /// <summary>The reader may see the rest too.</summary>
    public bool IsWhole { get; init; }
    public string? Title { get; init; }
    public string? EmploymentType { get; init; }
    public DateOnly? HiredOn { get; init; }
    public string? ManagerNo { get; init; }
    public string? ManagerName { get; init; }
    public string? PostsJson { get; init; }
    public string[]? Tags { get; init; }

    /// <summary>The leave on the base date; null when there is none or the reader may not see it.</summary>
    public string? LeaveKindJa { get; init; }
    public string? LeaveKindEn { get; init; }
    public DateOnly? LeaveFrom { get; init; }
    public DateOnly? LeaveTo { get; init; }

    /// <summary>Its place in the list it was read for.</summary>
    public string Place { get; init; } = "";

    /// <summary>Every post, oldest first.</summary>
    public IReadOnlyList<PostEntry> Posts => PostsJson is null ? [] : JsonSerializer.Deserialize<PostEntry[]>(PostsJson, JsonSerializerOptions.Web)!;
}

/// <summary>A post by date, as the wire has it; <paramref name="Primary"/> = not concurrent.</summary>
public sealed record PostEntry(PostDepartment Department, string Title, bool Primary, DateOnly From, DateOnly? To);

public sealed record PostDepartment(string Code, string? Name);

/// <summary>A department on the base date.</summary>
/// <param name="People">How many people have their primary post in it then.</param>
public sealed record DepartmentEntry(string Code, string? Name, string? HeadNo, string? HeadName, string? Parent, long People);

/// <summary>Something that happened to a person, and what it puts right.</summary>
/// <param name="At">When it was told, UTC.</param>
public sealed record PersonEventRow(string Kind, DateOnly HappenedOn, DateTime At, string? CorrectsKind, DateOnly? CorrectsOn, bool IsLeave);

/// <summary>What a department was called and who headed it, from a day to a day.</summary>
public sealed record DepartmentVersion(string Code, string Name, string? HeadNo, string? HeadName, DateOnly FromOn, DateOnly? ToOn);

/// <summary>Which people a list shows.</summary>
/// <param name="On">The base date; null = today.</param>
/// <param name="Search">Part of the name or kana, or the start of the address or the employee number.</param>
/// <param name="Status">Only those who are on leave, or have left; leave is known only to those who see whole records.</param>
/// <param name="HereOnly">Without those who have left by, or not yet joined on, the base date.</param>
public sealed record PeopleFilter(DateOnly? On = null, string? Search = null, string? Department = null, bool HereOnly = false, PeopleStatus? Status = null);

/// <summary>On leave, or left, on the base date.</summary>
public enum PeopleStatus { OnLeave, Left }

/// <summary>The orders a list of people may be put in; the first is its own. A place keeps ids, no names and no numbers.</summary>
public static class PeopleOrders
{
    private static readonly Platform.Database.SortKey Kana = new("p.name_kana", "p.id", "(select name_kana from people where id = {0})");

    /// <summary>By the department on the base date, those without one last, then by kana.</summary>
    public static readonly ListOrder Department = new("department", new("coalesce(d.code, '~')", "p.id", $"(select coalesce(d.code, '~') {PeopleList.From} where p.id = {{0}})"), Kana, new("p.id"));

    public static readonly ListOrder Name = new("name", Kana, new("p.id"));
    public static readonly ListOrder EmployeeNo = new("no", new("p.employee_no", "p.id", "(select employee_no from people where id = {0})"), new("p.id"));

    public static readonly ListOrder[] All = [Department, Name, EmployeeNo];
}

/// <summary>SQL of the lists of people and departments.</summary>
public sealed class PeopleList(Db db)
{
    /// <summary>Lists count to here exactly.</summary>
    public const int CountedTo = 10_000;

    internal const string From = $"from people p {Around}";

    // What a person is on the base date.
    private const string Around = """
        cross join (select coalesce(@on::date, tokyo_date(business_now())) as day) base
        cross join lateral (select least(greatest(base.day, p.hired_on), p.left_on) as day) its
        left join posts o on o.person_id = p.id and o.is_primary and its.day between o.from_on and coalesce(o.to_on, 'infinity')
        left join departments d on d.id = o.department_id
        left join leaves l on l.person_id = p.id and base.day between l.from_on and coalesce(l.to_on, 'infinity')
        """;

    private const string Where = $"""
        where {PeopleScope.Condition}
          and (not @hereOnly or (p.hired_on <= base.day and (p.left_on is null or p.left_on >= base.day)))
          and (@status::text is null or (@status = 'OnLeave' and l.id is not null and {PeopleScope.WholeRecord}) or (@status = 'Left' and p.left_on < base.day))
          and (@department::text is null or d.code = @department or exists (select 1 from posts co join departments cd on cd.id = co.department_id
               where co.person_id = p.id and cd.code = @department and its.day between co.from_on and coalesce(co.to_on, 'infinity')))
          and (@pattern::text is null or replace(p.name_key, ' ', '') like @pattern or p.employee_no like @number or p.email_key like @mail)
        """;

    private const string Columns = $"""
        p.id, p.employee_no, p.name, p.name_kana, p.email, p.language, p.left_on, d.code as department_code,
        (select v.name from department_versions v where v.department_id = d.id and its.day between v.from_on and coalesce(v.to_on, 'infinity')) as department_name,
        w.is_whole, case when w.is_whole then coalesce(o.title, '') end as title, case when w.is_whole then p.employment_type end as employment_type, case when w.is_whole then p.hired_on end as hired_on,
        m.employee_no as manager_no, m.name as manager_name,
        case when w.is_whole then lk.name_ja end as leave_kind_ja, case when w.is_whole then lk.name_en end as leave_kind_en,
        case when w.is_whole then l.from_on end as leave_from, case when w.is_whole then l.to_on end as leave_to,
        case when w.is_whole then array(select t.tag from person_tags t where t.person_id = p.id order by t.tag collate "C") end as tags,
        case when w.is_whole then (select jsonb_agg(jsonb_build_object('department', jsonb_build_object('code', pd.code, 'name', (
                select v.name from department_versions v where v.department_id = po.department_id and coalesce(po.to_on, greatest(base.day, po.from_on)) between v.from_on and coalesce(v.to_on, 'infinity'))),
                'title', po.title, 'primary', po.is_primary, 'from', po.from_on, 'to', po.to_on) order by po.from_on, po.is_primary desc, po.id)
            from posts po join departments pd on pd.id = po.department_id where po.person_id = p.id)::text end as posts_json
        """;

    private const string Rest = $"""
        cross join lateral (select {PeopleScope.WholeRecord} as is_whole) w
        left join managers g on w.is_whole and g.person_id = p.id and its.day between g.from_on and coalesce(g.to_on, 'infinity')
        left join people m on m.id = g.manager_id
        left join leave_kinds lk on lk.code = l.kind
        """;

    /// <summary>A page in the order in which people were added; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<PersonRow> Rows, string? After)> PageAsync(CurrentUser user, PeopleFilter filter, string? after, int limit, CancellationToken ct)
    {
        var parameters = Parameters(user, filter, after, limit);
        await using var connection = await db.OpenAsync(ct);
        return Cut(await connection.ListAsync<PersonRow>($"select {Columns} {From} {Rest} {Where} and p.id > coalesce(@after, 0) order by p.id limit @limit", parameters, ct), limit);
    }

    /// <summary>A part of the list in one of <see cref="PeopleOrders"/>.</summary>
    public async Task<ListPage<PersonRow>> PageAsync(CurrentUser user, PeopleFilter filter, ListSlice slice, CancellationToken ct)
    {
        var parameters = Parameters(user, filter, null, 0);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        // Who stands on the page first, with nothing but what that takes; then what is shown of them.
        return slice.Page(await connection.ListAsync<PersonRow>($"""
            select {Columns}, page.place
            from (select p.id, {slice.Order.Place} as place, row_number() over (order by {slice.OrderBy}) as number {From} {Where} {behind} order by {slice.OrderBy} limit @limit) page
            join people p on p.id = page.id {Around} {Rest} order by page.number
            """, parameters, ct), row => row.Place);
    }

    /// <summary>Everybody on the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<PersonRow> AllAsync(CurrentUser user, PeopleFilter filter, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<PersonRow>($"select {Columns} {From} {Rest} {Where} order by {slice.OrderBy}", Parameters(user, filter, null, 0)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>How many there are, at most one more than <see cref="CountedTo"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, PeopleFilter filter, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {From} {Where} limit @limit) counted", Parameters(user, filter, null, CountedTo), ct);
    }

    /// <summary>One person's whole record, or null when there is none or it is not the reader's to see.</summary>
    public async Task<PersonRow?> FindAsync(CurrentUser user, string employeeNo, DateOnly? on, CancellationToken ct)
    {
        var parameters = Parameters(user, new(on), null, 1);
        parameters["employeeNo"] = employeeNo;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<PersonRow>($"select {Columns} {From} {Rest} where w.is_whole and p.employee_no = @employeeNo", parameters, ct);
    }

    /// <summary>Departments by code, with their name and head on the base date; the cursor is the last code.</summary>
    public async Task<(IReadOnlyList<DepartmentEntry> Rows, string? After)> DepartmentsAsync(CurrentUser user, DateOnly? on, string? after, int limit, CancellationToken ct)
    {
        var parameters = Parameters(user, new(on), null, limit);
        parameters["afterCode"] = after ?? "";
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<DepartmentEntry>($"""
            select d.code, v.name, h.employee_no as head_no, h.name as head_name, u.code as parent, coalesce(theirs.people, 0) as people
            from departments d cross join (select coalesce(@on::date, tokyo_date(business_now())) as day) base
            left join department_versions v on v.department_id = d.id and base.day between v.from_on and coalesce(v.to_on, 'infinity')
            left join people h on h.id = v.head_id left join departments u on u.id = v.parent_id
            left join (select o.department_id, count(*) as people from posts o join people p on p.id = o.person_id cross join (select coalesce(@on::date, tokyo_date(business_now())) as day) base
                where o.is_primary and base.day between o.from_on and coalesce(o.to_on, 'infinity') and (p.left_on is null or p.left_on >= base.day) group by o.department_id) theirs on theirs.department_id = d.id
            where {PeopleScope.DepartmentCondition} and d.code > @afterCode order by d.code limit @limit
            """, parameters, ct);
        return rows.Count <= limit ? (rows, null) : ([.. rows.Take(limit)], rows[limit - 1].Code);
    }

    /// <summary>What happened to a person, newest first; nothing where the reader may not see the whole record.</summary>
    public async Task<IReadOnlyList<PersonEventRow>> EventsAsync(CurrentUser user, long person, CancellationToken ct)
    {
        var parameters = PeopleScope.Parameters(user);
        parameters["subject"] = person;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PersonEventRow>($"""
            select e.kind, e.happened_on, e.at, c.kind as corrects_kind, c.happened_on as corrects_on, e.leave_id is not null as is_leave
            from people_events e join people p on p.id = e.person_id left join people_events c on c.id = e.corrects_id
            where p.id = @subject and {PeopleScope.WholeRecord} order by e.at desc, e.id desc limit 200
            """, parameters, ct);
    }

    /// <summary>The kinds of leave there are.</summary>
    public async Task<IReadOnlyList<LeaveKindRow>> LeaveKindsAsync(CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<LeaveKindRow>("select code, name_ja, name_en from leave_kinds order by position, code", ct: ct);
    }

    /// <summary>Every version of the departments the reader may see, oldest first.</summary>
    public async Task<IReadOnlyList<DepartmentVersion>> DepartmentVersionsAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<DepartmentVersion>($"""
            select d.code, v.name, h.employee_no as head_no, h.name as head_name, v.from_on, v.to_on
            from department_versions v join departments d on d.id = v.department_id left join people h on h.id = v.head_id where {PeopleScope.DepartmentCondition} order by d.code, v.from_on
            """, PeopleScope.Parameters(user), ct);
    }

    private static Dictionary<string, object?> Parameters(CurrentUser user, PeopleFilter filter, string? after, int limit)
    {
        var parameters = PeopleScope.Parameters(user);
        var pattern = NameKey.Pattern(filter.Search);
        parameters["on"] = filter.On;
        parameters["department"] = string.IsNullOrWhiteSpace(filter.Department) ? null : filter.Department;
        parameters["hereOnly"] = filter.HereOnly;
        parameters["status"] = filter.Status?.ToString();
        parameters["pattern"] = pattern;
        parameters["number"] = pattern is null ? null : NameKey.PatternOfNumber(filter.Search!);
        parameters["mail"] = pattern is null ? null : NameKey.PatternOfMail(filter.Search!);
        parameters["after"] = long.TryParse(after, CultureInfo.InvariantCulture, out var id) ? id : null as long?;
        parameters["limit"] = limit + 1;
        return parameters;
    }

    private static (IReadOnlyList<PersonRow> Rows, string? After) Cut(IReadOnlyList<PersonRow> rows, int limit) =>
        rows.Count <= limit ? (rows, null) : ([.. rows.Take(limit)], Cursor(rows[limit - 1]));

    private static string Cursor(PersonRow row) => row.Id.ToString(CultureInfo.InvariantCulture);
}
