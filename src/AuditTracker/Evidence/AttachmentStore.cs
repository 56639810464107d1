using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>What somebody said of a collection's evidence and a further item.</summary>
/// <param name="Act">confirm, reject or takeBack.</param>
/// <param name="Holds">It is the newest word on this item, and about what is accepted now.</param>
public sealed record AttachmentRow(long Id, string Framework, string Ref, string OfficialRef, string TitleJa, string TitleEn, string ShortJa, string ShortEn, string Act, string By, DateTime At, string Reason, bool Holds)
{
    public ItemName Item => new(Framework, Ref, OfficialRef, TitleJa, TitleEn, ShortJa, ShortEn);
    public string Key => $"{Framework}:{Ref}";
}

/// <summary>An item that the catalogues pair with one the evidence was asked for.</summary>
/// <param name="Strength"><c>equivalent</c> or <c>partial</c>.</param>
/// <param name="IsBroad">Only by items that are paired with many of that framework: a weak hint.</param>
/// <param name="BecauseJa">The items it is paired with, as people see them.</param>
/// <param name="WasConfirmed">Evidence of the same request, of another period or handed in before, was confirmed for it.</param>
public sealed record ProposalRow(string Framework, string Ref, string OfficialRef, string TitleJa, string TitleEn, string ShortJa, string ShortEn, string Strength, bool IsBroad, string BecauseJa, string BecauseEn, bool WasConfirmed)
{
    public string Because(string language) => language == "en" ? BecauseEn : BecauseJa;
    public ItemName Item => new(Framework, Ref, OfficialRef, TitleJa, TitleEn, ShortJa, ShortEn);
}

/// <summary>Evidence of another item's request, as an item's page names it.</summary>
public sealed record LentEvidence(long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, string By, DateTime At, string Reason, bool IsVisible);

/// <summary>An accepted collection whose evidence the mapping proposes for an item.</summary>
public sealed record LendableEvidence(long CollectionId, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, string Strength, string BecauseJa, string BecauseEn)
{
    public string Because(string language) => language == "en" ? BecauseEn : BecauseJa;
}

/// <summary>SQL of which further items evidence serves.</summary>
public sealed class AttachmentStore(Db db)
{
    /// <summary>Items evidence may be attached to, aliases <c>i</c>, <c>f</c>: assessable ones that apply, of frameworks that count.</summary>
    internal const string May = """
        not i.is_group and not f.archived and not f.reference and not exists (select 1 from controls k where k.framework = i.framework and k.ref = i.ref and not k.applicable)
        """;

    private const string Named = "i.framework, i.ref, i.official_ref, i.title_ja, i.title_en, f.short_ja, f.short_en";

    /// <summary>An item paired with more of another framework's items than this says little of each of them (J.9.2 and all of Annex A).</summary>
    private const int Broad = 8;

    private const string Because = "string_agg(distinct g.short_ja || ' ' || o.official_ref, '、') as because_ja, string_agg(distinct g.short_en || ' ' || o.official_ref, ', ') as because_en";

    // Both directions; fan: how many items of the other framework the first is paired with.
    private const string Pairs = """
        (select pair.*, count(*) over (partition by from_framework, from_ref, to_framework) as fan from (
            select from_framework, from_ref, to_framework, to_ref, strength from item_mappings where strength <> 'related'
            union select to_framework, to_ref, from_framework, from_ref, strength from item_mappings where strength <> 'related') pair)
        """;

