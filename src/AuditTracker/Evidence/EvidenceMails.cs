using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>The room's notices. Keys name what, whom, which occurrence and which step, so nothing is told twice.</summary>
public static class EvidenceMails
{
    private const string Opened = "evidence/collection-opened";
    private const string DueSoon = "evidence/collection-due-soon";
    private const string Overdue = "evidence/collection-overdue";
    private const string OverdueManager = "evidence/collection-overdue-manager";
    private const string HandedIn = "evidence/collection-handed-in";
    private const string LeaverHandedOver = "evidence/leaver-handed-over";
    private const string LeaverLeftBehind = "evidence/leaver-left-behind";
    private const string Unowned = "evidence/collection-unowned";
    private const string NoDeputy = "evidence/collection-no-deputy";
    private const string Returned = "evidence/collection-returned";
    private const string DeputyNamed = "evidence/deputy-named";

    /// <summary>What a notice about a collection is about.</summary>
    public static string Subject(long collection) => $"collection:{collection}";

    /// <summary>What the mails say of a collection; people who left are not written to. Asked is the owner, or who stands in for them.</summary>
    internal sealed record Facts(long Id, string Title, DateOnly PeriodFrom, DateOnly PeriodTo, DateOnly DueOn, DateOnly PlannedDueOn, int Minutes, string? ItemsJa, string? ItemsEn,
        long OwnerId, string OwnerName, bool OwnerHere, long ReviewerId, string ReviewerName, bool ReviewerHere, long? ManagerId, string? ManagerTitle, string? Department,
        long AskedId, string AskedName, bool AskedHere, string? Rest, DateOnly? RestBy)
    {
        /// <summary>The owner, when somebody else is asked in their place.</summary>
        public string? StandsInFor => AskedId == OwnerId ? null : OwnerName;
    }

    internal static Task<IReadOnlyList<Facts>> FactsAsync(UnitOfWork work, IEnumerable<long> collections, CancellationToken ct) => work.QueryAsync<Facts>($"""
        select c.id, {CollectionScope.Title} as title, c.period_from, c.period_to, c.due_on, c.planned_due_on, v.minutes,
               (select string_agg(distinct f.short_ja, 'と') from request_items i join frameworks f on f.key = i.framework where i.request_id = c.request_id and i.version = c.version) as items_ja,
               (select string_agg(distinct f.short_en, ' and ') from request_items i join frameworks f on f.key = i.framework where i.request_id = c.request_id and i.version = c.version) as items_en,
               o.id as owner_id, o.name as owner_name, o.left_on is null or o.left_on >= @Today as owner_here,
               w.id as reviewer_id, w.name as reviewer_name, w.left_on is null or w.left_on >= @Today as reviewer_here,
               boss.id as manager_id, boss.title as manager_title, d.name as department,
               a.id as asked_id, a.name as asked_name, a.left_on is null or a.left_on >= @Today as asked_here, part.rest, part.rest_by
        from collections c join request_versions v on v.request_id = c.request_id and v.version = c.version
        join people o on o.id = c.assignee_id join people w on w.id = c.reviewer_id join people a on a.id = coalesce(c.deputy_id, c.assignee_id)
        {CollectionScope.Parts}
        left join lateral (select v.name, v.head_id from posts s join department_versions v on v.department_id = s.department_id
              where s.person_id = o.id and s.is_primary and @Today between s.from_on and coalesce(s.to_on, 'infinity')
                and @Today between v.from_on and coalesce(v.to_on, 'infinity') order by s.id limit 1) d on true
        -- The manager of the day; none: the head of the department (never themselves).
        left join lateral (select b.id, (select s.title from posts s where s.person_id = b.id and s.is_primary and s.title <> '' and @Today between s.from_on and coalesce(s.to_on, 'infinity') limit 1) as title
              from people b where b.id = coalesce((select m.manager_id from managers m where m.person_id = o.id and @Today between m.from_on and coalesce(m.to_on, 'infinity') limit 1), nullif(d.head_id, o.id))
                and (b.left_on is null or b.left_on >= @Today)) boss on true
        where c.id = any (@ids) order by c.id
        """, new { ids = collections.ToArray(), work.Today }, ct);

