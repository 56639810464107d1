using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;

namespace AuditTracker.Training;

/// <summary>The room's notices. Keys name what, whom and which step, so nothing is told twice; the links in them are minted when a mail is sent.</summary>
public static class TrainingMails
{
    private const string Opened = "training/opened";
    private const string DueSoon = "training/due-soon";
    private const string Overdue = "training/overdue";
    private const string PersonLate = "training/person-late";
    private const string NumbersOf = "training/numbers";
    private const string SubjectOf = "trainingNumbers";

    // Notices are written in portions, so that a hundred thousand of them never stand in memory at once.
    private const int AtOnce = 5000;

    /// <summary>For Notifications: these mails carry a link of their own to the training of one person.</summary>
    public static IEnumerable<SecretMail> Secrets => [new(Opened, MintAsync), new(DueSoon, MintAsync), new(Overdue, MintAsync)];

    private sealed record Told(long RosterId, long PersonId, DateOnly DueOn);

    private sealed record Late(long RosterId, long ToId, string Name, string Department, DateOnly DueOn, bool IsOfficer);

    private sealed record Part(string Code, string? Department, long ToId, int Completed, int Unexplained);

    /// <summary>To everybody who has to take part: please do, by when and how long it takes.</summary>
    /// <param name="rosters">Only these; null: everybody on the roster.</param>
    public static async Task<int> TellOpenedAsync(UnitOfWork work, Campaign campaign, IReadOnlyList<long>? rosters, CancellationToken ct) => await work.TellFromAsync($"""
        select '{Opened}:' || r.id as key, '{Opened}' as template, r.person_id, 'training:' || r.id as subject, {(int)Urgency.Opened} as urgency, r.own_due_on as due_on,
               jsonb_build_object('title', @title::text, 'minutes', @minutes::int, 'link', '/training/mine/' || r.id, 'joiner', @joiner::boolean, 'everyone', @everyone::boolean, 'again', false) as model
        from ({Standings.Sql}) r join people p on p.id = r.person_id
        where {ToTell} and (@rosters::bigint[] is null or r.id = any(@rosters)) order by r.id
        """, new()
    {
        ["campaign"] = campaign.Id,
        ["asOf"] = work.Now,
        ["Today"] = work.Today,
        ["title"] = campaign.Title,
        ["minutes"] = await MinutesAsync(work, campaign, ct),
        ["joiner"] = campaign.IsForJoiners,
        ["everyone"] = await IsForEveryoneAsync(work, campaign, ct),
        ["rosters"] = rosters?.ToArray(),
    }, ct);

    // Still to go, and still employed.
    private const string ToTell = "r.standing in ('notStarted', 'inProgress', 'retake') and (p.left_on is null or p.left_on >= @Today)";

    private static async Task<int> MinutesAsync(UnitOfWork work, Campaign campaign, CancellationToken ct) =>
        await work.FirstAsync<int>("select minutes from training_course_versions where course = @Course and version = @CourseVersion", campaign, ct);

    // Said to all only where it is so: an incident or a change of roles concerns those it concerns, whoever is on the roster.
    private static async Task<bool> IsForEveryoneAsync(UnitOfWork work, Campaign campaign, CancellationToken ct) =>
        await work.FirstAsync<bool>("select @Kind not in ('incident', 'roleChange') and exists (select from training_audience where campaign_id = @Id and kind = 'everyone')", new { campaign.Id, campaign.Kind }, ct);

    /// <summary>To those of a due date who are not done, once a step; in the place of what still waits to be told.</summary>
    public static Task<int> TellReminderAsync(UnitOfWork work, Campaign campaign, CadenceDay day, DateOnly dueOn, CancellationToken ct) =>
        TellAsync(work, campaign, day.IsLate ? Overdue : DueSoon, $":{day.Step}:{DateText.Iso(dueOn)}", day.IsLate ? Urgency.Overdue : Urgency.DueSoon, dueOn, null, ct, day.On);

