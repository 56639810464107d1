using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Notifications;

/// <summary>A person decides about a mail that nobody can know the ending of, or that was turned away for good.</summary>
public sealed class ResolveMail(Db db)
{
    /// <summary>The mail of unknown ending did arrive.</summary>
    /// <exception cref="NotFound">No such mail, or the caller is no compliance manager.</exception>
    /// <exception cref="Refusal">It is not of unknown ending, or was sent again.</exception>
    public async Task ArrivedAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await LockAsync(work, user, id, [MailState.Unknown], ct);
        await work.ExecuteAsync("update mails set state = 'accepted', finished_at = @Now where id = @id", new { id, work.Now }, ct);
        await work.ActAsync("mail.arrived", $"mail:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Sends what is still open of it again, as a new mail that says so, with the next tick.</summary>
    /// <returns>The new mail's id.</returns>
    /// <exception cref="NotFound">No such mail, or the caller is no compliance manager.</exception>
    /// <exception cref="Refusal">It is neither unknown nor failed, was sent again before, or nothing of it is open.</exception>
    public async Task<long> SendAgainAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await LockAsync(work, user, id, [MailState.Unknown, MailState.Failed], ct);
        var again = await work.FirstAsync<long>($"""
            insert into mails (kind, person_id, to_name, to_address, language, state, message_id, resend_of, created_at)
            select 'now', person_id, to_name, to_address, language, 'queued', {Notices.NewMessageId}, id, @Now from mails where id = @id returning id
            """, new { id, work.Now }, ct);
        if (await work.ExecuteAsync("update notices set mail_id = @again where mail_id = @id and closed_at is null", new { id, again }, ct) == 0)
        {
            throw Refusal.Of<Words>("NothingToTell");
        }
        await work.ActAsync("mail.sentAgain", $"mail:{id}", new Dictionary<string, string?> { ["again"] = $"mail:{again}" }, ct: ct);
        await work.CommitAsync(ct);
        return again;
    }

    private static async Task LockAsync(UnitOfWork work, CurrentUser user, long id, MailState[] states, CancellationToken ct)
    {
        var mail = await work.FirstAsync<Ended>("""
            select state, exists (select from mails r where r.resend_of = m.id) as was_sent_again from mails m where id = @id and @may for update of m
            """, new { id, may = user.Is(Role.ComplianceManager) }, ct) ?? throw new NotFound();
        if (mail.WasSentAgain || !states.Any(state => state.ToString().Equals(mail.State, StringComparison.OrdinalIgnoreCase)))
        {
            throw Refusal.Of<Words>("AlreadyDecided");
        }
    }

    private sealed record Ended(string State, bool WasSentAgain);
}
