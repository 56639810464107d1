using AuditTracker.Notifications;
using AuditTracker.Platform.Database;

namespace AuditTracker.Evidence;

/// <summary>Tells other systems what became of collections; nothing about whom an occurrence is about.</summary>
public static class CollectionEvents
{
    /// <summary>Announced once for each due date, however often its owner is reminded.</summary>
    public const string Overdue = "collection.overdue";

    public static async Task AnnounceAsync(UnitOfWork work, string name, IReadOnlyCollection<long> collections, CancellationToken ct)
    {
        if (collections.Count == 0 || !await work.IsWantedAsync(name, ct))
        {
            return;
        }
        foreach (var row in await work.QueryAsync<Row>("""
            select c.id, v.title, c.period_from, c.period_to, c.due_on from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version where c.id = any (@ids)
              and (@name <> @Overdue or not exists (select from webhook_events e where e.event = @Overdue and e.subject = 'collection:' || c.id and e.due_on = c.due_on)) order by c.id
            """, new { ids = collections.ToArray(), name, Overdue }, ct))
        {
            await work.AnnounceAsync(new Announcement(name, EvidenceMails.Subject(row.Id), row.Title, $"/evidence/collections/{row.Id}") { PeriodFrom = row.PeriodFrom, PeriodTo = row.PeriodTo, DueOn = row.DueOn }, ct);
        }
    }

    private sealed record Row(long Id, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn);
}
