using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Dapper;
using Npgsql;

namespace AuditTracker.Notifications;

/// <summary>One notice from being told to being settled.</summary>
/// <param name="Title">What it is about; null: it has no thing.</param>
/// <param name="ToldAt">When it was put into the person's next mail.</param>
/// <param name="HandedAt">When a server took the mail.</param>
/// <param name="Via">Which way the mail took, and what was answered to the last attempt.</param>
/// <param name="Earlier">What was answered to the mails that this one was sent again for, one a line; null: it is the first.</param>
/// <param name="OpenedAt">When its person first came by the mail's link and was known.</param>
public sealed record LedgerLine(
    long Id, string Template, string Subject, string ToName, string? ToAddress, string? Title, DateOnly? DueOn, DateTime ToldAt, long? MailId, string? State, DateTime? HandedAt, string? Via, string? Reply,
    string? Earlier, DateTime? BouncedAt, DateTime? OpenedAt, DateTime? ClosedAt, string Place);

/// <summary>How often somebody was reminded of a matter, and when a server took each reminder that is not known to have been lost.</summary>
public sealed record Reminded(IReadOnlyList<DateTime> At);

/// <summary>
/// Who was told what, when, and what became of it; for compliance managers and internal auditors. It holds no mail's text: what was said of which matter, by which way, and the other side's words.
/// </summary>
public sealed class NoticeLedger(Db db)
{
    public static readonly ListOrder Newest = new("when", new SortKey("n.id")) { IsNewestFirst = true };

    private const string Lines = """
        select n.id, n.template, n.subject, coalesce(m.to_name, p.name, '') as to_name, coalesce(m.to_address, p.email) as to_address, n.due_on, n.created_at as told_at, n.mail_id, m.state,
               h.at as handed_at, a.via, a.reply, b.earlier, m.bounced_at, n.opened_at, n.closed_at, n.model::text as model
        """;

    private const string From = """
        from notices n left join people p on p.id = n.person_id left join mails m on m.id = n.mail_id
        left join lateral (
            select at from mail_attempts where mail_id = m.id and (outcome = 'accepted' or outcome = 'unknown' and m.state = 'accepted') order by outcome, id limit 1) h on true
        left join lateral (select via, reply from mail_attempts where mail_id = m.id order by id desc limit 1) a on true
        left join lateral (
            with recursive before as (
                select e.id, e.resend_of, e.reply from mails e where e.id = m.resend_of
                union all select e.id, e.resend_of, e.reply from mails e join before on e.id = before.resend_of)
            select string_agg(reply, chr(10) order by id) as earlier from before) b on true
        """;

    private const string Where = "where @sees and (@about::text is null or n.subject = @about) and (@template::text is null or n.template = @template)";

    public static bool Sees(CurrentUser user) => user.IsAny(Role.ComplianceManager, Role.InternalAuditor);

    /// <param name="about">As in the trail: <c>collection:12</c>; null: all.</param>
    public async Task<ListPage<LedgerLine>> ListAsync(CurrentUser user, string? about, string? template, ListSlice slice, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = new Dictionary<string, object?> { ["sees"] = Sees(user), ["about"] = about, ["template"] = template, ["limit"] = slice.Limit };
        var rows = await connection.ListAsync<Row>($"{Lines}, {slice.Order.Place} as place {From} {Where} {slice.Behind(parameters)} order by {slice.OrderBy} limit @limit", parameters, ct);
        var page = slice.Page(rows, row => row.Place);
        var context = await ContextAsync(connection, ct);
        return new ListPage<LedgerLine>([.. page.Rows.Select(row => Line(row, context))], page.Before, page.After);
    }

    public async Task<long> CountAsync(CurrentUser user, string? about, string? template, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select from notices n {Where} limit {Platform.Web.ListQuery.Cap}) counted", new { sees = Sees(user), about, template }, ct);
    }

    /// <summary>Every line in the list's order, read as they are taken.</summary>
    public async IAsyncEnumerable<LedgerLine> AllAsync(CurrentUser user, string? about, string? template, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var context = await ContextAsync(connection, ct);
        await foreach (var row in connection.QueryUnbufferedAsync<Row>($"{Lines}, '' as place {From} {Where} order by {slice.OrderBy}", new { sees = Sees(user), about, template }).WithCancellation(ct))
        {
            yield return Line(row, context);
        }
    }

    /// <summary>
    /// When servers took mails that reminded of a matter; null: the reader may not know. The first word (opened) is no reminder, nor is a mail that came back; one of unknown ending is
    /// once somebody has said that it arrived.
    /// </summary>
    public async Task<Reminded?> RemindedAsync(CurrentUser user, string about, CancellationToken ct)
    {
        if (!Sees(user))
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        return new Reminded(await connection.ListAsync<DateTime>($"""
            select h.at {From} where @sees and n.subject = @about and h.at is not null and m.state <> 'failed' and split_part(n.template, '/', 2) in ('collection-due-soon', 'collection-overdue', 'due-soon', 'overdue') order by h.at
            """, new { sees = Sees(user), about }, ct));
    }

    private static async Task<MailContext> ContextAsync(NpgsqlConnection connection, CancellationToken ct) => new(
        await CompanyStore.LoadAsync(connection, ct), await BusinessCalendars.LoadAsync(connection, ct), await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct),
        "", System.Globalization.CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en" ? "en" : "ja", "", Again: false);

    private static LedgerLine Line(Row row, MailContext context) => new(
        row.Id, row.Template, row.Subject, row.ToName, row.ToAddress, MailModel.TitleOf(new TellingNotice(row.Id, row.Template, row.Subject, 5, row.DueOn, row.Model), context), row.DueOn, row.ToldAt, row.MailId, row.State, row.HandedAt, row.Via,
        row.Reply, row.Earlier, row.BouncedAt, row.OpenedAt, row.ClosedAt, row.Place);

    private sealed record Row(
        long Id, string Template, string Subject, string ToName, string? ToAddress, DateOnly? DueOn, DateTime ToldAt, long? MailId, string? State, DateTime? HandedAt, string? Via, string? Reply,
        string? Earlier, DateTime? BouncedAt, DateTime? OpenedAt, DateTime? ClosedAt, string Model, string Place);
}
