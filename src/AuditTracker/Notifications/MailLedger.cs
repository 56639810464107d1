using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Platform.Templates;
using Dapper;
using Npgsql;

namespace AuditTracker.Notifications;

/// <summary>One mail in the list. What it says is null for administrators, and when it is not written yet or erased.</summary>
/// <param name="At">When it was last taken up for sending; null while it waits for the first time.</param>
/// <param name="LeavesAt">For a waiting mail: when it goes out.</param>
/// <param name="Notices">How many notices it holds.</param>
/// <param name="Place">Its place in the list it was read for.</param>
public sealed record LedgerMail(
    long Id, string Kind, string State, string ToName, string ToAddress, string? Subject, string? Reply, DateTime? At, DateTime? LeavesAt, int Notices, bool IsResend, long? SentAgainAs, string Place)
{
    /// <summary>A person must decide what becomes of it.</summary>
    public bool IsUndecided => State is "unknown" or "failed" && SentAgainAs is null;
}

/// <summary>The orders of the ledger; the first is its own. Addresses never stand in an address: a place keeps ids and instants.</summary>
public static class MailOrders
{
    /// <summary>By when it was taken up for sending. What waits is yet to go, and comes first where the newest do.</summary>
    public static readonly ListOrder When = new("when",
        new("coalesce(m.claimed_at, 'infinity'::timestamptz)", "coalesce((extract(epoch from m.claimed_at) * 1000000)::bigint, 0)",
            "case when {0}::bigint = 0 then 'infinity'::timestamptz else 'epoch'::timestamptz + {0}::bigint * interval '1 microsecond' end"), new("m.id"))
    { IsNewestFirst = true };

    public static readonly ListOrder To = new("to", new("m.to_address", "m.id", "(select to_address from mails where id = {0})"), new("m.id"));

    public static readonly ListOrder[] All = [When, To];
}

/// <summary>What a mail holds or will hold.</summary>
/// <param name="Title">The name of the thing it is about; null where that has none.</param>
public sealed record LedgerNotice(string Template, string? Title, DateOnly? DueOn, DateTime CreatedAt, DateTime? OpenedAt, DateTime? ClosedAt, string? Link);

/// <summary>One attempt to hand a mail over, and the other side's answer word for word.</summary>
/// <param name="Via">The way it took; empty: from before ways had names, or it never left.</param>
public sealed record LedgerAttempt(DateTime At, string Outcome, string Reply, string Via);

/// <summary>What a mail server reported after it had taken the mail.</summary>
/// <param name="Action">failed, delayed, delivered, relayed or expanded.</param>
public sealed record LedgerReport(DateTime At, string Action, string Status, string Diagnostic);

/// <summary>One mail with everything that is kept of it.</summary>
/// <param name="Fault">Whose matter it is that it was not taken: recipient, mail or route; null: nobody's that we know.</param>
public sealed record LedgerRecord(LedgerMail Mail, string MessageId, string? Fault, string? Text, string? Html, DateTime? ErasedAt, long? ResendOf, IReadOnlyList<LedgerNotice> Notices, IReadOnlyList<LedgerAttempt> Attempts, IReadOnlyList<LedgerReport> Reports);

/// <summary>
/// The reads of /mails. Compliance managers see all of it; administrators see who got a mail and how it ended, not what it says; others
/// see nothing. A waiting mail without open notices is no mail yet and is not shown.
/// </summary>
public sealed class MailLedger(Db db, WriteMail writer, IEnumerable<SecretMail> secrets, Settings settings)
{
    private static string Mails(ListOrder? order = null) => $"""
        select m.id, m.kind, m.state, m.to_name, m.to_address, case when @bodies then m.subject end as subject, m.reply, m.claimed_at as at,
               m.not_before as leaves_at, held.notices, m.resend_of is not null as is_resend, (select r.id from mails r where r.resend_of = m.id limit 1) as sent_again_as, {order?.Place ?? "''"} as place
        from mails m cross join lateral (
            select (select count(*)::int from notices n where n.mail_id = m.id and (m.state <> 'queued' or n.closed_at is null))
                 + (select count(*)::int from notices n where m.kind = 'daily' and m.state in ('queued', 'deferred')
                        and n.person_id = m.person_id and n.mail_id is null and n.closed_at is null) as notices) held
        where @sees and (m.state <> 'queued' or held.notices > 0 and not exists (select from people p where p.id = m.person_id and p.left_on < @today))
        """;

