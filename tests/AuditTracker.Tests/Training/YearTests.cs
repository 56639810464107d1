using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>A year under the clock with people who come, go, are away and return: at every week's end the numbers equal a recount by this test's own books, and so do those of any week before.</summary>
public sealed class YearTests : IAsyncLifetime
{
    private const int People = 60;
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
    }

    private T Get<T>() where T : notnull => school.App.Get<T>();

    [Fact]
    public async Task Numbers_of_every_week_of_a_year_equal_an_independent_recount_and_stay_so()
    {
        await school.Database.SetClockAsync("2026-04-01 09:00");
        await school.Database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, employment_type, hired_on)
            select 'Y' || to_char(n, 'FM000'), '人 ' || n, '人 ' || n, format('y%s@example.test', n), format('y%s@example.test', n), (array['正社員', '派遣社員'])[1 + n % 2], '2020-04-01' from generate_series(1, @People) n
            """, new { People });
        foreach (var (id, number) in await school.Database.ListAsync<(long, string)>("select id, employee_no from people where employee_no like 'Y%' order by id"))
        {
            books[id] = new(id, number, new(2020, 4, 1));
        }
        var yearly = await school.RunAsync(School.Plan(opens: "2026-04-01", due: "2026-06-30", audience: new(false, [], [], [.. books.Values.Select(person => person.Number)])));
        var joiners = await school.RunAsync(School.Plan("joiners", opens: "2026-04-01", due: "2027-03-31", course: "new-joiners"));
        var dice = new Random(20260401);
        var weeks = new List<(DateTime At, Numbers Yearly, int Joiners, int JoinersDone)>();
        for (var day = new DateOnly(2026, 4, 6); day < new DateOnly(2027, 3, 29); day = day.AddDays(7))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 08:00");
            await LiveAsync(day, dice, yearly, joiners);
            await school.Database.SetClockAsync($"{day.AddDays(4):yyyy-MM-dd} 18:00");
            await TickAsync();
            var now = await school.NowAsync();
            var expected = Recount(yearly, day.AddDays(4), new(2026, 6, 30));
            Assert.Equal((day, expected), (day, await school.NumbersAsync(yearly, now)));
            var joined = books.Values.Where(person => person.JoinedRoster <= day.AddDays(4)).ToList();
            var induction = await school.NumbersAsync(joiners, now);
            Assert.Equal((day, joined.Count, joined.Count(person => person.Done.ContainsKey(joiners))), (day, induction.Total, induction.Completed));
            weeks.Add((now, expected, joined.Count, induction.Completed));
        }
        foreach (var week in weeks)
        {
            Assert.Equal(week.Yearly, await school.NumbersAsync(yearly, week.At));
            Assert.Equal((week.Joiners, week.JoinersDone), ((await school.NumbersAsync(joiners, week.At)).Total, (await school.NumbersAsync(joiners, week.At)).Completed));
        }
        var last = weeks[^1].Yearly;
        Assert.True(last is { Total: People, Completed: > 10, Left: > 0 } && weeks.Any(week => week.Yearly.Leave > 0) && weeks[^1].Joiners > 5, $"{last}: too little happened");
        // Nobody was mailed twice a day, nor at a week-end or holiday, and each key once.
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from (select 1 from mails where kind = 'daily' and sent_on is not null group by person_id, sent_on having count(*) > 1) twice"));
    }

    private async Task TickAsync()
    {
        await Get<FollowPeopleEvents>().RunAsync(default);
        await Get<RemindTrainees>().RunAsync(default);
    }

    private async Task LiveAsync(DateOnly day, Random dice, long yearly, long joiners)
    {
        foreach (var person in books.Values.Where(person => person.Left is null).OrderBy(person => person.Id).ToList())
        {
            var luck = dice.Next(200);
            if (person.Away is { } away && luck < 60 && day > away)
            {
                await EventAsync(person, "back", day);
                await school.Database.ArrangeAsync("update leaves set to_on = @on where person_id = @Id and to_on is null", new { person.Id, on = day.AddDays(-1) });
                person.Away = null;
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
    private Numbers Recount(long campaign, DateOnly today, DateOnly due)
    {
        var roster = books.Values.Where(person => person.JoinedRoster is null).ToList();
        var done = roster.Where(person => person.Done.ContainsKey(campaign)).ToHashSet();
        var left = roster.Where(person => !done.Contains(person) && person.Left < today && person.Left <= due).ToHashSet();
        var away = roster.Where(person => !done.Contains(person) && !left.Contains(person) && person.Away is not null).ToHashSet();
        // Who left after the due date without it is nobody's matter but a person's: still to be explained, unless they were on leave when they left.
        return new(done.Count, 0, 0, roster.Count - done.Count - left.Count - away.Count, away.Count, left.Count, 0, 0, 0);
    }
}
