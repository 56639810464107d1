using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;

namespace AuditTracker.Notifications;

/// <summary>The way out in use: a mail that an ended worker was sending is repeated only by the way it was on.</summary>
public sealed record MailRoute(string Via, bool CanRepeat);

/// <summary>The mails that are due, and what became of them. Due rows are the queue; any number of workers may take from it.</summary>
public sealed class MailQueue(Db db)
{
    /// <summary>How long one attempt may hold a mail, by the system's clock.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(5);

    // What may leave now. A mail without open notices never does. One that was turned away takes what came since, so that a person still
    // gets one mail a day; one whose worker died is repeated as it was. "Send now" holds for the day on which it was said.
    // After a restore nothing does until somebody has said so (ReleaseMails).
    private const string Due = """
        (select mail_held_at is null from installation) and
        (m.state = 'sending' and m.lease_until < clock_timestamp() and @canRepeat and coalesce(m.via = @Via, true)
         or m.kind = 'now' and m.state in ('queued', 'deferred') and coalesce(m.not_before <= @now, true)
            and exists (select from notices n where n.mail_id = m.id and n.closed_at is null)
         or m.kind = 'daily' and m.state in ('queued', 'deferred') and coalesce(m.not_before <= @now, true)
            and (@open or m.not_before is not null and (m.state = 'deferred' or tokyo_date(m.not_before) = @today))
            and exists (select from notices n where n.person_id = m.person_id and n.closed_at is null and (n.mail_id is null or n.mail_id = m.id))
            and not exists (select from mails o where o.person_id = m.person_id and o.kind = 'daily' and o.id <> m.id and o.sent_on = @today)
            and not exists (select from mails o where o.person_id = m.person_id and o.kind = 'daily' and o.id <> m.id and o.sent_on is not null
                            and (o.state = 'sending' or m.state = 'queued' and o.state = 'deferred'))
            and not exists (select from people p where p.id = m.person_id and p.left_on < @today))
        """;

    /// <summary>The next mails that are due, mails at once first.</summary>
    /// <param name="seen">Mails this run has passed over.</param>
    public async Task<IReadOnlyList<long>> DueAsync(DateTime now, DateOnly today, bool open, MailRoute route, long[] seen, int limit, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<long>($"""
            select m.id from mails m where m.state in ('queued', 'sending', 'deferred') and m.id <> all(@seen) and {Due}
            order by m.kind = 'now' desc, m.id limit @limit
            """, new { now, today, open, route.CanRepeat, route.Via, seen, limit }, ct);
    }

    /// <summary>Takes one mail by a conditional update; null when another worker has it or it is no longer due.</summary>
    internal static Task<ClaimedMail?> ClaimAsync(UnitOfWork work, long id, bool open, MailRoute route, CancellationToken ct) => work.FirstAsync<ClaimedMail>($"""
        with before as (
            select m.id, m.state, p.name, p.email, p.language from mails m left join people p on p.id = m.person_id
            where m.id = @id and {Due} for update of m skip locked)
        update mails set state = 'sending', attempts = attempts + 1, claimed_at = @now, via = @Via, fault = null, lease_until = clock_timestamp() + @Lease, finished_at = null,
            sent_on = case when kind = 'now' then null when before.state = 'sending' then sent_on else @today end,
            to_name = coalesce(before.name, to_name), to_address = coalesce(before.email, to_address), language = coalesce(before.language, mails.language)
        from before where mails.id = before.id
        returning mails.id, kind, person_id, to_name, to_address, mails.language, message_id, attempts, resend_of is not null as is_resend, before.state = 'sending' as was_abandoned
        """, new { id, now = work.Now, today = work.Today, open, route.CanRepeat, route.Via, Lease }, ct);