    internal static Dictionary<string, object?> Model(Facts facts) => new()
    {
        ["title"] = facts.Title,
        ["period"] = new { from = DateText.Iso(facts.PeriodFrom), to = DateText.Iso(facts.PeriodTo) },
        ["minutes"] = facts.Minutes,
        ["reviewerName"] = facts.ReviewerName,
        ["itemsInWordsJa"] = facts.ItemsJa,
        ["itemsInWordsEn"] = facts.ItemsEn,
        ["link"] = $"/evidence/collections/{facts.Id}",
        ["standsInFor"] = facts.StandsInFor,
        ["rest"] = facts.Rest is null ? null : WorkingMails.OneLine(facts.Rest),
        ["restByOn"] = facts.RestBy is { } by ? DateText.Iso(by) : null,
    };

    /// <summary>To the owner, or who stands in for them: please hand in.</summary>
    /// <param name="occasion">Tells one asking of the same person from another: empty the first time.</param>
    public static async Task TellOpenedAsync(UnitOfWork work, IReadOnlyList<long> collections, CancellationToken ct, string occasion = "")
    {
        await LetDeputiesStandIn.SettleAsync(work, collections, ct);
        await work.TellManyAsync([.. (await FactsAsync(work, collections, ct)).Where(facts => facts.AskedHere).Select(facts =>
            new Notice($"{Opened}:{facts.Id}:{facts.AskedId}{occasion}", Opened, facts.AskedId, Subject(facts.Id)) { Urgency = Urgency.Opened, DueOn = facts.DueOn, Model = Model(facts) })], ct);
    }

    /// <summary>The step of a reminder that somebody asked for on a day.</summary>
    public static string ByHand(DateOnly day) => $"by-hand-{DateText.Iso(day)}";

    /// <summary>To the owner, because somebody asked for it: once a day, in the place of what still waits to be told.</summary>
    public static async Task TellByHandAsync(UnitOfWork work, IReadOnlyList<long> collections, CancellationToken ct)
    {
        await work.SettleManyAsync([.. collections.Select(Subject)], [Opened, DueSoon, Overdue], ct: ct);
        await work.TellManyAsync([.. (await FactsAsync(work, collections, ct)).Where(facts => facts.AskedHere).Select(facts =>
        {
            var (template, urgency) = facts.DueOn < work.Today ? (Overdue, Urgency.Overdue) : (DueSoon, Urgency.DueSoon);
            return new Notice($"{template}:{facts.Id}:{facts.AskedId}:{ByHand(work.Today)}", template, facts.AskedId, Subject(facts.Id)) { Urgency = urgency, DueOn = facts.DueOn, Model = Model(facts) };
        })], ct);
    }

    /// <summary>To the owner before and after the due date; from the third business day on to the manager in a notice of their own, never a Cc.</summary>
    /// <returns>How many notices are new.</returns>
    public static async Task<int> TellRemindersAsync(UnitOfWork work, IReadOnlyDictionary<long, Reminder> reminders, CancellationToken ct)
    {
        var notices = new List<Notice>();
        foreach (var facts in await FactsAsync(work, reminders.Keys, ct))
        {
            var reminder = reminders[facts.Id];
            var template = reminder.Step == "soon" ? DueSoon : Overdue;
            if (facts.AskedHere)
            {
                notices.Add(new Notice($"{template}:{facts.Id}:{facts.AskedId}:{reminder.Step}{Moved(facts.DueOn, facts.PlannedDueOn)}", template, facts.AskedId, Subject(facts.Id))
                {
                    Urgency = reminder.Step == "soon" ? Urgency.DueSoon : Urgency.Overdue,
                    DueOn = facts.DueOn,
                    Model = Model(facts),
                });
            }
            if (reminder.ToManager && facts.ManagerId is { } manager && manager != facts.AskedId)
            {
                notices.Add(new Notice($"{OverdueManager}:{facts.Id}:{manager}:{reminder.Step}{Moved(facts.DueOn, facts.PlannedDueOn)}", OverdueManager, manager, Subject(facts.Id))
                {
                    Urgency = Urgency.Other,
                    DueOn = facts.DueOn,
                    Model = new Dictionary<string, object?>(Model(facts)) { ["personTitle"] = facts.ManagerTitle, ["departmentName"] = facts.Department ?? "", ["ownerName"] = facts.OwnerName, ["minutes"] = 3 },
                });
            }
        }
        // The newer word takes the place of the earlier ones, so that a mail never names a collection twice.
        await work.SettleManyAsync([.. reminders.Keys.Select(Subject)], [Opened, DueSoon, Overdue], ct: ct);
        await work.SettleManyAsync([.. reminders.Where(pair => pair.Value.ToManager).Select(pair => Subject(pair.Key))], [OverdueManager], ct: ct);
        await CollectionEvents.AnnounceAsync(work, CollectionEvents.Overdue, [.. reminders.Where(pair => pair.Value.Step != "soon").Select(pair => pair.Key)], ct);
        return await work.TellManyAsync(notices, ct);
    }

