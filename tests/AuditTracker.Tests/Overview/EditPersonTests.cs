using System.Net;
using AuditTracker.People;
using AuditTracker.Platform;
using AuditTracker.Tests.People;
using AuditTracker.Tests.Support;
using static AuditTracker.Tests.People.ImportFiles;
using Desk = AuditTracker.Tests.Evidence.Desk;

namespace AuditTracker.Tests.Overview;

public sealed class EditPersonTests : IAsyncLifetime
{
    private static readonly (string, string)[] Hanako =
    [
        ("Input.Version", "1"), ("Input.Name", "髙﨑 花子"), ("Input.NameKana", "タカサキ ハナコ"), ("Input.Email", "0002@hibari-net.example"), ("Input.DepartmentCode", "D700"), ("Input.Title", ""),
        ("Input.EmploymentType", "正社員"), ("Input.HiredOn", "2020/4/1"), ("Input.LeftOn", ""), ("Input.ManagerNo", "0001"), ("Input.LeaveKind", ""), ("Input.LeaveFrom", ""), ("Input.LeaveTo", ""), ("Input.Effective", ""),
    ];

    private TestApp app = null!;
    private HttpClient pages = null!;

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
        pages = await app.PagesAsAsync(Cast.Manami);
        await app.As(Cast.Manami).ImportAsync(Lines(Person("0001", title: "部長"), Person("0002", name: "髙﨑 花子", kana: "タカサキ ハナコ", manager: "0001"), Person("0003", code: "D800", department: "品質部")), "?apply=true");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task A_transfer_from_a_day_is_shown_first_and_written_as_an_import_would()
    {
        const string Path = "/people/0002/edit";
        Assert.Contains("髙﨑 花子", await pages.PageAsync(Path));
        var change = With(("Input.DepartmentCode", "D800"), ("Input.Title", "課長"), ("Input.Effective", "R8.12.1"));
        var shown = await (await pages.PostFormAsync(Path, null, [.. change, ("step", "check")])).TextAsync();
        Assert.Contains("D800 品質部", shown);
        Assert.Contains("この内容で反映", shown);
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from people_events where kind = 'transferred'"));
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync(Path, null, [.. change, ("step", "apply")])).StatusCode);
        Assert.Equal(["D700  2020-04-01～2026-11-30", "D800 課長 2026-12-01～"], await PostsAsync("0002"));
        Assert.Equal("transferred 2026-12-01", await app.Database.ScalarAsync<string>("select kind || ' ' || happened_on from people_events order by id desc limit 1"));
        Assert.Equal(1, await app.Database.ScalarAsync<long>("select count(*) from trail.entries where what = 'person.changed' and subject = 'person:0002'"));
        // The head who was there stays, and nobody else is touched.
        Assert.Equal("0001", await app.Database.ScalarAsync<string>("select h.employee_no from department_versions v join departments d on d.id = v.department_id join people h on h.id = v.head_id where d.code = 'D700' and v.to_on is null"));
        // The form was filled before: what another one saved meanwhile is not written over.
        Assert.Equal(HttpStatusCode.Conflict, (await pages.PostFormAsync(Path, null, [.. change, ("step", "apply")])).StatusCode);
    }

    [Theory]
    [InlineData("Input.HiredOn", "2026/13/1", "日付ではありません")]
    [InlineData("Input.Email", "0001@hibari-net.example", "が使っています")]
    [InlineData("Input.ManagerNo", "7777", "7777")]
    [InlineData("Input.DepartmentCode", "", "値がありません")]
    [InlineData("Input.LeaveTo", "2026/12/1", "休職終了日")]
    [InlineData("Input.Tags", "NOC、1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20", "20個まで")]
    [InlineData("Input.Tags", "とても長いとても長いとても長いとても長いとても長いとても長いとても長いとても長いタグ", "40文字まで")]
    public async Task Errors_stand_at_their_fields_and_nothing_typed_is_lost(string field, string value, string message)
    {
        var answer = await pages.PostFormAsync("/people/0002/edit", null, [.. With((field, value), ("Input.Title", "打ちかけ")), ("step", "apply")]);
        var page = await answer.TextAsync();
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Contains(message, page);
        Assert.DoesNotContain("取り込み直せます", page);
        Assert.Contains("打ちかけ", page);
        Assert.Contains(value, page);
        Assert.Equal(1, await app.Database.ScalarAsync<int>("select version from people where employee_no = '0002'"));
    }

    [Fact]
    public async Task Leave_and_the_last_day_are_set_by_hand_and_told()
    {
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/0002/edit", null, [.. With(("Input.LeaveKind", "childcare"), ("Input.LeaveFrom", "2026/12/1")), ("step", "apply")])).StatusCode);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/0002/edit", null, [.. With(("Input.Version", "2"), ("Input.LeaveKind", "childcare"), ("Input.LeaveFrom", "2026/12/1"), ("Input.LeftOn", "2027/1/31")), ("step", "apply")])).StatusCode);
        Assert.Equal(["joined 2020-04-01", "on_leave 2026-12-01", "left 2027-01-31"], await app.Database.ListAsync<string>("select e.kind || ' ' || e.happened_on from people_events e join people p on p.id = e.person_id where p.employee_no = '0002' order by e.id"));
        Assert.Equal(["D700  2020-04-01～2027-01-31"], await PostsAsync("0002"));
    }

    [Fact]
    public async Task The_manager_is_found_by_name_and_may_be_nobody()
    {
        var found = await (await pages.PostFormAsync("/people/0002/edit", null, [.. With(("Input.ManagerNoSearch", "0003"), ("Input.Title", "打ちかけ")), ("do", "find")])).TextAsync();
        Assert.Matches("value=\"0003\"[^>]* checked", found);
        Assert.Contains("打ちかけ", found);
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/0002/edit", null, [.. With(("Input.ManagerNo", "")), ("step", "apply")])).StatusCode);
        Assert.Equal("2026-11-23", await app.Database.ScalarAsync<string>("select to_on::text from managers g join people p on p.id = g.person_id where p.employee_no = '0002' order by from_on desc limit 1"));
    }

    [Fact]
    public async Task Tags_are_one_field_shown_first_and_then_stand_on_the_page_and_in_the_form()
    {
        var change = With(("Input.Tags", "在宅勤務，ＮＯＣ、NOC"));
        Assert.Contains("NOC、在宅勤務", await (await pages.PostFormAsync("/people/0002/edit", null, [.. change, ("step", "check")])).TextAsync());
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from person_tags"));
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/0002/edit", null, [.. change, ("step", "apply")])).StatusCode);
        Assert.Contains("NOC、在宅勤務", await pages.PageAsync("/people/0002"));
        Assert.Contains("value=\"NOC、在宅勤務\"", await pages.PageAsync("/people/0002/edit"));
        Assert.DoesNotContain("タグ", await pages.PageAsync("/people/0003"));
        var mallory = await app.PagesAsAsync(Cast.Mallory);
        Assert.Equal(HttpStatusCode.NotFound, (await mallory.PostAsync("/people/0002/edit", new FormUrlEncodedContent([KeyValuePair.Create("Input.Tags", "x"), KeyValuePair.Create("step", "apply")]))).StatusCode);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<EditPerson>().ApplyAsync(Desk.User(Cast.Mallory), PeopleColumns.All.ToDictionary(column => column.Field, _ => ""), null, 2));
        Assert.Equal(2, await app.Database.ScalarAsync<long>("select count(*) from person_tags"));
    }

    [Fact]
    public async Task Somebody_new_is_added_without_a_file()
    {
        (string, string)[] person = [("Input.EmployeeNo", "０００９"), .. With(("Input.Version", ""), ("Input.Email", "new@hibari-net.example"), ("Input.HiredOn", "2026/12/1"))];
        Assert.Equal(HttpStatusCode.Redirect, (await pages.PostFormAsync("/people/new", null, [.. person, ("step", "apply")])).StatusCode);
        Assert.Equal(["D700  2026-12-01～"], await PostsAsync("0009"));
        var again = await pages.PostFormAsync("/people/new", null, [.. person, ("step", "apply")]);
        Assert.Equal(HttpStatusCode.BadRequest, again.StatusCode);
    }

    [Fact]
    public async Task Nobody_but_compliance_managers_edits()
    {
        foreach (var member in new[] { Cast.Mallory, Cast.Hana, Cast.Adam, Cast.Carol, Cast.Tom })
        {
            var other = await app.PagesAsAsync(member);
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/people/0002/edit")).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await other.GetAsync("/people/new")).StatusCode);
        }
    }

    private static (string, string)[] With(params (string Key, string Value)[] more) => [.. Hanako.Where(field => !more.Any(other => other.Key == field.Item1)), .. more];

    private Task<IReadOnlyList<string>> PostsAsync(string number) => app.Database.ListAsync<string>("""
        select d.code || ' ' || o.title || ' ' || o.from_on || '～' || coalesce(o.to_on::text, '') from posts o join people p on p.id = o.person_id join departments d on d.id = o.department_id
        where p.employee_no = @number order by o.from_on
        """, new { number });
}
