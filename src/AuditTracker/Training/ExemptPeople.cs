using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>An exemption as the page shows it.</summary>
public sealed record Exemption(long Id, long RosterId, string EmployeeNo, string Name, string Department, string Reason, string Detail, DateOnly FromOn, DateOnly? ToOn, string? AskedBy, DateTime At, long? AskedAccount, long PersonId)
{
    /// <summary>Neither one's own request nor a request about oneself is one's to approve.</summary>
    public bool MayBeApprovedBy(CurrentUser user) => AskedAccount != user.AccountId && PersonId != user.PersonId;
}

/// <summary>
/// Explaining why somebody need not take part: reason, period and words by a compliance manager, approved by another person. Every one ends (domain.md §19.7); only leave and
/// leaving follow from what happened and are not asked for here.
/// </summary>
public sealed class ExemptPeople(Db db)
{
    public static readonly IReadOnlyList<string> Reasons = ["leaving", "away", "leave", "left", "other"];

    /// <param name="rosters">Who; those completed or explained already are passed over.</param>
    /// <returns>How many were asked for.</returns>
    public async Task<int> AskAsync(CurrentUser user, long campaign, IReadOnlyList<long> rosters, string reason, string detail, DateOnly? fromOn, DateOnly? toOn, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var found = await CampaignStore.LockAsync(work, user, campaign, user.Is(Role.ComplianceManager), ct) ?? throw new NotFound();
        if (!found.IsRunning)
        {
            throw Refusal.Of<Words>("NotRunning");
        }
        if (!Reasons.Contains(reason))
        {
            throw InvalidInput.At<Words>("reason", "ReasonEmpty");
        }
        if (detail.Trim().Length is 0 or > 1000)
        {
            throw InvalidInput.At<Words>("detail", "DetailLength", 1000);
        }
        var from = fromOn ?? work.Today;
        var to = toOn ?? throw InvalidInput.At<Words>("toOn", "ToEmpty");
        if (to < from || to < work.Today || to > work.Today.AddYears(1))
        {
            throw InvalidInput.At<Words>("toOn", "ToRange");
        }
        var asked = await work.QueryAsync<long>("""
            insert into training_exemptions (roster_id, reason, detail, from_on, to_on, asked_by, at)
            select r.id, @reason, @detail, @from, @to, @AccountId, @Now from training_roster r left join training_progress g on g.roster_id = r.id
            where r.campaign_id = @campaign and r.id = any(@rosters) and g.completed_at is null order by r.id
            on conflict do nothing returning roster_id
            """, new { campaign, rosters = rosters.ToArray(), reason, detail = detail.Trim(), from, to, user.AccountId, work.Now }, ct);
        if (asked.Count == 0)
        {
            throw Refusal.Of<Words>("NobodyToExempt");
        }
        await work.ActManyAsync("training.exemptionAsked", [.. asked.Select(Subject)], new Dictionary<string, string?> { ["untilOn"] = DateText.Iso(to) }, detail.Trim(), ct);
        await ApprovalMails.TellExemptionsAsync(work, user, found, ct);
        await work.CommitAsync(ct);
        return asked.Count;
    }

    /// <summary>Decides what somebody else asked for; who is exempt is told no more.</summary>
    /// <param name="approves">False: it is declined and ends.</param>
    public async Task<int> DecideAsync(CurrentUser user, long campaign, IReadOnlyList<long> exemptions, bool approves, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        _ = await CampaignStore.LockAsync(work, user, campaign, PlanCampaign.MayApprove(user), ct) ?? throw new NotFound();
        var waiting = await work.QueryAsync<(long Id, long Roster, long By, long Person)>("""
            select x.id, x.roster_id, x.asked_by, r.person_id from training_exemptions x join training_roster r on r.id = x.roster_id and r.campaign_id = @campaign
            where x.id = any(@ids) and x.approved_at is null and x.ended_at is null and @may for update of x
            """, new { campaign, ids = exemptions.ToArray(), may = PlanCampaign.MayApprove(user) }, ct);
        if (waiting.Count == 0)
        {
            throw Refusal.Of<Words>("NothingToDecide");
        }
        if (approves && waiting.Any(row => row.By == user.AccountId || row.Person == user.PersonId))
        {
            throw Refusal.Of<Words>("ApproveOwn");
        }
        await work.ExecuteAsync(approves
            ? "update training_exemptions set approved_by = @AccountId, approved_at = @Now where id = any(@ids)"
            : "update training_exemptions set ended_at = @Now where id = any(@ids)", new { ids = waiting.Select(row => row.Id).ToArray(), user.AccountId, work.Now }, ct);
        if (approves)
        {
            await TrainingMails.SettleAsync(work, [.. waiting.Select(row => row.Roster)], ct);
        }
        await ApprovalMails.SettleExemptionsAsync(work, ct);
        await work.ActManyAsync(approves ? "training.exempted" : "training.exemptionDeclined", [.. waiting.Select(row => Subject(row.Roster))], ct: ct);
        await work.CommitAsync(ct);
        return waiting.Count;
    }

    /// <summary>What waits for a decision, for those who may decide.</summary>
    public async Task<IReadOnlyList<Exemption>> WaitingAsync(CurrentUser user, long campaign, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<Exemption>("""
            select x.id, x.roster_id, r.employee_no, r.name, r.department, x.reason, x.detail, x.from_on, x.to_on, coalesce(p.name, a.name) as asked_by, x.at, x.asked_by as asked_account, r.person_id
            from training_exemptions x join training_roster r on r.id = x.roster_id and r.campaign_id = @campaign
            left join accounts a on a.id = x.asked_by left join people p on p.id = a.person_id
            where x.approved_at is null and x.ended_at is null and @may order by x.id limit 200
            """, new { campaign, may = PlanCampaign.MayApprove(user) }, ct);
    }

    /// <summary>Somebody's part of a campaign, in the trail and in notices.</summary>
    public static string Subject(long roster) => $"training:{roster}";
}
