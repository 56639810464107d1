using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Evidence;

/// <summary>Something a person will read in the mail of a day, if nobody hands anything in until then.</summary>
/// <param name="On">The business day whose mail it is.</param>
/// <param name="What"><c>waiting</c> (told already), <c>opened</c>, <c>dueSoon</c>, <c>overdue</c>, or <c>manager</c> (a report's item is overdue).</param>
public sealed record ComingNotice(DateOnly On, long PersonId, string Name, string What, string? Title, DateOnly? PeriodFrom, DateOnly? PeriodTo, DateOnly? DueOn);

/// <summary>The mails of the coming business days.</summary>
/// <param name="IsWhole">False: there is more than could be looked at.</param>
public sealed record MailForecast(IReadOnlyList<DateOnly> Days, IReadOnlyList<ComingNotice> Notices, bool IsWhole);

/// <summary>
/// Says what will be mailed to whom on which day, by the same rules and keys as the jobs that do it (<see cref="OpenDueCollections"/>,
/// <see cref="RemindOwners"/>); it writes nothing.
/// </summary>
public sealed class ForecastMails(Db db, Settings settings)
{
    private const int Most = 5_000;

    private sealed record Candidate(long Id, string State, long AskedId, DateOnly OpensOn, DateOnly DueOn, DateOnly PlannedDueOn);

    /// <param name="days">Business days to look ahead, the next day of mail included.</param>
    /// <exception cref="NotFound">The caller is no compliance manager.</exception>
    public async Task<MailForecast> LoadAsync(CurrentUser user, int days, CancellationToken ct)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        // Never committed: the jobs' own statements are asked, and they want an operation.
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var calendar = await BusinessCalendars.LoadAsync(work.Connection, ct);
        var rules = await NoticeRules.LoadAsync(work.Connection, work.Today, ct);
        var first = JapanTime.DateOf((await SendWindow.LoadAsync(work.Connection, settings, ct)).Next(work.Now, calendar));
        DateOnly[] mailDays = [.. Enumerable.Range(0, days).Select(n => calendar.AddBusinessDays(first, n))];
        var candidates = await work.QueryAsync<Candidate>("""
            select id, state, coalesce(deputy_id, assignee_id) as asked_id, opens_on, due_on, planned_due_on from collections
            where state = 'planned' and opens_on <= @last or state in ('open', 'returned') and due_on <= @horizon order by opens_on, id limit @limit
            """, new { last = mailDays[^1], horizon = calendar.AddBusinessDays(mailDays[^1], rules.DaysBefore), limit = Most + 1 }, ct);
        var isWhole = candidates.Count <= Most;
        candidates = [.. candidates.Take(Most)];
        var facts = (await EvidenceMails.FactsAsync(work, candidates.Select(row => row.Id), ct)).ToDictionary(row => row.Id);
        var names = (await work.QueryAsync<(long Id, string Name)>("select id, name from people where id = any(@ids)", new { ids = facts.Values.Select(row => row.ManagerId).OfType<long>().Distinct().ToArray() }, ct))
            .ToDictionary(row => row.Id, row => row.Name);
        var told = await ToldAsync(work, candidates, first, calendar, rules, ct);
        var notices = (await work.QueryAsync<ComingNotice>("""
            select @first as "on", n.person_id, p.name, 'waiting' as what, n.model ->> 'title' as title, (n.model -> 'period' ->> 'from')::date as period_from, (n.model -> 'period' ->> 'to')::date as period_to, n.due_on
            from notices n join people p on p.id = n.person_id where n.mail_id is null and n.closed_at is null order by p.name_kana, n.id limit 1000
            """, new { first }, ct)).ToList();
        foreach (var row in candidates)
        {
            notices.AddRange(Of(row, facts[row.Id], names, mailDays, told, calendar, rules));
        }
        return new MailForecast(mailDays, [.. notices.OrderBy(notice => notice.On).ThenBy(notice => notice.PersonId)], isWhole);
    }

    private static IEnumerable<ComingNotice> Of(Candidate row, EvidenceMails.Facts facts, Dictionary<long, string> names, DateOnly[] mailDays, HashSet<string> told, BusinessCalendar calendar, NoticeRules rules)
    {
        ComingNotice Notice(DateOnly on, long person, string name, string what) => new(on, person, name, what, facts.Title, facts.PeriodFrom, facts.PeriodTo, facts.DueOn);
        var opens = row.State == "planned" ? mailDays.First(day => day >= row.OpensOn) : (DateOnly?)null;
        string? before = null;
        foreach (var day in mailDays.Where(day => day >= row.OpensOn))
        {
            var reminder = Reminders.Newest(row.OpensOn, row.DueOn, day, calendar, rules);
            var isNew = reminder is not null && reminder.Step != before && !told.Contains(EvidenceMails.ReminderKey(row.Id, row.AskedId, reminder, row.DueOn, row.PlannedDueOn));
            before = reminder?.Step;
            if (facts.AskedHere && (isNew || opens == day))
            {
                // A reminder of the same day takes the place of the request.
                yield return Notice(day, facts.AskedId, facts.AskedName, !isNew ? "opened" : reminder!.Step == "soon" ? "dueSoon" : "overdue");
            }
            if (isNew && reminder!.ToManager && facts.ManagerId is { } manager && manager != facts.AskedId)
            {
                yield return Notice(day, manager, names[manager], "manager");
            }
        }
    }

    /// <summary>The keys of reminders that were told already.</summary>
    private static async Task<HashSet<string>> ToldAsync(UnitOfWork work, IReadOnlyList<Candidate> rows, DateOnly first, BusinessCalendar calendar, NoticeRules rules, CancellationToken ct)
    {
        var keys = rows.Where(row => row.State != "planned").Select(row => (row, reminder: Reminders.Newest(row.OpensOn, row.DueOn, first, calendar, rules))).Where(pair => pair.reminder is not null)
            .Select(pair => EvidenceMails.ReminderKey(pair.row.Id, pair.row.AskedId, pair.reminder!, pair.row.DueOn, pair.row.PlannedDueOn)).ToArray();
        return [.. await work.QueryAsync<string>("select key from notices where key = any(@keys)", new { keys }, ct)];
    }
}
