using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.People;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>
/// The demo's company through a year under its clock, with people who come, go, are away and return: at every week's end the numbers equal a recount by this test's own books, and so do those of
/// any week before; the next year's campaign is counted for itself.
/// </summary>
public sealed class YearTests : IAsyncLifetime
{
    private static readonly DateOnly Opens = new(2026, 4, 1), Due = new(2026, 6, 30), NextOpens = new(2027, 4, 1), NextDue = new(2027, 6, 30);
    private readonly School school = new();
    private readonly Dictionary<long, Person> books = [];

    public Task InitializeAsync() => school.InitializeAsync();

    public Task DisposeAsync() => school.DisposeAsync();

    /// <summary>What this test knows of somebody, by its own hand.</summary>
    private sealed class Person(long id, string number, DateOnly hired)
    {
        public long Id => id;
        public string Number => number;
        public DateOnly Hired => hired;
        public DateOnly? Left { get; set; }
        public DateOnly? Away { get; set; }
        public Dictionary<long, DateTime> Done { get; } = [];
        public DateOnly? JoinedRoster { get; set; }

        /// <summary>Fourteen days after the latest return from leave.</summary>
        public DateOnly? FollowUp { get; set; }
    }

    private T Get<T>() where T : notnull => school.App.Get<T>();

