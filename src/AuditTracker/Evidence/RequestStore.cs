using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;

namespace AuditTracker.Evidence;

/// <summary>A request as lists and forms show it, by its newest version.</summary>
public sealed class RequestRow
{
    public long Id { get; init; }
    public int Version { get; init; }
    public string Title { get; init; } = "";
    public string Guidance { get; init; } = "";
    public int Minutes { get; init; }
    public string Every { get; init; } = "";
    public int OpensOffset { get; init; }
    public int DueOffset { get; init; }
    public string DueUnit { get; init; } = "";
    public int EveryMonths { get; init; }
    public string OnDay { get; init; } = "";
    public string DueShift { get; init; } = "";
    public DateOnly StartOn { get; init; }
    public DateOnly? EndOn { get; init; }
    public string Owner { get; init; } = "";
    public string OwnerName { get; init; } = "";
    public string Reviewer { get; init; } = "";
    public string ReviewerName { get; init; } = "";
    public bool OwnerLeft { get; init; }
    public DateOnly? OwnerLeftOn { get; init; }
    public bool ReviewerLeft { get; init; }

    /// <summary>The owner or reviewer has no account yet; the page offers the invitation.</summary>
    public bool OwnerHasAccount { get; init; }
    public bool ReviewerHasAccount { get; init; }

    /// <summary>The library entry it was adopted from (EV01), if any.</summary>
    public string? AdoptedFrom { get; init; }
    public DateOnly? NextDueOn { get; init; }
    public string[] Items { get; init; } = [];

    /// <summary>States of the last four collections that were opened, oldest first, with <c>late</c> and <c>overdue</c> told apart.</summary>
    public string[] Recent { get; init; } = [];

    /// <summary>Its place in the list it was read for.</summary>
    public string Place { get; init; } = "";

    public PlanRule Rule => PlanRule.Of(Every, EveryMonths, OnDay, OpensOffset, DueOffset, DueUnit, DueShift, StartOn);
    public Recurrence Recurrence => Rule.Every;
    public OffsetUnit Unit => Rule.DueUnit;
    public DeadlineShift Shift => Rule.Shift;
}

/// <summary>What a list of requests is narrowed to.</summary>
/// <param name="Item">Ref of an item of <paramref name="Framework"/>.</param>
/// <param name="Owner">Employee number, or <see cref="NoOwner"/>.</param>
/// <param name="Every">Frequency, as the table spells it.</param>
/// <param name="Ids">Only these.</param>
/// <param name="Reviewer">Employee number, or <see cref="NoOwner"/>: the reviewer has left.</param>
public sealed record RequestFilter(string? Search = null, string? Framework = null, string? Item = null, string? Owner = null, string? Every = null, long[]? Ids = null, string? Reviewer = null)
{
    /// <summary>Still asks or will, and is owned by somebody who has left; what has ended needs no other owner.</summary>
    public const string NoOwner = "none";
}

/// <summary>The orders a list of requests may be put in; the first is its own.</summary>
public static class RequestOrders
{
    public static readonly ListOrder Added = new("added", new SortKey("r.id"));
    public static readonly ListOrder Title = new("title", new("r.title_key", "r.id", "(select title_key from evidence_requests where id = {0})"), new("r.id"));
    public static readonly ListOrder Owner = new("owner", new("o.name_kana", "r.owner_id", "(select name_kana from people where id = {0})"), new("r.owner_id"), new("r.id"));
    public static readonly ListOrder Every = new("every", new("case v.every when 'day' then -2 when 'week' then -1 when 'month' then 1 when 'quarter' then 2 when 'half' then 3 when 'year' then 4 when 'months' then 5 else 6 end"), new("r.id"));

    /// <summary>What has nothing ahead of it comes last. Not on the very last day there is: the driver takes that for infinity.</summary>
    public static readonly ListOrder Next = new("next",
        new("coalesce((select min(k.due_on) from collections k where k.request_id = r.id and k.state in ('planned', 'open', 'returned')), '9999-12-30')", IsDate: true), new("r.id"));

    public static readonly ListOrder[] All = [Added, Title, Owner, Every, Next];
}

/// <summary>One version of a request: what it said from an instant on.</summary>
public sealed record RequestVersionRow(int Version, string Title, int Minutes, string Every, int EveryMonths, string OnDay, int OpensOffset, int DueOffset, string DueUnit, string DueShift,
    string OwnerName, string ReviewerName, DateOnly StartOn, DateOnly? EndOn, string? By, DateTime At, long Items, bool GuidanceChanged, bool ItemsChanged);

/// <summary>Somebody a list can be narrowed to.</summary>
public sealed record OwnerChoice(string EmployeeNo, string Name);

