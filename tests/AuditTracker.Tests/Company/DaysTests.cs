using System.Net;
using System.Text;
using AuditTracker.Calendar;
using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Platform;
using AuditTracker.Tests.Reports;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Company;

/// <summary>Closures, days worked instead, the Cabinet Office's file; and that plans follow.</summary>
public sealed class DaysTests : IAsyncLifetime
{
    private TestApp app = null!;

    static DaysTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    public async Task InitializeAsync()
    {
        app = await TestApp.StartAsync();
        await app.Database.SetClockAsync("2026-11-24T09:00:00");
    }

    public async Task DisposeAsync() => await app.DisposeAsync();

    [Fact]
    public async Task Planned_collections_follow_a_new_closure_and_opened_ones_keep_their_dates()
    {
        var request = await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        await app.Get<OpenDueCollections>().RunAsync(default);
        var (open, planned) = (await DueAsync(request, "2026-07-01"), await DueAsync(request, "2026-10-01"));
        Assert.Equal(new DateOnly(2027, 1, 18), planned);

        await app.Get<ChangeDays>().CloseAsync(Cast.Manami.User(), new(2027, 1, 12), new(2027, 1, 13), "創立記念日", "", default);
        await app.Get<ChangeDays>().CloseAsync(Cast.Manami.User(), new(2026, 10, 5), new(2026, 10, 6), "臨時休業", "", default);
        var moved = await app.Get<ReplanForCalendar>().RunAsync(default);

        Assert.Equal(1, moved);
        Assert.Equal(new DateOnly(2027, 1, 20), await DueAsync(request, "2026-10-01"));
        Assert.Equal(open, await DueAsync(request, "2026-07-01"));
        Assert.Equal(0, await app.Get<ReplanForCalendar>().RunAsync(default));
        Assert.Equal(1, await app.Database.ScalarAsync<int>("select count(*) from trail.entries where what = 'collections.replanned'"));
    }