    /// <summary>Because somebody asked for it: once a day.</summary>
    public static Task<int> TellByHandAsync(UnitOfWork work, Campaign campaign, IReadOnlyList<long>? rosters, CancellationToken ct) =>
        TellAsync(work, campaign, null, $":by-hand-{DateText.Iso(work.Today)}", Urgency.DueSoon, null, rosters, ct);

    private static async Task<int> TellAsync(UnitOfWork work, Campaign campaign, string? template, string occasion, Urgency urgency, DateOnly? dueOn, IReadOnlyList<long>? rosters, CancellationToken ct, DateOnly? stepOn = null)
    {
        var minutes = await MinutesAsync(work, campaign, ct);
        var everyone = await IsForEveryoneAsync(work, campaign, ct);
        var told = 0;
        // The roster is read once: it is the notices that are many and large.
        var everybody = await work.QueryAsync<Told>($"""
            select r.id as roster_id, r.person_id, r.own_due_on as due_on from ({Standings.Sql}) r join people p on p.id = r.person_id
            where {ToTell}
              and (@dueOn::date is null or r.own_due_on = @dueOn) and (@stepOn::date is null or tokyo_date(r.at) < @stepOn) and (@rosters::bigint[] is null or r.id = any(@rosters))
              and not exists (select from notices n where n.key = coalesce(@template, case when r.own_due_on < @Today then '{Overdue}' else '{DueSoon}' end) || ':' || r.id || @occasion)
            order by r.id
            """, new { campaign = campaign.Id, asOf = work.Now, work.Today, dueOn, stepOn, rosters = rosters?.ToArray(), template, occasion }, ct);
        foreach (var people in everybody.Chunk(AtOnce))
        {
            // The newer word takes the place of the earlier ones, so that a mail never names a training twice.
            await work.SettleManyAsync([.. people.Select(row => ExemptPeople.Subject(row.RosterId))], [Opened, DueSoon, Overdue], ct: ct);
            told += await work.TellManyAsync([.. people.Select(row =>
            {
                var late = row.DueOn < work.Today;
                var mail = template ?? (late ? Overdue : DueSoon);
                return new Notice($"{mail}:{row.RosterId}{occasion}", mail, row.PersonId, ExemptPeople.Subject(row.RosterId))
                {
                    Urgency = template is null && late ? Urgency.Overdue : urgency,
                    DueOn = row.DueOn,
                    Model = new Dictionary<string, object?> { ["title"] = campaign.Title, ["minutes"] = minutes, ["link"] = $"/training/mine/{row.RosterId}", ["joiner"] = campaign.IsForJoiners, ["everyone"] = everyone, ["again"] = true },
                };
            })], ct);
        }
        return told;
    }

    /// <summary>
    /// Who heads each department today (<c>heads</c>: code, person), for <c>with recursive</c>: its own head, or where it has none or they have left, that of the nearest one above it.
    /// </summary>
    private const string Heads = """
        above (code, parent_id, head_id, steps) as (
            select d.code, v.parent_id, b.id, 0 from departments d join department_versions v on v.department_id = d.id and @Today between v.from_on and coalesce(v.to_on, 'infinity')
            left join people b on b.id = v.head_id and (b.left_on is null or b.left_on >= @Today)
            union all
            select u.code, v.parent_id, b.id, u.steps + 1 from above u join department_versions v on v.department_id = u.parent_id and @Today between v.from_on and coalesce(v.to_on, 'infinity')
            left join people b on b.id = v.head_id and (b.left_on is null or b.left_on >= @Today) where u.head_id is null and u.steps < 30),
        heads (code, id) as (select code, min(head_id) from above where head_id is not null group by code)
        """;