    private sealed record LeaverFacts(string Name, string ToNo, string? ToTitle);

    /// <summary>To whoever takes over from a leaver: what came to them, and which requests wait for an owner.</summary>
    /// <param name="handed">How many collections came to whom.</param>
    public static async Task TellLeaverAsync(UnitOfWork work, long leftEvent, long leaver, DateOnly leftOn, IReadOnlyDictionary<long, int> handed, long? proposed, int requests, CancellationToken ct)
    {
        List<Notice> notices = [];
        foreach (var to in handed.Keys.Union(proposed is { } next && requests > 0 ? [next] : []))
        {
            var facts = (await work.FirstAsync<LeaverFacts>("""
                select p.name, b.employee_no as to_no, (select s.title from posts s where s.person_id = b.id and s.is_primary and s.title <> '' and @Today between s.from_on and coalesce(s.to_on, 'infinity') limit 1) as to_title
                from people p, people b where p.id = @leaver and b.id = @to
                """, new { leaver, to, work.Today }, ct))!;
            notices.Add(new Notice($"{LeaverHandedOver}:{leftEvent}:{to}", LeaverHandedOver, to, $"person:{leaver}")
            {
                Urgency = Urgency.Other,
                Model = new Dictionary<string, object?>
                {
                    ["personTitle"] = facts.ToTitle,
                    ["leaverName"] = facts.Name,
                    ["leftOn"] = DateText.Iso(leftOn),
                    ["collections"] = handed.GetValueOrDefault(to) is > 0 and var count ? count : null,
                    ["requests"] = to == proposed && requests > 0 ? requests : null,
                    ["minutes"] = 3,
                    ["link"] = $"/evidence/collections?assignee={Uri.EscapeDataString(facts.ToNo)}",
                },
            });
        }

        await work.TellManyAsync(notices, ct);
    }

    /// <summary>To the compliance managers: what of a leaver's nobody has yet. Requests they own or review wait for somebody, and so does what waits for their decision.</summary>
    public static async Task TellLeftBehindAsync(UnitOfWork work, long leftEvent, long leaver, CancellationToken ct)
    {
        var left = (await work.FirstAsync<LeftBehind>("""
            select p.name, p.employee_no, p.left_on,
                   (select count(*) from evidence_requests where owner_id = p.id and (end_on is null or end_on >= @Today)) as owned,
                   (select count(*) from evidence_requests where reviewer_id = p.id and (end_on is null or end_on >= @Today)) as reviewed,
                   (select count(*) from collections where reviewer_id = p.id and state = 'submitted') as waiting
            from people p where p.id = @leaver
            """, new { leaver, work.Today }, ct))!;
        if (left is { Owned: 0, Reviewed: 0, Waiting: 0 })
        {
            return;
        }
        await work.TellManyAsync([.. (await WorkingMails.ManagersAsync(work, ct)).Select(manager => new Notice($"{LeaverLeftBehind}:{leftEvent}:{manager}", LeaverLeftBehind, manager, $"person:{leaver}")
        {
            Urgency = Urgency.Other,
            Model = new Dictionary<string, object?>
            {
                ["leaverName"] = left.Name,
                ["leftOn"] = DateText.Iso(left.LeftOn),
                ["requests"] = left.Owned > 0 ? left.Owned : null,
                ["reviewed"] = left.Reviewed > 0 ? left.Reviewed : null,
                ["waiting"] = left.Waiting > 0 ? left.Waiting : null,
                ["minutes"] = 3,
                ["link"] = left.Owned + left.Reviewed > 0 ? $"/people/{Uri.EscapeDataString(left.EmployeeNo)}/hand-over" : $"/evidence/collections?reviewer={CollectionFilter.NoReviewer}",
            },
        })], ct);
    }

