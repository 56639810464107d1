using System.Net;
using AuditTracker.People;
using AuditTracker.Tests.Support;
using Npgsql;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed class ImportPeopleTests : ImportTests
{
    private const string PostsOf = """
        select d.code || ' ' || o.title || ' ' || o.from_on || '～' || coalesce(o.to_on::text, '') from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id
        where p.employee_no = @number order by o.from_on
        """;

    private const string ManagersOf = """
        select m.employee_no || ' ' || g.from_on || '～' || coalesce(g.to_on::text, '') from managers g join people p on p.id = g.person_id join people m on m.id = g.manager_id
        where p.employee_no = @number order by g.from_on
        """;

    private const string EventsOf = "select kind || ' ' || happened_on from people_events e join people p on p.id = e.person_id where p.employee_no = @number order by e.id";

    [Fact]
    public async Task Both_samples_give_the_same_120_people()
    {
        var (status, first) = await Manager.ImportAsync(Sample("people-sjis.csv"), "?apply=true");
        Assert.Equal((HttpStatusCode.OK, true), (status, first!.Applied));
        Assert.Equal((120, 0, 0, 8, 0), (first.Added, first.Changed, first.Leaving, first.Missing, first.Unchanged));
        var fromSjis = await SamplePeopleAsync();
        var (_, again) = await Manager.ImportAsync(Sample("people-utf8.csv"), "?apply=true");
        Assert.Equal((0, 0, 0, 8, 120), (again!.Added, again.Changed, again.Leaving, again.Missing, again.Unchanged));

        await using var other = await TestApp.StartAsync();
        await other.Database.SetClockAsync("2026-11-24T09:00:00");
        Assert.True((await other.As(Cast.Manami).ImportAsync(Sample("people-utf8.csv"), "?apply=true")).Answer!.Applied);
        var fromUtf8 = (await other.As(Cast.Manami).AllAsync<PersonEntry>("/api/people")).Where(person => person.EmployeeNo[0] == '0');
        Assert.Equal(120, fromSjis.Count);
        Assert.Equal(fromSjis.Select(Comparable), fromUtf8.Select(Comparable));

        static string Comparable(PersonEntry person) => System.Text.Json.JsonSerializer.Serialize(person with { Id = 0 });
    }

    [Fact]
    public async Task Leading_zeros_names_as_typed_posts_heads_and_managers_arrive()
    {
        await Manager.ImportAsync(Sample("people-sjis.csv"), "?apply=true");
        var people = (await SamplePeopleAsync()).ToDictionary(person => person.EmployeeNo);
        var takahashi = people["000005"];
        Assert.Equal(("髙橋 由美子", "タカハシ ユミコ", "D100", "経営企画室", "部長", "000001"), (takahashi.Name, takahashi.NameKana, takahashi.Department!.Code, takahashi.Department.Name, takahashi.Title, takahashi.Manager));
        Assert.Equal([new PostEntry(new("D100", "経営企画室"), "部長", true, new(2023, 9, 9), null)], takahashi.Posts);
        Assert.Equal((new DateOnly(2026, 3, 12), new DateOnly(2026, 3, 12)), (people["000102"].LeftOn, people["000102"].Posts[0].To));
        Assert.Contains(people.Values, person => person.Name.Contains('﨑'));
        var departments = await Manager.AllAsync<DepartmentAnswer>("/api/departments", 5);
        Assert.Equal("000005", departments.Single(department => department.Code == "D100").Head);
        Assert.Equal(["000005"], (await Manager.AllAsync<PersonEntry>("/api/people?q=高橋由美子")).Select(person => person.EmployeeNo));
    }

    [Fact]
    public async Task A_preview_changes_nothing()
    {
        var before = await StateAsync();
        var (status, answer) = await Manager.ImportAsync(Sample("people-utf8.csv"));
        Assert.Equal((HttpStatusCode.OK, false, 120), (status, answer!.Applied, answer.Added));
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task Applying_the_same_file_again_changes_no_row()
    {
        await Manager.ImportAsync(Sample("people-utf8.csv"), "?apply=true");
        var before = await StateAsync();
        Assert.True((await Manager.ImportAsync(Sample("people-utf8.csv"), "?apply=true")).Answer!.Applied);
        Assert.Equal(before, await StateAsync());
    }

    [Theory]
    [InlineData("posts")]
    [InlineData("managers")]
    [InlineData("department_versions")]
    [InlineData("people_events")]
    [InlineData("people_imports")]
    public async Task A_failure_in_the_middle_leaves_everything_as_it_was(string table)
    {
        await App.Database.ArrangeAsync($"""
            create function public.fail() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$;
            create trigger fail before insert on {table} execute function public.fail();
            """);
        var before = await StateAsync();
        var (status, _) = await Manager.ImportAsync(Lines(Person("0001", title: "部長"), Person("0002", manager: "0001")), "?apply=true");
        Assert.Equal(HttpStatusCode.InternalServerError, status);
        Assert.Equal(before, await StateAsync());
    }

    [Fact]
    public async Task A_transfer_makes_dated_posts_and_managers()
    {
        await Manager.ImportAsync(Lines(Person("0001", title: "部長"), Person("0002", manager: "0001")), "?apply=true");
        var (_, answer) = await Manager.ImportAsync(
            Lines(Person("0001", title: "部長"), Person("0002", code: "D800", department: "品質部", title: "課長", manager: "900008")), "?apply=true&effective=2026-12-01");
        Assert.Equal((0, 1, 0, 1), (answer!.Added, answer.Changed, answer.Leaving, answer.Unchanged));
        Assert.Equal(["D700  2020-04-01～2026-11-30", "D800 課長 2026-12-01～"], await ListAsync(PostsOf, "0002"));
        Assert.Equal(["0001 2020-04-01～2026-11-30", "900008 2026-12-01～"], await ListAsync(ManagersOf, "0002"));
        Assert.Equal(["joined 2020-04-01", "transferred 2026-12-01"], await ListAsync(EventsOf, "0002"));
        Assert.Equal(2, await App.Database.ScalarAsync<int>("select version from people where employee_no = '0002'"));
        Assert.Equal(1, await App.Database.ScalarAsync<int>("select version from people where employee_no = '0001'"));
        Assert.Equal("D700", (await Manager.AllAsync<PersonEntry>("/api/people?q=0002")).Single().Department!.Code);
        Assert.Equal("D800", (await Manager.AllAsync<PersonEntry>("/api/people?q=0002&on=2026-12-01")).Single().Department!.Code);
    }

    [Fact]
    public async Task A_new_head_and_a_new_name_hold_from_the_effective_date()
    {
        await Manager.ImportAsync(Lines(Person("0001", title: "部長"), Person("0002")), "?apply=true&effective=2026-04-01");
        await Manager.ImportAsync(Lines(Person("0001", department: "新開発部"), Person("0002", department: "新開発部", title: "部長")), "?apply=true&effective=2026-10-01");
        Assert.Equal(["2020-04-01～2026-03-31 開発部 ", "2026-04-01～2026-09-30 開発部 0001", "2026-10-01～ 新開発部 0002"], await App.Database.ListAsync<string>("""
            select v.from_on || '～' || coalesce(v.to_on::text, '') || ' ' || v.name || ' ' || coalesce(h.employee_no, '') from department_versions v
            join departments d on d.id = v.department_id left join people h on h.id = v.head_id where d.code = 'D700' order by v.from_on
            """));
    }

    [Fact]
    public async Task Leaving_ends_posts_and_coming_back_begins_new_ones()
    {
        await Manager.ImportAsync(Lines(Person("0001"), Person("0002", manager: "0001")), "?apply=true");
        Assert.Equal(1, (await Manager.ImportAsync(Lines(Person("0001"), Person("0002", manager: "0001", left: "2026/11/30")), "?apply=true")).Answer!.Leaving);
        Assert.Equal(["D700  2020-04-01～2026-11-30"], await ListAsync(PostsOf, "0002"));
        await Manager.ImportAsync(Lines(Person("0001"), Person("0002", manager: "0001")), "?apply=true&effective=2027-02-01");
        Assert.Equal(["D700  2020-04-01～2026-11-30", "D700  2027-02-01～"], await ListAsync(PostsOf, "0002"));
        Assert.Equal(["0001 2020-04-01～2026-11-30", "0001 2027-02-01～"], await ListAsync(ManagersOf, "0002"));
        Assert.Equal(["joined 2020-04-01", "left 2026-11-30", "back 2027-02-01"], await ListAsync(EventsOf, "0002"));
    }

    [Fact]
    public async Task A_last_day_that_is_moved_or_withdrawn_moves_the_post()
    {
        await Manager.ImportAsync(Lines(Person("0001", left: "2026/12/31")), "?apply=true");
        await Manager.ImportAsync(Lines(Person("0001", left: "2027/1/31")), "?apply=true");
        Assert.Equal(["D700  2020-04-01～2027-01-31"], await ListAsync(PostsOf, "0001"));
        await Manager.ImportAsync(Lines(Person("0001")), "?apply=true");
        Assert.Equal(["D700  2020-04-01～"], await ListAsync(PostsOf, "0001"));
    }

    [Fact]
    public async Task Missing_people_stay_unless_a_last_day_is_asked_for()
    {
        var alone = (await Manager.ImportAsync(Lines(Person("0001")), "?apply=true")).Answer!;
        Assert.Equal(8, alone.Missing);
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from people where left_on is not null"));
        // More than a fifth at once has to be said; the preview needs no word.
        Assert.Equal((HttpStatusCode.OK, 8), await Manager.ImportAsync(Lines(Person("0001")), "?missing=leave&on=2026-11-30") is var (status, preview) ? (status, preview!.Missing) : default);
        using (var form = new MultipartFormDataContent { { new ByteArrayContent(Lines(Person("0001"))), "file", "people.csv" } })
        using (var refused = await Manager.PostAsync("/api/people/import?apply=true&missing=leave&on=2026-11-30", form))
        {
            Assert.Equal(HttpStatusCode.Conflict, refused.StatusCode);
            Assert.Contains("many=leave", await refused.Content.ReadAsStringAsync());
        }
        Assert.Equal(0, await App.Database.ScalarAsync<long>("select count(*) from people where left_on is not null"));
        await Manager.ImportAsync(Lines(Person("0001")), "?apply=true&missing=leave&on=2026-11-30&many=leave");
        Assert.Equal(8, await App.Database.ScalarAsync<long>("select count(*) from people where left_on = '2026-11-30'"));
        Assert.Equal(["D1  2020-04-01～2026-11-30"], await ListAsync(PostsOf, Cast.Alice.EmployeeNo));
    }

    [Fact]
    public async Task Two_people_may_swap_addresses_and_a_leavers_address_may_be_given_again()
    {
        await Manager.ImportAsync(Lines(Person("0001", mail: "a@x.example"), Person("0002", mail: "b@x.example"), Person("0003", mail: "c@x.example", left: "2026/3/31")), "?apply=true");
        await Manager.ImportAsync(Lines(Person("0001", mail: "b@x.example"), Person("0002", mail: "a@x.example"), Person("0004", mail: "c@x.example", hired: "2026/4/1")), "?apply=true");
        Assert.Equal(["b@x.example", "a@x.example", "c@x.example", "c@x.example"], (await Manager.AllAsync<PersonEntry>("/api/people?q=000")).Select(person => person.Email));
    }

    [Fact]
    public async Task The_trail_says_what_was_imported()
    {
        await Manager.ImportAsync(Lines(Person("0001"), Person("0002")), "?apply=true");
        var act = await App.Database.ScalarAsync<string>("select actor || ' ' || convert_from(canonical, 'UTF8') from trail.entries where what = 'people.imported'");
        Assert.StartsWith($"account:{Cast.Manami.AccountId} ", act);
        Assert.Contains("5:added,=1:2,", act);
        Assert.Contains("7:missing,=1:8,", act);
    }

    [Fact]
    public async Task Ten_thousand_people_are_applied_in_seconds()
    {
        var file = Lines([.. Enumerable.Range(0, 10_000).Select(number => Person($"{number:D6}", code: $"D{number % 300}", department: $"部{number % 300}", manager: number < 300 ? "" : $"{number % 300:D6}"))]);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        Assert.Equal(10_000, (await Manager.ImportAsync(file, "?apply=true")).Answer!.Added);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 30);
        watch.Restart();
        Assert.Equal(10_000, (await Manager.ImportAsync(file)).Answer!.Unchanged);
        Assert.InRange(watch.Elapsed.TotalSeconds, 0, 10);
    }

    private async Task<List<PersonEntry>> SamplePeopleAsync() =>
        [.. (await Manager.AllAsync<PersonEntry>("/api/people")).Where(person => person.EmployeeNo[0] == '0')];

    private Task<IReadOnlyList<string>> ListAsync(string sql, string number) => App.Database.ListAsync<string>(sql, new { number });

    // Every row of the room but the list of imports.
    private Task<string> StateAsync() => App.Database.ScalarAsync<string>("""
        select md5(concat((select jsonb_agg(t order by id) from people t), (select jsonb_agg(t order by id) from departments t), (select jsonb_agg(t order by id) from department_versions t),
                          (select jsonb_agg(t order by id) from posts t), (select jsonb_agg(t order by id) from managers t), (select jsonb_agg(t order by id) from people_events t)))
        """);
}
