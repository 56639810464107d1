using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Notifications;

/// <summary>
/// Lets mails leave again after a restore. What waited when the backup was taken may have been sent by the installation that was lost; nobody can know, so
/// somebody says what becomes of it.
/// </summary>
public sealed class ReleaseMails(Db db)
{
    /// <exception cref="NotFound">The caller is no administrator.</exception>
    /// <exception cref="Refusal">Nothing is held.</exception>
    public Task<int> RunAsync(CurrentUser user, bool send, CancellationToken ct) => user.Is(Role.Administrator) ? RunAsync(Actor.Of(user), send, ct) : throw new NotFound();

    /// <param name="send">True: what waited is sent, and may arrive twice. False: each is set to unknown, for a compliance manager to decide.</param>
    /// <returns>How many mails were set to unknown.</returns>
    public async Task<int> RunAsync(Actor actor, bool send, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(actor, ct);
        if (await work.FirstAsync<Hold>("select mail_held_from as from_at from installation where mail_held_at is not null for update", ct: ct) is not { } hold)
        {
            throw Refusal.Of<Words>("MailsNotHeld");
        }
        var settled = send ? 0 : await SettleAsync(work, hold.FromAt, ct);
        await work.ExecuteAsync("update installation set mail_held_at = null, mail_held_from = null", ct: ct);
        await work.ActAsync("mail.released", "mails", new Dictionary<string, string?> { ["waiting"] = send ? "send" : "settle" }, ct: ct);
        await work.CommitAsync(ct);
        return settled;
    }

    private static Task<int> SettleAsync(UnitOfWork work, DateTime from, CancellationToken ct) => work.FirstAsync<int>("""
        with waited as (
            update mails set state = 'unknown', reply = @reply, lease_until = null, finished_at = @Now
            where state in ('queued', 'deferred', 'sending') and created_at <= @from returning id, kind, person_id),
        told as (
            update notices n set mail_id = w.id from waited w
            where w.kind = 'daily' and n.person_id = w.person_id and n.mail_id is null and n.closed_at is null and n.created_at <= @from),
        said as (insert into mail_attempts (mail_id, at, outcome, reply) select id, @Now, 'unknown', @reply from waited returning 1)
        select count(*)::int from said
        """, new { from, work.Now, reply = "It waited when the backup was taken; the installation that was lost may have sent it." }, ct);

    private sealed record Hold(DateTime FromAt);
}
