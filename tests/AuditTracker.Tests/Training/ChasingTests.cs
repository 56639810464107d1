using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;
using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>Who is told when (domain.md §6.5), once a step, and no more the instant somebody completes.</summary>
public sealed class ChasingTests : IAsyncLifetime
{
    private readonly School school = new();

    public async Task InitializeAsync()
    {
        await school.InitializeAsync();
        await school.Database.ArrangeAsync("insert into appointments (kind, apart, single, person_id, from_on, by_actor, at) select key, apart, single, 5, '2020-04-01', 'operator:test', now() from appointment_kinds where key = 'privacyManager'");
    }

    public Task DisposeAsync() => school.DisposeAsync();

    private async Task<BusinessCalendar> CalendarAsync()
    {
        await using var connection = await school.Database.Db.OpenAsync();
        return await BusinessCalendars.LoadAsync(connection);
    }

    [Fact]
    public async Task The_steps_fall_on_business_days_and_only_the_newest_counts()
    {
        var (steps, calendar) = (await school.App.Get<Cadence>().LoadAsync(default), await CalendarAsync());
        // Due Monday 30 November 2026; the 23rd is a holiday, so its step is the Friday before.
        var told = Enumerable.Range(0, 60).Select(day => School.Day("2026-11-02").AddDays(day))
            .Select(today => Cadence.Newest(steps, "person", School.Day("2026-11-02"), School.Day("2026-11-30"), today, calendar)).OfType<CadenceDay>().Distinct().ToList();
        Assert.Equal([("before14", "2026-11-16"), ("before7", "2026-11-20"), ("before3", "2026-11-27"), ("after1", "2026-12-01"), ("afterWeekly", "2026-12-07"), ("afterWeekly+1", "2026-12-14"), ("afterWeekly+2", "2026-12-21"), ("afterWeekly+3", "2026-12-28")],
            told.Select(day => (day.Step, DateText.Iso(day.On))).Where(step => step.Step != "before1"));
        Assert.All(told, day => Assert.True(calendar.IsBusinessDay(day.On)));
        // Not told before the opening, nor a reminder of a date that is over.
        Assert.Null(Cadence.Newest(steps, "person", School.Day("2026-11-27"), School.Day("2026-11-30"), School.Day("2026-11-27"), calendar));
        Assert.Null(Cadence.Newest(steps, "person", School.Day("2026-11-02"), School.Day("2026-11-28"), School.Day("2026-11-29"), calendar));
    }

    [Fact]
    public async Task A_year_of_ticks_tells_each_step_once_and_stops_the_instant_somebody_completes()
    {
        await school.Database.ArrangeAsync("update people set employment_type = '役員' where id = 7");
        var id = await school.RunAsync();
        foreach (var member in new[] { Cast.Bob, Cast.Carol, Cast.Mallory, Cast.Manami, Cast.Adam, Cast.Hana })
        {
            Assert.True(await school.TakeAsync(member, id));
        }
        // Alice, whose manager and head is Hana, and Tom, an officer, are left.
        var remind = school.App.Get<RemindTrainees>();
        for (var day = School.Day("2026-11-03"); day <= School.Day("2026-12-09"); day = day.AddDays(1))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 09:00");
            await Task.WhenAll(remind.RunAsync(default), remind.RunAsync(default));
            await school.App.Get<SendMails>().RunAsync(default);
        }
        long Told(IEnumerable<string> keys, string begins) => keys.Count(key => key.StartsWith(begins, StringComparison.Ordinal));
        var alice = await school.RosterAsync(id, Cast.Alice);
        var tom = await school.RosterAsync(id, Cast.Tom);
        var keys = await school.Database.ListAsync<string>("select key from notices where template like 'training/%'");
        Assert.Equal((3L, 2L), (Told(keys, $"training/due-soon:{alice}:"), Told(keys, $"training/overdue:{alice}:")));
        Assert.Equal((2L, 0L), (Told(keys, $"training/person-late:{alice}:{Cast.Hana.PersonId}:"), Told(keys, $"training/person-late:{alice}:{Cast.Manami.PersonId}:")));
        // An officer's lateness is the privacy manager's matter alone.
        Assert.Equal((2L, 2L), (Told(keys, $"training/person-late:{tom}:{Cast.Manami.PersonId}:"), Told(keys, $"training/person-late:{tom}:")));
        Assert.Equal((1L, 1L), (Told(keys, $"training/numbers:{id}:D1:{Cast.Hana.PersonId}:"), Told(keys, $"training/numbers:{id}::{Cast.Manami.PersonId}:")));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from mails m where sent_on is not null and exists (select from holidays h where h.held_on = m.sent_on) or extract(isodow from sent_on) > 5"));
        Assert.Equal(0, await school.Database.ScalarAsync<long>("select count(*) from (select person_id, sent_on from mails where kind = 'daily' and sent_on is not null group by 1, 2 having count(*) > 1) twice"));

