using System.Security.Cryptography;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;

namespace AuditTracker.Notifications;

/// <summary>What became of a report.</summary>
/// <param name="Mail">The mail it is about; null: it was put aside.</param>
/// <param name="Reason">Why it was put aside.</param>
/// <param name="IsNew">False: the same one was read before, and nothing has changed.</param>
public sealed record BounceTaken(long? Mail, string? Action, string? Status, string? Reason, bool IsNew);

/// <summary>
/// Reads one report of a mail server into the ledger. A mail that is reported as not delivered has failed, whatever was thought of it, and waits for a person; it is
/// never tried again by itself.
/// </summary>
public sealed class TakeBounce(Db db)
{
    /// <summary>The longest message that is looked at, bytes.</summary>
    public const int Longest = 5 << 20;

    /// <param name="name">The file's name; empty for the API.</param>
    /// <param name="message">The whole of it; null: it was too large to be read.</param>
    public async Task<BounceTaken> RunAsync(Actor actor, string name, byte[]? message, string sha256, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(actor, ct);
        if (await FindAsync(work, sha256, ct) is { } known)
        {
            return known;
        }
        var (report, reason) = Read(message);
        var mail = report is null ? null : await work.FirstAsync<long?>("""
            select m.id from unnest(@ids) with ordinality as given (id, place) join mails m on m.message_id = given.id order by given.place limit 1
            """, new { ids = report.MessageIds.Where(id => !id.Contains('\0')).ToArray() }, ct);
        reason ??= mail is null ? "It is about no mail of ours." : null;
        var isNew = await work.ExecuteAsync("""
            insert into mail_reports (sha256, name, read_at, mail_id, action, status, diagnostic, recipient, reason)
            values (@sha256, @name, @Now, @mail, @Action, @status, @diagnostic, @recipient, @reason) on conflict (sha256) do nothing
            """, new { sha256, name, work.Now, mail, report?.Action, status = Kept(report?.Status), diagnostic = Kept(report?.Diagnostic), recipient = Kept(report?.Recipient), reason }, ct) == 1;
        if (isNew && mail is not null && report!.Action == "failed")
        {
            await work.AnnounceAsync(Announcement.MailFailed(mail.Value), ct);
            await work.ExecuteAsync("""
                update mails set state = 'failed', bounced_at = @Now, reply = @reply, fault = @fault, finished_at = @Now, lease_until = null, not_before = null
                where id = @mail and state in ('accepted', 'unknown', 'sending', 'deferred')
                """, new { mail, work.Now, reply = Kept($"{report.Status} {report.Diagnostic}".Trim()), fault = report.IsAboutRecipient ? "recipient" : "mail" }, ct);
        }
        await work.CommitAsync(ct);
        return new BounceTaken(mail, report?.Action, Kept(report?.Status), reason, isNew);
    }

    /// <summary>Of what lies in a file, however long.</summary>
    public static async Task<string> HashAsync(Stream content, CancellationToken ct) => Convert.ToHexStringLower(await SHA256.HashDataAsync(content, ct));

    private static Task<BounceTaken?> FindAsync(UnitOfWork work, string sha256, CancellationToken ct) =>
        work.FirstAsync<BounceTaken>("select mail_id as mail, action, status, reason, false as is_new from mail_reports where sha256 = @sha256", new { sha256 }, ct);

    private static (DeliveryReport?, string? Reason) Read(byte[]? message)
    {
        if (message is null)
        {
            return (null, $"It has more than {Longest} bytes.");
        }
        try
        {
            return (DeliveryReport.Read(message), null);
        }
        catch (Exception problem) when (problem is FormatException or ArgumentException)
        {
            return (null, Kept(problem.Message));
        }
    }

    private static string? Kept(string? text) => text is null ? null : SmtpReply.Kept(text);
}
