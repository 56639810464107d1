using System.Text.Json;
using AuditTracker.Platform.Database;

namespace AuditTracker.Notifications;

/// <summary>Telling people, and closing what has settled itself, in the caller's transaction.</summary>
public static class Notices
{
    // Fixed when the mail is queued: an answer, a bounce and the ledger name the same mail.
    internal const string NewMessageId =
        "replace(gen_random_uuid()::text, '-', '') || '@' || coalesce(nullif(regexp_replace(split_part((select sender_address from company), '@', 2), '[^A-Za-z0-9.-]', '', 'g'), ''), 'localhost')";

    /// <summary>Puts a notice into the person's next mail. A key that was told before is left alone.</summary>
    /// <returns>How many are new: 0 or 1.</returns>
    public static Task<int> TellAsync(this UnitOfWork work, Notice notice, CancellationToken ct = default) => work.TellManyAsync([notice], ct);

    /// <summary>Like <see cref="TellAsync"/> for any number, in two statements.</summary>
    /// <returns>How many are new.</returns>
    public static async Task<int> TellManyAsync(this UnitOfWork work, IReadOnlyCollection<Notice> notices, CancellationToken ct = default)
    {
        var told = await InsertAsync(work, notices, ct);
        await QueueAsync(work, told.Select(row => row.PersonId!.Value).ToArray(), ct);
        return told.Count;
    }

    /// <summary>
    /// Like <see cref="TellManyAsync"/> for a hundred thousand: the notices are made where the rows are, in one statement, and never leave the database.
    /// </summary>
    /// <param name="rows">A query of <c>key, template, person_id, subject, urgency, due_on, model</c> (<c>jsonb</c>); written by the room, nothing that a person typed.</param>
    /// <param name="parameters">Its parameters; <c>now</c> is added.</param>
    /// <returns>How many are new.</returns>
    public static Task<int> TellFromAsync(this UnitOfWork work, string rows, Dictionary<string, object?> parameters, CancellationToken ct = default)
    {
        parameters["now"] = work.Now;
        return work.FirstAsync<int>($"""
            with told as (
                insert into notices (key, template, person_id, subject, urgency, due_on, model, created_at)
                select n.key, n.template, n.person_id, n.subject, n.urgency, n.due_on, n.model, @now from ({rows}) n on conflict (key) do nothing returning person_id),
            queued as (
                insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at)
                select 'daily', p.id, p.name, p.email, p.language, 'queued', {NewMessageId}, @now from people p where p.id in (select person_id from told) order by p.id
                on conflict (person_id) where kind = 'daily' and state = 'queued' do nothing)
            select count(*)::int from told
            """, parameters, ct);
    }

    /// <summary>Sends a notice as a mail of its own with the next tick, at any hour: invitation, reset, security notice, test mail.</summary>
    /// <param name="to">The address when no person stands behind it; otherwise the mail goes to <see cref="Notice.PersonId"/>.</param>
    /// <returns>How many are new: 0 or 1.</returns>
    public static async Task<int> TellNowAsync(this UnitOfWork work, Notice notice, Recipient? to = null, CancellationToken ct = default)
    {
        if (to is null == notice.PersonId is null)
        {
            throw new ArgumentException("A mail at once goes to a person or to an address, not both.", nameof(to));
        }
        if (await InsertAsync(work, [notice], ct) is not [var told])
        {
            return 0;
        }
        return await work.ExecuteAsync($"""
            with mail as (
                insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at)
                select 'now', @PersonId, coalesce(p.name, @name), coalesce(p.email, @address), coalesce(p.language, @language), 'queued', {NewMessageId}, @Now
                from (select) as one left join people p on p.id = @PersonId
                returning id)
            update notices set mail_id = mail.id from mail where notices.id = @Id
            """, new { told.Id, notice.PersonId, name = to?.Name, address = to?.Address, language = to?.Language, work.Now }, ct);
    }