    private const string InState = "(@state::text is null or m.state = @state and (m.state not in ('failed', 'unknown') or not exists (select from mails r where r.resend_of = m.id)))";

    /// <summary>How many the list has, at most one more than <see cref="Platform.Web.ListQuery.Exact"/>.</summary>
    public async Task<long> CountAsync(CurrentUser user, string? state, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"with today as (select tokyo_date(business_now()) as today) select count(*) from ({Mails().Replace("@today", "(select today from today)", StringComparison.Ordinal)} and {InState} limit {Platform.Web.ListQuery.Cap}) counted",
            new { bodies = false, sees = Sees(user), state }, ct);
    }

    /// <summary>Every mail of the list in its order, read as they are taken; the connection is held so long.</summary>
    public async IAsyncEnumerable<LedgerMail> AllAsync(CurrentUser user, string? state, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var (now, today) = await connection.FirstAsync<(DateTime, DateOnly)>("select now, tokyo_date(now) from business_now() as now", ct: ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        var window = await SendWindow.LoadAsync(connection, settings, ct);
        await foreach (var mail in connection.QueryUnbufferedAsync<LedgerMail>($"{Mails(slice.Order)} and {InState} order by {slice.OrderBy}",
            new { bodies = user.Is(Role.ComplianceManager), sees = Sees(user), today, state }).WithCancellation(ct))
        {
            yield return WithLeaving(mail, now, calendar, window);
        }
    }

    /// <param name="state">A state as the table spells it, or null; failed and unknown without those that were sent again.</param>
    public async Task<ListPage<LedgerMail>> ListAsync(CurrentUser user, string? state, ListSlice slice, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var (now, today) = await connection.FirstAsync<(DateTime, DateOnly)>("select now, tokyo_date(now) from business_now() as now", ct: ct);
        var parameters = new Dictionary<string, object?> { ["bodies"] = user.Is(Role.ComplianceManager), ["sees"] = Sees(user), ["today"] = today, ["state"] = state };
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        var found = await connection.ListAsync<LedgerMail>($"{Mails(slice.Order)} and {InState} {behind} order by {slice.OrderBy} limit @limit", parameters, ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        var window = await SendWindow.LoadAsync(connection, settings, ct);
        var page = slice.Page(found, mail => mail.Place);
        return page with { Rows = [.. page.Rows.Select(mail => WithLeaving(mail, now, calendar, window))] };
    }

    /// <summary>How many mails are in each state that is not over, and how many were handed over today.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountsAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var counts = await connection.ListAsync<(string State, int Count)>($"""
            with today as (select tokyo_date(business_now()) as today)
            select m.state, count(*)::int from mails m, today
            where @sees and (m.state in ('sending', 'deferred')
               or m.state in ('failed', 'unknown') and not exists (select from mails r where r.resend_of = m.id)
               or m.state = 'queued' and not exists (select from people p where p.id = m.person_id and p.left_on < today)
                  and (exists (select from notices n where n.mail_id = m.id and n.closed_at is null)
                    or m.kind = 'daily' and exists (select from notices n where n.person_id = m.person_id and n.mail_id is null and n.closed_at is null))
               or m.state = 'accepted' and m.claimed_at >= today::timestamp at time zone 'Asia/Tokyo')
            group by m.state
            """, new { sees = Sees(user) }, ct);
        return counts.ToDictionary(row => row.State, row => row.Count);
    }

    /// <summary>One mail; null when there is none or the caller may not see it.</summary>
    public async Task<LedgerRecord?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var (now, today) = await connection.FirstAsync<(DateTime, DateOnly)>("select now, tokyo_date(now) from business_now() as now", ct: ct);
        var may = new { id, today, bodies = user.Is(Role.ComplianceManager), sees = Sees(user) };
        if (await connection.FirstAsync<LedgerMail>($"{Mails()} and m.id = @id", may, ct) is not { } mail)
        {
            return null;
        }
        var body = await connection.FirstAsync<Body>("""
            select message_id, fault, case when @bodies then body_text end as text, case when @bodies then body_html end as html, bodies_erased_at as erased_at, resend_of from mails where id = @id and @sees
            """, may, ct);
        var notices = await connection.ListAsync<LedgerNotice>("""
            select n.template, n.model ->> 'title' as title, n.due_on, n.created_at, n.opened_at, n.closed_at, n.model ->> 'link' as link
            from notices n where @bodies and n.id in (
                select id from notices where mail_id = @id
                union all select w.id from mails m join notices w on w.person_id = m.person_id and w.mail_id is null and w.closed_at is null
                where m.id = @id and m.kind = 'daily' and m.state in ('queued', 'deferred'))
            order by n.urgency, n.due_on nulls last, n.id limit 200
            """, may, ct);
        var attempts = await connection.ListAsync<LedgerAttempt>("select at, outcome, reply, via from mail_attempts where mail_id = @id and @sees order by id desc limit 100", may, ct);
        var reports = await connection.ListAsync<LedgerReport>("select read_at as at, action, status, diagnostic from mail_reports where mail_id = @id and @sees order by id desc limit 100", may, ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        var window = await SendWindow.LoadAsync(connection, settings, ct);
        if (mail.State == "queued" && may.bodies && await PreviewAsync(connection, mail, today, calendar, ct) is { } preview)
        {
            mail = mail with { Subject = preview.Subject };
            body = body! with { Text = preview.Text, Html = preview.Html };
        }
        return new LedgerRecord(WithLeaving(mail, now, calendar, window), body!.MessageId, body.Fault, body.Text, body.Html, body.ErasedAt, body.ResendOf, notices, attempts, reports);
    }

    /// <summary>What a waiting mail would say if it left today, secrets masked; null when it cannot be written.</summary>
    private async Task<WrittenMail?> PreviewAsync(NpgsqlConnection connection, LedgerMail mail, DateOnly today, BusinessCalendar calendar, CancellationToken ct)
    {
        var language = await connection.FirstAsync<string>("select coalesce(p.language, m.language) from mails m left join people p on p.id = m.person_id where m.id = @Id", mail, ct);
        var notices = await connection.ListAsync<TellingNotice>("""
            select n.id, n.template, n.subject, n.urgency, n.due_on, n.model::text as model from notices n
            join mails m on m.id = @Id and (n.mail_id = m.id or m.kind = 'daily' and n.person_id = m.person_id and n.mail_id is null)
            where n.closed_at is null
            """, mail, ct);
        var context = new MailContext(await CompanyStore.LoadAsync(connection, ct), calendar, today, mail.ToName, language!, settings.PublicAddress, mail.IsResend);
        var masks = MaskedLinks.Of(secrets, notices);
        try
        {
            return notices.Count == 0 ? null : writer.Write(context, notices, masks);
        }
        catch (TemplateException)
        {
            return null;
        }
    }

    private static LedgerMail WithLeaving(LedgerMail mail, DateTime now, BusinessCalendar calendar, SendWindow window) => mail with
    {
        LeavesAt = mail switch
        {
            { State: "queued", Kind: "now" } => now,
            { State: "queued", LeavesAt: { } asked } when asked <= now && JapanTime.DateOf(asked) == JapanTime.DateOf(now) => now,
            { State: "queued" } => window.Next(now, calendar),
            { State: "deferred" } => mail.LeavesAt,
            _ => null,
        },
    };

    private static bool Sees(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.Administrator);

    private sealed record Body(string MessageId, string? Fault, string? Text, string? Html, DateTime? ErasedAt, long? ResendOf);
}
