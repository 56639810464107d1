using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;
using AuditTracker.Trail;

namespace AuditTracker.Tests.Commands;

/// <summary>
/// A year of requests under the business clock: planned, opened, reminded, mailed and sealed by workers that are killed at random. What is there at the end is
/// the plan, once; everybody was told of each of theirs, and no mail came to the server twice. <c>YEAR_REQUESTS</c> sets how many requests (10,000 for the whole promise).
/// </summary>
public sealed class KilledYearTests : IAsyncLifetime
{
    private static readonly int Requests = int.Parse(Environment.GetEnvironmentVariable("YEAR_REQUESTS") ?? "300");
    private const int Connections = 2;
    private static readonly string[] Jobs = [nameof(ExtendPlans), nameof(OpenDueCollections), nameof(RemindOwners), nameof(SendMails), nameof(SealTrail)];
    // Unlike the pickup folder, which keeps one file a mail whatever happens, it counts what it takes.
    // As large as the servers of offices take: two owners of thousands of requests get long mails.
    private readonly SmtpPeer peer = new() { Offers = ["SIZE 35000000", "8BITMIME", "ENHANCEDSTATUSCODES"] };
    private TestApp app = null!;

    public async Task InitializeAsync() => app = await TestApp.StartAsync([.. MailSettings]);

    public async Task DisposeAsync()
    {
        await app.DisposeAsync();
        await peer.DisposeAsync();
    }

    private IEnumerable<(string, string)> MailSettings =>
    [
        ("AuditTracker:Mail:Transport", "smtp"), ("AuditTracker:Mail:Smtp:Host", "127.0.0.1"), ("AuditTracker:Mail:Smtp:Port", $"{peer.Port}"), ("AuditTracker:Mail:Smtp:Security", "none"), ("AuditTracker:Mail:Connections", $"{Connections}"),
    ];

    [Fact]
    public async Task A_year_with_workers_killed_at_random_is_the_plan_and_every_mail_once()
    {
        await app.Database.SetClockAsync("2026-04-01T09:15:00");
        await SeedAsync();
        BusinessCalendar calendar;
        await using (var connection = await app.Database.Db.OpenAsync())
        {
            calendar = await BusinessCalendars.LoadAsync(connection);
        }
        var random = new Random(7);
        var kills = 0;
        // Every month one morning on which something opens and one on which something is due soon; each worker has a moment, sometimes only just.
        for (var month = new DateOnly(2026, 4, 1); month < new DateOnly(2027, 4, 1); month = month.AddMonths(1))
        {
            // Mails leave on business days.
            await app.Database.SetClockAsync($"{calendar.ShiftToNext(month.AddDays(month.Month % 2 == 0 ? 5 : 12)):yyyy-MM-dd}T09:{10 + month.Month}:00");
            if (month.Month % 3 != 1)
            {
                await RunHereAsync();
                continue;
            }
            await using var worker = WorkerProcess.Start(app.Database, [.. MailSettings.Select(setting => (setting.Item1.Replace(":", "__"), setting.Item2))]);
            foreach (var job in Jobs)
            {
                await WorkerProcess.AskAsync(app.Database, job);
            }
            // Somewhere in its start, or in its work.
            await Task.Delay(random.Next(1_000, 12_000));
            await worker.KillAsync();
            kills++;
        }
        await app.Database.SetClockAsync("2027-04-01T09:30:00");
        await app.Database.UntilAsync("select not exists (select 1 from pg_stat_activity where datname = current_database() and usename = 'audit_tracker_app' and state = 'idle in transaction')");
        await app.Database.ArrangeAsync("update mails set lease_until = now() - interval '1 second' where state = 'sending'");
        await RunHereAsync();
        await RunHereAsync();

        Assert.Equal(4, kills);
        // The plan, worked out apart from the database.
        var expected = new Dictionary<string, int>();
        foreach (var (every, on, months) in Kinds)
        {
            expected[every + on] = Plans((every, on, months), calendar).Count();
        }
        var made = (await app.Database.ListAsync<(string Kind, long Count)>("select v.every || v.on_day, count(*) from collections c join request_versions v on v.request_id = c.request_id group by 1")).ToDictionary(row => row.Kind, row => (int)row.Count);
        for (var kind = 0; kind < Kinds.Length; kind++)
        {
            Assert.Equal(expected[Kinds[kind].Every + Kinds[kind].On] * ((Requests - kind + Kinds.Length - 1) / Kinds.Length), made[Kinds[kind].Every + Kinds[kind].On]);
        }
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from (select from collections group by request_id, period_from, period_to having count(*) > 1) doubles"));
        Assert.Equal(await app.Database.ScalarAsync<long>("select count(*) from collections where opens_on <= '2027-04-01'"), await app.Database.ScalarAsync<long>("select count(*) from collection_acts where act = 'open'"));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from collections where (opens_on <= '2027-04-01') <> (state = 'open')"));
        // Whom the plan asks, for which period and from which day on: each told once, by a notice that a mail took along.
        var asked = Enumerable.Range(1, Requests).SelectMany(n => Plans(Kinds[(n - 1) % Kinds.Length], calendar).Where(planned => planned.OpensOn <= new DateOnly(2027, 4, 1))
            .Select(planned => ($"request {n}", planned.Period.From, planned.OpensOn, n % 2 == 0 ? Cast.Alice.PersonId : Cast.Hana.PersonId))).Order().ToList();
        Assert.Equal(asked, (await app.Database.ListAsync<(string, DateOnly, DateOnly, long)>("""
            select r.title, c.period_from, c.opens_on, n.person_id from notices n join collections c on n.subject = 'collection:' || c.id join evidence_requests r on r.id = c.request_id where n.template = 'evidence/collection-opened'
            """)).Order());
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from notices where mail_id is null and closed_at is null"));
        // The server took each mail once that is said to have left, none twice, and none nobody knows of. Those that were being said when a worker died are for a person to decide.
        var states = (await app.Database.ListAsync<(string Id, string State)>("select message_id, state from mails")).ToDictionary(mail => mail.Id, mail => mail.State);
        var taken = peer.Taken.Select(mail => mail.MessageId).ToList();
        Assert.Equal(taken.Count, taken.Distinct().Count());
        Assert.All(taken, id => Assert.Contains(id, states.Keys));
        Assert.Empty(states.Where(mail => mail.Value == "accepted").Select(mail => mail.Key).Except(taken));
        Assert.All(states.Values, state => Assert.Contains(state, new[] { "accepted", "unknown" }));
        Assert.InRange(states.Values.Count(state => state == "unknown"), 0, kills * Connections);
        Assert.True(taken.Count >= 12, $"{taken.Count} mails");
        // What was written is sealed, whole. (Transactions of other tests on this server hold a seal back for as long as they run.)
        var written = await app.Database.ScalarAsync<long>("select max(id) from trail.entries where what in ('collections.opened', 'collections')");
        var deadline = DateTime.UtcNow.AddMinutes(2);
        while (await app.Database.ScalarAsync<long>("select coalesce(max(through_id), 0) from trail.seals") < written)
        {
            Assert.True(DateTime.UtcNow < deadline, "The trail is not sealed to its end.");
            await app.Get<SealTrail>().RunAsync();
            await Task.Delay(100);
        }
        Assert.Equal(await app.Database.ScalarAsync<long>("select count(*) from trail.entries where id <= (select max(through_id) from trail.seals)"), await app.Database.ScalarAsync<long>("select sum(entries)::bigint from trail.seals"));
    }

