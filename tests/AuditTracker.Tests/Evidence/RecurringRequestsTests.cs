using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Evidence;

/// <summary>Recurrences as requests: planned, shown, sent over the wire; what happens to people; days on which nothing ran.</summary>
public sealed class RecurringRequestsTests : IAsyncLifetime
{
    private readonly Desk desk = new();
    private TestDatabase Database => desk.App.Database;

    public Task InitializeAsync() => desk.InitializeAsync();

    public Task DisposeAsync() => desk.DisposeAsync();

    private static RequestInput Input(string title, Recurrence every, string startOn, int opens = 0, int due = 0, OffsetUnit unit = OffsetUnit.Days, DeadlineShift shift = DeadlineShift.Previous, string? endOn = null) =>
        new(title, "", 5, ["iso27001-2022:A.5.18"], Cast.Alice.EmployeeNo, Cast.Bob.EmployeeNo, every, opens, due, unit, DateOnly.ParseExact(startOn, "yyyy-MM-dd"), endOn is null ? null : DateOnly.ParseExact(endOn, "yyyy-MM-dd"), shift);

    private Task<long> AddAsync(RequestInput input) => desk.App.Get<SaveRequest>().AddAsync(Desk.Manager, input);

    private Task<IReadOnlyList<(DateOnly From, DateOnly Due)>> DuesAsync(long request, int limit = 3) =>
        Database.ListAsync<(DateOnly, DateOnly)>("select period_from, due_on from collections where request_id = @request order by period_from, id limit @limit", new { request, limit });

    [Theory]
    [InlineData("day", "business", 0, "2026-11-24", "2026-11-24/2026-11-24 2026-11-25/2026-11-25 2026-11-26/2026-11-26")]
    [InlineData("week", "friday", 0, "2026-11-24", "2026-11-23/2026-11-27 2026-11-30/2026-12-04 2026-12-07/2026-12-11")]
    [InlineData("month", "2 tuesday", 0, "2026-11-24", "2026-11-01/2026-11-10 2026-12-01/2026-12-08 2027-01-01/2027-01-12")]
    [InlineData("month", "lastBusinessDay", 0, "2026-11-24", "2026-11-01/2026-11-30 2026-12-01/2026-12-28 2027-01-01/2027-01-29")]
    [InlineData("months", "", 2, "2026-10-05", "2026-10-01/2026-11-30 2026-12-01/2027-02-01 2027-02-01/2027-03-31")]
    public async Task Each_recurrence_is_planned_a_year_ahead_and_not_twice(string every, string on, int months, string startOn, string expected)
    {
        var request = await AddAsync(Input("くり返し", Recurrence.Read(every, on, months)!, startOn));
        Assert.Equal(expected, string.Join(' ', (await DuesAsync(request)).Select(row => $"{row.From:yyyy-MM-dd}/{row.Due:yyyy-MM-dd}")));
        Assert.True(await Database.ScalarAsync<bool>("select max(period_to) >= '2027-11-24' from collections where request_id = @request", new { request }));
        Assert.Equal(0, await desk.App.Get<ExtendPlans>().RunAsync(default));
    }

    [Fact]
    public async Task A_changed_recurrence_keeps_what_was_opened_with_its_version_and_goes_on_behind_it()
    {
        var request = await AddAsync(Input("点検", PeriodKind.Quarter, "2026-07-01", opens: 1, due: 10, unit: OffsetUnit.BusinessDays));
        await desk.App.Get<OpenDueCollections>().RunAsync(default);
        await desk.App.Get<SaveRequest>().ChangeAsync(Desk.Manager, request, 1, Input("点検", Recurrence.Read("month", "last friday")!, "2026-07-01"));

        var rows = await Database.ListAsync<(DateOnly From, int Version, string State)>("select period_from, version, state from collections where request_id = @request order by period_from limit 3", new { request });
        Assert.Equal([(new DateOnly(2026, 7, 1), 1, "open"), (new DateOnly(2026, 10, 1), 2, "planned"), (new DateOnly(2026, 11, 1), 2, "planned")], rows);
    }

    [Fact]
    public async Task A_shift_to_the_next_business_day_or_none_is_kept_in_the_version()
    {
        // 31 October and 31 January are Saturday and Sunday.
        Assert.Equal(new DateOnly(2026, 11, 2), (await DuesAsync(await AddAsync(Input("次へ", PeriodKind.Month, "2026-10-01", shift: DeadlineShift.Next))))[0].Due);
        var request = await AddAsync(Input("そのまま", PeriodKind.Month, "2026-10-01", shift: DeadlineShift.None));
        Assert.Equal(new DateOnly(2026, 10, 31), (await DuesAsync(request))[0].Due);
        await desk.App.Get<ChangeOwner>().RunAsync(Desk.Manager, await desk.CollectionAsync(request, "2026-12-01"), Cast.Hana.EmployeeNo, null, whole: true);
        Assert.Equal("none", await Database.ScalarAsync<string>("select due_shift from request_versions where request_id = @request and version = 2", new { request }));
    }

