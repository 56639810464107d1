using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Training;

/// <summary>
/// Who can approve is told what waits for them: a plan, a closing report, exemptions. Not what they wrote or asked for themselves, nor what is about them; and no longer once
/// somebody has decided.
/// </summary>
internal static class ApprovalMails
{
    private const string ToApprove = "training/to-approve";

    // Compliance managers and top management of today, with an account that works; the asker left out.
    private const string Approvers = """
        (select distinct a.person_id as id, a.id as account from role_grants g join accounts a on a.id = g.account_id join people b on b.id = a.person_id
         where g.role in ('complianceManager', 'management') and @Today between g.from_on and coalesce(g.to_on, 'infinity') and a.disabled_at is null and (b.left_on is null or b.left_on >= @Today)
           and a.id <> @asker) p
        """;

    /// <summary>A plan waits, due on the opening day; whoever was told and did not decide yet is not told again.</summary>
    public static async Task TellPlanAsync(UnitOfWork work, CurrentUser by, long id, string title, DateOnly opensOn, int version, CancellationToken ct)
    {
        // Whoever has changed it wrote it.
        if (by.PersonId is { } author)
        {
            await work.SettleAsync(Plan(id), personId: author, ct: ct);
        }
        await TellAsync(work, by, Plan(id), $"plan:{id}:{version}", title, "plan", opensOn, $"/training/campaigns/{id}", ct);
    }

    public static async Task TellReportAsync(UnitOfWork work, CurrentUser by, Campaign campaign, CancellationToken ct) =>
        await TellAsync(work, by, Report(campaign.Id), $"report:{campaign.Id}:{campaign.Version + 1}", campaign.Title, "report", null, $"/training/campaigns/{campaign.Id}/report", ct);

    /// <summary>Exemptions wait: to each approver how many they may decide on, in the place of an earlier number. Where nothing new came for them, what they were told stands.</summary>
    public static async Task TellExemptionsAsync(UnitOfWork work, CurrentUser by, Campaign campaign, CancellationToken ct)
    {
        var waiting = await work.QueryAsync<(long Person, int Count, long Newest)>($"""
            with waiting as (
                select p.id, count(*)::int as count, max(x.id) as newest from {Approvers} cross join training_exemptions x join training_roster r on r.id = x.roster_id
                where r.campaign_id = @id and x.approved_at is null and x.ended_at is null and x.asked_by <> p.account and r.person_id <> p.id group by p.id)
            select id, count, newest from waiting w
            where not exists (select from notices n where n.key = '{ToApprove}:exemptions:' || @id || ':' || w.newest || ':' || w.id) order by id
            """, new { id = campaign.Id, asker = by.AccountId, work.Today }, ct);
        await work.SettleManyAsync([.. waiting.Select(row => Exemptions(campaign.Id, row.Person))], ct: ct);
        await work.TellManyAsync([.. waiting.Select(row => Notice($"exemptions:{campaign.Id}:{row.Newest}", row.Person, Exemptions(campaign.Id, row.Person), by, campaign.Title, "exemptions", row.Count, null, $"/training/campaigns/{campaign.Id}#waiting"))], ct);
    }

    public static Task SettlePlanAsync(UnitOfWork work, long id, CancellationToken ct) => work.SettleAsync(Plan(id), ct: ct);

    public static Task SettleReportAsync(UnitOfWork work, long id, CancellationToken ct) => work.SettleAsync(Report(id), ct: ct);

    /// <summary>Closes what was told about exemptions where nothing is left that the reader could decide on.</summary>
    public static async Task SettleExemptionsAsync(UnitOfWork work, CancellationToken ct)
    {
        var over = await work.QueryAsync<string>($"""
            select n.subject from notices n
            where n.subject like 'trainingExemptions:%' and n.template = '{ToApprove}' and n.closed_at is null
              and not exists (select from training_exemptions x join training_roster r on r.id = x.roster_id and r.campaign_id = split_part(n.subject, ':', 2)::bigint
                  join training_campaigns c on c.id = r.campaign_id and c.state = 'running'
                  where x.approved_at is null and x.ended_at is null and r.person_id <> n.person_id
                    and x.asked_by is distinct from (select a.id from accounts a where a.person_id = n.person_id and a.disabled_at is null order by a.id limit 1))
            """, ct: ct);
        if (over.Count > 0)
        {
            await work.SettleManyAsync([.. over], ct: ct);
        }
    }

    private static async Task TellAsync(UnitOfWork work, CurrentUser by, string subject, string occasion, string title, string what, DateOnly? dueOn, string link, CancellationToken ct)
    {
        var people = await work.QueryAsync<long>($"select distinct p.id from {Approvers} where not exists (select from notices n where n.subject = @subject and n.person_id = p.id and n.closed_at is null) order by 1",
            new { asker = by.AccountId, subject, work.Today }, ct);
        await work.TellManyAsync([.. people.Select(person => Notice(occasion, person, subject, by, title, what, null, dueOn, link))], ct);
    }

    private static Notice Notice(string occasion, long person, string subject, CurrentUser by, string title, string what, int? exemptions, DateOnly? dueOn, string link) =>
        new($"{ToApprove}:{occasion}:{person}", ToApprove, person, subject)
        {
            Urgency = Urgency.DueSoon,
            DueOn = dueOn,
            Model = new Dictionary<string, object?>
            {
                ["title"] = title,
                ["byName"] = by.Name,
                ["plan"] = what == "plan",
                ["report"] = what == "report",
                ["exemptions"] = exemptions,
                ["dueOn"] = dueOn is { } on ? DateText.Iso(on) : null,
                ["minutes"] = 3,
                ["link"] = link,
            },
        };

    private static string Plan(long id) => $"trainingPlan:{id}";

    private static string Report(long id) => $"trainingReport:{id}";

    private static string Exemptions(long id, long person) => $"trainingExemptions:{id}:{person}";
}
