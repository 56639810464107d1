using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>What the year plan is narrowed to.</summary>
/// <param name="Year">The days whose dues are shown.</param>
/// <param name="Owner">Employee number of whoever it is with: theirs, and what they stand in for, as the list of collections has it.</param>
/// <param name="Department">Code of their department today.</param>
public sealed record YearFilter(Period Year, string? Framework = null, string? Owner = null, string? Department = null);

/// <summary>A request with a due date in the year.</summary>
public sealed record PlannedRequest(long Id, string Title, string OwnerName, bool IsVisible);

/// <summary>One occurrence.</summary>
public sealed record Occurrence(long Id, long RequestId, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, DateOnly PlannedDueOn, DateOnly OpensOn, DateOnly? PlannedOpensOn, string State, bool IsOverdue)
{
    /// <summary>It is not where it was first planned.</summary>
    public bool IsMoved => DueOn != PlannedDueOn || PlannedOpensOn is not null;
}

/// <summary>How much a person has in a year.</summary>
public sealed record PersonLoad(string EmployeeNo, string Name, long Due, long Late);

/// <summary>Dues of a fiscal year by request, month and person. A row needs to be one of the reader's: theirs, of a department they head, or theirs to review.</summary>
public sealed class YearStore(Db db)
{
    /// <summary>What narrows and what authorises, of a collection <c>c</c> due in the year.</summary>
    private const string Where = $"""
        c.due_on between @from and @to and (@seesAll or c.assignee_id = any (@people) or c.deputy_id = @person or c.reviewer_id = @person) and {CollectionScope.Condition}
        and (@framework::text is null or exists (select 1 from request_items f where f.request_id = c.request_id and f.version = c.version and f.framework = @framework))
        and (@owner::text is null or (select id from people where employee_no = @owner) in (c.assignee_id, c.deputy_id))
        and (@department::text is null or c.assignee_id in (select o.person_id from posts o join departments d on d.id = o.department_id
             where d.code = @department and tokyo_date(business_now()) between o.from_on and coalesce(o.to_on, 'infinity')))
        """;

    /// <summary>Requests in the order they were added; a cursor is the id of the row on the edge.</summary>
    public async Task<ListPage<PlannedRequest>> RequestsAsync(CurrentUser user, YearFilter filter, string? after, string? before, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, filter, ct);
        var backwards = after is null && before is not null;
        var place = long.TryParse(after ?? before, CultureInfo.InvariantCulture, out var at);
        (parameters["at"], parameters["limit"]) = (at, limit + 1);
        // Who sees everything has many requests, each soon found to be due in the year; everybody else has few collections to begin from.
        var due = user.SeesAllEvidence ? $"exists (select 1 from collections c where c.request_id = r.id and {Where})" : $"r.id in (select c.request_id from collections c where {Where})";
        var found = await connection.ListAsync<PlannedRequest>($"""
            select r.id, r.title, o.name as owner_name, coalesce({CollectionScope.RequestCondition}, false) as is_visible from evidence_requests r join people o on o.id = r.owner_id
            where {due} {(place ? $"and r.id {(backwards ? '<' : '>')} @at" : "")} order by r.id {(backwards ? "desc" : "")} limit @limit
            """, parameters, ct);
        var more = found.Count > limit;
        var rows = backwards ? found.Take(limit).Reverse().ToList() : found.Take(limit).ToList();
        return rows.Count == 0 ? new(rows, null, null) : new(rows, (backwards ? more : place) ? $"{rows[0].Id}" : null, backwards || more ? $"{rows[^1].Id}" : null);
    }

    /// <summary>The occurrences of these requests in the year.</summary>
    public async Task<IReadOnlyList<Occurrence>> OccurrencesAsync(CurrentUser user, YearFilter filter, IEnumerable<long> requests, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, filter, ct);
        parameters["requests"] = requests.ToArray();
        return await connection.ListAsync<Occurrence>($"""
            select c.id, c.request_id, c.period_from, c.period_to, c.due_on, c.planned_due_on, c.opens_on, c.planned_opens_on, c.state, c.state in ('open', 'returned') and c.due_on < tokyo_date(business_now()) as is_overdue
            from collections c where c.request_id = any (@requests) and {Where} order by c.due_on, c.id
            """, parameters, ct);
    }

    /// <summary>Dues and late ones of each month that has any.</summary>
    public async Task<IReadOnlyList<MonthLoad>> MonthsAsync(CurrentUser user, YearFilter filter, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<MonthLoad>($"""
            select date_trunc('month', c.due_on)::date as month, count(*) as due, count(*) filter (where c.state in ('open', 'returned') and c.due_on < tokyo_date(business_now())) as late
            from collections c where {Where} group by 1 order by 1
            """, await ParametersAsync(connection, user, filter, ct), ct);
    }

    /// <summary>Who has most in the year, late ones first.</summary>
    public async Task<IReadOnlyList<PersonLoad>> PeopleAsync(CurrentUser user, YearFilter filter, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = await ParametersAsync(connection, user, filter, ct);
        parameters["limit"] = limit;
        return await connection.ListAsync<PersonLoad>($"""
            select p.employee_no, p.name, l.due, l.late
            from (select c.assignee_id, count(*) as due, count(*) filter (where c.state in ('open', 'returned') and c.due_on < tokyo_date(business_now())) as late
                  from collections c where {Where} group by 1 order by due desc, 1 limit @limit) l
            join people p on p.id = l.assignee_id order by l.due desc, p.name_kana, p.id
            """, parameters, ct);
    }

    private static async Task<Dictionary<string, object?>> ParametersAsync(Npgsql.NpgsqlConnection connection, CurrentUser user, YearFilter filter, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["from"], parameters["to"]) = (filter.Year.From, filter.Year.To);
        (parameters["framework"], parameters["owner"], parameters["department"]) = (filter.Framework, filter.Owner, filter.Department);
        parameters["people"] = user.SeesAllEvidence || user.PersonId is null ? Array.Empty<long>() : (await connection.ListAsync<long>("""
            select o.person_id from posts o join department_versions v on v.department_id = o.department_id
            where v.head_id = @PersonId and tokyo_date(business_now()) between o.from_on and coalesce(o.to_on, 'infinity') and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity')
            """, new { user.PersonId }, ct)).Append(user.PersonId.Value).ToArray();
        return parameters;
    }
}