    /// <summary>Closes what was told, or still waits to be told, about a matter that is settled.</summary>
    /// <param name="templates">Only these mails; null: all.</param>
    /// <param name="personId">Only to this person; null: to everybody.</param>
    /// <returns>How many were open.</returns>
    public static Task<int> SettleAsync(this UnitOfWork work, string subject, string[]? templates = null, long? personId = null, CancellationToken ct = default) =>
        work.SettleManyAsync([subject], templates, personId, ct);

    /// <summary>Closes these notices and no other.</summary>
    public static Task<int> SettleKeysAsync(this UnitOfWork work, string[] keys, CancellationToken ct = default) =>
        work.ExecuteAsync("update notices set closed_at = @Now where key = any (@keys) and closed_at is null", new { keys, work.Now }, ct);

    /// <summary>Like <see cref="SettleAsync"/> for any number of subjects.</summary>
    public static Task<int> SettleManyAsync(this UnitOfWork work, string[] subjects, string[]? templates = null, long? personId = null, CancellationToken ct = default) =>
        work.ExecuteAsync("""
            update notices set closed_at = @Now
            where subject = any(@subjects) and closed_at is null
              and (@templates::text[] is null or template = any(@templates)) and (@personId::bigint is null or person_id = @personId)
            """, new { subjects, templates, personId, work.Now }, ct);

    /// <summary>Somebody came by the secret link of a mail and was let in by it: that mail about the matter counts as opened, once.</summary>
    /// <param name="notice">Which one the link was made for; null: not known, the newest.</param>
    public static Task FollowedAsync(this UnitOfWork work, string subject, long personId, long? notice, CancellationToken ct = default) => work.ExecuteAsync("""
        update notices set opened_at = @Now, read_at = coalesce(read_at, @Now)
        where id = coalesce(@notice, (select max(n.id) from notices n where n.subject = @subject and n.person_id = @personId and n.mail_id is not null))
          and subject = @subject and person_id = @personId and opened_at is null
        """, new { subject, personId, notice, work.Now }, ct);

    /// <summary>Opens again what was closed at an instant and never mailed: what closed it was taken back.</summary>
    public static async Task ReopenAsync(this UnitOfWork work, string[] subjects, DateTime closedAt, CancellationToken ct = default) =>
        await QueueAsync(work, [.. await work.QueryAsync<long>("""
            update notices set closed_at = null where subject = any(@subjects) and closed_at = @closedAt and mail_id is null and person_id is not null returning person_id
            """, new { subjects, closedAt }, ct)], ct);

    /// <summary>Gives each of these people a waiting mail of the day unless they have one.</summary>
    internal static Task QueueAsync(UnitOfWork work, long[] people, CancellationToken ct) => work.ExecuteAsync($"""
        insert into mails (kind, person_id, to_name, to_address, language, state, message_id, created_at)
        select 'daily', id, name, email, language, 'queued', {NewMessageId}, @Now from people where id = any(@people) order by id
        on conflict (person_id) where kind = 'daily' and state = 'queued' do nothing
        """, new { people, work.Now }, ct);

    private static Task<IReadOnlyList<Told>> InsertAsync(UnitOfWork work, IReadOnlyCollection<Notice> notices, CancellationToken ct) =>
        work.QueryAsync<Told>("""
            insert into notices (key, template, person_id, subject, urgency, due_on, model, created_at)
            select key, template, person_id, subject, urgency, due_on, model::jsonb, @Now
            from unnest(@keys, @templates, @people, @subjects, @urgencies, @dues, @models) as n (key, template, person_id, subject, urgency, due_on, model)
            on conflict (key) do nothing
            returning id, person_id
            """, new
        {
            work.Now,
            keys = notices.Select(notice => notice.Key).ToArray(),
            templates = notices.Select(notice => notice.Template).ToArray(),
            people = notices.Select(notice => notice.PersonId).ToArray(),
            subjects = notices.Select(notice => notice.Subject).ToArray(),
            urgencies = notices.Select(notice => (int)notice.Urgency).ToArray(),
            dues = notices.Select(notice => notice.DueOn).ToArray(),
            models = notices.Select(notice => JsonSerializer.Serialize(notice.Model)).ToArray(),
        }, ct);

    private sealed record Told(long Id, long? PersonId);
}