    private static readonly (string Every, string On, int Months)[] Kinds = [("month", "", 0), ("quarter", "", 0), ("month", "lastBusinessDay", 0), ("half", "", 0), ("months", "", 2), ("year", "", 0)];

    private static IEnumerable<PlannedPeriod> Plans((string Every, string On, int Months) kind, BusinessCalendar calendar) =>
        new PlanRule(Recurrence.Read(kind.Every, kind.On, kind.Months)!, 1, 10, OffsetUnit.BusinessDays, DeadlineShift.Previous, new(2026, 4, 1)).Expand(new(2026, 4, 1), new(2028, 4, 1), calendar);

    private async Task RunHereAsync()
    {
        foreach (var job in Jobs)
        {
            await Rooms.Schedules.First(schedule => schedule.Name == job).Run(app.Database.Services, CancellationToken.None);
        }
    }

    /// <summary>Requests without their plan, which the first worker makes.</summary>
    private Task SeedAsync() => app.Database.ArrangeAsync("""
        update company_versions set secretariat_name = '事務局', sender_address = 'audit@example.test' where section = 'secretariat';
        insert into evidence_requests (title, title_key, owner_id, reviewer_id, start_on, created_at)
        select 'request ' || n, 'request ' || n, case n % 2 when 0 then @alice else @hana end, @bob, '2026-04-01', now() from generate_series(1, @Requests) n order by n;
        insert into request_versions (request_id, version, title, guidance, every, every_months, on_day, opens_offset, due_offset, due_unit, owner_id, reviewer_id, start_on, at)
        select id, 1, title, '', (@every)[k], (@months)[k], (@on)[k], 1, 10, 'businessDays', owner_id, reviewer_id, start_on, now()
        from (select *, 1 + (row_number() over (order by id) - 1) % @kinds as k from evidence_requests) r;
        """, new
    {
        alice = Cast.Alice.PersonId,
        hana = Cast.Hana.PersonId,
        bob = Cast.Bob.PersonId,
        Requests,
        kinds = Kinds.Length,
        every = Kinds.Select(kind => kind.Every).ToArray(),
        months = Kinds.Select(kind => kind.Months).ToArray(),
        on = Kinds.Select(kind => kind.On).ToArray(),
    });
}
