using AuditTracker.People;
using AuditTracker.Tests.Support;
using Npgsql;
using static AuditTracker.Tests.People.ImportFiles;

namespace AuditTracker.Tests.People;

public sealed class LeaveTests : ImportTests
{
    private const string Events = """
        select e.kind || ' ' || e.happened_on || coalesce(' (' || c.kind || ' ' || c.happened_on || ')', '') from people_events e join people p on p.id = e.person_id
        left join people_events c on c.id = e.corrects_id where p.employee_no = '0001' order by e.id
        """;

    [Fact]
    public async Task Leave_begins_is_prolonged_and_ends_and_every_step_is_told()
    {
        await ImportAsync("", "", "");
        await ImportAsync("育児休業", "2026/10/1", "");
        Assert.Equal("childcare 2026-10-01 ", await LeaveAsync());
        await ImportAsync("childcare", "2026/10/1", "2027/3/31");
        await ImportAsync("", "2026/10/1", "2027/9/30");
        Assert.Equal("childcare 2026-10-01 2027-09-30", await LeaveAsync());
        Assert.Equal(["joined 2020-04-01", "on_leave 2026-10-01", "back 2027-04-01", "back 2027-10-01 (back 2027-04-01)"], await EventsAsync());
        await ImportAsync("", "2026/10/1", "2027/9/30");
        Assert.Equal(4, (await EventsAsync()).Count);

        // An empty start in the file of 2026-11-24: back on that day.
        await ImportAsync("", "", "");
        Assert.Equal("childcare 2026-10-01 2026-11-23", await LeaveAsync());
        Assert.Equal("back 2026-11-24 (back 2027-10-01)", (await EventsAsync())[^1]);
    }

    [Fact]
    public async Task Leave_that_had_not_begun_is_withdrawn_and_the_last_day_of_work_ends_it()
    {
        await ImportAsync("sick", "2026/12/1", "");
        await ImportAsync("", "", "");
        Assert.Null(await LeaveAsync());
        Assert.Equal(["joined 2020-04-01", "on_leave 2026-12-01", "back 2026-12-01 (on_leave 2026-12-01)"], await EventsAsync());
        await ImportAsync("sick", "2026/11/1", "", left: "2027/1/31");
        Assert.Equal("sick 2026-11-01 2027-01-31", await LeaveAsync());
        Assert.Equal(["left 2027-01-31", "on_leave 2026-11-01"], (await EventsAsync()).Skip(3));
    }

    [Fact]
    public async Task A_last_day_that_was_told_is_corrected_and_never_rewritten()
    {
        await ImportAsync("", "", "");
        await ImportAsync("", "", "", left: "2026/11/30");
        await ImportAsync("", "", "", left: "2026/12/31");
        await ImportAsync("", "", "");
        await ImportAsync("", "", "", left: "2026/11/30");
        Assert.Equal(
            ["joined 2020-04-01", "left 2026-11-30", "left 2026-12-31 (left 2026-11-30)", "back 2026-11-24 (left 2026-12-31)", "left 2026-11-30 (back 2026-11-24)"], await EventsAsync());
        Assert.Equal(1, await App.Database.ScalarAsync<long>("select count(*) from people_events e where kind = 'left' and not exists (select 1 from people_events c where c.corrects_id = e.id)"));
        await using var work = await App.Database.BeginAsync();
        var change = await Assert.ThrowsAsync<PostgresException>(() => work.ExecuteAsync("update people_events set happened_on = happened_on"));
        Assert.Equal("42501", change.SqlState);
    }

    [Theory]
    [InlineData("散歩", "2026/10/1", "", "ImportLeaveKind")]
    [InlineData("", "2019/10/1", "", "ImportLeaveBeforeHired")]
    [InlineData("", "2026/10/1", "2026/9/1", "ImportLeaveOrder")]
    [InlineData("", "", "2026/9/1", "ImportLeaveOrder")]
    public async Task What_cannot_be_is_an_error(string kind, string from, string to, string key)
    {
        await ImportAsync("", "", "");
        var difference = await App.Get<ImportPeople>().CompareAsync(PeopleFile.Read(File(kind, from, to, "")), null);
        Assert.Equal(key, Assert.Single(difference.Errors).Key);
    }

    [Fact]
    public async Task Two_leaves_do_not_overlap()
    {
        await ImportAsync("sick", "2026/4/1", "2026/6/30");
        await ImportAsync("sick", "2026/10/1", "");
        var difference = await App.Get<ImportPeople>().CompareAsync(PeopleFile.Read(File("sick", "2026/6/1", "", "")), null);
        Assert.Equal("ImportLeaveMeets", Assert.Single(difference.Errors).Key);
        Assert.Equal(2, await App.Database.ScalarAsync<long>("select count(*) from leaves"));
    }

    private static byte[] File(string kind, string from, string to, string left) =>
        System.Text.Encoding.UTF8.GetBytes($"{Header},休職区分,休職開始日,休職終了日\n{Person("0001", left: left)},{kind},{from},{to}");

    private async Task ImportAsync(string kind, string from, string to, string left = "")
    {
        var (_, answer) = await Manager.ImportAsync(File(kind, from, to, left), "?apply=true");
        Assert.True(answer!.Applied, string.Join("\n", answer.Errors.Select(error => error.Message)));
    }

    private Task<string?> LeaveAsync() => App.Database.ScalarAsync<string?>("select kind || ' ' || from_on || ' ' || coalesce(to_on::text, '') from leaves order by id desc limit 1")!;

    private Task<IReadOnlyList<string>> EventsAsync() => App.Database.ListAsync<string>(Events);
}
