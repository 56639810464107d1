using AuditTracker.Platform.Database;

namespace AuditTracker.Training;

/// <summary>Where somebody on a roster stands at an instant.</summary>
/// <param name="Standing">notStarted, inProgress, retake, completed or exempt.</param>
/// <param name="DueOn">Their own: later than the campaign's for joiners and for who is back from leave.</param>
/// <param name="Reason">Of an exemption: leave, left, leaving, away, other.</param>
/// <param name="ToldAt">When the newest mail about it was handed over.</param>
public sealed record StandingRow(long Id, long PersonId, string EmployeeNo, string Name, string DepartmentCode, string Department, string EmploymentType, string Standing, DateOnly DueOn,
    DateTime? StartedAt, DateOnly? CompletedOn, string? How, int? Score, string? Reason, string Detail, DateOnly? FromOn, DateOnly? ToOn, bool IsAsked, DateTime? ToldAt, string Place);

/// <summary>
/// The one way in which a roster is read as of an instant (<c>@asOf</c>) for a campaign (<c>@campaign</c>): everything follows from instants in the rows, nothing from a state that
/// somebody set. The alias of the result is the caller's; it has every column of <c>training_roster</c>.
/// </summary>
internal static class Standings
{
    /// <summary>Somebody's own due date as of now, or of the closing (alias <c>r</c>): later than the roster's when they came back from leave.</summary>
    public const string OwnDueOn = "greatest(r.due_on, (select max(y.follow_up_on) from training_exemptions y where y.roster_id = r.id and y.ended_at <= coalesce((select z.closed_at from training_campaigns z where z.id = r.campaign_id), 'infinity')))";

    /// <summary>Why somebody (alias <c>r</c>) need not take part, where a list spans campaigns (alias <c>c</c>): as of now, or as of the closing of what is closed.</summary>
    public const string Exempt = """
        training_exemptions x on x.roster_id = r.id and x.approved_at <= coalesce(c.closed_at, x.approved_at) and (x.ended_at is null or x.ended_at > c.closed_at)
        """;

    /// <summary>The day somebody completed (alias <c>g</c>): of a session or answers on paper the day of these, whenever they were recorded. Whether by then is <c>completed_at</c>'s to say.</summary>
    public const string CompletedOn = "coalesce(g.attended_on, tokyo_date(g.completed_at))";

    public const string Sql = $"""
        select r.*, g.started_at, g.completed_at, {CompletedOn} as completed_on, g.how, g.score, x.reason, coalesce(x.detail, '') as detail, x.from_on as exempt_from, x.to_on as exempt_to, greatest(r.due_on, f.follow_up_on) as own_due_on,
               case when g.completed_at <= @asOf then 'completed' when x.roster_id is not null then 'exempt' when g.failed_at <= @asOf then 'retake'
                    when g.started_at <= @asOf then 'inProgress' else 'notStarted' end as standing
        from training_roster r
        left join training_progress g on g.roster_id = r.id
        left join (select e.* from training_exemptions e join training_roster q on q.id = e.roster_id and q.campaign_id = @campaign
                   where e.approved_at <= @asOf and (e.ended_at is null or e.ended_at > @asOf)) x on x.roster_id = r.id
        left join (select e.roster_id, max(e.follow_up_on) as follow_up_on from training_exemptions e join training_roster q on q.id = e.roster_id and q.campaign_id = @campaign
                   where e.ended_at <= @asOf group by e.roster_id) f on f.roster_id = r.id
        where r.campaign_id = @campaign and r.at <= @asOf
        """;

    /// <summary>The counts of <see cref="Numbers"/> over a relation <c>r</c> of <see cref="Sql"/>.</summary>
    public const string Counts = """
        count(*) filter (where r.standing = 'completed')::int as completed, count(*) filter (where r.standing = 'retake')::int as retake,
        count(*) filter (where r.standing = 'inProgress')::int as in_progress, count(*) filter (where r.standing = 'notStarted')::int as not_started,
        count(*) filter (where r.standing = 'exempt' and r.reason = 'leave')::int as leave, count(*) filter (where r.standing = 'exempt' and r.reason = 'left')::int as left,
        count(*) filter (where r.standing = 'exempt' and r.reason = 'leaving')::int as leaving, count(*) filter (where r.standing = 'exempt' and r.reason = 'away')::int as away,
        count(*) filter (where r.standing = 'exempt' and r.reason = 'other')::int as other
        """;

    /// <summary>Everybody's numbers within a use case.</summary>
    public static async Task<Numbers> NumbersAsync(UnitOfWork work, long campaign, CancellationToken ct) =>
        (await work.FirstAsync<Numbers>($"select {Counts} from ({Sql}) r", new { campaign, asOf = work.Now }, ct))!;
}
