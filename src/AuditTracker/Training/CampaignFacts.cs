using System.Runtime.CompilerServices;
using AuditTracker.Platform.Database;
using Dapper;

namespace AuditTracker.Training;

/// <summary>Somebody's line in the papers of a campaign.</summary>
/// <param name="Told">How often a mail about it was handed over to them.</param>
public sealed record FactRow(long Id, string EmployeeNo, string Name, string Department, string EmploymentType, string Standing, DateOnly FirstDueOn, DateOnly DueOn, DateTime? CompletedAt, DateOnly? CompletedOn, string? How, int? Score, int Attempts,
    string? Reason, string Detail, DateOnly? FromOn, DateOnly? ToOn, int Told)
{
    /// <summary>受講記録 T-2026-0412.</summary>
    public string Number(Campaign campaign) => $"T-{campaign.FiscalYear}-{Id:0000}";
}

/// <summary>How a question fared.</summary>
public sealed record QuestionFacts(string Question, int Asked, int Right);

/// <summary>How people completed or tried, for the summary.</summary>
/// <param name="Late">Completed after their first due date (フォロー).</param>
/// <param name="Retaken">People who needed more than one test.</param>
public sealed record CampaignTotals(int Online, int Session, int Paper, int Late, int Retaken, int Tests, decimal? AverageScore);

/// <summary>Everything the papers of a campaign say, as of an instant; for Reports, where nobody in particular is asking.</summary>
public sealed class CampaignFacts(Db db, CourseStore courses)
{
    public async Task<Campaign?> CampaignAsync(long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<Campaign>($"select {CampaignStore.Columns} where c.id = @id", new { id }, ct);
    }

    public async Task<Course> CourseAsync(Campaign campaign, CancellationToken ct) => (await courses.FindAsync(campaign.Course, campaign.CourseVersion, ct))!;

    /// <summary>The hash of the course's files as they were loaded.</summary>
    public async Task<string> SourceAsync(Campaign campaign, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<string>("select source_sha256 from training_course_versions where course = @Course and version = @CourseVersion", campaign, ct))!;
    }

    public async Task<Numbers> NumbersAsync(long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<Numbers>($"select {Standings.Counts} from ({Standings.Sql}) r", new { campaign, asOf }, ct))!;
    }

    public async Task<IReadOnlyList<PartNumbers>> TypesAsync(long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<PartNumbers>($"""
            select r.employment_type as code, r.employment_type as name, count(*) filter (where r.standing = 'completed')::int as completed,
                   count(*) filter (where r.standing not in ('completed', 'exempt'))::int as unexplained, count(*) filter (where r.standing = 'exempt')::int as exempt
            from ({Standings.Sql}) r group by r.employment_type order by r.employment_type
            """, new { campaign, asOf }, ct);
    }

    public async Task<CampaignTotals> TotalsAsync(long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return (await connection.FirstAsync<CampaignTotals>($"""
            select count(*) filter (where r.standing = 'completed' and r.how = 'online')::int as online, count(*) filter (where r.standing = 'completed' and r.how = 'session')::int as session,
                   count(*) filter (where r.standing = 'completed' and r.how = 'paper')::int as paper, count(*) filter (where r.standing = 'completed' and r.completed_on > r.due_on)::int as late,
                   count(*) filter (where t.attempts > 1)::int as retaken, coalesce(sum(t.attempts), 0)::int as tests, avg(r.score) filter (where r.standing = 'completed') as average_score
            from ({Standings.Sql}) r left join (select a.roster_id, count(*) as attempts from training_attempts a where a.submitted_at <= @asOf group by a.roster_id) t on t.roster_id = r.id
            """, new { campaign, asOf }, ct))!;
    }

    /// <summary>The roster line by line, read as it is taken.</summary>
    public async IAsyncEnumerable<FactRow> RowsAsync(long campaign, DateTime asOf, [EnumeratorCancellation] CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        await foreach (var row in connection.QueryUnbufferedAsync<FactRow>($"""
            select r.id, r.employee_no, r.name, r.department, r.employment_type, r.standing, r.due_on as first_due_on, r.own_due_on as due_on,
                   case when r.standing = 'completed' then r.completed_at end as completed_at, case when r.standing = 'completed' then r.completed_on end as completed_on, case when r.standing = 'completed' then r.how end as how, case when r.standing = 'completed' then r.score end as score,
                   coalesce(t.attempts, 0) as attempts, case when r.standing = 'exempt' then r.reason end as reason, case when r.standing = 'exempt' then r.detail else '' end as detail,
                   case when r.standing = 'exempt' then r.exempt_from end as from_on, case when r.standing = 'exempt' then r.exempt_to end as to_on, coalesce(m.told, 0) as told
            from ({Standings.Sql}) r
            left join (select a.roster_id, count(*)::int as attempts from training_attempts a where a.submitted_at <= @asOf group by a.roster_id) t on t.roster_id = r.id
            left join (select n.subject, n.person_id, count(*)::int as told from notices n join mails m on m.id = n.mail_id where n.template like 'training/%' and m.state = 'accepted' and m.finished_at <= @asOf group by 1, 2) m
                on m.subject = 'training:' || r.id and m.person_id = r.person_id
            order by r.id
            """, new { campaign, asOf }).WithCancellation(ct))
        {
            yield return row;
        }
    }

    public async Task<IReadOnlyList<QuestionFacts>> QuestionsAsync(long campaign, DateTime asOf, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<QuestionFacts>("""
            select w.question, count(*)::int as asked, count(*) filter (where w.correct)::int as right
            from training_answers w join training_attempts a on a.id = w.attempt_id join training_roster r on r.id = a.roster_id
            where r.campaign_id = @campaign and a.submitted_at <= @asOf group by w.question order by w.question
            """, new { campaign, asOf }, ct);
    }
}
