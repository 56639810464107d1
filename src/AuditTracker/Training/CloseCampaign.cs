using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>Writing a campaign's report once everybody is completed or explained, and closing it by another person's approval. Closing files the evidence in the same transaction.</summary>
public sealed class CloseCampaign(Db db, CourseStore courses)
{
    /// <summary>Which report Reports builds of a closed campaign.</summary>
    public const string Report = "training";

    /// <summary>Writes or rewrites the report with how well it worked.</summary>
    /// <exception cref="Refusal">Somebody is left unexplained.</exception>
    public async Task ReportAsync(CurrentUser user, long id, string report, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var campaign = await CampaignStore.LockAsync(work, user, id, user.Is(Role.ComplianceManager), ct) ?? throw new NotFound();
        campaign.ReportOn(await Standings.NumbersAsync(work, id, ct), report);
        await work.ExecuteAsync("update training_campaigns set state = 'reported', report = @report, reported_by = @AccountId, reported_at = @Now, version = version + 1 where id = @id", new { id, report = report.Trim(), user.AccountId, work.Now }, ct);
        await ApprovalMails.SettleReportAsync(work, id, ct);
        await ApprovalMails.TellReportAsync(work, user, campaign, ct);
        await work.ActAsync("training.reported", PlanCampaign.Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Takes the campaign up again: there was more to do.</summary>
    /// <exception cref="Refusal">Not reported, or another campaign for joiners has begun since.</exception>
    public async Task GoOnAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var campaign = await CampaignStore.LockAsync(work, user, id, PlanCampaign.MayApprove(user), ct) ?? throw new NotFound();
        if (campaign.State != "reported")
        {
            throw Refusal.Of<Words>("NotReported");
        }
        try
        {
            await work.ExecuteAsync("update training_campaigns set state = 'running', version = version + 1 where id = @id", new { id }, ct);
        }
        catch (Npgsql.PostgresException problem) when (problem.ConstraintName == "training_campaigns_one_for_joiners")
        {
            throw Refusal.Of<Words>("OneForJoiners");
        }
        // Who came back from leave meanwhile may not have heard of it at all.
        await TrainingMails.TellOpenedAsync(work, campaign, null, ct);
        await ApprovalMails.SettleReportAsync(work, id, ct);
        await work.ActAsync("training.reportReturned", PlanCampaign.Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Approves the report: nothing is told or taken any more, and the workbook is filed under the items it serves.</summary>
    public async Task ApproveAsync(CurrentUser user, long id, CancellationToken ct = default)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var campaign = await CampaignStore.LockAsync(work, user, id, PlanCampaign.MayApprove(user), ct) ?? throw new NotFound();
        campaign.Close(user.AccountId, await Standings.NumbersAsync(work, id, ct));
        await work.ExecuteAsync("""
            update training_campaigns set state = 'closed', closed_by = @AccountId, closed_at = @Now, version = version + 1 where id = @id;
            update training_links set revoked_at = clock_timestamp() where revoked_at is null and roster_id in (select id from training_roster where campaign_id = @id);
            """, new { id, user.AccountId, work.Now }, ct);
        await TrainingMails.SettleCampaignAsync(work, id, ct);
        await ApprovalMails.SettleReportAsync(work, id, ct);
        await ApprovalMails.SettleExemptionsAsync(work, ct);
        var course = await courses.FindAsync(campaign.Course, campaign.CourseVersion, ct);
        await FileReport.RunAsync(work, campaign.ReportedAccount!.Value, Report, PlanCampaign.Subject(id), campaign.Title, work.Now, course?.Items ?? [], ct);
        await work.AnnounceAsync(new Announcement("training.closed", PlanCampaign.Subject(id), campaign.Title, $"/training/campaigns/{id}"), ct);
        await work.ActAsync("training.closed", PlanCampaign.Subject(id), ct: ct);
        await work.CommitAsync(ct);
    }
}