    private sealed record LeftBehind(string Name, string EmployeeNo, DateOnly LeftOn, long Owned, long Reviewed, long Waiting);

    /// <summary>To the compliance managers, once: what is open with somebody who has left, and nobody comes after them who may have it.</summary>
    /// <param name="leaver">Only what is with this person; null: with anybody who has left.</param>
    public static async Task TellUnownedAsync(UnitOfWork work, long? leaver, CancellationToken ct)
    {
        var managers = await WorkingMails.ManagersAsync(work, ct);
        var stuck = await work.QueryAsync<long>("""
            select distinct c.id from collections c join people p on p.id = c.assignee_id cross join unnest(@managers) m (id)
            where c.state in ('open', 'returned') and p.left_on < @Today and (@leaver::bigint is null or p.id = @leaver)
              and not exists (select from notices n where n.key = @Unowned || ':' || c.id || ':' || p.id || ':' || m.id)
            """, new { managers = managers.ToArray(), leaver, work.Today, Unowned }, ct);
        await work.TellManyAsync([.. (await FactsAsync(work, stuck, ct)).SelectMany(facts => managers.Select(manager => new Notice($"{Unowned}:{facts.Id}:{facts.OwnerId}:{manager}", Unowned, manager, Subject(facts.Id))
        {
            DueOn = facts.DueOn,
            Model = new Dictionary<string, object?>(Model(facts)) { ["ownerName"] = facts.OwnerName, ["minutes"] = 3, ["link"] = $"/evidence/collections/{facts.Id}/owner" },
        }))], ct);
    }

    private sealed record Waiting(long Id, string OwnerNo);

    /// <summary>
    /// To the compliance managers, once a collection and owner: its owner is away until after it is due, and nobody can stand in. What has been told and is so no more is settled.
    /// </summary>
    /// <returns>How many notices are new.</returns>
    public static async Task<int> TellNoDeputyAsync(UnitOfWork work, CancellationToken ct)
    {
        var without = (await work.QueryAsync<Waiting>($"""
            select c.id, p.employee_no as owner_no from collections c join people p on p.id = c.assignee_id where {CollectionScope.WithoutDeputy} order by c.id
            """, new { work.Today }, ct)).ToDictionary(row => row.Id, row => row.OwnerNo);
        var open = await work.QueryAsync<string>("select distinct subject from notices where template = @NoDeputy and closed_at is null", new { NoDeputy }, ct);
        var over = open.Except(without.Keys.Select(Subject)).ToArray();
        if (over.Length > 0)
        {
            await work.SettleManyAsync(over, [NoDeputy], ct: ct);
        }
        if (without.Count == 0)
        {
            return 0;
        }
        var managers = await WorkingMails.ManagersAsync(work, ct);
        var untold = await work.QueryAsync<long>("""
            select c.id from unnest(@ids) k (id) join collections c on c.id = k.id where exists (select from unnest(@managers) m (id)
                where not exists (select from notices n where n.key = @NoDeputy || ':' || c.id || ':' || c.assignee_id || ':' || m.id)) order by c.id
            """, new { ids = without.Keys.ToArray(), managers = managers.ToArray(), NoDeputy }, ct);
        return await work.TellManyAsync([.. (await FactsAsync(work, untold, ct)).SelectMany(facts => managers.Select(manager => new Notice($"{NoDeputy}:{facts.Id}:{facts.OwnerId}:{manager}", NoDeputy, manager, Subject(facts.Id))
        {
            DueOn = facts.DueOn,
            Model = new Dictionary<string, object?>(Model(facts)) { ["ownerName"] = facts.OwnerName, ["minutes"] = 3, ["link"] = $"/people/{Uri.EscapeDataString(without[facts.Id])}/deputy" },
        }))], ct);
    }