    [Fact]
    public async Task Three_days_without_a_worker_lose_nothing_and_double_nothing()
    {
        var request = await AddAsync(Input("日次の確認", Recurrence.Read("day")!, "2026-11-24"));
        await desk.App.Get<OpenDueCollections>().RunAsync(default);
        // Wednesday morning until Saturday noon nothing ran, the nightly planning included; a tick is lost and the next one comes twice.
        await Database.SetClockAsync("2026-11-28 12:00");
        await desk.App.Get<ExtendPlans>().RunAsync(default);
        await Task.WhenAll(desk.App.Get<OpenDueCollections>().RunAsync(default), desk.App.Get<OpenDueCollections>().RunAsync(default), desk.App.Get<ExtendPlans>().RunAsync(default));

        var rows = await Database.ListAsync<(DateOnly From, DateOnly Opens, DateOnly Due, bool Overdue)>("""
            select period_from, opens_on, due_on, due_on < '2026-11-28' from collections where request_id = @request and state = 'open' order by period_from
            """, new { request });
        Assert.Equal(Enumerable.Range(24, 4).Select(day => new DateOnly(2026, 11, day)).Select(day => (day, day, day, true)), rows);
        Assert.Equal(4, await Database.ScalarAsync<int>("select count(*) from collection_acts a join collections c on c.id = a.collection_id where c.request_id = @request and a.act = 'open'", new { request }));
        await desk.App.Get<RemindOwners>().RunAsync(default);
        await desk.App.Get<RemindOwners>().RunAsync(default);
        Assert.Equal(0, await Database.ScalarAsync<int>("select count(*) - count(distinct key) from notices"));
    }

    [Fact]
    public async Task Each_joiner_is_asked_about_once_by_name_and_a_corrected_day_moves_what_nobody_touched()
    {
        var request = await AddAsync(Input("誓約書の受領", Recurrence.Read("event", "joined")!, "2026-11-01", opens: -7, due: 10, unit: OffsetUnit.BusinessDays));
        Assert.Empty(await DuesAsync(request));
        await JoinAsync("900101", "新田 一", "2026-12-01");
        await JoinAsync("900102", "新田 二", "2026-12-01");
        await JoinAsync("900103", "過去 三", "2026-10-01");

        Assert.Equal(2, await desk.App.Get<PlanEvents>().RunAsync(default));
        Assert.Equal(0, await desk.App.Get<PlanEvents>().RunAsync(default));
        Assert.Equal(0, await desk.App.Get<ExtendPlans>().RunAsync(default));
        Assert.Equal([(new DateOnly(2026, 12, 1), new DateOnly(2026, 12, 15)), (new DateOnly(2026, 12, 1), new DateOnly(2026, 12, 15))], await DuesAsync(request));

        // The first is opened before the day is put right, the second was not.
        await CommentAsync(request, "900101");
        foreach (var number in new[] { "900101", "900102" })
        {
            await Database.ArrangeAsync("insert into people_events (person_id, kind, happened_on, at, corrects_id) select e.person_id, 'joined', '2026-12-07', now(), e.id from people_events e join people p on p.id = e.person_id where p.employee_no = @number", new { number });
        }
        Assert.Equal(2, await desk.App.Get<PlanEvents>().RunAsync(default)); // one gone, one new
        Assert.Equal([new DateOnly(2026, 12, 1), new DateOnly(2026, 12, 7)], (await DuesAsync(request)).Select(row => row.From));

        await Database.SetClockAsync("2026-12-01 09:00");
        await desk.App.Get<OpenDueCollections>().RunAsync(default);
        var alice = await desk.App.PagesAsAsync(Cast.Alice);
        var page = Browsing.Plain(await alice.PageAsync("/evidence/collections"));
        Assert.Contains("誓約書の受領（新田 一）", page);
        Assert.Contains("誓約書の受領（新田 二）", page);
        Assert.Contains("誓約書の受領（新田 一）", await Database.ScalarAsync<string>("select string_agg(n.model::text, ' ') from notices n") ?? "");
    }