    /// <summary>
    /// What the claimed mail tells: its open notices, with those that wait when it is the mail of the day. An abandoned mail is repeated as
    /// it was. Notices that another operation holds are left for the next mail; waiting for it could lock both out.
    /// </summary>
    internal static async Task<IReadOnlyList<TellingNotice>> TakeNoticesAsync(UnitOfWork work, ClaimedMail mail, CancellationToken ct)
    {
        if (mail is { IsOfTheDay: true, WasAbandoned: false })
        {
            await work.ExecuteAsync("""
                update notices set mail_id = @Id where id in (
                    select id from notices where person_id = @PersonId and mail_id is null and closed_at is null for update skip locked)
                """, mail, ct);
        }
        return await work.QueryAsync<TellingNotice>("""
            select id, template, subject, urgency, due_on, model::text as model from notices
            where mail_id = @Id and (closed_at is null or @WasAbandoned) order by id
            """, mail, ct);
    }

    /// <summary>Keeps what is about to be sent, secrets masked.</summary>
    internal static Task KeepAsync(UnitOfWork work, long id, WrittenMail written, CancellationToken ct) => work.ExecuteAsync(
        "update mails set subject = @Subject, body_text = @Text, body_html = @Html, bodies_erased_at = null where id = @id", new { id, written.Subject, written.Text, written.Html }, ct);

    /// <summary>Writes down how an attempt ended; the attempt stays in the ledger even when the mail has moved on since.</summary>
    /// <param name="retryAt">For a deferred mail: when it is tried again.</param>
    /// <param name="fault">Whose matter a refusal is.</param>
    /// <returns>Whether this was the mail's latest attempt, and it ended so.</returns>
    internal static async Task<bool> EndAsync(UnitOfWork work, ClaimedMail mail, MailState state, string reply, string via, MailFault? fault, DateTime? retryAt, CancellationToken ct) => await work.ExecuteAsync("""
        insert into mail_attempts (mail_id, at, outcome, reply, via) values (@Id, @Now, @state, @reply, @via);
        update mails set state = @state, reply = @reply, fault = @fault, not_before = coalesce(@retryAt, not_before), lease_until = null,
            finished_at = case when @state = 'deferred' then null else @Now end
        where id = @Id and attempts = @Attempts and state in ('sending', 'unknown')
        """, new { mail.Id, mail.Attempts, work.Now, state = state.ToString().ToLowerInvariant(), reply, via, fault = fault?.ToString().ToLowerInvariant(), retryAt }, ct) > 1;

    /// <summary>
    /// Before a run: people with waiting notices get a waiting mail (one may have been taken by a worker while its notice was being written),
    /// and a mail whose worker died on a way out that cannot be repeated becomes unknown: a person decides.
    /// </summary>
    public async Task TidyAsync(UnitOfWork work, MailRoute route, CancellationToken ct)
    {
        const string reply = "The worker ended while it was sending.";
        var people = await work.QueryAsync<long>("""
            select distinct person_id from notices n where mail_id is null and closed_at is null and person_id is not null
              and not exists (select from mails m where m.person_id = n.person_id and m.kind = 'daily' and m.state = 'queued')
            """, ct: ct);
        if (people.Count > 0)
        {
            await Notices.QueueAsync(work, [.. people], ct);
        }
        var lost = await work.QueryAsync<(long Id, string? Via)>("""
            update mails set state = 'unknown', reply = @reply, lease_until = null, finished_at = @Now
            where state = 'sending' and lease_until < clock_timestamp() and not (@CanRepeat and coalesce(via = @Via, true)) returning id, via
            """, new { reply, work.Now, route.CanRepeat, route.Via }, ct);
        foreach (var mail in lost)
        {
            await work.ExecuteAsync("insert into mail_attempts (mail_id, at, outcome, reply, via) values (@Id, @Now, 'unknown', @reply, coalesce(@Via, ''))", new { mail.Id, mail.Via, work.Now, reply }, ct);
            await work.AnnounceAsync(Announcement.MailFailed(mail.Id), ct);
        }
    }
}
