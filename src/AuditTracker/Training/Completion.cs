using AuditTracker.Platform.Database;

namespace AuditTracker.Training;

/// <summary>What ends in the transaction in which somebody completes: their notices, links, open test, and what waits to be decided about them.</summary>
internal static class Completion
{
    public static async Task SettleAsync(UnitOfWork work, Campaign campaign, IReadOnlyList<long> rosters, CancellationToken ct)
    {
        await TrainingMails.SettleAsync(work, rosters, ct);
        await work.ExecuteAsync("update training_links set revoked_at = @now where roster_id = any(@ids) and revoked_at is null", new { ids = rosters.ToArray(), now = DateTime.UtcNow }, ct);
        if (await work.ExecuteAsync("update training_exemptions set ended_at = @Now where roster_id = any(@ids) and ended_at is null", new { ids = rosters.ToArray(), work.Now }, ct) > 0)
        {
            await ApprovalMails.SettleExemptionsAsync(work, ct);
        }
        await TrainingMails.SettleFinishedAsync(work, campaign.Id, ct);
    }
}
