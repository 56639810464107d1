using System.Text;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Web;

namespace AuditTracker.Evidence;

/// <summary>An item as forms and lists name it.</summary>
public sealed record ItemName(string Framework, string Ref, string OfficialRef, string TitleJa, string TitleEn, string ShortJa, string ShortEn)
{
    /// <summary>As requests store it: <c>framework:ref</c>.</summary>
    public string Key => $"{Framework}:{Ref}";

    public string Title(string language) => language == "en" ? TitleEn : TitleJa;

    /// <summary>The framework, as people say it.</summary>
    public string Short(string language) => language == "en" ? ShortEn : ShortJa;
}

/// <summary>Reads what forms of this room offer to choose from.</summary>
public sealed class Choices(Db db)
{
    private const string PeopleSql = """
        select p.employee_no, p.name, p.name_kana, d.name as department, p.left_on, coalesce(p.left_on < clock.today, false) as has_left,
               exists (select 1 from leaves l where l.person_id = p.id and clock.today between l.from_on and coalesce(l.to_on, 'infinity')) as is_on_leave
        from people p
        cross join (select tokyo_date(business_now()) as today) clock
        left join lateral (select v.name from posts s join department_versions v on v.department_id = s.department_id
              where s.person_id = p.id and s.is_primary and clock.today between s.from_on and coalesce(s.to_on, 'infinity')
                and clock.today between v.from_on and coalesce(v.to_on, 'infinity') order by s.id limit 1) d on true
        """;

    private const string ItemsSql = "select i.framework, i.ref, i.official_ref, i.title_ja, i.title_en, f.short_ja, f.short_en from items i join frameworks f on f.key = i.framework";

    /// <summary>People employed today whose name, kana or number holds what was typed; for those who may name owners.</summary>
    public async Task<IReadOnlyList<PickablePerson>> PeopleAsync(CurrentUser user, string typed, int limit, CancellationToken ct)
    {
        typed = typed.Replace("\0", "").Trim();
        if (NameKey.Pattern(typed) is not { } pattern)
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PickablePerson>($"""
            {PeopleSql}
            where @isManager and (p.left_on is null or p.left_on >= clock.today)
              and (replace(p.name_key, ' ', '') like @pattern or p.employee_no like @begins)
            order by p.name_kana, p.id limit @limit
            """, new { isManager = user.Is(Role.ComplianceManager), pattern, begins = $"{Escape(typed.Normalize(NormalizationForm.FormKC))}%", limit }, ct);
    }

    /// <summary>What a picker offers: who is chosen, and whom its search finds.</summary>
    public async Task<PeopleFound> PickAsync(CurrentUser user, string? number, string? typed, CancellationToken ct) =>
        PeopleFound.Of(await PersonAsync(user, number, ct), await PeopleAsync(user, typed ?? "", PeopleFound.Shown + 1, ct));

    /// <summary>One person by number, employed or not; null when there is none.</summary>
    public async Task<PickablePerson?> PersonAsync(CurrentUser user, string? employeeNo, CancellationToken ct)
    {
        if (string.IsNullOrEmpty(employeeNo) || employeeNo.Contains('\0'))
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<PickablePerson>($"{PeopleSql} where @isManager and p.employee_no = @employeeNo", new { isManager = user.Is(Role.ComplianceManager), employeeNo }, ct);
    }

    /// <summary>Items that may be asked for whose number or title holds what was typed, in clause order.</summary>
    public async Task<IReadOnlyList<ItemName>> ItemsAsync(string typed, int limit, CancellationToken ct)
    {
        var key = typed.Replace("\0", "").Trim().Normalize(NormalizationForm.FormKC).ToLowerInvariant();
        if (key.Length == 0)
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemName>($"""
            {ItemsSql}
            where not i.is_group and i.shown and not f.archived and not f.reference
              and (lower(i.official_ref) like @contains or lower(i.ref) like @contains or lower(i.title_ja) like @contains or lower(i.title_en) like @contains)
            order by f.position, i.position limit @limit
            """, new { contains = $"%{Escape(key)}%", limit }, ct);
    }

    /// <summary>The names of items, in the order of frameworks and clauses.</summary>
    /// <param name="keys"><c>framework:ref</c>; unknown ones are left out.</param>
    public async Task<IReadOnlyList<ItemName>> ItemsOfAsync(IEnumerable<string> keys, CancellationToken ct)
    {
        var wanted = keys.Where(key => !key.Contains('\0')).Distinct().ToArray();
        if (wanted.Length == 0)
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ItemName>($"{ItemsSql} where i.framework || ':' || i.ref = any (@wanted) order by f.position, i.position", new { wanted }, ct);
    }