        Assert.True(await school.TakeAsync(Cast.Alice, id));
        Assert.Equal(0, await school.NoticesAsync($"subject = 'training:{alice}' and closed_at is null"));
        Assert.Equal(0, await school.NoticesAsync($"subject = 'trainingNumbers:{id}:D1' and closed_at is null"));
        var before = keys.Count;
        await school.Database.SetClockAsync("2026-12-25 09:00");
        await remind.RunAsync(default);
        Assert.Equal(0, await school.NoticesAsync($"subject = 'training:{alice}' and created_at > '2026-12-20'"));
        Assert.True(await school.NoticesAsync($"subject = 'training:{tom}'") > 0 && before > 0);
    }

    [Fact]
    public async Task Heads_and_the_privacy_manager_hear_of_late_joiners_too_once_a_week_and_not_of_those_who_have_time()
    {
        await school.RunAsync(School.Plan("joiners", due: "2027-03-31", course: "new-joiners"));
        // Two join Hana's department in different weeks, an officer and a third one later.
        foreach (var (number, hired, type) in new[] { ("900051", "2026-11-04", "正社員"), ("900052", "2026-11-09", "正社員"), ("900053", "2026-11-09", "役員"), ("900054", "2026-12-07", "正社員") })
        {
            await school.Database.ArrangeAsync("""
                insert into people (employee_no, name, name_key, email, email_key, employment_type, hired_on) values (@number, @number, @number, @number || '@example.test', @number || '@example.test', @type, @hired::date);
                insert into posts (person_id, department_id, from_on) select id, 1, hired_on from people where employee_no = @number;
                insert into people_events (person_id, kind, happened_on, at) select id, 'joined', hired_on, business_now() from people where employee_no = @number
                """, new { number, hired, type });
        }
        for (var day = School.Day("2026-11-04"); day <= School.Day("2026-12-08"); day = day.AddDays(1))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 09:00");
            await school.App.Get<FollowPeopleEvents>().RunAsync(default);
            await Task.WhenAll(school.App.Get<RemindTrainees>().RunAsync(default), school.App.Get<RemindTrainees>().RunAsync(default));
        }
        async Task<string> ToldAsync(Cast.Member member, string code) => string.Join(' ', (await school.Database.ListAsync<(DateOnly On, string Numbers)>(
            "select tokyo_date(created_at), (model ->> 'open') || '/' || (model ->> 'total') from notices where template = 'training/numbers' and person_id = @PersonId and subject like 'trainingNumbers:%:' || @code order by id", new { member.PersonId, code }))
            .Select(row => $"{row.On:MM-dd}:{row.Numbers}"));
        // Due 9 and 14 November (five days after the hire date). Three business days later to the head, officers left out; a week later to the privacy manager, everybody, and weekly from there.
        Assert.Equal("11-12:1/1 11-19:2/2", await ToldAsync(Cast.Hana, "D1"));
        Assert.Equal("11-16:1/1 11-23:3/3 11-30:3/3 12-07:3/3", await ToldAsync(Cast.Manami, ""));
        // Two are trained: nobody of the department is late any more but the officer, though one has still time.
        var id = await school.Database.ScalarAsync<long>("select id from training_campaigns");
        await school.App.Get<RecordAttendance>().RunAsync(School.Manager, id, Attendance.Typed("900051 900052"), "session", "12月8日");
        Assert.Equal(1, await school.NoticesAsync("subject like 'trainingNumbers:%' and closed_at is null and subject not like '%:D1'"));
        await school.App.Get<RecordAttendance>().RunAsync(School.Manager, id, Attendance.Typed("900053"), "session", "12月8日");
        Assert.Equal((0L, 1), (await school.NoticesAsync("subject like 'trainingNumbers:%' and closed_at is null"), (await school.NumbersAsync(id)).Unexplained));
    }

    [Fact]
    public async Task Without_a_manager_the_head_hears_of_who_is_late_and_without_a_head_the_nearest_one_above()
    {
        // D2 is below D1, which Hana heads, and has no head; nobody there has a manager. An officer's and a director's lateness is not hers to hear of.
        await school.Database.ArrangeAsync("""
            update department_versions set parent_id = 1 where department_id = 2;
            delete from managers;
            update people set employment_type = '執行役' where id = 7; update people set employment_type = 'Director' where id = 6;
            """);
        var id = await school.RunAsync();
        foreach (var member in new[] { Cast.Carol, Cast.Mallory, Cast.Manami })
        {
            Assert.True(await school.TakeAsync(member, id));
        }
        for (var day = School.Day("2026-12-01"); day <= School.Day("2026-12-04"); day = day.AddDays(1))
        {
            await school.Database.SetClockAsync($"{day:yyyy-MM-dd} 09:00");
            await school.App.Get<RemindTrainees>().RunAsync(default);
        }
        var late = await school.Database.ListAsync<(string About, long To)>("select model ->> 'name', person_id from notices where template = 'training/person-late' order by 1");
        // Hana heads her own department, and nobody is above her.
        Assert.Equal(new[] { (Cast.Alice.Name, Cast.Hana.PersonId), (Cast.Bob.Name, Cast.Hana.PersonId), (Cast.Tom.Name, Cast.Manami.PersonId), (Cast.Adam.Name, Cast.Manami.PersonId) }.Order(), late.Order());
        Assert.Equal([("D1", Cast.Hana.PersonId, 2), ("D2", Cast.Hana.PersonId, 1)], await school.Database.ListAsync<(string, long, int)>(
            "select split_part(subject, ':', 3), person_id, (model ->> 'open')::int from notices where template = 'training/numbers' and subject not like '%:' order by 1"));
        // What she is told of she may open.
        var hana = AuditTracker.Tests.Evidence.Desk.User(Cast.Hana);
        Assert.Equal((2 + 4, 3), (await school.NumbersAsync(id, user: hana) is var seen ? (seen.Total, seen.Unexplained) : default));
        // A head who has left is none.
        await school.Database.ArrangeAsync("update department_versions set head_id = 4 where department_id = 2");
        Assert.Equal(2, (await school.NumbersAsync(id, user: hana)).Total);
        await school.Database.ArrangeAsync("update people set left_on = '2026-12-01' where id = 4");
        Assert.Equal(6, (await school.NumbersAsync(id, user: hana)).Total);
    }

    [Fact]
    public async Task A_reminder_by_hand_goes_out_once_a_day_and_only_a_manager_asks_for_it()
    {
        var id = await school.RunAsync();
        var remind = school.App.Get<RemindTrainees>();
        await school.App.Get<SendMails>().RunAsync(default);
        await Assert.ThrowsAsync<AuditTracker.Platform.NotFound>(() => remind.ByHandAsync(School.Top, id, null));
        Assert.Equal(8, await remind.ByHandAsync(School.Manager, id, null));
        Assert.Equal(0, await remind.ByHandAsync(School.Manager, id, null));
        await school.Database.SetClockAsync("2026-11-04 09:00");
        Assert.Equal(1, await remind.ByHandAsync(School.Manager, id, [await school.RosterAsync(id, Cast.Alice)]));
        // Not told twice in one mail: the newer word took the place of the older.
        Assert.Equal(1, await school.NoticesAsync($"person_id = {Cast.Alice.PersonId} and closed_at is null and template like 'training/%'"));
    }

    [Theory]
    [InlineData("yearly", true, true)]
    [InlineData("yearly", false, false)]
    [InlineData("incident", true, false)]
    public async Task Mails_say_everyone_only_where_everyone_is_meant(string kind, bool chooseAll, bool saysEveryone)
    {
        var id = await school.RunAsync(School.Plan(kind, audience: chooseAll ? new(true, [], [], []) : new(false, [], [], [Cast.Alice.EmployeeNo, Cast.Carol.EmployeeNo])));
        await school.App.Get<SendMails>().RunAsync(default);
        await AssertAsync();
        await school.Database.SetClockAsync("2026-11-04 09:00");
        await school.App.Get<RemindTrainees>().ByHandAsync(School.Manager, id, null);
        await school.App.Get<SendMails>().RunAsync(default);
        await AssertAsync();
        await school.Database.SetClockAsync("2026-12-02 09:00");
        await school.App.Get<RemindTrainees>().ByHandAsync(School.Manager, id, null);
        await school.App.Get<SendMails>().RunAsync(default);
        await AssertAsync();

        async Task AssertAsync()
        {
            foreach (var (member, everyone, chosen) in new[] { (Cast.Alice, "従業者全員", "対象に選ばれた方"), (Cast.Carol, "Everyone takes it", "people chosen for this training") })
            {
                var (text, html) = (await school.Database.ListAsync<(string, string)>("select body_text, body_html from mails where person_id = @PersonId and state = 'accepted' order by id desc limit 1", new { member.PersonId }))[0];
                foreach (var body in new[] { text, System.Net.WebUtility.HtmlDecode(html) })
                {
                    Assert.Equal((saysEveryone, saysEveryone, !saysEveryone), (body.Contains(everyone, StringComparison.Ordinal), body.Contains("J.4.3", StringComparison.Ordinal), body.Contains(chosen, StringComparison.Ordinal)));
                }
            }
        }
    }

    [Fact]
    public async Task The_cadence_is_data_that_a_manager_changes()
    {
        var cadence = school.App.Get<Cadence>();
        var step = (await cadence.LoadAsync(default)).First(row => row.Step == "before14");
        await Assert.ThrowsAsync<AuditTracker.Platform.InvalidInput>(() => cadence.ChangeAsync(School.Manager, [step with { Days = 3 }]));
        await Assert.ThrowsAsync<AuditTracker.Platform.NotFound>(() => cadence.ChangeAsync(School.Top, [step with { Days = -10 }]));
        await cadence.ChangeAsync(School.Manager, [step with { Days = -10, Active = false }]);
        Assert.Equal((-10, false), ((await cadence.LoadAsync(default)).First(row => row.Step == "before14") is var changed ? (changed.Days, changed.Active) : default));
    }
}
