using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Mail;
using AuditTracker.Platform.Telemetry;
using AuditTracker.Platform.Templates;

namespace AuditTracker.Notifications;

/// <summary>Hands over every mail that is due now, each once, and writes down what the other side said.</summary>
public sealed class SendMails(Db db, MailQueue queue, WriteMail writer, IMailTransport transport, IEnumerable<SecretMail> secrets, Settings settings, ILogger<SendMails> log)
{
    private SendWindow window = new(settings.SendFrom, settings.SendUntil);
    private readonly Dictionary<string, MintSecret> minters = secrets.ToDictionary(secret => secret.Template, secret => secret.Mint);

    /// <returns>How many were handed over.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var (company, calendar, now, today) = await BeginAsync(ct);
        var open = window.IsOpen(now, calendar);
        var seen = new List<long>();
        var accepted = 0;
        while (await queue.DueAsync(now, today, open, transport.CanRepeat, [.. seen], ct) is { Count: > 0 } due)
        {
            foreach (var id in due)
            {
                ct.ThrowIfCancellationRequested();
                try
                {
                    accepted += await SendAsync(id, open, company, calendar, ct) ? 1 : 0;
                }
                catch (Exception problem) when (problem is not OperationCanceledException and not Npgsql.NpgsqlException { IsTransient: true })
                {
                    // It stays as it was and is tried with the next run; the ones behind it must not wait for it.
                    log.LogError(problem, "Mail {Mail} could not be dealt with.", id);
                }
            }
            seen.AddRange(due);
        }
        return accepted;
    }

    private async Task<(CompanyProfile, BusinessCalendar, DateTime, DateOnly)> BeginAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), ct);
        await queue.TidyAsync(work, transport.CanRepeat, ct);
        window = await SendWindow.LoadAsync(work.Connection, settings, ct);
        var company = await CompanyStore.LoadAsync(work.Connection, ct);
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        await work.CommitAsync(ct);
        return (company, calendar, work.Now, work.Today);
    }

    private async Task<bool> SendAsync(long id, bool open, CompanyProfile company, BusinessCalendar calendar, CancellationToken ct)
    {
        if (await ClaimAsync(id, open, company, calendar, ct) is not ({ } claimed, { } mail))
        {
            return false;
        }
        // From here to the outcome nothing is given up half-way: a stopping worker waits for the mail it holds.
        using var patience = new CancellationTokenSource(MailQueue.Lease - TimeSpan.FromMinutes(1));
        SendResult result;
        try
        {
            result = await transport.SendAsync(mail, patience.Token);
        }
        catch (OperationCanceledException)
        {
            result = new SendResult.Deferred("No answer in time.");
        }
        catch (Exception problem)
        {
            log.LogError(problem, "Mail {Mail}: the transport broke.", id);
            result = new SendResult.Unknown(problem.Message);
        }
        await EndAsync(claimed, result, calendar);
        return result is SendResult.Accepted;
    }

    private async Task<(ClaimedMail?, OutgoingMail?)> ClaimAsync(long id, bool open, CompanyProfile company, BusinessCalendar calendar, CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), ct);
        ClaimedMail? claimed;
        try
        {
            claimed = await MailQueue.ClaimAsync(work, id, open, transport.CanRepeat, ct);
        }
        catch (Npgsql.PostgresException taken) when (taken.ConstraintName == "mails_one_a_day")
        {
            return default;
        }
        if (claimed is null || await MailQueue.TakeNoticesAsync(work, claimed, ct) is not { Count: > 0 } notices)
        {
            return default;
        }
        var context = new MailContext(company, calendar, work.Today, claimed.ToName, claimed.Language, settings.PublicAddress, claimed.IsResend);
        var links = new Dictionary<long, string>();
        foreach (var notice in notices.Where(notice => minters.ContainsKey(notice.Template)))
        {
            links[notice.Id] = await minters[notice.Template](work, notice.Subject, ct);
        }
        WrittenMail written;
        try
        {
            written = writer.Write(context, notices, links);
            await MailQueue.KeepAsync(work, id, links.Count == 0 ? written : writer.Write(context, notices, links.ToDictionary(link => link.Key, _ => WriteMail.Mask)), ct);
        }
        catch (Exception problem) when (problem is TemplateException or FormatException or KeyNotFoundException)
        {
            // Committed like any outcome: a mail that cannot be written must not stop the ones behind it.
            log.LogError(problem, "Mail {Mail} cannot be written.", id);
            await MailQueue.EndAsync(work, claimed, MailState.Failed, problem.Message, null, ct);
            await work.CommitAsync(ct);
            return default;
        }
        await work.CommitAsync(ct);
        var sender = company.SecretariatName.Length > 0 ? company.SecretariatName : company.NameIn(claimed.Language);
        return (claimed, new OutgoingMail(claimed.MessageId, new Mailbox(sender, company.SenderAddress), company.ReplyTo.Length > 0 ? new Mailbox("", company.ReplyTo) : null,
            new Mailbox(claimed.ToName, claimed.ToAddress), written.Subject, written.Text, written.Html, new DateTimeOffset(work.Now).ToOffset(TimeSpan.FromHours(9))));
    }

    private async Task EndAsync(ClaimedMail mail, SendResult result, BusinessCalendar calendar)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), CancellationToken.None);
        var retryAt = result is SendResult.Deferred ? window.Retry(mail.Attempts, work.Now, calendar, mail.IsOfTheDay) : null;
        var state = result switch
        {
            SendResult.Accepted => MailState.Accepted,
            SendResult.Deferred when retryAt is not null => MailState.Deferred,
            SendResult.Unknown => MailState.Unknown,
            _ => MailState.Failed,
        };
        await MailQueue.EndAsync(work, mail, state, result.Reply, retryAt, CancellationToken.None);
        await work.CommitAsync();
        Measures.MailEnded(result.GetType().Name.ToLowerInvariant());
    }
}
