using AuditTracker.Evidence;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Overview;

/// <summary>The items a person may see, as the company treats them. Who sees what stands in every statement (design §7a).</summary>
public sealed partial class ItemStore(Db db)
{
    /// <summary>
    /// Compliance manager, internal auditor and management see every item; everybody else those they own, those whose owner's
    /// primary post is in a department they head, and those their own evidence requests serve. Needs <c>c</c> (controls), <c>clock</c> and the parameters of the reader.
    /// </summary>
    private const string Visible = """
        (@seesAll or c.owner_id = @person
         or exists (select 1 from posts post join department_versions headed on headed.department_id = post.department_id
                    where post.person_id = c.owner_id and post.is_primary and clock.today between post.from_on and coalesce(post.to_on, 'infinity')
                      and headed.head_id = @person and clock.today between headed.from_on and coalesce(headed.to_on, 'infinity'))
         or exists (select 1 from request_items served join evidence_requests own on own.id = served.request_id and own.version = served.version
                    where served.framework = c.framework and served.ref = c.ref and own.owner_id = @person))
        """;

    /// <summary>The framework whose themes are the classes of safety measures.</summary>
    public const string Measures = "appi-safety-measures";

    /// <summary>The department of the owner's primary post today; aliases <c>post</c>, <c>d</c>.</summary>
    private const string OwnersDepartment = """
        from posts post join departments d on d.id = post.department_id
        where post.person_id = c.owner_id and post.is_primary and clock.today between post.from_on and coalesce(post.to_on, 'infinity')
        """;

    /// <summary>The safety measures an item is paired with, more than related; alias <c>m</c>.</summary>
    private const string PairedMeasures = """
        from item_mappings pair join items m on m.framework = 'appi-safety-measures'
             and (pair.to_framework = m.framework and pair.to_ref = m.ref and pair.from_framework = i.framework and pair.from_ref = i.ref
                  or pair.from_framework = m.framework and pair.from_ref = m.ref and pair.to_framework = i.framework and pair.to_ref = i.ref)
        where pair.strength in ('equivalent', 'partial')
        """;

    private const string Clock = "cross join (select tokyo_date(business_now()) as today) clock";

    private const string Columns = """
        i.framework, i.ref, i.position, i.official_ref, i.title_ja, i.title_en, i.unverified_ja, i.unverified_en, i.theme, i.excludable,
        c.applicable, c.reason, o.employee_no as owner, o.name as owner_name, c.implementation, c.version
        """;

    /// <summary>The items a person may see, in clause order; state is not a filter of this statement, because coverage is computed.</summary>
    public async Task<IReadOnlyList<Item>> ListAsync(CurrentUser user, ItemFilter filter, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Item>($"""
            select {Columns}
            from items i join frameworks f on f.key = i.framework
            join controls c on c.framework = i.framework and c.ref = i.ref
            left join people o on o.id = c.owner_id
            {Clock}
            where {Visible} and not i.is_group
              and (@framework::text is null or i.framework = @framework)
              and (@theme::text is null or i.theme = @theme)
              and (@applicable::boolean is null or c.applicable = @applicable)
              and (@owner::text is null or o.employee_no = @owner or @owner = 'none' and c.owner_id is null)
              and (@department::text is null or exists (select {OwnersDepartment} and d.code = @department) or @department = 'none' and not exists (select {OwnersDepartment}))
              and (@measure::text is null or exists (select {PairedMeasures} and m.theme = @measure))
              and (@words::text is null or position(search_key(@words) in search_key(concat_ws(' ', i.ref, i.official_ref, i.title_ja, i.title_en))) > 0)
            order by f.position, f.key, i.position
            """, Reader(user, filter.Framework, more: new() { ["theme"] = filter.Theme, ["applicable"] = filter.Applicable, ["owner"] = filter.Owner, ["words"] = filter.Words, ["department"] = filter.Department, ["measure"] = filter.Measure }), ct);
    }

