using System.Net;
using System.Security.Cryptography;
using System.Text;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Microsoft.AspNetCore.DataProtection;
using Npgsql;

namespace AuditTracker.Notifications;

/// <summary>What an administrator types.</summary>
/// <param name="Address">Of Slack, Teams and others; of Chatwork the room's number.</param>
/// <param name="Token">Chatwork's API token; others have none.</param>
public sealed record WebhookForm(string? Name, string? Kind, string? Address, string? Token, string? Language, IReadOnlyList<string> Events);

/// <summary>Where events are told: added, tested, paused and ended by administrators. Addresses and keys are stored protected and never shown again.</summary>
public sealed class Webhooks(Db db, IDataProtectionProvider protection, Settings settings)
{
    public static IReadOnlyList<string> Kinds { get; } = ["slack", "teams", "chatwork", "generic"];

    /// <returns>The id, and our key for the signature of the generic kind: shown once, nobody can read it again.</returns>
    /// <exception cref="InvalidInput">At the field.</exception>
    public async Task<(long Id, string? Secret)> AddAsync(CurrentUser user, WebhookForm form, CancellationToken ct)
    {
        RefuseOthers(user);
        var name = Named(form);
        var kind = Kinds.Contains(form.Kind) ? form.Kind! : throw InvalidInput.At<Words>("kind", "WebhookKindUnknown");
        var address = AddressOf(kind, form.Address?.Trim() ?? "");
        var token = form.Token?.Trim() ?? "";
        if (kind == "chatwork" && (token.Length is < 10 or > 200 || token.Any(letter => letter is <= ' ' or > '~')))
        {
            throw InvalidInput.At<Words>("token", "WebhookToken");
        }
        var (key, secret) = (Guid.NewGuid(), kind == "generic" ? "whsec_" + Secrets.New() : null);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        long id;
        try
        {
            id = await work.FirstAsync<long>("""
                insert into webhooks (key, name, kind, address, secret, host, language, events, created_at) values (@key, @name, @kind, @address, @secret, @Host, @language, @events, @Now) returning id
                """, new
            {
                key,
                name,
                kind,
                address = Protector(key).Protect(Encoding.UTF8.GetBytes(address.AbsoluteUri)),
                secret = (secret ?? (kind == "chatwork" ? token : null)) is { } kept ? Protector(key).Protect(Encoding.UTF8.GetBytes(kept)) : null,
                address.Host,
                language = form.Language == "en" ? "en" : "ja",
                events = Events(form),
                work.Now,
            }, ct);
        }
        catch (PostgresException taken) when (taken.ConstraintName == "webhooks_name")
        {
            throw InvalidInput.At<Words>("name", "WebhookNameTaken");
        }
        await work.ActAsync("webhook.added", $"webhook:{id}", new Dictionary<string, string?> { ["kind"] = kind, ["host"] = address.Host }, ct: ct);
        await work.CommitAsync(ct);
        return (id, secret);
    }

