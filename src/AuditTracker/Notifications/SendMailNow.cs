using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Notifications;

/// <summary>Lets one person's mail of the day leave with the next tick, also outside the window. It stays one a day.</summary>
public sealed class SendMailNow(Db db)
{
    /// <exception cref="NotFound">No such mail, or the caller is no compliance manager.</exception>
    /// <exception cref="Refusal">It is not waiting, holds nothing, or the person's mail of today has left.</exception>
    public async Task RunAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var mail = await work.FirstAsync<Waiting>("""
            select m.state in ('queued', 'deferred') as waits,
                exists (select from notices n where n.closed_at is null and (n.mail_id = m.id or m.kind = 'daily' and n.mail_id is null and n.person_id = m.person_id)) as has_notices,
                m.kind = 'daily' and exists (select from mails o where o.person_id = m.person_id and o.kind = 'daily' and o.id <> m.id and o.sent_on = @Today) as left_today
            from mails m where m.id = @id and @may for update of m
            """, new { id, work.Today, may = user.Is(Role.ComplianceManager) }, ct) ?? throw new NotFound();
        if (!mail.Waits)
        {
            throw Refusal.Of<Words>("NotWaiting");
        }
        if (!mail.HasNotices)
        {
            throw Refusal.Of<Words>("NothingToTell");
        }
        if (mail.LeftToday)
        {
            throw Refusal.Of<Words>("LeftToday");
        }
        await work.ExecuteAsync("update mails set not_before = @Now where id = @id", new { id, work.Now }, ct);
        await work.ActAsync("mail.sendNow", $"mail:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    private sealed record Waiting(bool Waits, bool HasNotices, bool LeftToday);
}
