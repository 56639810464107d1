using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using Microsoft.Extensions.Localization;

namespace AuditTracker.Notifications;

/// <summary>
/// Tells other systems what happened, each event at least once: a delivery is held by a lease while it is sent, and whoever ends in between leaves it to be sent again with the same number.
/// </summary>
public sealed class SendWebhooks(Db db, Webhooks webhooks, Settings settings, TimeProvider time, IStringLocalizer<Words> words, ILogger<SendWebhooks> log) : IDisposable
{
    /// <summary>Given up after so many attempts, over about two days.</summary>
    public const int MostAttempts = 9;

    /// <summary>How long a receiver may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MostOfReply = 500;

    private static readonly TimeSpan[] Pauses = [.. new[] { 1, 5, 15, 60, 180, 360, 720, 1440 }.Select(minutes => TimeSpan.FromMinutes(minutes))];

    private readonly HttpClient http = GuardedHttp.Create(settings.WebhooksPrivate, Patience);

    /// <returns>How many were taken.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var done = 0;
        // One receiver that is slow holds up the next tick, no more.
        var end = Environment.TickCount64 + 120_000;
        while (Environment.TickCount64 < end && await ClaimAsync(ct) is { } held)
        {
            var outcome = await SendAsync(held, ct);
            await EndAsync(held, outcome);
            done += outcome.State == "done" ? 1 : 0;
        }
        return done;
    }

    private async Task<Held?> ClaimAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendWebhooks)), ct);
        // Oldest first of those that are due; several workers never take the same one. Nothing leaves after a restore before somebody has said so, as with mails.
        var held = await work.FirstAsync<Held>("""
            with due as (
                select d.id from webhook_deliveries d join webhooks w on w.id = d.webhook_id
                where (select mail_held_at is null from installation) and w.ended_at is null and w.paused_at is null
                  and (d.state in ('queued', 'deferred') and coalesce(d.not_before <= clock_timestamp(), true) or d.state = 'sending' and d.lease_until < clock_timestamp())
                order by d.id limit 1 for update of d skip locked)
            update webhook_deliveries d set state = 'sending', attempts = d.attempts + 1, lease_until = clock_timestamp() + interval '2 minutes', finished_at = null
            from due, webhooks w, webhook_events e where d.id = due.id and w.id = d.webhook_id and e.id = d.event_id
            returning d.id, d.attempts, w.key, w.kind, w.address, w.secret, w.language, e.key as event_key, e.event, e.subject, e.title, e.period_from, e.period_to, e.due_on, e.link, e.at
            """, ct: ct);
        await work.CommitAsync(ct);
        return held;
    }

    private async Task<Outcome> SendAsync(Held held, CancellationToken ct)
    {
        if (webhooks.Read(held.Key, held.Address) is not { } address || held.Kind is "chatwork" or "generic" && webhooks.Read(held.Key, held.Secret) is null)
        {
            return new("dead", null, "The keys of the data folder that protect it are gone.");
        }
        // The client's own patience ends with the headers; a receiver that keeps its body open must not hold up the others.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(Patience);
        try
        {
            using var message = WebhookMessage.Write(held.Kind, new Uri(address), webhooks.Read(held.Key, held.Secret), await ToldAsync(held, ct), time.GetUtcNow());
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var (status, said) = ((int)answer.StatusCode, await BeginningAsync(answer, patience.Token, ct));
            var later = answer.Headers.RetryAfter switch { { Delta: { } delta } => delta, { Date: { } date } => date - time.GetUtcNow(), _ => TimeSpan.Zero };
            return status switch
            {
                >= 200 and < 300 => new("done", status, said),
                408 or 425 or 429 or >= 500 => new("deferred", status, said, later),
                // A redirect would lead where nobody has typed; the rest says that the address or the key is wrong.
                _ => new("dead", status, said),
            };
        }
        catch (HttpRequestException refused) when (refused is AddressRefused || refused.InnerException is AddressRefused)
        {
            return new("dead", null, (refused as AddressRefused ?? refused.InnerException!).Message);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException || problem is OperationCanceledException && !ct.IsCancellationRequested)
        {
            return new("deferred", null, problem is OperationCanceledException ? $"No answer within {Patience.TotalSeconds:0} seconds." : problem.Message);
        }
    }

    private async Task EndAsync(Held held, Outcome outcome)
    {
        var (state, pause) = outcome.State == "deferred" && held.Attempts >= MostAttempts ? ("dead", TimeSpan.Zero)
            : (outcome.State, Max(Pauses[Math.Min(held.Attempts, Pauses.Length) - 1], outcome.Later < TimeSpan.FromDays(1) ? outcome.Later : TimeSpan.FromDays(1)));
        await using var work = await db.BeginAsync(Actor.Job(nameof(SendWebhooks)), CancellationToken.None);
        await work.ExecuteAsync("""
            insert into webhook_attempts (delivery_id, at, outcome, status, reply) values (@Id, @Now, @state, @Status, @reply);
            update webhook_deliveries set state = @state, lease_until = null, not_before = case when @state = 'deferred' then clock_timestamp() + @pause end, finished_at = case when @state <> 'deferred' then @Now end
            where id = @Id and attempts = @Attempts and state = 'sending'
            """, new { held.Id, held.Attempts, work.Now, state, outcome.Status, reply = Kept(outcome.Reply), pause }, CancellationToken.None);
        await work.CommitAsync();
        if (state == "dead")
        {
            log.LogWarning("Webhook delivery {Delivery} was given up after {Attempts} attempts: {Status}.", held.Id, held.Attempts, outcome.Status);
        }
    }

    private async Task<ToldEvent> ToldAsync(Held held, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var calendar = await BusinessCalendars.LoadAsync(connection, ct);
        return Speaking.In(held.Language, () =>
        {
            string[] parts =
            [
                held.Title, held.PeriodFrom is { } from && held.PeriodTo is { } to ? PeriodText.Label(new Period(from, to), calendar.Periods, held.Language) : "",
                held.DueOn is { } due ? words["WebhookDue", DateText.Subject(due, held.Language)] : "",
            ];
            return new ToldEvent(held.EventKey, held.Event, held.Subject, held.Title, held.PeriodFrom, held.PeriodTo, held.DueOn, held.At, words[WordOf(held.Event)], string.Join(' ', parts.Where(part => part.Length > 0)), settings.PublicAddress + held.Link);
        });
    }

    /// <summary>The key of an event's words: <c>collection.submitted</c> → <c>EventCollectionSubmitted</c>.</summary>
    public static string WordOf(string name) => $"Event{string.Concat(name.Split('.').Select(part => char.ToUpperInvariant(part[0]) + part[1..]))}";

    /// <summary>The beginning of what the receiver said; empty when it does not come in time: the status has already said how it went.</summary>
    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken patience, CancellationToken ct)
    {
        try
        {
            await using var body = await answer.Content.ReadAsStreamAsync(patience);
            var bytes = new byte[MostOfReply];
            var read = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, patience);
            return System.Text.Encoding.UTF8.GetString(bytes, 0, read);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return "";
        }
    }

    private static string Kept(string text) => new([.. text.Select(letter => char.IsControl(letter) ? ' ' : letter).Take(MostOfReply)]);

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;

    public void Dispose() => http.Dispose();

    private sealed record Outcome(string State, int? Status, string Reply, TimeSpan Later = default);

    private sealed record Held
    {
        public long Id { get; init; }
        public int Attempts { get; init; }
        public Guid Key { get; init; }
        public string Kind { get; init; } = "";
        public byte[] Address { get; init; } = [];
        public byte[]? Secret { get; init; }
        public string Language { get; init; } = "";
        public Guid EventKey { get; init; }
        public string Event { get; init; } = "";
        public string Subject { get; init; } = "";
        public string Title { get; init; } = "";
        public DateOnly? PeriodFrom { get; init; }
        public DateOnly? PeriodTo { get; init; }
        public DateOnly? DueOn { get; init; }
        public string Link { get; init; } = "";
        public DateTime At { get; init; }
    }
}