    /// <summary>To whoever is named as deputy for a leave, before there is anything to do; whom somebody else replaces is not told any more.</summary>
    public static async Task TellDeputyNamedAsync(UnitOfWork work, CurrentUser by, long leave, CancellationToken ct)
    {
        await work.SettleAsync($"leave:{leave}", [DeputyNamed], ct: ct);
        var (deputy, owner, from, to) = await work.FirstAsync<(long?, string, DateOnly, DateOnly?)>("""
            select n.deputy_id, p.name, l.from_on, l.to_on from leave_deputies n join leaves l on l.id = n.leave_id join people p on p.id = l.person_id where l.id = @leave
            """, new { leave }, ct);
        if (deputy is not { } person || person == by.PersonId)
        {
            return;
        }
        var step = await work.FirstAsync<long>("select nextval('assignment_batches')", ct: ct);
        await work.TellManyAsync([new Notice($"{DeputyNamed}:{leave}:{step}:{person}", DeputyNamed, person, $"leave:{leave}")
        {
            Model = new Dictionary<string, object?> { ["ownerName"] = owner, ["byName"] = by.Name, ["fromOn"] = DateText.Iso(from), ["untilOn"] = to is { } last ? DateText.Iso(last) : null, ["minutes"] = null, ["link"] = "/evidence/collections?mine=true" },
        }], ct);
    }

    /// <summary>Somebody has it now.</summary>
    public static Task SettleUnownedAsync(UnitOfWork work, long collection, CancellationToken ct) => work.SettleAsync(Subject(collection), [Unowned], ct: ct);

    /// <summary>Collections whose return still waits to be mailed: its words say more than a reminder would.</summary>
    public static Task<IReadOnlyList<string>> WaitingReturnsAsync(UnitOfWork work, CancellationToken ct) =>
        work.QueryAsync<string>("select subject from notices where template = @Returned and mail_id is null and closed_at is null", new { Returned }, ct);

    /// <summary>The key under which the owner's reminder stands, to find those not told yet without building them.</summary>
    public static string ReminderKey(long collection, long owner, Reminder reminder, DateOnly dueOn, DateOnly plannedDueOn) =>
        $"{(reminder.Step == "soon" ? DueSoon : Overdue)}:{collection}:{owner}:{reminder.Step}{Moved(dueOn, plannedDueOn)}";

    /// <summary>A due date that was moved is reminded of anew.</summary>
    private static string Moved(DateOnly dueOn, DateOnly plannedDueOn) => dueOn == plannedDueOn ? "" : $"@{DateText.Iso(dueOn)}";

    /// <summary>Reminders of a due date that is in force no more are closed.</summary>
    public static Task SettleRemindersAsync(UnitOfWork work, long collection, CancellationToken ct) =>
        work.SettleAsync(Subject(collection), [Opened, DueSoon, Overdue, OverdueManager], ct: ct);

    private sealed record WaitingNotice(string Key, string Template, long PersonId, int Urgency, DateOnly? DueOn, string Model);

    /// <summary>A part came in, or was taken back: reminders that still wait to be mailed are told anew, so that they name what is still to come.</summary>
    /// <param name="step">What happened, as the end of their new keys.</param>
    public static async Task TellRestAsync(UnitOfWork work, long collection, string step, CancellationToken ct)
    {
        string[] reminders = [Opened, DueSoon, Overdue, OverdueManager, Returned];
        var waiting = await work.QueryAsync<WaitingNotice>("""
            select key, template, person_id, urgency, due_on, model::text as model from notices where subject = @subject and template = any (@reminders) and mail_id is null and closed_at is null and person_id is not null order by id
            """, new { subject = Subject(collection), reminders }, ct);
        if (waiting.Count == 0)
        {
            return;
        }
        var facts = Model((await FactsAsync(work, [collection], ct))[0]);
        // One that is in a mail already stays there: the mail says what was true when it was written.
        await work.SettleKeysAsync([.. waiting.Select(notice => notice.Key)], ct);
        await work.TellManyAsync([.. waiting.Select(notice => new Notice($"{notice.Key}:{step}", notice.Template, notice.PersonId, Subject(collection))
        {
            Urgency = (Urgency)notice.Urgency,
            DueOn = notice.DueOn,
            Model = new Dictionary<string, object?>(System.Text.Json.JsonSerializer.Deserialize<Dictionary<string, object?>>(notice.Model)!) { ["rest"] = facts["rest"], ["restByOn"] = facts["restByOn"] },
        })], ct);
    }