    /// <summary>To the manager of each one who is late (who has none: the head of their department of the day, never themselves), a notice for each, so that it is closed the instant they complete; about an officer to the privacy manager alone.</summary>
    public static async Task<int> TellManagersAsync(UnitOfWork work, Campaign campaign, CadenceDay day, DateOnly dueOn, CancellationToken ct)
    {
        var occasion = $":{day.Step}:{DateText.Iso(dueOn)}";
        var late = await work.QueryAsync<Late>($"""
            with recursive {Heads}
            select r.id as roster_id, t.id as to_id, r.name, r.department, r.own_due_on as due_on, r.is_officer
            from ({Standings.Sql}) r
            cross join lateral (
                select m.manager_id as id from managers m join people b on b.id = m.manager_id and (b.left_on is null or b.left_on >= @Today)
                where not r.is_officer and m.person_id = r.person_id and @Today between m.from_on and coalesce(m.to_on, 'infinity')
                union select h.id from posts o join departments d on d.id = o.department_id join heads h on h.code = d.code
                where not r.is_officer and o.person_id = r.person_id and o.is_primary and @Today between o.from_on and coalesce(o.to_on, 'infinity')
                  and not exists (select from managers m join people b on b.id = m.manager_id and (b.left_on is null or b.left_on >= @Today) where m.person_id = r.person_id and @Today between m.from_on and coalesce(m.to_on, 'infinity'))
                union select a.person_id from appointments a where r.is_officer and a.kind = 'privacyManager' and a.withdrawn_at is null and @Today between a.from_on and coalesce(a.to_on, 'infinity')) t
            join people b on b.id = t.id and b.id <> r.person_id and (b.left_on is null or b.left_on >= @Today)
            where r.standing in ('notStarted', 'inProgress', 'retake') and r.own_due_on = @dueOn
              and not exists (select from notices n where n.key = '{PersonLate}:' || r.id || ':' || t.id || @occasion)
            order by r.id
            """, new { campaign = campaign.Id, asOf = work.Now, work.Today, dueOn, occasion }, ct);
        var told = 0;
        foreach (var portion in late.Chunk(AtOnce))
        {
            await work.SettleManyAsync([.. portion.Select(row => ExemptPeople.Subject(row.RosterId))], [PersonLate], ct: ct);
            told += await work.TellManyAsync([.. portion.Select(row => new Notice($"{PersonLate}:{row.RosterId}:{row.ToId}{occasion}", PersonLate, row.ToId, ExemptPeople.Subject(row.RosterId))
            {
                DueOn = row.DueOn,
                Model = new Dictionary<string, object?> { ["title"] = campaign.Title, ["name"] = row.Name, ["departmentName"] = row.Department, ["officer"] = row.IsOfficer, ["minutes"] = 3, ["link"] = $"/training/campaigns/{campaign.Id}/people?standing=overdue" },
            })], ct);
        }
        return told;
    }

    // Joiners' due dates are spread over the year; their numbers are told once a week all the same.
    private const int DaysBetweenJoiners = 6;

