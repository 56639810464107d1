using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Npgsql;

namespace AuditTracker.Training;

/// <summary>How many of a department an audience would take in.</summary>
public sealed record AudiencePart(string Code, string Name, int People);

/// <summary>What an audience can be chosen from.</summary>
/// <param name="Tags">Those of people employed now.</param>
public sealed record AudienceChoices(IReadOnlyList<string> EmploymentTypes, IReadOnlyList<AudiencePart> Departments, IReadOnlyList<string> Tags);

/// <summary>Who an audience means on a day. The same condition previews and freezes.</summary>
public sealed class AudienceStore(Db db)
{
    /// <summary>Departments named and those below them on the day (<c>@on</c>), for <c>with recursive</c>.</summary>
    private const string Below = """
        below (id) as (select id from departments where code = any(@departments)
            union select v.department_id from department_versions v join below b on v.parent_id = b.id where @on between v.from_on and coalesce(v.to_on, 'infinity'))
        """;

    /// <summary>People (alias <c>p</c>) employed on the day and not gone since, with primary post and department of that day.</summary>
    private const string Meant = """
        from people p
        left join posts o on o.person_id = p.id and o.is_primary and @on between o.from_on and coalesce(o.to_on, 'infinity')
        left join departments d on d.id = o.department_id
        left join department_versions v on v.department_id = o.department_id and @on between v.from_on and coalesce(v.to_on, 'infinity')
        where p.hired_on <= @on and (p.left_on is null or p.left_on >= greatest(@on, @today))
          and (@everyone or p.employment_type = any(@types) or o.department_id in (select id from below) or p.employee_no = any(@people)
            or p.id in (select person_id from person_tags where tag = any(@tags)))
        """;

    /// <summary>Officers are trained like everybody; who else is told of their lateness differs (domain.md §6.1).</summary>
    internal const string IsOfficer = "p.employment_type ~ '役員|執行役|取締役|監査役|[Oo]fficer|[Dd]irector'";

    /// <summary>Who and how many it would be, by department.</summary>
    public async Task<IReadOnlyList<AudiencePart>> PreviewAsync(CurrentUser user, Audience audience, DateOnly on, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<AudiencePart>($"""
            with recursive {Below}
            select coalesce(d.code, '') as code, coalesce(v.name, '') as name, count(distinct p.id)::int as people {Meant} and @isManager group by 1, 2 order by 1
            """, With(audience, on, on, user), ct);
    }

    /// <summary>Some of them by name, for the preview.</summary>
    public async Task<IReadOnlyList<(string EmployeeNo, string Name)>> SomeAsync(CurrentUser user, Audience audience, DateOnly on, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = With(audience, on, on, user);
        parameters["limit"] = limit;
        return await connection.ListAsync<(string, string)>($"with recursive {Below} select p.employee_no, p.name {Meant} and @isManager order by p.employee_no limit @limit", parameters, ct);
    }

    public async Task<AudienceChoices> ChoicesAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = new { isManager = user.Is(Role.ComplianceManager) };
        return new(
            await connection.ListAsync<string>("select distinct employment_type from people where @isManager and employment_type <> '' and (left_on is null or left_on >= tokyo_date(business_now())) order by 1 limit 100", parameters, ct),
            await connection.ListAsync<AudiencePart>("""
                select d.code, v.name, 0 as people from departments d join department_versions v on v.department_id = d.id
                where @isManager and tokyo_date(business_now()) between v.from_on and coalesce(v.to_on, 'infinity') order by d.code limit 1000
                """, parameters, ct),
            await connection.ListAsync<string>("select distinct t.tag from person_tags t join people p on p.id = t.person_id where @isManager and (p.left_on is null or p.left_on >= tokyo_date(business_now())) order by 1 limit 200", parameters, ct));
    }

    /// <summary>What was chosen for a campaign.</summary>
    public static async Task<Audience> OfAsync(NpgsqlConnection connection, long campaign, CancellationToken ct)
    {
        var rows = await connection.ListAsync<(string Kind, string Value)>("select kind, value from training_audience where campaign_id = @campaign order by kind, value", new { campaign }, ct);
        List<string> Of(string kind) => [.. rows.Where(row => row.Kind == kind).Select(row => row.Value)];
        return new(rows.Any(row => row.Kind == "everyone"), Of("employmentType"), Of("department"), Of("person")) { Tags = Of("tag") };
    }

    /// <inheritdoc cref="OfAsync(NpgsqlConnection, long, CancellationToken)"/>
    public async Task<Audience> OfAsync(long campaign, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await OfAsync(connection, campaign, ct);
    }

    internal static Task KeepAsync(UnitOfWork work, long campaign, Audience audience, CancellationToken ct)
    {
        var rows = (audience.Everyone ? [("everyone", "")] : audience.EmploymentTypes.Select(type => ("employmentType", type)).Concat(audience.Departments.Select(code => ("department", code))).Concat(audience.People.Select(no => ("person", no))).Concat(audience.Tags.Select(tag => ("tag", tag)))).Distinct().ToList();
        return work.ExecuteAsync("""
            delete from training_audience a where campaign_id = @campaign and not exists (select from unnest(@kinds, @values) n (kind, value) where (n.kind, n.value) = (a.kind, a.value));
            insert into training_audience (campaign_id, kind, value) select @campaign, kind, value from unnest(@kinds, @values) n (kind, value) on conflict do nothing
            """, new { campaign, kinds = rows.Select(row => row.Item1).ToArray(), values = rows.Select(row => row.Item2).ToArray() }, ct);
    }

    /// <summary>The snapshot, in one statement whatever the number of people.</summary>
    /// <returns>How many.</returns>
    internal static Task<int> FreezeAsync(UnitOfWork work, Campaign campaign, Audience audience, CancellationToken ct)
    {
        var parameters = With(audience, campaign.CutoffOn, work.Today, null);
        parameters["campaign"] = campaign.Id;
        parameters["dueOn"] = campaign.DueOn;
        parameters["now"] = work.Now;
        return work.ExecuteAsync($"""
            with recursive {Below}
            insert into training_roster (campaign_id, person_id, employee_no, name, department_code, department, employment_type, is_officer, due_on, source, at)
            select @campaign, p.id, p.employee_no, p.name, coalesce(d.code, ''), coalesce(v.name, ''), p.employment_type, {IsOfficer}, @dueOn, 'cutoff', @now
            {Meant} order by p.employee_no on conflict do nothing
            """, parameters, ct);
    }

    private static Dictionary<string, object?> With(Audience audience, DateOnly on, DateOnly today, CurrentUser? user) => new()
    {
        ["everyone"] = audience.Everyone,
        ["types"] = audience.EmploymentTypes.ToArray(),
        ["departments"] = audience.Departments.ToArray(),
        ["people"] = audience.People.ToArray(),
        ["tags"] = audience.Tags.ToArray(),
        ["on"] = on,
        ["today"] = today,
        ["isManager"] = user?.Is(Role.ComplianceManager) ?? false,
    };
}