    [Fact]
    public async Task What_happened_to_people_covers_until_one_of_them_is_late()
    {
        var request = await AddAsync(Input("退職者の権限削除", Recurrence.Read("event", "left")!, "2026-11-01", due: 5));
        Assert.Equal(CoverageState.Collecting, await StateAsync());
        await EventAsync("left", Cast.Mallory.PersonId, "2026-11-10");
        await EventAsync("left", Cast.Tom.PersonId, "2026-11-12");
        await desk.App.Get<PlanEvents>().RunAsync(default);
        await desk.App.Get<OpenDueCollections>().RunAsync(default);
        foreach (var (person, after) in new[] { (Cast.Tom.PersonId, CoverageState.Stale), (Cast.Mallory.PersonId, CoverageState.Covered) })
        {
            var id = await Database.ScalarAsync<long>("select c.id from collections c join people_events e on e.id = c.event_id where c.request_id = @request and e.person_id = @person", new { request, person });
            await desk.HandInAsync(id, Cast.Alice, $"権限一覧 {person}");
            await desk.App.Get<ReviewCollection>().DecideAsync(Desk.User(Cast.Bob, AuditTracker.Platform.Security.Role.Reviewer), id, Decision.Accept, "", default);
            Assert.Equal(after, await StateAsync());
        }

        async Task<CoverageState> StateAsync() => (await desk.App.Get<CoverageStore>().OfItemAsync("iso27001-2022", "A.5.18"))!.State;
    }

    [Fact]
    public async Task The_wire_carries_every_recurrence_and_refuses_what_is_none()
    {
        using var manami = desk.App.As(Cast.Manami);
        foreach (var recurrence in new[]
        {
            """{"every":"day","on":"business"}""", """{"every":"week","on":"friday"}""", """{"every":"month","on":"2 tuesday"}""", """{"every":"month","on":"lastBusinessDay"}""", """{"every":"quarter"}""",
            """{"every":"months","n":4}""", """{"every":"event","on":"joined"}""",
        })
        {
            using var made = await manami.PostAsync("/api/evidence/requests", Body($$"""{"title":"線","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900002","recurrence":{{recurrence}},"due":{"offset":3,"unit":"businessDays","shift":"next"},"startOn":"2026-11-01"}"""));
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            var id = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
            using var same = await manami.PatchAsync($"/api/evidence/requests/{id}", Body("""{"minutes":7}"""));
            var row = await same.Content.ReadFromJsonAsync<JsonElement>();
            Assert.Equal(recurrence, row.GetProperty("recurrence").GetRawText());
            Assert.Equal("next", row.GetProperty("due").GetProperty("shift").GetString());
        }
        foreach (var wrong in new[] { """{"every":"month","on":"6 tuesday"}""", """{"every":"months"}""", """{"every":"event"}""", """{"every":"month","n":"2"}""", """{"every":"week","on":5}""" })
        {
            using var refused = await manami.PostAsync("/api/evidence/requests", Body($$"""{"title":"線","items":["iso27001-2022:A.5.18"],"owner":"900001","reviewer":"900002","recurrence":{{wrong}},"due":{"offset":3,"unit":"days"},"startOn":"2026-11-01"}"""));
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        }

        static StringContent Body(string json) => new(json, System.Text.Encoding.UTF8, "application/json");
    }

    [Fact]
    public void The_librarys_files_carry_every_recurrence()
    {
        var folder = Directory.CreateTempSubdirectory("audit-tracker-library-");
        File.WriteAllText(Path.Combine(folder.FullName, "logs.yaml"), """
            subject: logs
            requests:
              - { id: X1, adopt_as: month, on: 2 tuesday, due: { offset: 3, unit: businessDays, shift: next } }
              - { id: X2, adopt_as: months, n: 4 }
              - { id: X3, adopt_as: event, on: left }
            """);
        var entries = Library.Read(folder.FullName).Single().Requests;
        Assert.Equal(["毎月第2火曜日", "4か月ごと", "退職のつど"], entries.Select(entry => RecurrenceText.Short(entry.Recurrence, "ja")));
        Assert.Equal("next", AuditTracker.Evidence.Pages.RequestFields.Of(entries[0]).Shift);
        foreach (var entry in entries)
        {
            Assert.Equal(entry.Recurrence, AuditTracker.Evidence.Pages.RequestFields.Of(entry).Recurrence);
        }
        folder.Delete(recursive: true);
    }

    private async Task JoinAsync(string number, string name, string on)
    {
        await Database.ArrangeAsync("""
            insert into people (employee_no, name, name_key, email, email_key, employment_type, hired_on) values (@number, @name, @name, @number || '@example.test', @number || '@example.test', '正社員', @on::date)
            """, new { number, name, on });
        await EventAsync("joined", await Database.ScalarAsync<long>("select id from people where employee_no = @number", new { number }), on);
    }

    private Task EventAsync(string kind, long person, string on) =>
        Database.ArrangeAsync("insert into people_events (person_id, kind, happened_on, at) values (@person, @kind, @on::date, now())", new { person, kind, on });

    private async Task CommentAsync(long request, string number) => await desk.App.Get<CommentOnCollection>().AddAsync(Desk.Manager,
        await Database.ScalarAsync<long>("select c.id from collections c join people_events e on e.id = c.event_id join people p on p.id = e.person_id where c.request_id = @request and p.employee_no = @number", new { request, number }), "初日に渡します");
}
