using System.Collections.Concurrent;
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
    // Then the next tick goes on: what is read once a run (holidays, templates' company) is never much older.
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);
    private const int Batch = 100;

    private readonly Dictionary<string, MintSecret> minters = secrets.ToDictionary(secret => secret.Template, secret => secret.Mint);
    private readonly MailPace pace = new(db, settings);
    private readonly MailRoute route = new(transport.Name, transport.CanRepeat);

    private sealed record Round(CompanyProfile Company, BusinessCalendar Calendar, SendWindow Window, DateTime Now, DateOnly Today);

    /// <returns>How many were handed over.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var end = Environment.TickCount64 + (long)Longest.TotalMilliseconds;
        // With a pace, no more at a time than leave in ten seconds: a code somebody waits for goes before the rest of the mails of the day.
        var limit = Math.Clamp((pace.PerMinute ?? 6 * Batch) / 6, 1, Batch);
        // While one is on a connection, the next is being written.
        var atOnce = transport.Connections == 1 ? 1 : 2 * transport.Connections;
        var passed = new ConcurrentBag<long>();
        var accepted = 0;
        var isOver = false;
        try
        {
            while (!isOver && Environment.TickCount64 < end)
            {
                var round = await BeginAsync(ct);
                var due = await queue.DueAsync(round.Now, round.Today, round.Window.IsOpen(round.Now, round.Calendar), route, [.. passed], limit, ct);
                if (due.Count == 0)
                {
                    break;
                }
                await Parallel.ForEachAsync(due, new ParallelOptions { MaxDegreeOfParallelism = atOnce, CancellationToken = ct }, async (id, stop) =>
                {
                    if (!await pace.TakeAsync(TimeSpan.FromMilliseconds(Math.Max(0, end - Environment.TickCount64)), stop))
                    {
                        isOver = true;
                        return;
                    }
                    try
                    {
                        switch (await SendAsync(id, round, stop))
                        {
                            case SendResult.Accepted: Interlocked.Increment(ref accepted); break;
                            case null: passed.Add(id); break;
                        }
                    }
                    catch (Exception problem) when (problem is not OperationCanceledException and not Npgsql.NpgsqlException { IsTransient: true })
                    {
                        // It stays as it was and is tried with the next run; the ones behind it must not wait for it.
                        log.LogError(problem, "Mail {Mail} could not be dealt with.", id);
                        passed.Add(id);
                    }
                });
            }
        }
        finally
        {
            await transport.RestAsync();
        }
        return accepted;
    }

    private async Task<Round> BeginAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), ct);
        await queue.TidyAsync(work, route, ct);
        var window = await SendWindow.LoadAsync(work.Connection, settings, ct);
        var company = await CompanyStore.LoadAsync(work.Connection, ct);
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        await work.CommitAsync(ct);
        return new Round(company, calendar, window, work.Now, work.Today);
    }

    /// <returns>How it ended; null: there was nothing to send.</returns>
    private async Task<SendResult?> SendAsync(long id, Round round, CancellationToken ct)
    {
        if (await ClaimAsync(id, round, ct) is not ({ } claimed, { } mail))
        {
            return null;
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
        await EndAsync(claimed, result, round);
        return result;
    }

    private async Task<(ClaimedMail?, OutgoingMail?)> ClaimAsync(long id, Round round, CancellationToken ct)
    {
        var (company, calendar) = (round.Company, round.Calendar);
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), ct);
        ClaimedMail? claimed;
        try
        {
            claimed = await MailQueue.ClaimAsync(work, id, round.Window.IsOpen(work.Now, calendar), route, ct);
        }
        catch (Npgsql.PostgresException taken) when (taken.ConstraintName == "mails_one_a_day")
        {
            return default;
        }
        if (claimed is null || await MailQueue.TakeNoticesAsync(work, claimed, ct) is not { Count: > 0 } notices)
        {
            return default;
        }
        if (claimed.WasAbandoned && transport.HasTaken(claimed.MessageId))
        {
            // It is out already, with the secrets it was given then: minting again would end them.
            await MailQueue.EndAsync(work, claimed, MailState.Accepted, "It was handed over before its worker ended.", transport.Name, null, null, ct);
            await work.CommitAsync(ct);
            transport.Forget(claimed.MessageId);
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
            await MailQueue.EndAsync(work, claimed, MailState.Failed, problem.Message, "", MailFault.Mail, null, ct);
            await work.AnnounceAsync(Announcement.MailFailed(id), ct);
            await work.CommitAsync(ct);
            return default;
        }
        await work.CommitAsync(ct);
        var sender = company.SecretariatName.Length > 0 ? company.SecretariatName : company.NameIn(claimed.Language);
        return (claimed, new OutgoingMail(claimed.MessageId, new Mailbox(sender, company.SenderAddress), company.ReplyTo.Length > 0 ? new Mailbox("", company.ReplyTo) : null,
            new Mailbox(claimed.ToName, claimed.ToAddress), written.Subject, written.Text, written.Html, new DateTimeOffset(work.Now).ToOffset(TimeSpan.FromHours(9))));
    }

    private async Task EndAsync(ClaimedMail mail, SendResult result, Round round)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendMails)), CancellationToken.None);
        var retryAt = result is SendResult.Deferred ? round.Window.Retry(mail.Attempts, work.Now, round.Calendar, mail.IsOfTheDay) : null;
        var state = result switch
        {
            SendResult.Accepted => MailState.Accepted,
            SendResult.Deferred when retryAt is not null => MailState.Deferred,
            SendResult.Unknown => MailState.Unknown,
            _ => MailState.Failed,
        };
        var isOurs = await MailQueue.EndAsync(work, mail, state, result.Reply, transport.Name, result.Fault, retryAt, CancellationToken.None);
        if (state is MailState.Failed or MailState.Unknown)
        {
            await work.AnnounceAsync(Announcement.MailFailed(mail.Id), CancellationToken.None);
        }
        await work.CommitAsync();
        if (isOurs && state != MailState.Deferred)
        {
            transport.Forget(mail.MessageId);
        }
        Measures.MailEnded(result.GetType().Name.ToLowerInvariant());
    }
}
