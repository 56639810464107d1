using AuditTracker.Platform.Database;

namespace AuditTracker.Notifications;

/// <summary>Something that happened, for other systems: what, and which thing, without any person.</summary>
/// <param name="Event">One of <see cref="All"/>.</param>
/// <param name="Subject">As in the trail: <c>collection:12</c>.</param>
/// <param name="Link">Path of its page.</param>
public sealed record Announcement(string Event, string Subject, string Title, string Link)
{
    public DateOnly? PeriodFrom { get; init; }
    public DateOnly? PeriodTo { get; init; }
    public DateOnly? DueOn { get; init; }

    /// <summary>The event of a test; every webhook gets it when asked.</summary>
    public const string Test = "webhook.test";

    /// <summary>A mail has failed, or nobody knows how it ended.</summary>
    public static Announcement MailFailed(long mail) => new("mail.failed", $"mail:{mail}", "", $"/mails/{mail}");

    /// <summary>What may be chosen, as receivers know it.</summary>
    public static IReadOnlyList<string> All { get; } =
        ["collection.submitted", "collection.accepted", "collection.returned", "collection.overdue", "training.started", "training.closed", "mail.failed", "trail.unsound"];
}

/// <summary>Announcing, in the caller's transaction: what is undone is announced to nobody.</summary>
public static class Announcements
{
    /// <summary>Whether anybody wants to hear of it; asked before facts are gathered for nothing.</summary>
    public static Task<bool> IsWantedAsync(this UnitOfWork work, string name, CancellationToken ct) =>
        work.FirstAsync<bool>("select exists (select from webhooks where ended_at is null and paused_at is null and @name = any (events))", new { name }, ct);

    /// <summary>Queues it for every webhook that has chosen it.</summary>
    public static Task AnnounceAsync(this UnitOfWork work, Announcement said, CancellationToken ct = default) => work.ExecuteAsync("""
        with wanted as (select id from webhooks where ended_at is null and paused_at is null and @Event = any (events)),
        event as (
            insert into webhook_events (key, event, subject, title, period_from, period_to, due_on, link, at)
            select gen_random_uuid(), @Event, @Subject, @Title, @PeriodFrom, @PeriodTo, @DueOn, @Link, @Now where exists (select from wanted)
            returning id)
        insert into webhook_deliveries (webhook_id, event_id, created_at) select wanted.id, event.id, @Now from wanted cross join event
        """, new { said.Event, said.Subject, said.Title, said.PeriodFrom, said.PeriodTo, said.DueOn, said.Link, work.Now }, ct);
}
