using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

public sealed partial class ItemStore
{
    /// <summary>What an item was, newest first; empty when the item is not for this person to see.</summary>
    public async Task<IReadOnlyList<ItemVersion>> VersionsAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemVersion>($"""
            select v.version, v.applicable, v.reason, o.name as owner_name, v.implementation, coalesce(by_person.name, nullif(a.name, ''), a.sign_in) as by, v.at
            from controls c join control_versions v on v.framework = c.framework and v.ref = c.ref
            left join people o on o.id = v.owner_id
            left join accounts a on a.id = v.by_account left join people by_person on by_person.id = a.person_id
            {Clock}
            where {Visible} and c.framework = @framework and c.ref = @itemRef
            order by v.version desc
            """, Reader(user, framework, itemRef), ct);
    }

    /// <summary>The items the catalogues pair with one item, both directions, strongest first: facts of the catalogue, the same for everybody.</summary>
    public async Task<IReadOnlyList<MappedItem>> MappedAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<MappedItem>($"""
            select i.framework, f.short_ja, f.short_en, not f.archived and not f.reference as is_counted, i.ref, i.official_ref, i.title_ja, i.title_en, pair.strength, pair.note,
                   c.ref is not null and {Visible} as is_visible
            from (select to_framework as framework, to_ref as ref, strength, note from item_mappings where from_framework = @framework and from_ref = @itemRef
                  union select from_framework, from_ref, strength, note from item_mappings where to_framework = @framework and to_ref = @itemRef) pair
            join items i on i.framework = pair.framework and i.ref = pair.ref join frameworks f on f.key = i.framework
            left join controls c on c.framework = i.framework and c.ref = i.ref
            {Clock}
            order by f.position, f.key, case pair.strength when 'equivalent' then 1 when 'partial' then 2 else 3 end, i.position
            """, Reader(user, framework, itemRef), ct);
    }

    /// <summary>The requests that serve an item by their newest version; empty when the item is not for this person to see.</summary>
    public async Task<IReadOnlyList<ServingRequest>> RequestsAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ServingRequest>($"""
            select r.id, r.title, v.every, v.every_months, v.on_day, o.name as owner_name, clock.today between r.start_on and coalesce(r.end_on, 'infinity') as is_active
            from controls c
            join request_items s on s.framework = c.framework and s.ref = c.ref
            join evidence_requests r on r.id = s.request_id and r.version = s.version
            join request_versions v on v.request_id = r.id and v.version = r.version
            join people o on o.id = r.owner_id
            {Clock}
            where {Visible} and c.framework = @framework and c.ref = @itemRef
            order by is_active desc, r.title, r.id
            """, Reader(user, framework, itemRef), ct);
    }

    /// <summary>The latest four periods of each request that serves an item, newest first: those that were opened, and the one now planned next.</summary>
    public async Task<IReadOnlyList<ServingCollection>> CollectionsAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ServingCollection>($"""
            select k.id, k.request_id, k.period_from, k.period_to, k.due_on, k.state, k.due_on < clock.today and k.state in ('open', 'returned') as is_overdue,
                   (select max(at) from submissions where collection_id = k.id and not is_part) as submitted_at,
                   case when k.state = 'accepted' then k.state_at end as accepted_at,
                   (select fiscal_start_month from company) as fiscal_start_month,
                   exists (select 1 from collections c where c.id = k.id and {CollectionScope.Condition}) as is_visible
            from controls c
            join request_items s on s.framework = c.framework and s.ref = c.ref
            join evidence_requests r on r.id = s.request_id and r.version = s.version
            {Clock}
            cross join lateral (select * from collections latest where latest.request_id = r.id
                and (latest.state <> 'planned' or latest.period_from <= (select min(next.period_from) from collections next where next.request_id = r.id and next.state = 'planned'))
                order by latest.period_from desc limit 4) k
            where {Visible} and c.framework = @framework and c.ref = @itemRef
            order by k.request_id, k.period_from desc
            """, Reader(user, framework, itemRef), ct);
    }
}