    /// <summary>The department of each item's owner; items without one are missing.</summary>
    public async Task<IReadOnlyList<ItemGroup>> DepartmentsAsync(CurrentUser user, string framework, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemGroup>($"""
            select c.ref, owned.code as key, (select v.name from department_versions v where v.department_id = owned.id and clock.today between v.from_on and coalesce(v.to_on, 'infinity') limit 1) as name
            from controls c {Clock} cross join lateral (select d.id, d.code {OwnersDepartment} order by post.id limit 1) owned
            where {Visible} and c.framework = @framework order by owned.code, c.ref
            """, Reader(user, framework), ct);
    }

    /// <summary>The classes of safety measures each item is paired with, in their order; an item may be in several or in none.</summary>
    public async Task<IReadOnlyList<ItemGroup>> MeasuresAsync(CurrentUser user, string framework, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemGroup>($"""
            select i.ref, t.key, case @language when 'en' then t.title_en else t.title_ja end as name
            from items i join controls c on c.framework = i.framework and c.ref = i.ref {Clock} join themes t on t.framework = 'appi-safety-measures'
            where {Visible} and i.framework = @framework and not i.is_group and exists (select {PairedMeasures} and m.theme = t.key) order by t.position, i.position
            """, Reader(user, framework, more: new() { ["language"] = System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName }), ct);
    }

    /// <summary>The frameworks of which a person sees any item.</summary>
    public async Task<IReadOnlyList<string>> FrameworksAsync(CurrentUser user, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<string>($"select distinct c.framework from controls c {Clock} where {Visible}", Reader(user, null), ct);
    }

    /// <summary>The headings of a framework that have a name, in clause order: facts of the catalogue, the same for everybody.</summary>
    public async Task<IReadOnlyList<Heading>> HeadingsAsync(string framework, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Heading>("""
            select ref, position, official_ref, title_ja, title_en, unverified_ja, unverified_en from items
            where framework = @framework and is_group and shown order by position
            """, new { framework }, ct);
    }

    /// <summary>One item; null when it does not exist, is a heading, or is not for this person to see.</summary>
    public async Task<Item?> FindAsync(CurrentUser user, string framework, string itemRef, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<Item>($"""
            select {Columns}
            from items i join controls c on c.framework = i.framework and c.ref = i.ref
            left join people o on o.id = c.owner_id
            {Clock}
            where {Visible} and i.framework = @framework and i.ref = @itemRef and not i.is_group
            """, Reader(user, framework, itemRef), ct);
    }

    /// <summary>People employed today whose number is the text, or else whose name or kana contains it; at most 20. Only for those who see everybody.</summary>
    public async Task<IReadOnlyList<PersonChoice>> PeopleAsync(CurrentUser user, string text, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PersonChoice>($"""
            with employed as (select p.*, p.employee_no = @text as is_number from people p {Clock} where @seesAll and clock.today between p.hired_on and coalesce(p.left_on, 'infinity'))
            select p.employee_no, p.name, p.name_kana,
                   (select v.name from posts o join department_versions v on v.department_id = o.department_id {Clock}
                    where o.person_id = p.id and o.is_primary and clock.today between o.from_on and coalesce(o.to_on, 'infinity')
                      and clock.today between v.from_on and coalesce(v.to_on, 'infinity') limit 1) as department
            from employed p
            where p.is_number or not exists (select 1 from employed where is_number)
              and position(lower(normalize(@text, NFKC)) in lower(normalize(concat_ws(' ', p.name, replace(p.name, ' ', ''), p.name_kana, p.name_key), NFKC))) > 0
            order by p.name_kana, p.employee_no limit 20
            """, Reader(user, null, more: new() { ["text"] = text.Replace("\0", "") }), ct);
    }

    private static Dictionary<string, object?> Reader(CurrentUser user, string? framework, string? itemRef = null, Dictionary<string, object?>? more = null)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["framework"] = framework;
        parameters["itemRef"] = itemRef;
        foreach (var (name, value) in more ?? [])
        {
            parameters[name] = value;
        }
        return parameters;
    }
}