/// <summary>A department a list can be narrowed to.</summary>
public sealed record DepartmentChoice(string Code, string Name);

/// <summary>SQL of requests and their versions.</summary>
public sealed class RequestStore(Db db)
{
    private const string Columns = """
        r.id, r.version, v.title, v.guidance, v.minutes, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, v.start_on, v.end_on,
        o.employee_no as owner, o.name as owner_name, w.employee_no as reviewer, w.name as reviewer_name,
        coalesce(o.left_on < clock.today, false) as owner_left, o.left_on as owner_left_on, coalesce(w.left_on < clock.today, false) as reviewer_left, r.adopted_from,
        exists (select 1 from accounts a where a.person_id = o.id and a.disabled_at is null) as owner_has_account,
        exists (select 1 from accounts a where a.person_id = w.id and a.disabled_at is null) as reviewer_has_account,
        (select min(c.due_on) from collections c where c.request_id = r.id and c.state in ('planned', 'open', 'returned')) as next_due_on,
        (select array_agg(i.framework || ':' || i.ref order by i.framework, i.ref) from request_items i where i.request_id = r.id and i.version = r.version) as items,
        (select array_agg(t.state order by t.period_from) from (
            select c.period_from, case when c.state in ('open', 'returned') and c.due_on < clock.today then 'overdue' else c.state end as state
            from collections c where c.request_id = r.id and c.state <> 'planned' order by c.period_from desc limit 4) t) as recent
        """;

    private const string From = $"from evidence_requests r {Shown}";

    // What a row shows of other tables.
    private const string Shown = """
        join request_versions v on v.request_id = r.id and v.version = r.version
        join people o on o.id = r.owner_id join people w on w.id = r.reviewer_id
        cross join (select tokyo_date(business_now()) as today) clock
        """;

    /// <summary>Search key: width, case and kana folded as <c>search_key</c> does in the database; the title itself stays as typed.</summary>
    public static string Key(string text) => new([.. text.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant().Select(letter => letter is >= 'ぁ' and <= 'ゖ' ? (char)(letter + ('ァ' - 'ぁ')) : letter)]);