    /// <summary>Chooses other events, or another language; what is queued goes out as it is.</summary>
    public async Task ChangeAsync(CurrentUser user, long id, WebhookForm form, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        Found(await work.ExecuteAsync("update webhooks set events = @events, language = @language where id = @id and ended_at is null", new { id, events = Events(form), language = form.Language == "en" ? "en" : "ja" }, ct));
        await work.ActAsync("webhook.changed", $"webhook:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>A new key for the signature of the generic kind; the earlier one signs nothing any more.</summary>
    /// <returns>The key: shown once, nobody can read it again.</returns>
    /// <exception cref="NotFound">None such, ended, or of a kind without our signature.</exception>
    public async Task<string> RenewKeyAsync(CurrentUser user, long id, CancellationToken ct)
    {
        RefuseOthers(user);
        var secret = "whsec_" + Secrets.New();
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var key = await work.FirstAsync<Guid?>("select key from webhooks where id = @id and kind = 'generic' and ended_at is null for update", new { id }, ct) ?? throw new NotFound();
        await work.ExecuteAsync("update webhooks set secret = @kept where id = @id", new { id, kept = Protector(key).Protect(Encoding.UTF8.GetBytes(secret)) }, ct);
        await work.ActAsync("webhook.keyRenewed", $"webhook:{id}", ct: ct);
        await work.CommitAsync(ct);
        return secret;
    }

    /// <summary>Nothing is queued or sent while it is paused; what waited goes out when it goes on.</summary>
    public async Task PauseAsync(CurrentUser user, long id, bool pause, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        Found(await work.ExecuteAsync("update webhooks set paused_at = case when @pause then coalesce(paused_at, @Now) end where id = @id and ended_at is null", new { id, pause, work.Now }, ct));
        await work.ActAsync(pause ? "webhook.paused" : "webhook.resumed", $"webhook:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>For good: what waits is given up, its address and key are forgotten, what was sent stays in the ledger.</summary>
    public async Task EndAsync(CurrentUser user, long id, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        Found(await work.ExecuteAsync("update webhooks set ended_at = @Now, address = ''::bytea, secret = null where id = @id and ended_at is null", new { id, work.Now }, ct));
        await work.ExecuteAsync("update webhook_deliveries set state = 'dead', finished_at = @Now where webhook_id = @id and state in ('queued', 'deferred')", new { id, work.Now }, ct);
        await work.ActAsync("webhook.ended", $"webhook:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Queues a test, for this one alone.</summary>
    public async Task TestAsync(CurrentUser user, long id, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        Found(await work.ExecuteAsync("""
            with event as (
                insert into webhook_events (key, event, subject, title, link, at)
                select gen_random_uuid(), @Test, 'webhook:' || id, name, '/webhooks/' || id, @Now from webhooks where id = @id and ended_at is null returning id)
            insert into webhook_deliveries (webhook_id, event_id, created_at) select @id, event.id, @Now from event
            """, new { id, Announcement.Test, work.Now }, ct));
        await work.ActAsync("webhook.tested", $"webhook:{id}", ct: ct);
        await work.CommitAsync(ct);
    }

    /// <summary>Tries a delivery again that was given up.</summary>
    /// <returns>Of which webhook.</returns>
    public async Task<long> RetryAsync(CurrentUser user, long delivery, CancellationToken ct)
    {
        RefuseOthers(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await work.FirstAsync<long?>("""
            update webhook_deliveries d set state = 'queued', attempts = 0, not_before = null, finished_at = null from webhooks w
            where d.id = @delivery and d.state = 'dead' and w.id = d.webhook_id and w.ended_at is null returning w.id
            """, new { delivery }, ct) ?? throw Refusal.Of<Words>("WebhookNotDead");
        await work.ActAsync("webhook.retried", $"webhook:{id}", new Dictionary<string, string?> { ["delivery"] = $"{delivery}" }, ct: ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>What was stored of an address or key; null when the keys of the data folder are gone.</summary>
    internal string? Read(Guid key, byte[]? kept)
    {
        try
        {
            return kept is null ? null : Encoding.UTF8.GetString(Protector(key).Unprotect(kept));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private Uri AddressOf(string kind, string typed)
    {
        if (kind == "chatwork")
        {
            return typed.Length is > 0 and < 20 && typed.All(char.IsAsciiDigit) ? new Uri($"{settings.ChatworkAddress}/rooms/{typed}/messages") : throw InvalidInput.At<Words>("address", "WebhookRoom");
        }
        if (typed.Length > 2000 || !Uri.TryCreate(typed, UriKind.Absolute, out var address) || address.Scheme is not ("https" or "http") || address.UserInfo.Length > 0 || address.Host.Length == 0)
        {
            throw InvalidInput.At<Words>("address", "WebhookAddress");
        }
        var isOurs = settings.WebhooksPrivate.Count > 0;
        if (address.Scheme == "http" && !isOurs)
        {
            throw InvalidInput.At<Words>("address", "WebhookPlain");
        }
        // A name is judged when it is reached, each time; a number can be judged here.
        if (IPAddress.TryParse(address.Host.Trim('[', ']'), out var literal) && !GuardedHttp.MayReach(literal, settings.WebhooksPrivate))
        {
            throw InvalidInput.At<Words>("address", "WebhookPrivate");
        }
        return address;
    }

    private static string Named(WebhookForm form) => form.Name?.Trim() is { Length: > 0 and <= 100 } name ? name : throw InvalidInput.At<Words>("name", "WebhookName");

    private static string[] Events(WebhookForm form) => form.Events.Where(Announcement.All.Contains).Distinct().ToArray() is { Length: > 0 } events ? events : throw InvalidInput.At<Words>("events", "WebhookEvents");

    private IDataProtector Protector(Guid key) => protection.CreateProtector("webhooks", key.ToString());

    private static void Found(int rows)
    {
        if (rows == 0)
        {
            throw new NotFound();
        }
    }

    private static void RefuseOthers(CurrentUser user)
    {
        if (!user.Is(Role.Administrator))
        {
            throw new NotFound();
        }
    }
}