    /// <summary>To the reviewer. What the owner and their manager were asked is settled by it.</summary>
    public static async Task TellHandedInAsync(UnitOfWork work, long collection, long submission, string submitter, string? onBehalfOf, bool late, CancellationToken ct)
    {
        await work.SettleAsync(Subject(collection), ct: ct);
        await work.TellManyAsync([.. (await FactsAsync(work, [collection], ct)).Where(facts => facts.ReviewerHere).Select(facts =>
            ToReviewer(facts, new(collection, submission, submitter, onBehalfOf, work.Now, late)))], ct);
    }

    private sealed record Pending(long CollectionId, long SubmissionId, string Submitter, string? OnBehalfOf, DateTime At, bool Late);

    /// <summary>To the reviewer these went to: they were handed in before. Who reviewed them is not asked any more.</summary>
    public static async Task TellReviewerAsync(UnitOfWork work, IReadOnlyList<long> collections, CancellationToken ct)
    {
        await work.SettleManyAsync([.. collections.Select(Subject)], [HandedIn], ct: ct);
        var pending = (await work.QueryAsync<Pending>("""
            select c.id as collection_id, s.id as submission_id, coalesce(p.name, nullif(a.name, ''), a.sign_in) as submitter, f.name as on_behalf_of, s.at,
                   tokyo_date(s.at) > coalesce(c.missed_due_on, c.due_on) and not exists (select from past_evidence_pieces x where x.submission_id = s.id) as late
            from collections c join submissions s on s.id = c.pending_submission_id join accounts a on a.id = s.by_account left join people p on p.id = s.by_person left join people f on f.id = s.on_behalf_of
            where c.id = any (@ids)
            """, new { ids = collections.ToArray() }, ct)).ToDictionary(one => one.CollectionId);
        await work.TellManyAsync([.. (await FactsAsync(work, pending.Keys, ct)).Where(facts => facts.ReviewerHere).Select(facts => ToReviewer(facts, pending[facts.Id]))], ct);
    }

    private static Notice ToReviewer(Facts facts, Pending pending) => new($"{HandedIn}:{pending.SubmissionId}:{facts.ReviewerId}", HandedIn, facts.ReviewerId, Subject(facts.Id))
    {
        Urgency = Urgency.Other,
        DueOn = facts.DueOn,
        Model = new Dictionary<string, object?>(Model(facts)) { ["submitterName"] = pending.Submitter, ["onBehalfOf"] = pending.OnBehalfOf, ["submittedAt"] = pending.At, ["late"] = pending.Late },
    };

    /// <summary>To the owner: what to mend. The reviewer's own notice is settled by it.</summary>
    public static async Task TellReturnedAsync(UnitOfWork work, long collection, long act, string comment, CancellationToken ct)
    {
        await work.SettleAsync(Subject(collection), ct: ct);
        await LetDeputiesStandIn.SettleAsync(work, [collection], ct);
        await work.TellManyAsync([.. (await FactsAsync(work, [collection], ct)).Where(facts => facts.AskedHere).Select(facts =>
            new Notice($"{Returned}:{act}:{facts.AskedId}", Returned, facts.AskedId, Subject(collection))
            {
                Urgency = Urgency.Returned, DueOn = facts.DueOn,
                Model = new Dictionary<string, object?>(Model(facts)) { ["comment"] = string.Join(' ', comment.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)) },
            })], ct);
    }
}