    [Fact]
    public async Task Numbers_of_every_week_of_a_year_equal_an_independent_recount_and_stay_so()
    {
        await school.Database.SetClockAsync("2026-04-01 09:00");
        var file = await File.ReadAllBytesAsync(Path.Combine(AppContext.BaseDirectory, "templates", "demo", "people.csv"));
        Assert.Empty((await Get<ImportPeople>().ApplyAsync(Actor.Operator("test"), null, "people.csv", file, new ImportTerms(new(2020, 4, 1), null))).Errors);
        foreach (var (id, number, hired, left) in await school.Database.ListAsync<(long, string, DateOnly, DateOnly?)>("select id, employee_no, hired_on, left_on from people where left_on is null or left_on >= '2026-04-01' order by id"))
        {
            // Who is hired in the course of the year takes the course for joiners.
            books[id] = new(id, number, hired) { JoinedRoster = hired > Opens ? hired : null, Left = left };
        }
        Assert.True(books.Count >= 120 && books.Values.Any(person => person.JoinedRoster is not null), $"{books.Count} people");
        var yearly = await school.RunAsync(School.Plan(opens: "2026-04-01", due: "2026-06-30"));
        var joiners = await school.RunAsync(School.Plan("joiners", opens: "2026-04-01", due: "2027-03-31", course: "new-joiners"));
        var roster = books.Values.Where(person => person.JoinedRoster is null).ToList();
        var dice = new Random(20260401);
        var weeks = new List<(DateTime At, Numbers Yearly, int Joiners, int JoinersDone)>();
        for (var day = new DateOnly(2026, 4, 6); day < new DateOnly(2027, 3, 29); day = day.AddDays(7))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 08:00");
            await LiveAsync(day, dice, yearly, joiners);
            await school.Database.SetClockAsync($"{day.AddDays(4):yyyy-MM-dd} 09:10");
            await TickAsync();
            await MailAsync();
            var now = await school.NowAsync();
            var expected = Recount(roster, yearly, day.AddDays(4), Due);
            Assert.Equal((day, expected), (day, await school.NumbersAsync(yearly, now)));
            var joined = books.Values.Where(person => person.JoinedRoster <= day.AddDays(4)).ToList();
            var induction = await school.NumbersAsync(joiners, now);
            Assert.Equal((day, joined.Count, joined.Count(person => person.Done.ContainsKey(joiners))), (day, induction.Total, induction.Completed));
            weeks.Add((now, expected, joined.Count, induction.Completed));
            // A week-end that has something to tell, too.
            await school.Database.SetClockAsync($"{day.AddDays(5):yyyy-MM-dd} 09:10");
            await Get<RemindTrainees>().RunAsync(default);
            await MailAsync();
        }
        // The next year: everybody employed then, whatever they completed before.
        await school.Database.SetClockAsync($"{NextOpens:yyyy-MM-dd} 08:00");
        await TickAsync();
        var next = await school.RunAsync(School.Plan(opens: "2027-04-01", due: "2027-06-30"));
        var nextRoster = books.Values.Where(person => person.Hired <= NextOpens && (person.Left is null || person.Left >= NextOpens)).ToList();
        foreach (var person in nextRoster.Where(person => person.Left is null && person.Away is null && dice.Next(3) == 0))
        {
            await CompleteAsync(person, next);
        }
        for (var day = NextOpens.AddDays(1); day <= NextOpens.AddDays(22); day = day.AddDays(7))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 09:10");
            await TickAsync();
            await MailAsync();
            Assert.Equal((day, Recount(nextRoster, next, day, NextDue)), (day, await school.NumbersAsync(next)));
            Assert.Equal((day, Recount(roster, yearly, day, Due)), (day, await school.NumbersAsync(yearly)));
        }
        Assert.True(nextRoster.Count(person => person.Done.ContainsKey(yearly)) > 20 && (await school.NumbersAsync(next)) is { NotStarted: > 20, Completed: > 20 });
        Assert.Equal([2026, 2027], await school.Database.ListAsync<int>("select fiscal_year from training_campaigns where kind = 'yearly' order by fiscal_year"));
        foreach (var week in weeks)
        {
            Assert.Equal(week.Yearly, await school.NumbersAsync(yearly, week.At));
            Assert.Equal((week.Joiners, week.JoinersDone), ((await school.NumbersAsync(joiners, week.At)).Total, (await school.NumbersAsync(joiners, week.At)).Completed));
        }
        var last = weeks[^1].Yearly;
        Assert.True(last.Total == roster.Count && last is { Completed: > 20, Left: > 0 } && weeks.Any(week => week.Yearly.Leave > 0) && weeks[^1].Joiners > 5, $"{last}: too little happened");
        // Nobody was mailed twice a day, nor at a week-end or holiday; and many were.
        BusinessCalendar calendar;
        await using (var connection = await school.Database.Db.OpenAsync())
        {
            calendar = await BusinessCalendars.LoadAsync(connection);
        }
        var mails = await school.Database.ListAsync<(long To, DateTime At)>("select person_id, finished_at from mails where kind = 'daily' and state = 'accepted'");
        Assert.True(mails.Count > 500 && mails.Count == sent, $"{mails.Count} mails, {sent} handed over");
        Assert.All(mails, mail => Assert.True(calendar.IsBusinessDay(JapanTime.DateOf(mail.At)), $"{mail.At:u}"));
        Assert.All(mails.GroupBy(mail => (mail.To, JapanTime.DateOf(mail.At))), day => Assert.Single(day));
        Assert.Contains(weeks, week => JapanTime.DateOf(week.At) is var friday && !calendar.IsBusinessDay(friday));
    }

    private int sent;

    /// <summary>The worker's round, and the same again.</summary>
    private async Task MailAsync() => sent += await Get<SendMails>().RunAsync(default) + await Get<SendMails>().RunAsync(default);

    private async Task TickAsync()
    {
        await Get<FollowPeopleEvents>().RunAsync(default);
        await Get<RemindTrainees>().RunAsync(default);
    }

    private async Task LiveAsync(DateOnly day, Random dice, long yearly, long joiners)
    {
        foreach (var person in books.Values.Where(person => person.Left is null && person.Hired <= day).OrderBy(person => person.Id).ToList())
        {
            var luck = dice.Next(200);
            if (person.Away is { } away && luck < 60 && day > away)
            {
                await EventAsync(person, "back", day);
                await school.Database.ArrangeAsync("update leaves set to_on = @on where person_id = @Id and to_on is null", new { person.Id, on = day.AddDays(-1) });
                (person.Away, person.FollowUp) = (null, day.AddDays(FollowPeopleEvents.DaysAfterReturn));
            }
            else if (luck == 61)
            {
                person.Left = day.AddDays(1);
                await school.Database.ArrangeAsync("update people set left_on = @Left where id = @Id", new { person.Left, person.Id });
                await EventAsync(person, "left", person.Left.Value);
            }
            else if (person.Away is null && luck is 62 or 63)
            {
                person.Away = day;
                await school.Database.ArrangeAsync("insert into leaves (person_id, kind, from_on) values (@Id, 'other', @day)", new { person.Id, day });
                await EventAsync(person, "on_leave", day);
            }
            else if (person.Away is null && luck > 185)
            {
                await CompleteAsync(person, person.JoinedRoster is null ? yearly : joiners);
            }
            else if (luck == 64)
            {
                await EventAsync(person, "transferred", day);
            }
        }
        if (dice.Next(4) == 0)
        {
            var number = $"J{day:yyMMdd}";
            await school.Database.ArrangeAsync("insert into people (employee_no, name, name_key, email, email_key, hired_on) values (@number, @number, @number, @number || '@example.test', @number || '@example.test', @day)", new { number, day });
            var id = await school.Database.ScalarAsync<long>("select id from people where employee_no = @number", new { number });
            books[id] = new(id, number, day) { JoinedRoster = day };
            await EventAsync(books[id], "joined", day);
        }
    }

    private async Task CompleteAsync(Person person, long campaign)
    {
        if (person.Done.ContainsKey(campaign))
        {
            return;
        }
        await Get<FollowPeopleEvents>().RunAsync(default);
        var (recorded, _, problems) = await Get<RecordAttendance>().RunAsync(School.Manager, campaign, Attendance.Typed(person.Number), "paper", "回答は書庫");
        Assert.Equal((1, 0), (recorded, problems.Count));
        person.Done[campaign] = await school.NowAsync();
    }

    private Task EventAsync(Person person, string kind, DateOnly on) => school.Database.ArrangeAsync("""
        insert into people_events (person_id, kind, happened_on, at, leave_id) values (@Id, @kind, @on, business_now(), (select max(id) from leaves where person_id = @Id and @kind = 'on_leave'))
        """, new { person.Id, kind, on });

    /// <summary>Counted again, by what this test knows.</summary>
    private static Numbers Recount(List<Person> roster, long campaign, DateOnly today, DateOnly due)
    {
        var done = roster.Where(person => person.Done.ContainsKey(campaign)).ToHashSet();
        var left = roster.Where(person => !done.Contains(person) && person.Left < today && person.Left <= (person.FollowUp > due ? person.FollowUp : due)).ToHashSet();
        var away = roster.Where(person => !done.Contains(person) && !left.Contains(person) && person.Away is not null).ToHashSet();
        // Who left after the due date without it is nobody's matter but a person's: still to be explained, unless they were on leave when they left.
        return new(done.Count, 0, 0, roster.Count - done.Count - left.Count - away.Count, away.Count, left.Count, 0, 0, 0);
    }
}
