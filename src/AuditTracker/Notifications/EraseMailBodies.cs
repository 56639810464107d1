using AuditTracker.Platform.Database;

namespace AuditTracker.Notifications;

/// <summary>Erases what mails said once they are long handed over; who got one when, and how it ended, stays in the ledger.</summary>
public sealed class EraseMailBodies(Db db, Settings settings)
{
    /// <returns>How many were erased.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(EraseMailBodies)), ct);
        // A mail that somebody sent themselves to look at keeps its text in the notice too.
        var rows = await work.FirstAsync<int>("""
            with erased as (
                update mails set subject = null, body_text = null, body_html = null, bodies_erased_at = @Now
                where bodies_erased_at is null and state in ('accepted', 'failed', 'unknown') and finished_at < @Now - make_interval(days => @days) returning id),
            looked as (
                update notices n set model = n.model - '{said,saidText,saidHtml}'::text[] from erased where n.mail_id = erased.id and n.template = 'notifications/preview' returning n.id)
            select count(*)::int from erased
            """, new { work.Now, days = settings.MailBodyDays }, ct);
        await work.CommitAsync(ct);
        return rows;
    }
}
