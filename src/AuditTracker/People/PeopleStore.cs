using System.Text.Json;
using AuditTracker.Platform.Database;

namespace AuditTracker.People;

/// <summary>SQL of the people, departments, posts and managers that an import reads and writes.</summary>
public static class PeopleStore
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>Nobody else imports until the operation ends.</summary>
    public static Task LockAsync(UnitOfWork work, CancellationToken ct) => work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('people'))", ct: ct);

    /// <summary>The whole company as it is on the effective date.</summary>
    public static async Task<PeopleAsTheyAre> AsTheyAreAsync(UnitOfWork work, DateOnly effectiveOn, CancellationToken ct) => new(
        await work.QueryAsync<KnownPerson>("""
            select p.id, p.employee_no, p.name, p.name_kana, p.email, p.employment_type, p.hired_on, p.left_on, d.code as department_code, coalesce(o.title, '') as title, m.employee_no as manager_no,
                   l.id as leave_id, l.kind as leave_kind, l.from_on as leave_from, l.to_on as leave_to,
                   coalesce(t.tags, '') as tags
            from people p
            cross join lateral (select least(greatest(@effectiveOn, p.hired_on), p.left_on) as day) its
            left join posts o on o.person_id = p.id and o.is_primary and its.day between o.from_on and coalesce(o.to_on, 'infinity')
            left join departments d on d.id = o.department_id
            left join managers g on g.person_id = p.id and its.day between g.from_on and coalesce(g.to_on, 'infinity')
            left join people m on m.id = g.manager_id
            left join lateral (select * from leaves l where l.person_id = p.id and (l.to_on is null or l.to_on >= its.day) order by l.from_on limit 1) l on true
            left join (select person_id, string_agg(tag, '、' order by tag collate "C") as tags from person_tags group by person_id) t on t.person_id = p.id
            order by p.id
            """, new { effectiveOn }, ct),
        await work.QueryAsync<KnownDepartment>("""
            select d.code, v.name, h.employee_no as head_no
            from departments d left join department_versions v on v.department_id = d.id and @effectiveOn between v.from_on and coalesce(v.to_on, 'infinity')
            left join people h on h.id = v.head_id order by d.code
            """, new { effectiveOn }, ct),
        (await work.QueryAsync<string>("select title from head_titles", ct: ct)).ToHashSet(StringComparer.Ordinal))
    {
        Leaves = await work.QueryAsync<LeaveRow>("select l.id, p.employee_no, l.kind, l.from_on, l.to_on from leaves l join people p on p.id = l.person_id", ct: ct),
        LeaveKinds = (await work.QueryAsync<LeaveKindRow>("select code, name_ja, name_en from leave_kinds", ct: ct))
            .SelectMany(kind => new[] { kind.Code, kind.NameJa, kind.NameEn }, (kind, name) => (kind.Code, Name: name)).DistinctBy(pair => pair.Name).ToDictionary(pair => pair.Name, pair => pair.Code, StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>Adds the new people and departments, so that every code and number has a row.</summary>
    public static Task AddAsync(UnitOfWork work, IEnumerable<KnownPerson> people, IEnumerable<string> departments, CancellationToken ct) => work.ExecuteAsync("""
        insert into departments (code) select unnest(@codes) on conflict (code) do nothing;
        insert into people (employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on, left_on)
        select employee_no, name, name_kana, name_key, email, email_key, employment_type, hired_on, left_on
        from jsonb_to_recordset(@rows::jsonb) as r (employee_no text, name text, name_kana text, name_key text, email text, email_key text, employment_type text, hired_on date, left_on date);
        """, new { codes = departments.ToArray(), rows = Rows(people.Select(Stored)) }, ct);

    /// <summary>Writes what is kept in the person's own row; one version more.</summary>
    public static Task ChangeAsync(UnitOfWork work, IEnumerable<KnownPerson> people, CancellationToken ct) => work.ExecuteAsync("""
        update people p set name = r.name, name_kana = r.name_kana, name_key = r.name_key, email = r.email, email_key = r.email_key,
               employment_type = r.employment_type, hired_on = r.hired_on, left_on = r.left_on, version = p.version + 1
        from jsonb_to_recordset(@rows::jsonb) as r (id bigint, name text, name_kana text, name_key text, email text, email_key text, employment_type text, hired_on date, left_on date)
        where p.id = r.id
        """, new { rows = Rows(people.Select(Stored)) }, ct);

    /// <summary>Primary and concurrent posts of these people, oldest first.</summary>
    public static async Task<IReadOnlyList<PostRow>> PostsAsync(UnitOfWork work, IEnumerable<long> people, CancellationToken ct) => await work.QueryAsync<PostRow>("""
        select o.id, p.employee_no, d.code, o.title, o.is_primary, o.from_on, o.to_on from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id
        where o.person_id = any (@people) order by o.from_on, o.id
        """, new { people = people.ToArray() }, ct);

    public static async Task<IReadOnlyList<ManagerRow>> ManagersAsync(UnitOfWork work, IEnumerable<long> people, CancellationToken ct) => await work.QueryAsync<ManagerRow>("""
        select g.id, p.employee_no, m.employee_no as manager_no, g.from_on, g.to_on from managers g join people p on p.id = g.person_id join people m on m.id = g.manager_id
        where g.person_id = any (@people) order by g.from_on, g.id
        """, new { people = people.ToArray() }, ct);

    public static async Task<IReadOnlyList<DepartmentRow>> DepartmentsAsync(UnitOfWork work, IEnumerable<string> codes, CancellationToken ct) => await work.QueryAsync<DepartmentRow>("""
        select v.id, d.code, v.name, v.parent_id, h.employee_no as head_no, v.from_on, v.to_on from department_versions v join departments d on d.id = v.department_id left join people h on h.id = v.head_id
        where d.code = any (@codes) order by v.from_on, v.id
        """, new { codes = codes.ToArray() }, ct);

    /// <summary>Rows that are gone, rows that have other values, and new ones (id 0).</summary>
    public static Task WritePostsAsync(UnitOfWork work, Rewrite<PostRow> posts, CancellationToken ct) => work.ExecuteAsync("""
        delete from posts where id = any (@gone);
        update posts o set department_id = d.id, title = r.title, from_on = r.from_on, to_on = r.to_on
        from jsonb_to_recordset(@changed::jsonb) as r (id bigint, code text, title text, from_on date, to_on date) join departments d on d.code = r.code where o.id = r.id;
        insert into posts (person_id, department_id, title, is_primary, from_on, to_on)
        select p.id, d.id, r.title, r.is_primary, r.from_on, r.to_on
        from jsonb_to_recordset(@added::jsonb) as r (employee_no text, code text, title text, is_primary boolean, from_on date, to_on date) join people p using (employee_no) join departments d on d.code = r.code;
        """, new { gone = posts.Gone.ToArray(), changed = Rows(posts.Changed), added = Rows(posts.Added) }, ct);

    public static Task WriteManagersAsync(UnitOfWork work, Rewrite<ManagerRow> managers, CancellationToken ct) => work.ExecuteAsync("""
        delete from managers where id = any (@gone);
        update managers g set manager_id = m.id, from_on = r.from_on, to_on = r.to_on
        from jsonb_to_recordset(@changed::jsonb) as r (id bigint, manager_no text, from_on date, to_on date) join people m on m.employee_no = r.manager_no where g.id = r.id;
        insert into managers (person_id, manager_id, from_on, to_on)
        select p.id, m.id, r.from_on, r.to_on
        from jsonb_to_recordset(@added::jsonb) as r (employee_no text, manager_no text, from_on date, to_on date) join people p using (employee_no) join people m on m.employee_no = r.manager_no;
        """, new { gone = managers.Gone.ToArray(), changed = Rows(managers.Changed), added = Rows(managers.Added) }, ct);

    public static Task WriteDepartmentsAsync(UnitOfWork work, Rewrite<DepartmentRow> departments, CancellationToken ct) => work.ExecuteAsync("""
        delete from department_versions where id = any (@gone);
        update department_versions v set name = r.name, parent_id = r.parent_id, head_id = h.id, from_on = r.from_on, to_on = r.to_on
        from jsonb_to_recordset(@changed::jsonb) as r (id bigint, name text, parent_id bigint, head_no text, from_on date, to_on date) left join people h on h.employee_no = r.head_no where v.id = r.id;
        insert into department_versions (department_id, name, parent_id, head_id, from_on, to_on)
        select d.id, r.name, r.parent_id, h.id, r.from_on, r.to_on
        from jsonb_to_recordset(@added::jsonb) as r (code text, name text, parent_id bigint, head_no text, from_on date, to_on date) join departments d using (code) left join people h on h.employee_no = r.head_no;
        """, new { gone = departments.Gone.ToArray(), changed = Rows(departments.Changed), added = Rows(departments.Added) }, ct);

    /// <summary>Leave that begins, changes or is withdrawn.</summary>
    public static Task WriteLeavesAsync(UnitOfWork work, IReadOnlyList<PersonDifference> people, CancellationToken ct)
    {
        var changed = people.Where(person => person.Before is null ? person.After.LeaveFrom is not null : !Equals(person.Before.Leave, person.After.Leave)).ToArray();
        return changed.Length == 0 ? Task.CompletedTask : work.ExecuteAsync("""
            delete from leaves where id = any (@gone);
            update leaves l set kind = r.kind, from_on = r.from_on, to_on = r.to_on from jsonb_to_recordset(@changed::jsonb) as r (id bigint, kind text, from_on date, to_on date) where l.id = r.id;
            insert into leaves (person_id, kind, from_on, to_on)
            select p.id, r.kind, r.from_on, r.to_on from jsonb_to_recordset(@added::jsonb) as r (employee_no text, kind text, from_on date, to_on date) join people p using (employee_no);
            """, new
        {
            gone = changed.Where(person => person.After.LeaveFrom is null).Select(person => person.Before!.LeaveId!.Value).ToArray(),
            changed = Rows(changed.Where(person => person.After.LeaveFrom is not null && person.After.LeaveId > 0).Select(Leave)),
            added = Rows(changed.Where(person => person.After.LeaveFrom is not null && person.After.LeaveId is null or 0).Select(Leave)),
        }, ct);

        static object Leave(PersonDifference person) => new { Id = person.After.LeaveId, person.After.EmployeeNo, Kind = person.After.LeaveKind, FromOn = person.After.LeaveFrom, ToOn = person.After.LeaveTo };
    }

    /// <summary>Tags that are given or taken away.</summary>
    public static Task WriteTagsAsync(UnitOfWork work, IReadOnlyList<PersonDifference> people, CancellationToken ct)
    {
        var changed = people.Where(person => (person.Before?.Tags ?? "") != person.After.Tags).Select(person => new { person.After.EmployeeNo, person.After.Tags }).ToArray();
        return changed.Length == 0 ? Task.CompletedTask : work.ExecuteAsync("""
            delete from person_tags t using people p join jsonb_to_recordset(@rows::jsonb) as r (employee_no text, tags text) using (employee_no)
            where t.person_id = p.id and t.tag <> all (string_to_array(r.tags, '、'));
            insert into person_tags (person_id, tag)
            select p.id, its.tag from jsonb_to_recordset(@rows::jsonb) as r (employee_no text, tags text) join people p using (employee_no) cross join unnest(string_to_array(r.tags, '、')) as its (tag)
            on conflict do nothing;
            """, new { rows = Rows(changed) }, ct);
    }

    /// <summary>
    /// Tells the rooms above what happened to whom (design §3): append-only, every fact once. An event that puts an earlier one right names it;
    /// the earlier one stays.
    /// </summary>
    public static Task AddEventsAsync(UnitOfWork work, IEnumerable<PersonEvent> events, CancellationToken ct) => work.ExecuteAsync("""
        insert into people_events (person_id, kind, happened_on, at, leave_id, corrects_id)
        select p.id, r.kind, r.happened_on, @Now, its.leave_id,
               (select max(e.id) from people_events e where e.person_id = p.id and e.kind = r.corrects and e.leave_id is not distinct from its.leave_id
                   and (e.kind <> 'transferred' or e.happened_on = r.happened_on)
                   and (e.kind <> 'back' or e.leave_id is not null or e.corrects_id is not null)
                   and not exists (select 1 from people_events later where later.corrects_id = e.id))
        from rows from (jsonb_to_recordset(@rows::jsonb) as (employee_no text, kind text, happened_on date, corrects text, leave_id bigint, leave_from date))
             with ordinality as r (employee_no, kind, happened_on, corrects, leave_id, leave_from, place)
        join people p using (employee_no)
        cross join lateral (select coalesce(nullif(r.leave_id, 0), (select l.id from leaves l where l.person_id = p.id and l.from_on = r.leave_from)) as leave_id) its
        order by r.place
        on conflict do nothing
        """, new { rows = Rows(events), work.Now }, ct);

    private static object Stored(KnownPerson person) => new
    {
        person.Id,
        person.EmployeeNo,
        person.Name,
        person.NameKana,
        NameKey = NameKey.Of(person.Name, person.NameKana),
        person.Email,
        EmailKey = NameKey.OfMail(person.Email),
        person.EmploymentType,
        person.HiredOn,
        person.LeftOn,
    };

    private static string Rows<T>(IEnumerable<T> rows) => JsonSerializer.Serialize(rows, SnakeCase);
}

/// <summary>A post of a person in a department; the last day is included.</summary>
public sealed record PostRow(long Id, string EmployeeNo, string Code, string Title, bool IsPrimary, DateOnly FromOn, DateOnly? ToOn);

/// <summary>Who somebody reported to.</summary>
public sealed record ManagerRow(long Id, string EmployeeNo, string ManagerNo, DateOnly FromOn, DateOnly? ToOn);

/// <summary>What a department was called and who headed it.</summary>
public sealed record DepartmentRow(long Id, string Code, string Name, long? ParentId, string? HeadNo, DateOnly FromOn, DateOnly? ToOn);

/// <summary>joined, left, transferred, on_leave, back.</summary>
/// <param name="Corrects">The kind of the newest event that this one puts right, if there is one that nothing has put right yet.</param>
/// <param name="LeaveId">The leave it is about, when it has a row.</param>
/// <param name="LeaveFrom">The first day of that leave, when its row is new.</param>
public sealed record PersonEvent(string EmployeeNo, string Kind, DateOnly HappenedOn, string? Corrects = null, long? LeaveId = null, DateOnly? LeaveFrom = null);

/// <summary>How rows by date differ from what is stored.</summary>
public sealed record Rewrite<T>(IReadOnlyList<long> Gone, IReadOnlyList<T> Changed, IReadOnlyList<T> Added);
