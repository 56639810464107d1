using AuditTracker.Evidence;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>How much evidence is asked of a person now, as far as the reader may see it.</summary>
public sealed record OwedCount(long PersonId, long Open, long Overdue);

/// <summary>A collection that is with a person.</summary>
public sealed record OwedCollection(long Id, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, string State, bool Overdue)
{
    /// <summary>The state of its label.</summary>
    public string Label => Overdue ? "collection.overdue" : $"collection.{State}";
}

/// <summary>Something a person is appointed to.</summary>
public sealed record HeldAppointment(string TitleJa, string TitleEn, DateOnly FromOn, DateOnly? ToOn);

/// <summary>An account as a person's page shows it: None, Invited, Open, Disabled.</summary>
public sealed record AccountState(long Id, string State);

/// <summary>A request a person owns or reviews.</summary>
public sealed record HeldRequest(long Id, string Title, bool Reviews);

/// <summary>What people still owe: for the list of people, a person's page and the preview of an import.</summary>
public sealed class OwedStore(Db db)
{
    private const string Open = "c.state in ('open', 'returned')";

    /// <summary>Counts of those who owe anything, by person.</summary>
    public async Task<IReadOnlyDictionary<long, OwedCount>> CountsAsync(CurrentUser user, IEnumerable<long> people, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["people"] = people.ToArray();
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<OwedCount>($"""
            select c.assignee_id as person_id, count(*) as open, count(*) filter (where c.due_on < clock.today) as overdue
            from collections c cross join (select tokyo_date(business_now()) as today) clock
            where c.assignee_id = any (@people) and {Open} and {CollectionScope.Condition} group by c.assignee_id
            """, parameters, ct)).ToDictionary(count => count.PersonId);
    }

    /// <summary>The collections that are with the person, most urgent first, at most 100.</summary>
    public async Task<IReadOnlyList<OwedCollection>> CollectionsAsync(CurrentUser user, long owed, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["owed"] = owed;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<OwedCollection>($"""
            select c.id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on, c.state, c.due_on < clock.today as overdue
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version cross join (select tokyo_date(business_now()) as today) clock
            where (c.assignee_id = @owed or c.deputy_id = @owed) and {Open} and {CollectionScope.Condition} order by c.due_on, c.id limit 100
            """, parameters, ct);
    }

    /// <summary>What waits for the person's review, oldest first, at most 100.</summary>
    public async Task<IReadOnlyList<OwedCollection>> ReviewsAsync(CurrentUser user, long reviewer, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["reviewer"] = reviewer;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<OwedCollection>($"""
            select c.id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on, c.state, false as overdue
            from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
            where c.reviewer_id = @reviewer and c.state = 'submitted' and {CollectionScope.Condition} order by c.state_at, c.id limit 100
            """, parameters, ct);
    }

    /// <summary>What the person is appointed to on the day.</summary>
    public async Task<IReadOnlyList<HeldAppointment>> AppointmentsAsync(CurrentUser user, long person, DateOnly on, CancellationToken ct)
    {
        var parameters = PeopleScope.Parameters(user);
        parameters["subject"] = person;
        parameters["day"] = on;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<HeldAppointment>($"""
            select k.title_ja, k.title_en, a.from_on, a.to_on from appointments a join appointment_kinds k on k.key = a.kind join people p on p.id = a.person_id
            where p.id = @subject and a.withdrawn_at is null and @day between a.from_on and coalesce(a.to_on, 'infinity') and {PeopleScope.WholeRecord} order by k.position, a.from_on
            """, parameters, ct);
    }

    /// <summary>How it stands with the person's account, for those who invite; null for others.</summary>
    public async Task<AccountState?> AccountAsync(CurrentUser user, long person, CancellationToken ct)
    {
        if (!user.IsAny(Role.ComplianceManager, Role.Administrator))
        {
            return null;
        }

        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<AccountState>("""
            select a.id, case when a.disabled_at is not null then 'Disabled' when a.password_hash is null then 'Invited' else 'Open' end as state from accounts a where a.person_id = @person order by a.disabled_at nulls first limit 1
            """, new { person }, ct) ?? new(0, "None");
    }

    /// <summary>The requests in force that the person owns or reviews, at most 200.</summary>
    public async Task<IReadOnlyList<HeldRequest>> RequestsAsync(CurrentUser user, long holder, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["holder"] = holder;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<HeldRequest>($"""
            select r.id, r.title, r.reviewer_id = @holder as reviews from evidence_requests r
            where (r.owner_id = @holder or r.reviewer_id = @holder) and (r.end_on is null or r.end_on >= tokyo_date(business_now())) and {CollectionScope.RequestCondition}
            order by reviews, r.title_key, r.id limit 200
            """, parameters, ct);
    }
}