    [Fact]
    public async Task Another_fiscal_year_cuts_the_periods_not_opened_from_its_day_on_without_a_gap()
    {
        var request = await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        await app.Get<OpenDueCollections>().RunAsync(default);
        var profile = await ProfileAsync();

        await app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), CompanySection.Customs, profile with { FiscalStartMonth = 2 }, new(2026, 12, 1), default);
        Assert.Equal(0, await app.Get<ReplanForCalendar>().RunAsync(default));
        await app.Database.SetClockAsync("2026-12-01T00:01:00");
        await app.Get<ReplanForCalendar>().RunAsync(default);

        var periods = await app.Database.ListAsync<(DateOnly From, DateOnly To)>("select period_from, period_to from collections where request_id = @request order by period_from", new { request });
        Assert.Equal((new DateOnly(2026, 7, 1), new DateOnly(2026, 9, 30)), periods[0]);
        Assert.Equal((new DateOnly(2026, 8, 1), new DateOnly(2026, 10, 31)), periods[1]);
        Assert.Equal((new DateOnly(2026, 11, 1), new DateOnly(2027, 1, 31)), periods[2]);
    }

    [Fact]
    public async Task Another_fiscal_year_leaves_what_was_spoken_of_or_taken_on_and_drops_what_was_only_put_down()
    {
        var request = await Quarter.AddAsync(app.Database, "棚卸し", "iso27001-2022:A.8.15");
        await app.Get<OpenDueCollections>().RunAsync(default);
        var (spokenOf, putDown, takenOn) = (await IdAsync(request, "2026-10-01"), await IdAsync(request, "2027-01-01"), await IdAsync(request, "2027-04-01"));
        await app.Get<CommentOnCollection>().AddAsync(Cast.Manami.User(), spokenOf, "今回から様式が変わります");
        await app.Get<DraftStore>().SaveAsync(Cast.Alice.User(), putDown, new Dictionary<string, string> { ["note"] = "書きかけ" }, default);
        await app.Get<ChangeOwner>().RunAsync(Cast.Manami.User(), takenOn, Cast.Mallory.EmployeeNo, null, whole: false);

        await app.Get<ChangeCompany>().RunAsync(Cast.Manami.User(), CompanySection.Customs, await ProfileAsync() with { FiscalStartMonth = 2 }, new(2026, 12, 1), default);
        await app.Database.SetClockAsync("2026-12-01T00:01:00");
        Assert.NotEqual(0, await app.Get<ReplanForCalendar>().RunAsync(default));

        Assert.Equal([spokenOf, takenOn], await app.Database.ListAsync<long>("select id from collections where id in (@spokenOf, @putDown, @takenOn) order by id", new { spokenOf, putDown, takenOn }));
        Assert.Equal(Cast.Mallory.PersonId, await app.Database.ScalarAsync<long>("select assignee_id from collections where id = @takenOn", new { takenOn }));
        Assert.Equal(0, await app.Database.ScalarAsync<long>("select count(*) from drafts"));
        Assert.Equal(0, await app.Get<ReplanForCalendar>().RunAsync(default));
    }

    [Fact]
    public async Task A_day_worked_instead_is_a_business_day_and_one_that_is_anyway_is_refused()
    {
        await app.Get<ChangeDays>().WorkAsync(Cast.Manami.User(), new(2026, 12, 5), "年末繁忙", default);
        await using var connection = await app.Database.Db.OpenAsync();
        Assert.True((await BusinessCalendars.LoadAsync(connection)).IsBusinessDay(new(2026, 12, 5)));
        var refused = await Assert.ThrowsAsync<Refusal>(() => app.Get<ChangeDays>().WorkAsync(Cast.Manami.User(), new(2026, 12, 4), "平日", default));
        Assert.Equal("BusinessDayAnyway", refused.Key);
        await Assert.ThrowsAsync<NotFound>(() => app.Get<ChangeDays>().WorkAsync(Cast.Tom.User(), new(2026, 12, 6), "x", default));
    }

    [Fact]
    public async Task The_page_adds_and_removes_days_and_keeps_what_was_typed_wrong()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        var wrong = await manager.PostFormAsync("/company/calendar", "/company/calendar?handler=add", ("Input.Kind", "closed"), ("Input.From", "8.8.13"), ("Input.Name", "夏のお休み"));
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
        var shown = await wrong.TextAsync();
        Assert.Contains("2通りに読めます", shown);
        Assert.Contains("value=\"夏のお休み\"", shown);

        var right = await manager.PostFormAsync("/company/calendar", "/company/calendar?handler=add", ("Input.Kind", "closed"), ("Input.From", "R9.8.12"), ("Input.To", "R9.8.14"), ("Input.Name", "夏のお休み"));
        Assert.Equal("/company/calendar?year=2027", right.Headers.Location!.OriginalString);
        Assert.Contains("夏のお休み", await manager.PageAsync("/company/calendar?year=2027"));
        var id = await app.Database.ScalarAsync<long>("select id from closures where name_ja = '夏のお休み'");
        await manager.PostFormAsync("/company/calendar", "/company/calendar?handler=open&year=2027", ("id", $"{id}"));
        Assert.DoesNotContain("夏のお休み", await manager.PageAsync("/company/calendar?year=2027"));
        Assert.DoesNotContain("handler=add", await (await app.PagesAsAsync(Cast.Tom)).PageAsync("/company/calendar"));
    }

    [Fact]
    public async Task Planning_beyond_the_table_of_holidays_is_said()
    {
        var manager = await app.PagesAsAsync(Cast.Manami);
        Assert.DoesNotContain("その先の期限は予測です", await manager.PageAsync("/company/calendar"));
        await app.Database.ArrangeAsync("delete from holidays where held_on >= '2027-01-01'");
        Assert.Contains("その先の期限は予測です", await manager.PageAsync("/company/calendar"));
    }

    [Fact]
    public async Task A_file_in_CP932_shows_its_differences_first_and_is_applied_once()
    {
        // Everything of 2027 as it is but the 3rd of November; the 10th of November is new, and years before the table are left alone.
        var lines = (await app.Database.ListAsync<(DateOnly On, string Name)>("select held_on, name_ja from holidays where held_on >= '2027-01-01' and held_on <> '2027-11-03' order by held_on"))
            .Select(day => $"{day.On.Year}/{day.On.Month}/{day.On.Day},{(day.Name == "振替休日" ? "休日" : day.Name)}");
        var file = Encoding.GetEncoding(932).GetBytes(string.Join("\r\n", lines.Prepend("1955/1/1,元日").Prepend("国民の祝日・休日月日,国民の祝日・休日名称").Append("2027/11/10,髙い山の日")) + "\r\n");

        var id = await app.Get<ImportHolidays>().KeepAsync(Cast.Manami.User(), "syukujitsu.csv", file, default);
        var (_, differences) = await app.Get<ImportHolidays>().PreviewAsync(Cast.Manami.User(), id, default);

        Assert.Equal(["2027-11-03 文化の日 → ", "2027-11-10  → 髙い山の日"], differences.Select(row => $"{DateText.Iso(row.On)} {row.Before?.NameJa} → {row.After?.NameJa}"));
        Assert.Equal(1, await app.Database.ScalarAsync<int>("select count(*) from holidays where held_on = '2027-11-03'"));
        var manager = await app.PagesAsAsync(Cast.Manami);
        var answer = await manager.PostFormAsync($"/company/calendar/holidays/{id}", null);
        Assert.Equal("/company/calendar", answer.Headers.Location!.OriginalString);
        Assert.Equal("syukujitsu.csv", await app.Database.ScalarAsync<string>("select i.file_name from holidays h join holiday_imports i on i.id = h.import_id where held_on = '2027-11-10'"));
        Assert.Equal(0, await app.Database.ScalarAsync<int>("select count(*) from holidays where held_on = '2027-11-03'"));
        await Assert.ThrowsAsync<NotFound>(() => app.Get<ImportHolidays>().ApplyAsync(Cast.Manami.User(), id, default));
    }

    [Fact]
    public async Task The_turn_of_a_year_that_comes_by_file_is_closed_too_and_stays_as_the_company_changes_it()
    {
        await ImportAsync(2028);
        Assert.Equal(new(2028, 12, 28), (await CalendarAsync()).ShiftToPrevious(new(2028, 12, 31)));
        Assert.Contains("年末年始休業", await (await app.PagesAsAsync(Cast.Manami)).PageAsync("/company/calendar?year=2028"));
        var lastDays = new PlanRule(Recurrence.Read("month", "lastBusinessDay", 0)!, 0, 0, OffsetUnit.BusinessDays, DeadlineShift.Previous, new(2028, 12, 1)).Expand(new(2028, 12, 1), new(2029, 1, 31), await CalendarAsync());
        Assert.Contains(lastDays, planned => planned.DueOn == new DateOnly(2028, 12, 28));

        // Taken away, it comes back neither with the same file nor with the next year's.
        await app.Get<ChangeDays>().OpenAsync(Cast.Manami.User(), await app.Database.ScalarAsync<long>("select id from closures where from_on = '2028-12-29'"), default);
        await ImportAsync(2028, 2029);
        Assert.True((await CalendarAsync()).IsBusinessDay(new(2028, 12, 29)));
        Assert.True((await CalendarAsync()).IsBusinessDay(new(2029, 12, 31)));

        async Task ImportAsync(params int[] years)
        {
            var lines = years.SelectMany(HolidayForecast.OfYear).Select(day => $"{day.On.Year}/{day.On.Month}/{day.On.Day},{day.NameJa}");
            var id = await app.Get<ImportHolidays>().KeepAsync(Cast.Manami.User(), "syukujitsu.csv", Encoding.UTF8.GetBytes("日,名\n" + string.Join('\n', lines) + "\n"), default);
            await app.Get<ImportHolidays>().ApplyAsync(Cast.Manami.User(), id, default);
        }

        async Task<BusinessCalendar> CalendarAsync()
        {
            await using var connection = await app.Database.Db.OpenAsync();
            return await BusinessCalendars.LoadAsync(connection);
        }
    }

    [Theory]
    [InlineData("日,名\n2027/13/1,元日\n", "HolidayLineWrong")]
    [InlineData("日,名\n", "HolidaysNone")]
    [InlineData("PK\u0003\u0004", "HolidaysUnreadable")]
    public void What_is_no_list_of_holidays_is_refused_by_line(string text, string key) =>
        Assert.Equal(key, Assert.Throws<InvalidInput>(() => HolidayFile.Read(Encoding.UTF8.GetBytes(text))).Key);

    [Fact]
    public void A_bare_holiday_gets_the_name_the_law_gives_it()
    {
        var file = HolidayFile.Compare([], [new(new(2026, 9, 22), "休日", ""), new(new(2026, 5, 6), "休日", "")], 2021);
        Assert.Equal(["振替休日", "国民の休日"], file.Select(row => row.After!.NameJa));
        Assert.All(file, row => Assert.NotEqual("Public holiday", row.After!.NameEn));
    }

    private Task<DateOnly> DueAsync(long request, string from) =>
        app.Database.ScalarAsync<DateOnly>("select due_on from collections where request_id = @request and period_from = @from::date", new { request, from });

    private Task<long> IdAsync(long request, string from) => app.Database.ScalarAsync<long>("select id from collections where request_id = @request and period_from = @from::date", new { request, from });

    private async Task<CompanyProfile> ProfileAsync()
    {
        await using var connection = await app.Database.Db.OpenAsync();
        return await CompanyStore.LoadAsync(connection);
    }
}