    /// <summary>Pattern of a search: titles that contain what was typed, which is no pattern itself.</summary>
    internal static string Pattern(string typed) => $"%{Key(typed).Replace("\0", "").Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_")}%";

    /// <summary>The tables that filter and order need (a join that nothing reads would still be made), and what the filter asks of them.</summary>
    private static string Narrowed(RequestFilter filter, ListOrder? order = null) => $"""
        from evidence_requests r
        {(filter.Every is not null || order == RequestOrders.Every ? "join request_versions v on v.request_id = r.id and v.version = r.version" : "")}
        {(filter.Owner is not null || order == RequestOrders.Owner ? "join people o on o.id = r.owner_id" : "")}
        {(filter.Reviewer is null ? "" : "join people w on w.id = r.reviewer_id")}
        where {CollectionScope.RequestCondition} and {string.Join(" and ", Conditions(filter))}
        """;

    private const string Lives = "(r.end_on is null or r.end_on >= tokyo_date(business_now()))";

    private static IEnumerable<string> Conditions(RequestFilter filter) => new[]
    {
        "true",
        string.IsNullOrWhiteSpace(filter.Search) ? null : "r.title_key like @search",
        filter.Every is null ? null : "v.every = @every",
        filter.Ids is null ? null : "r.id = any(@ids)",
        filter.Owner switch { null => null, RequestFilter.NoOwner => $"o.left_on < tokyo_date(business_now()) and {Lives}", _ => "o.employee_no = @owner" },
        filter.Reviewer switch { null => null, RequestFilter.NoOwner => $"w.left_on < tokyo_date(business_now()) and {Lives}", _ => "w.employee_no = @reviewer" },
        filter.Framework is null ? null : "exists (select 1 from request_items i where i.request_id = r.id and i.version = r.version and i.framework = @framework and (@item::text is null or i.ref = @item))",
    }.OfType<string>();

    /// <summary>A page of requests in the order they were added; the cursor is the last id.</summary>
    public async Task<(IReadOnlyList<RequestRow> Rows, string? After)> ListAsync(CurrentUser user, string? search, string? framework, string? item, string? after, int limit, CancellationToken ct)
    {
        var page = await PageAsync(user, new RequestFilter(search, framework, item), new ListSlice(RequestOrders.Added, Descending: false, limit, after is null ? null : $"added.{after}"), ct);
        return (page.Rows, page.After?["added.".Length..]);
    }

    /// <summary>A part of the list.</summary>
    public async Task<ListPage<RequestRow>> PageAsync(CurrentUser user, RequestFilter filter, ListSlice slice, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        await using var connection = await db.OpenAsync(ct);
        var found = await connection.ListAsync<RequestRow>($"""
            select {Columns}, page.place
            from (select r.id, {slice.Order.Place} as place, row_number() over (order by {slice.OrderBy}) as number {Narrowed(filter, slice.Order)} {behind} order by {slice.OrderBy} limit @limit) page
            join evidence_requests r on r.id = page.id {Shown} order by page.number
            """, parameters, ct);
        return slice.Page(found, row => row.Place);
    }

    /// <summary>Every row of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<RequestRow> AllAsync(CurrentUser user, RequestFilter filter, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<RequestRow>($"select {Columns} {From} where {CollectionScope.RequestCondition} and {string.Join(" and ", Conditions(filter))} order by {slice.OrderBy}", Parameters(user, filter)).WithCancellation(ct))
        {
            yield return row;
        }
    }

    /// <summary>How many there are, exact to <paramref name="cap"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, RequestFilter filter, int cap, CancellationToken ct)
    {
        var parameters = Parameters(user, filter);
        parameters["cap"] = cap;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select 1 {Narrowed(filter)} limit @cap) counted", parameters, ct);
    }

    /// <summary>Who owns requests the reader sees, by kana; where they are more than a filter offers, any 101 of them.</summary>
    public async Task<IReadOnlyList<OwnerChoice>> OwnersAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<OwnerChoice>($"""
            select o.employee_no, o.name from (select distinct r.owner_id as id from evidence_requests r where {CollectionScope.RequestCondition} limit 101) seen
            join people o on o.id = seen.id order by o.name_kana, o.id
            """, CollectionScope.Parameters(user), ct);
    }

    /// <summary>Who owns or reviews requests the reader sees, by kana; where they are more than a filter offers, any 101 of them.</summary>
    public async Task<IReadOnlyList<OwnerChoice>> PeopleAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<OwnerChoice>($"""
            select o.employee_no, o.name
            from (select r.owner_id as id from (select distinct r.owner_id from evidence_requests r where {CollectionScope.RequestCondition} limit 101) r
                  union select r.reviewer_id from (select distinct r.reviewer_id from evidence_requests r where {CollectionScope.RequestCondition} limit 101) r
                  limit 101) seen
            join people o on o.id = seen.id order by o.name_kana, o.id
            """, CollectionScope.Parameters(user), ct);
    }

    /// <summary>Departments a list of collections can be narrowed to, for those who see all; one more than a filter offers.</summary>
    public async Task<IReadOnlyList<DepartmentChoice>> DepartmentsAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<DepartmentChoice>("""
            select d.code, v.name from departments d join department_versions v on v.department_id = d.id cross join (select tokyo_date(business_now()) as today) clock
            where @seesAll and clock.today between v.from_on and coalesce(v.to_on, 'infinity') order by d.code limit 101
            """, new { seesAll = user.SeesAllEvidence }, ct);
    }

    /// <summary>The request made from each library entry, the newest where there are several.</summary>
    public async Task<IReadOnlyDictionary<string, long>> AdoptedAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.ListAsync<(string From, long Id)>($"""
            select r.adopted_from, max(r.id) from evidence_requests r where r.adopted_from is not null and {CollectionScope.RequestCondition} group by r.adopted_from
            """, CollectionScope.Parameters(user), ct)).ToDictionary(row => row.From, row => row.Id);
    }

    /// <summary>Every version, newest first.</summary>
    public async Task<IReadOnlyList<RequestVersionRow>> VersionsAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<RequestVersionRow>($"""
            select v.version, v.title, v.minutes, v.every, v.every_months, v.on_day, v.opens_offset, v.due_offset, v.due_unit, v.due_shift, o.name as owner_name, w.name as reviewer_name, v.start_on, v.end_on,
                   coalesce(b.name, nullif(a.name, ''), a.sign_in) as by, v.at, i.items,
                   coalesce(v.guidance <> before.guidance, false) as guidance_changed, coalesce(i.refs <> before.refs, false) as items_changed
            from request_versions v join evidence_requests r on r.id = v.request_id
            join people o on o.id = v.owner_id join people w on w.id = v.reviewer_id
            left join accounts a on a.id = v.by_account left join people b on b.id = a.person_id
            cross join lateral (select count(*) as items, array_agg(s.framework || ':' || s.ref order by s.framework || ':' || s.ref) as refs from request_items s where s.request_id = v.request_id and s.version = v.version) i
            left join lateral (select q.guidance, (select array_agg(s.framework || ':' || s.ref order by s.framework || ':' || s.ref) from request_items s where s.request_id = q.request_id and s.version = q.version) as refs
                               from request_versions q where q.request_id = v.request_id and q.version = v.version - 1) before on true
            where v.request_id = @id and {CollectionScope.RequestCondition} order by v.version desc
            """, parameters, ct);
    }

    private static Dictionary<string, object?> Parameters(CurrentUser user, RequestFilter filter)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["search"] = string.IsNullOrWhiteSpace(filter.Search) ? null : Pattern(filter.Search);
        parameters["framework"] = filter.Framework;
        parameters["item"] = filter.Item;
        parameters["owner"] = filter.Owner;
        parameters["reviewer"] = filter.Reviewer;
        parameters["every"] = filter.Every;
        parameters["ids"] = filter.Ids;
        return parameters;
    }

    public async Task<RequestRow?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["id"] = id;
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<RequestRow>($"select {Columns} {From} where r.id = @id and {CollectionScope.RequestCondition}", parameters, ct);
    }

    /// <summary>The version of the request, locked for the change; compliance managers only.</summary>
    public static Task<int?> LockAsync(UnitOfWork work, CurrentUser user, long id, CancellationToken ct) =>
        work.FirstAsync<int?>("select version from evidence_requests where id = @id and @isManager for update", new { id, isManager = user.Is(Role.ComplianceManager) }, ct);

    public static async Task<long> AddAsync(UnitOfWork work, RequestTerms terms, string? adoptedFrom, CancellationToken ct) =>
        await work.FirstAsync<long>("""
            insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, end_on, adopted_from, created_at)
            values (@Title, @key, @OwnerId, @ReviewerId, @StartOn, @EndOn, @adoptedFrom, @Now) returning id
            """, new { terms.Title, key = Key(terms.Title), terms.OwnerId, terms.ReviewerId, terms.StartOn, terms.EndOn, adoptedFrom, work.Now }, ct);

    public static Task AddVersionAsync(UnitOfWork work, CurrentUser user, long id, int version, RequestTerms terms, IReadOnlyList<string> items, CancellationToken ct) =>
        work.ExecuteAsync("""
            insert into request_versions (request_id, version, title, guidance, minutes, every, every_months, on_day, opens_offset, due_offset, due_unit, due_shift, owner_id, reviewer_id, start_on, end_on, by_account, at)
            values (@id, @version, @Title, @Guidance, @Minutes, @every, @Months, @On, @OpensOffset, @DueOffset, @unit, @shift, @OwnerId, @ReviewerId, @StartOn, @EndOn, @AccountId, @Now);
            insert into request_items (request_id, version, framework, ref) select @id, @version, split_part(item, ':', 1), substr(item, strpos(item, ':') + 1) from unnest(@items) item;
            update evidence_requests set version = @version, title = @Title, title_key = @key, owner_id = @OwnerId, reviewer_id = @ReviewerId, start_on = @StartOn, end_on = @EndOn
            where id = @id and (version, title, owner_id, reviewer_id, start_on) is distinct from (@version, @Title, @OwnerId, @ReviewerId, @StartOn) or id = @id and end_on is distinct from @EndOn;
            """, new
        {
            id,
            version,
            terms.Title,
            terms.Guidance,
            terms.Minutes,
            every = terms.Every.Wire,
            terms.Every.Months,
            terms.Every.On,
            shift = terms.Shift.ToString().ToLowerInvariant(),
            terms.OpensOffset,
            terms.DueOffset,
            unit = terms.DueUnit == OffsetUnit.Days ? "days" : "businessDays",
            terms.OwnerId,
            terms.ReviewerId,
            terms.StartOn,
            terms.EndOn,
            user.AccountId,
            work.Now,
            items = items.ToArray(),
            key = Key(terms.Title),
        }, ct);

    /// <summary>Id of a person who is employed today, or null.</summary>
    public static Task<long?> EmployedAsync(UnitOfWork work, string employeeNo, CancellationToken ct) =>
        work.FirstAsync<long?>("select id from people where employee_no = @employeeNo and (left_on is null or left_on >= @Today)", new { employeeNo, work.Today }, ct);

    /// <summary>Those of the items that may be asked for: assessable, of a framework that is neither archived nor a mere reference.</summary>
    public static Task<IReadOnlyList<string>> AssessableAsync(UnitOfWork work, IReadOnlyList<string> items, CancellationToken ct) =>
        work.QueryAsync<string>("""
            select i.framework || ':' || i.ref from items i join frameworks f on f.key = i.framework
            where i.framework || ':' || i.ref = any (@items) and not i.is_group and not f.archived and not f.reference
            """, new { items = items.ToArray() }, ct);
}