    /// <summary>Everything that was said of a collection and further items, newest first.</summary>
    public async Task<IReadOnlyList<AttachmentRow>> OfCollectionAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<AttachmentRow>($"""
            select x.id, {Named}, x.act, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, x.at, x.reason,
                   x.id = (select max(n.id) from item_attachments n where n.collection_id = c.id and n.framework = x.framework and n.ref = x.ref)
                   and c.state = 'accepted' and x.submission_id = (select max(t.submission_id) from collection_acts t where t.collection_id = c.id and t.act = 'accept') as holds
            from item_attachments x join collections c on c.id = x.collection_id join items i on i.framework = x.framework and i.ref = x.ref join frameworks f on f.key = i.framework
            join accounts a on a.id = x.by_account left join people p on p.id = x.by_person
            where x.collection_id = @id and {CollectionScope.Condition} order by x.id desc
            """, parameters, ct);
    }

    /// <summary>What the mapping proposes for an accepted collection: neither served by its request nor decided on yet, closest first. For those who decide.</summary>
    public async Task<IReadOnlyList<ProposalRow>> ProposalsAsync(CurrentUser user, long collection, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = collection;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ProposalRow>($"""
            select {Named}, min(pair.strength) as strength, min(pair.fan) > {Broad} as is_broad, {Because},
                   exists (select 1 from item_attachments x join collections k on k.id = x.collection_id where k.request_id = c.request_id and x.framework = i.framework and x.ref = i.ref and x.act = 'confirm') as was_confirmed
            from collections c join request_items s on s.request_id = c.request_id and s.version = c.version
            join {Pairs} pair on pair.from_framework = s.framework and pair.from_ref = s.ref
            join items o on o.framework = s.framework and o.ref = s.ref join frameworks g on g.key = o.framework
            join items i on i.framework = pair.to_framework and i.ref = pair.to_ref join frameworks f on f.key = i.framework
            where c.id = @id and c.state = 'accepted' and @isManager and {CollectionScope.Condition} and {May}
              and not exists (select 1 from request_items own where own.request_id = c.request_id and own.version = c.version and own.framework = i.framework and own.ref = i.ref)
              and coalesce((select x.act = 'takeBack' or x.submission_id <> (select max(t.submission_id) from collection_acts t where t.collection_id = c.id and t.act = 'accept')
                            from item_attachments x where x.collection_id = c.id and x.framework = i.framework and x.ref = i.ref order by x.id desc limit 1), true)
            group by c.id, c.request_id, {Named}, f.position, i.position
            order by was_confirmed desc, is_broad, strength, f.position, i.position
            """, parameters, ct);
    }

    /// <summary>Evidence confirmed for an item that its own requests did not ask for, newest period first.</summary>
    public async Task<IReadOnlyList<LentEvidence>> OfItemAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct)
    {
        var parameters = Item(user, framework, itemRef);
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<LentEvidence>($"""
            select c.id as collection_id, case when seen.yes then {CollectionScope.Title} else v.title end as title, c.period_from, c.period_to, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, x.at,
                   case when seen.yes then x.reason else '' end as reason, seen.yes as is_visible
            from attached_as_of('infinity') x join collections c on c.id = x.collection_id join request_versions v on v.request_id = c.request_id and v.version = c.version
            join accounts a on a.id = x.by_account left join people p on p.id = x.by_person
            -- Whoever may not see the collection learns that it is there, and neither whom it is about nor what was written.
            cross join lateral (select coalesce({CollectionScope.Condition}, false) as yes) seen
            where x.framework = @framework and x.ref = @itemRef order by c.period_to desc, c.id desc limit 50
            """, parameters, ct);
    }

    /// <summary>The newest accepted evidence of each request serving a paired item that nobody has decided on for this one. For those who decide.</summary>
    public async Task<IReadOnlyList<LendableEvidence>> ProposedForAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct)
    {
        var parameters = Item(user, framework, itemRef);
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<LendableEvidence>($"""
            select c.id as collection_id, {CollectionScope.Title} as title, c.period_from, c.period_to, pair.strength, pair.because_ja, pair.because_en
            from (select s.request_id, min(p.strength) as strength, {Because}
                  from {Pairs} p join request_items s on s.framework = p.from_framework and s.ref = p.from_ref join evidence_requests r on r.id = s.request_id and r.version = s.version
                  join items o on o.framework = s.framework and o.ref = s.ref join frameworks g on g.key = o.framework
                  where p.to_framework = @framework and p.to_ref = @itemRef and p.fan <= {Broad}
                    and not exists (select 1 from request_items own where own.request_id = r.id and own.version = r.version and own.framework = @framework and own.ref = @itemRef)
                  group by s.request_id) pair
            cross join lateral (select * from collections k where k.request_id = pair.request_id and k.state = 'accepted' order by k.period_to desc limit 1) c
            join request_versions v on v.request_id = c.request_id and v.version = c.version
            where @isManager and {CollectionScope.Condition} and exists (select 1 from items i join frameworks f on f.key = i.framework where i.framework = @framework and i.ref = @itemRef and {May})
              and not exists (select 1 from item_attachments x where x.collection_id = c.id and x.framework = @framework and x.ref = @itemRef)
            order by pair.strength, c.period_to desc, c.id desc limit 20
            """, parameters, ct);
    }

    private static Dictionary<string, object?> Item(CurrentUser user, string framework, string itemRef)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["framework"], parameters["itemRef"]) = (framework, itemRef);
        return parameters;
    }
}
