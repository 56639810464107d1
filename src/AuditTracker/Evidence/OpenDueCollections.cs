using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>Job: opens every planned collection whose day has come, and asks its owner. Due rows are the queue; killed anywhere, the next run goes on.</summary>
public sealed class OpenDueCollections(Db db)
{
    private const int AtOnce = 1000;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var opened = 0;
        while (true)
        {
            await using var work = await db.BeginAsync(Actor.Job(nameof(OpenDueCollections)), ct);
            var ids = await work.QueryAsync<long>("""
                with due as (select id from collections where state = 'planned' and opens_on <= @Today order by opens_on, id limit @AtOnce for update skip locked),
                opened as (update collections c set state = 'open', state_at = @Now from due where c.id = due.id returning c.id)
                insert into collection_acts (collection_id, act, state_after, at) select id, 'open', 'open', @Now from opened returning collection_id
                """, new { work.Today, work.Now, AtOnce }, ct);
            if (ids.Count == 0)
            {
                return opened;
            }
            await EvidenceMails.TellOpenedAsync(work, ids, ct);
            await work.ActAsync("collections.opened", $"day:{work.Today:yyyy-MM-dd}", new Dictionary<string, string?> { ["count"] = $"{ids.Count}" }, ct: ct);
            await work.CommitAsync(ct);
            opened += ids.Count;
        }
    }
}

/// <summary>Job: reminds of what is due soon or overdue, each step once.</summary>
public sealed class RemindOwners(Db db)
{
    private sealed record WithOwner(long Id, long AskedId, DateOnly OpensOn, DateOnly DueOn, DateOnly PlannedDueOn);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await using var work = await db.BeginAsync(Actor.Job(nameof(RemindOwners)), ct);
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var rules = await NoticeRules.LoadAsync(work.Connection, work.Today, ct);
        var candidates = await work.QueryAsync<WithOwner>("select id, coalesce(deputy_id, assignee_id) as asked_id, opens_on, due_on, planned_due_on from collections where state in ('open', 'returned') and due_on <= @horizon",
            new { horizon = calendar.AddBusinessDays(work.Today, rules.DaysBefore) }, ct);
        var returned = (await EvidenceMails.WaitingReturnsAsync(work, ct)).ToHashSet();
        var due = candidates.Where(row => !returned.Contains(EvidenceMails.Subject(row.Id))).Select(row => (row, Reminder: Reminders.Newest(row.OpensOn, row.DueOn, work.Today, calendar, rules))).Where(pair => pair.Reminder is not null)
            .ToDictionary(pair => EvidenceMails.ReminderKey(pair.row.Id, pair.row.AskedId, pair.Reminder!, pair.row.DueOn, pair.row.PlannedDueOn), pair => (pair.row.Id, Reminder: pair.Reminder!));
        var untold = await work.QueryAsync<string>("select key from unnest(@keys) key where not exists (select 1 from notices n where n.key = key.key)", new { keys = due.Keys.ToArray() }, ct);
        var told = untold.Count == 0 ? 0 : await EvidenceMails.TellRemindersAsync(work, untold.Select(key => due[key]).ToDictionary(pair => pair.Id, pair => pair.Reminder), ct);
        await work.CommitAsync(ct);
        return told;
    }
}