    /// <summary>
    /// Numbers without a name: to each head their own department's (where it has none, to the nearest head above it), or to the privacy manager everybody's, while somebody is left. Of a campaign for joiners those who were due
    /// by <paramref name="dueOn"/>, at most once in a week.
    /// </summary>
    public static async Task<int> TellNumbersAsync(UnitOfWork work, Campaign campaign, CadenceDay day, DateOnly dueOn, bool company, CancellationToken ct)
    {
        var occasion = $":{day.Step}:{DateText.Iso(dueOn)}";
        var (to, among) = company
            ? ("'' as code, null::text as department, t.person_id as to_id", "here r cross join (select distinct a.person_id from appointments a where a.kind = 'privacyManager' and a.withdrawn_at is null and @Today between a.from_on and coalesce(a.to_on, 'infinity')) t")
            : ("r.department_code as code, max(r.department) as department, h.id as to_id", "here r join heads h on h.code = r.department_code where not r.is_officer");
        var parts = await work.QueryAsync<Part>($"""
            with recursive {Heads}, here as (select * from ({Standings.Sql}) s where not @joiners or s.own_due_on <= @dueOn), parts as (
                select {to}, count(*) filter (where r.standing = 'completed')::int as completed, count(*) filter (where r.standing in ('notStarted', 'inProgress', 'retake'))::int as unexplained
                from {among} group by 1, 3)
            select code, department, to_id, completed, unexplained from parts join people b on b.id = to_id and (b.left_on is null or b.left_on >= @Today)
            where unexplained > 0 and not exists (select from notices n where n.key = '{NumbersOf}:' || @campaign || ':' || code || ':' || to_id || @occasion)
              and not (@joiners and exists (select from notices n where n.subject = '{SubjectOf}:' || @campaign || ':' || code and n.person_id = to_id and tokyo_date(n.created_at) >= @Today - {DaysBetweenJoiners}))
            order by code, to_id
            """, new { campaign = campaign.Id, asOf = work.Now, work.Today, occasion, joiners = campaign.IsForJoiners, dueOn }, ct);
        await work.SettleManyAsync([.. parts.Select(part => Subject(campaign.Id, part.Code))], [NumbersOf], ct: ct);
        return await work.TellManyAsync([.. parts.Select(part => new Notice($"{NumbersOf}:{campaign.Id}:{part.Code}:{part.ToId}{occasion}", NumbersOf, part.ToId, Subject(campaign.Id, part.Code))
        {
            DueOn = dueOn,
            Model = new Dictionary<string, object?>
            {
                ["title"] = campaign.Title,
                ["joiner"] = campaign.IsForJoiners,
                ["departmentName"] = part.Department,
                ["completed"] = part.Completed,
                ["open"] = part.Unexplained,
                ["total"] = part.Completed + part.Unexplained,
                ["percent"] = part.Completed * 100 / (part.Completed + part.Unexplained),
                ["minutes"] = 3,
                ["link"] = $"/training/campaigns/{campaign.Id}",
            },
        })], ct);
    }

    /// <summary>Closes everything that was told, or waits to be told, about these people's part.</summary>
    public static Task SettleAsync(UnitOfWork work, IReadOnlyCollection<long> rosters, CancellationToken ct) =>
        rosters.Count == 0 ? Task.CompletedTask : work.SettleManyAsync([.. rosters.Select(ExemptPeople.Subject)], ct: ct);

    /// <summary>Closes the numbers of departments, and of the company, where nobody is left; of joiners nobody who is late.</summary>
    public static async Task SettleFinishedAsync(UnitOfWork work, long campaign, CancellationToken ct)
    {
        var waiting = await work.QueryAsync<string>("select distinct subject from notices where subject like @begins and closed_at is null", new { begins = Subject(campaign, "") + "%" }, ct);
        if (waiting.Count == 0)
        {
            return;
        }
        var left = await work.QueryAsync<(string Code, bool IsOfficer)>($"""
            select distinct r.department_code, r.is_officer from ({Standings.Sql}) r join training_campaigns c on c.id = r.campaign_id
            where r.standing in ('notStarted', 'inProgress', 'retake') and (c.kind <> 'joiners' or r.own_due_on < @Today)
            """, new { campaign, asOf = work.Now, work.Today }, ct);
        // Heads are told of their department without its officers.
        var departments = left.Where(row => !row.IsOfficer).Select(row => row.Code).ToHashSet();
        await work.SettleManyAsync([.. waiting.Where(subject => subject[Subject(campaign, "").Length..] is var code && (code.Length == 0 ? left.Count == 0 : !departments.Contains(code)))], ct: ct);
    }

    /// <summary>Everything about a campaign that is over.</summary>
    public static async Task SettleCampaignAsync(UnitOfWork work, long campaign, CancellationToken ct) => await work.SettleManyAsync(
        [.. await work.QueryAsync<string>("select distinct subject from notices where closed_at is null and (subject like @begins or subject in (select 'training:' || id from training_roster where campaign_id = @campaign))",
            new { campaign, begins = Subject(campaign, "") + "%" }, ct)], ct: ct);

    private static string Subject(long campaign, string department) => $"{SubjectOf}:{campaign}:{department}";

    private static async Task<string> MintAsync(UnitOfWork work, string subject, CancellationToken ct)
    {
        var secret = await TrainingLinks.MintAsync(work, long.Parse(subject["training:".Length..], CultureInfo.InvariantCulture), ct);
        return $"{TrainingLinks.Path}?token={secret}";
    }
}
