using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Training;

/// <summary>Something of a campaign that waits for the reader's approval.</summary>
/// <param name="What">plan, report or exemptions.</param>
/// <param name="DueOn">A plan's opening day; null: as soon as possible.</param>
/// <param name="Count">Of exemptions.</param>
public sealed record WaitingApproval(string What, long CampaignId, string Title, DateOnly? DueOn, int Count)
{
    public string Link => What == "report" ? $"/training/campaigns/{CampaignId}/report" : $"/training/campaigns/{CampaignId}";
}

/// <summary>What waits for whose approval.</summary>
public sealed class ApprovalStore(Db db)
{
    /// <summary>
    /// Rows (kind, campaign, title, date, count) of what the reader may approve: what they wrote or asked for themselves, or what is about them, is another's. Wants <c>@mayApprove</c>,
    /// <c>@account</c> and <c>@person</c>.
    /// </summary>
    public const string Sql = """
        select 'plan' as what, c.id as campaign_id, c.title, c.opens_on as due_on, 1 as count from training_campaigns c where @mayApprove and c.state = 'planned' and c.by_account <> @account
        union all
        select 'report', c.id, c.title, null, 1 from training_campaigns c where @mayApprove and c.state = 'reported' and c.reported_by <> @account
        union all
        select 'exemptions', c.id, c.title, null, count(*)::int from training_exemptions x join training_roster r on r.id = x.roster_id join training_campaigns c on c.id = r.campaign_id and c.state = 'running'
        where @mayApprove and x.approved_at is null and x.ended_at is null and x.asked_by <> @account and r.person_id is distinct from @person group by c.id, c.title
        """;

    /// <summary>What the reader may approve now, plans that open first in front.</summary>
    public async Task<IReadOnlyList<WaitingApproval>> WaitingAsync(CurrentUser user, CancellationToken ct)
    {
        if (!PlanCampaign.MayApprove(user))
        {
            return [];
        }
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<WaitingApproval>($"select what, campaign_id, title, due_on, count from ({Sql}) w order by due_on nulls last, campaign_id, what limit 50",
            new { mayApprove = true, account = user.AccountId, person = user.PersonId }, ct);
    }
}