    /// <summary>Somebody of a department of the owner's, its head, or the owner's manager; alias <c>p</c>, parameters <c>assignee</c> and <c>Today</c>.</summary>
    internal const string ColleagueOfAssignee = """
        (exists (select 1 from posts mine join posts theirs on theirs.department_id = mine.department_id
            where mine.person_id = @assignee and theirs.person_id = p.id and @Today between mine.from_on and coalesce(mine.to_on, 'infinity') and @Today between theirs.from_on and coalesce(theirs.to_on, 'infinity'))
         or exists (select 1 from managers m where m.person_id = @assignee and m.manager_id = p.id and @Today between m.from_on and coalesce(m.to_on, 'infinity'))
         or exists (select 1 from posts mine join department_versions v on v.department_id = mine.department_id
            where mine.person_id = @assignee and v.head_id = p.id and @Today between mine.from_on and coalesce(mine.to_on, 'infinity') and @Today between v.from_on and coalesce(v.to_on, 'infinity')))
        """;

    /// <summary>Somebody's colleagues today: their departments, the heads of these and their manager.</summary>
    internal async Task<IReadOnlyList<PickablePerson>> ColleaguesOfAsync(long person, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var today = await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct);
        return await connection.ListAsync<PickablePerson>($"""
            {PeopleSql} where (p.left_on is null or p.left_on >= clock.today) and p.id <> @assignee and {ColleagueOfAssignee} order by p.name_kana, p.id limit 200
            """, new { assignee = person, Today = today }, ct);
    }

    /// <summary>Who could do a collection in its owner's place: their department and their manager, without the owner and the reviewer; for those who may hand it in.</summary>
    /// <param name="typed">Narrows them to those whose name, kana or number holds it; null: all.</param>
    public async Task<IReadOnlyList<PickablePerson>> ColleaguesAsync(CurrentUser user, long collection, DateOnly today, int limit, CancellationToken ct, string? typed = null)
    {
        typed = typed?.Replace("\0", "").Trim();
        var pattern = NameKey.Pattern(typed);
        if (typed is { Length: > 0 } && pattern is null)
        {
            return [];
        }
        var parameters = CollectionScope.Parameters(user);
        (parameters["id"], parameters["Today"], parameters["limit"]) = (collection, today, limit);
        await using var connection = await db.OpenAsync(ct);
        var found = await connection.FirstAsync<(long Assignee, long Reviewer)?>($"select c.assignee_id, c.reviewer_id from collections c where c.id = @id and {CollectionScope.MayHandIn} and {CollectionScope.Condition}", parameters, ct);
        if (found is not { } people)
        {
            return [];
        }
        (parameters["assignee"], parameters["reviewer"], parameters["pattern"]) = (people.Assignee, people.Reviewer, pattern);
        parameters["begins"] = typed is null ? null : $"{Escape(typed.Normalize(NormalizationForm.FormKC))}%";
        return await connection.ListAsync<PickablePerson>($"""
            {PeopleSql}
            where (p.left_on is null or p.left_on >= clock.today) and p.id <> @assignee and p.id <> @reviewer and {ColleagueOfAssignee}
              and (@pattern::text is null or replace(p.name_key, ' ', '') like @pattern or p.employee_no like @begins)
            order by p.name_kana, p.id limit @limit
            """, parameters, ct);
    }

    /// <summary>What a comment's picker offers: people who may see the collection, for those who may write there.</summary>
    public async Task<PeopleFound> AddresseesAsync(CurrentUser user, long collection, string? number, string? typed, CancellationToken ct)
    {
        var parameters = CollectionScope.Parameters(user);
        (parameters["collection"], parameters["number"], parameters["pattern"], parameters["limit"]) = (collection, number?.Replace("\0", ""), NameKey.Pattern(typed?.Replace("\0", "")), PeopleFound.Shown + 1);
        await using var connection = await db.OpenAsync(ct);
        var found = await connection.ListAsync<PickablePerson>($"""
            {PeopleSql}
            where p.id = any({CollectionScope.Readers}) and (p.left_on is null or p.left_on >= clock.today) and p.id is distinct from @person
              and exists (select 1 from collections c where c.id = @collection and {CollectionScope.MayComment} and {CollectionScope.Condition})
              and (p.employee_no = @number or replace(p.name_key, ' ', '') like @pattern)
            order by p.employee_no = @number desc nulls last, p.name_kana, p.id limit @limit
            """, parameters, ct);
        return PeopleFound.Of(found.FirstOrDefault(person => person.EmployeeNo == number), [.. found.Where(person => person.EmployeeNo != number)]);
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("%", "\\%").Replace("_", "\\_");
}
