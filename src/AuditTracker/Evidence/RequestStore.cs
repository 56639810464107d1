using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

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
    public DateOnly StartOn { get; init; }
    public DateOnly? EndOn { get; init; }
    public string Owner { get; init; } = "";
    public string OwnerName { get; init; } = "";
    public string Reviewer { get; init; } = "";
    public string ReviewerName { get; init; } = "";
    public bool OwnerLeft { get; init; }

    /// <summary>The owner or reviewer has no account yet; the page offers the invitation.</summary>
    public bool OwnerHasAccount { get; init; }
    public DateOnly? NextDueOn { get; init; }
    public string[] Items { get; init; } = [];

    /// <summary>States of the last four collections that were opened, oldest first, with <c>late</c> and <c>overdue</c> told apart.</summary>
    public string[] Recent { get; init; } = [];

    public PeriodKind Kind => Enum.Parse<PeriodKind>(Every, ignoreCase: true);
    public OffsetUnit Unit => Enum.Parse<OffsetUnit>(DueUnit, ignoreCase: true);
}

/// <summary>SQL of requests and their versions.</summary>
public sealed class RequestStore(Db db)
{
    private const string Columns = """
        r.id, r.version, v.title, v.guidance, v.minutes, v.every, v.opens_offset, v.due_offset, v.due_unit, v.start_on, v.end_on,
        o.employee_no as owner, o.name as owner_name, w.employee_no as reviewer, w.name as reviewer_name,
        coalesce(o.left_on < clock.today, false) as owner_left, exists (select 1 from accounts a where a.person_id = o.id) as owner_has_account,
        (select min(c.due_on) from collections c where c.request_id = r.id and c.state in ('planned', 'open', 'returned')) as next_due_on,
        (select array_agg(i.framework || ':' || i.ref order by i.framework, i.ref) from request_items i where i.request_id = r.id and i.version = r.version) as items,
        (select array_agg(t.state order by t.period_from) from (
            select c.period_from, case when c.state in ('open', 'returned') and c.due_on < clock.today then 'overdue' else c.state end as state
            from collections c where c.request_id = r.id and c.state <> 'planned' order by c.period_from desc limit 4) t) as recent
        """;

    private const string From = """
        from evidence_requests r join request_versions v on v.request_id = r.id and v.version = r.version
        join people o on o.id = r.owner_id join people w on w.id = r.reviewer_id
        cross join (select tokyo_date(business_now()) as today) clock
        """;

    /// <summary>Search key: width and case folded; the title itself stays as typed.</summary>
    public static string Key(string text) => text.Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();

    /// <summary>A page of requests by title; the cursor is the last id in that order.</summary>
    public async Task<(IReadOnlyList<RequestRow> Rows, string? After)> ListAsync(CurrentUser user, string? search, string? framework, string? item, string? after, int limit, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        parameters["search"] = string.IsNullOrWhiteSpace(search) ? null : Key(search);
        parameters["framework"] = framework;
        parameters["item"] = item;
        parameters["after"] = long.TryParse(after, out var id) ? id : 0;
        parameters["limit"] = limit + 1;
        await using var connection = await db.OpenAsync(ct);
        var rows = await connection.ListAsync<RequestRow>($"""
            select {Columns} {From} where {CollectionScope.RequestCondition} and r.id > @after
              and (@search::text is null or r.title_key like '%' || @search || '%')
              and (@framework::text is null or exists (select 1 from request_items i where i.request_id = r.id and i.version = r.version and i.framework = @framework and (@item::text is null or i.ref = @item)))
            order by r.id limit @limit
            """, parameters, ct);
        return rows.Count <= limit ? (rows, null) : (rows.Take(limit).ToList(), $"{rows[limit - 1].Id}");
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
            insert into request_versions (request_id, version, title, guidance, minutes, every, opens_offset, due_offset, due_unit, owner_id, reviewer_id, start_on, end_on, by_account, at)
            values (@id, @version, @Title, @Guidance, @Minutes, @every, @OpensOffset, @DueOffset, @unit, @OwnerId, @ReviewerId, @StartOn, @EndOn, @AccountId, @Now);
            insert into request_items (request_id, version, framework, ref) select @id, @version, split_part(item, ':', 1), substr(item, strpos(item, ':') + 1) from unnest(@items) item;
            update evidence_requests set version = @version, title = @Title, title_key = @key, owner_id = @OwnerId, reviewer_id = @ReviewerId, start_on = @StartOn, end_on = @EndOn
            where id = @id and (version, title, owner_id, reviewer_id, start_on) is distinct from (@version, @Title, @OwnerId, @ReviewerId, @StartOn) or id = @id and end_on is distinct from @EndOn;
            """, new
        {
            id, version, terms.Title, terms.Guidance, terms.Minutes, every = terms.Every.ToString().ToLowerInvariant(), terms.OpensOffset, terms.DueOffset,
            unit = terms.DueUnit == OffsetUnit.Days ? "days" : "businessDays", terms.OwnerId, terms.ReviewerId, terms.StartOn, terms.EndOn, user.AccountId, work.Now,
            items = items.ToArray(), key = Key(terms.Title),
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
