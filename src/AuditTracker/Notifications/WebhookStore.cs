using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Notifications;

/// <summary>A webhook as it may be shown.</summary>
public sealed record ShownWebhook
{
    public long Id { get; init; }
    public string Name { get; init; } = "";
    public string Kind { get; init; } = "";
    public string Host { get; init; } = "";
    public string Language { get; init; } = "";
    public string[] Events { get; init; } = [];
    public DateTime CreatedAt { get; init; }
    public DateTime? PausedAt { get; init; }

    /// <summary>Deliveries under way.</summary>
    public int Waiting { get; init; }

    /// <summary>Deliveries that were given up.</summary>
    public int Dead { get; init; }

    /// <summary>The last one that was taken.</summary>
    public DateTime? DoneAt { get; init; }
}

/// <summary>One event on its way to one address.</summary>
/// <param name="Reply">The last answer, or why there was none.</param>
public sealed record ShownDelivery(long Id, Guid Key, string Event, string Title, string Link, DateTime At, string State, int Attempts, DateTime? TriedAt, int? Status, string? Reply, string Place);

/// <summary>The reads of /webhooks, for administrators.</summary>
public sealed class WebhookStore(Db db)
{
    public static readonly ListOrder Newest = new("when", new SortKey("d.id")) { IsNewestFirst = true };

    private const string Shown = """
        select w.id, w.name, w.kind, w.host, w.language, w.events, w.created_at, w.paused_at,
            (select count(*)::int from (select from webhook_deliveries d where d.webhook_id = w.id and d.state in ('queued', 'sending', 'deferred') limit 1000) n) as waiting,
            (select count(*)::int from (select from webhook_deliveries d where d.webhook_id = w.id and d.state = 'dead' limit 1000) n) as dead,
            (select d.finished_at from webhook_deliveries d where d.webhook_id = w.id and d.state = 'done' order by d.id desc limit 1) as done_at
        from webhooks w where w.ended_at is null and @sees
        """;

    public async Task<IReadOnlyList<ShownWebhook>> ListAsync(CurrentUser user, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.ListAsync<ShownWebhook>($"{Shown} order by w.id limit 200", new { sees = user.Is(Role.Administrator) }, ct);
    }

    public async Task<ShownWebhook?> FindAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<ShownWebhook>($"{Shown} and w.id = @id", new { id, sees = user.Is(Role.Administrator) }, ct);
    }

    public async Task<ListPage<ShownDelivery>> DeliveriesAsync(CurrentUser user, long id, ListSlice slice, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = new Dictionary<string, object?> { ["id"] = id, ["sees"] = user.Is(Role.Administrator), ["limit"] = slice.Limit };
        var rows = await connection.ListAsync<ShownDelivery>($"""
            select d.id, e.key, e.event, e.title, e.link, e.at, d.state, d.attempts, a.at as tried_at, a.status, a.reply, {slice.Order.Place} as place
            from webhook_deliveries d join webhook_events e on e.id = d.event_id left join lateral (select at, status, reply from webhook_attempts where delivery_id = d.id order by id desc limit 1) a on true
            where d.webhook_id = @id and @sees {slice.Behind(parameters)} order by {slice.OrderBy} limit @limit
            """, parameters, ct);
        return slice.Page(rows, row => row.Place);
    }

    public async Task<long> CountAsync(CurrentUser user, long id, CancellationToken ct)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<long>($"select count(*) from (select from webhook_deliveries where webhook_id = @id and @sees limit {Platform.Web.ListQuery.Cap}) counted", new { id, sees = user.Is(Role.Administrator) }, ct);
    }
}
