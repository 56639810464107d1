using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Training;

/// <summary>
/// Job: on its opening day an approved campaign freezes its roster in one statement, explains who is on leave, and tells everybody else. A campaign and
/// its notices are one transaction: killed anywhere, the next run begins it again.
/// </summary>
public sealed class StartCampaigns(Db db)
{
    /// <returns>How many people were told.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var told = 0;
        while (true)
        {
            await using var work = await db.BeginAsync(Actor.Job(nameof(StartCampaigns)), ct);
            var id = await work.FirstAsync<long?>("""
                update training_campaigns set state = 'running', started_at = @Now, version = version + 1
                where id = (select id from training_campaigns where state = 'approved' and opens_on <= @Today order by opens_on, id limit 1 for update skip locked) returning id
                """, new { work.Now, work.Today }, ct);
            if (id is not { } started)
            {
                return told;
            }
            var campaign = (await CampaignStore.OfAsync(work, started, ct))!;
            var people = 0;
            if (!campaign.IsForJoiners)
            {
                people = await AudienceStore.FreezeAsync(work, campaign, await AudienceStore.OfAsync(work.Connection, started, ct), ct);
                await work.ExecuteAsync("""
                    insert into training_exemptions (roster_id, reason, from_on, to_on, at, approved_at)
                    select r.id, 'leave', l.from_on, l.to_on, @Now, @Now from training_roster r join leaves l on l.person_id = r.person_id and @Today between l.from_on and coalesce(l.to_on, 'infinity')
                    where r.campaign_id = @started on conflict do nothing
                    """, new { started, work.Now, work.Today }, ct);
                told += await TrainingMails.TellOpenedAsync(work, campaign, null, ct);
            }
            await work.AnnounceAsync(new Announcement("training.started", PlanCampaign.Subject(started), campaign.Title, $"/training/campaigns/{started}") { DueOn = campaign.DueOn }, ct);
            await work.ActAsync("training.started", PlanCampaign.Subject(started), new Dictionary<string, string?> { ["count"] = $"{people}" }, ct: ct);
            await work.CommitAsync(ct);
        }
    }
}
