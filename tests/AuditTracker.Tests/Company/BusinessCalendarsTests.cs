using AuditTracker.Company;
using AuditTracker.Platform.Database;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Company;

public sealed class BusinessCalendarsTests : IAsyncLifetime
{
    private TestDatabase database = null!;

    public async Task InitializeAsync() => database = await TestDatabase.CreateAsync();

    public async Task DisposeAsync() => await database.DisposeAsync();

    [Fact]
    public async Task A_fresh_database_knows_the_holidays_of_three_years_and_the_turn_of_each()
    {
        await using var connection = await database.Db.OpenAsync();
        var calendar = await BusinessCalendars.LoadAsync(connection);

        Assert.False(calendar.IsBusinessDay(new DateOnly(2026, 11, 23)));
        Assert.Equal("勤労感謝の日", calendar.WhyClosed(new DateOnly(2026, 11, 23))!.NameJa);
        Assert.Equal(new DateOnly(2027, 1, 4), calendar.ShiftToNext(new DateOnly(2026, 12, 29)));
        Assert.False(calendar.IsBusinessDay(new DateOnly(2025, 1, 3)));
        Assert.False(calendar.IsBusinessDay(new DateOnly(2027, 12, 29)));
        Assert.Equal(new DateOnly(2027, 12, 31), calendar.KnownThrough);
        Assert.Equal(4, calendar.Periods.StartMonth);
    }

    [Fact]
    public async Task Loading_again_adds_nothing_and_brings_back_nothing_that_was_taken_out()
    {
        await database.ArrangeAsync("delete from closures where from_on = '2026-12-29'; delete from holidays where held_on = '2026-11-23'");

        Assert.Equal(0, await LoadHolidays.RunAsync(database.Db, Settings.Templates));

        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from closures where from_on = '2026-12-29'"));
        Assert.Equal(0, await database.ScalarAsync<int>("select count(*) from holidays where held_on = '2026-11-23'"));
    }

    [Fact]
    public async Task A_year_without_holidays_is_loaded_alone()
    {
        await database.ArrangeAsync("delete from holidays where held_on >= '2027-01-01'");

        var rows = await LoadHolidays.RunAsync(database.Db, Settings.Templates);

        Assert.Equal(rows, await database.ScalarAsync<int>("select count(*) from holidays where held_on >= '2027-01-01'"));
        Assert.True(rows > 15);
    }

    [Fact]
    public async Task What_the_company_says_about_itself_is_kept_and_leaves_an_act()
    {
        var said = new CompanyProfile { NameJa = "試験株式会社", NameEn = "Test Inc.", SecretariatName = "事務局", SecretariatContact = "内線1", SenderAddress = "a@example.test", ReplyTo = "b@example.test", FiscalStartMonth = 10, StampOrder = "承認,作成", EraDates = true };
        await using (var work = await database.BeginAsync())
        {
            await CompanyStore.SaveAsync(work, said);
            await work.CommitAsync();
        }

        await using var connection = await database.Db.OpenAsync();
        Assert.Equal(said, await CompanyStore.LoadAsync(connection));
        Assert.Equal(10, (await BusinessCalendars.LoadAsync(connection)).Periods.StartMonth);
        Assert.Equal(1, await database.ScalarAsync<int>("select count(*) from trail.entries where what = 'company.changed'"));
    }

    [Theory]
    [InlineData("日本", "Nippon", "ja", "日本")]
    [InlineData("日本", "Nippon", "en", "Nippon")]
    [InlineData("日本", "", "en", "日本")]
    [InlineData("", "Nippon", "ja", "Nippon")]
    public void A_company_that_has_one_name_shows_it_in_both_languages(string ja, string en, string language, string shown) =>
        Assert.Equal(shown, new CompanyProfile { NameJa = ja, NameEn = en }.NameIn(language));

    [Fact]
    public async Task The_turn_of_years_ahead_is_closed_as_the_last_known_one_whatever_the_company_made_of_it()
    {
        Assert.Equal(new(2029, 12, 28), (await CalendarAsync()).ShiftToPrevious(new(2029, 12, 31)));
        Assert.Equal(new(2030, 1, 4), (await CalendarAsync()).ShiftToNext(new(2029, 12, 29)));

        await database.ArrangeAsync("update closures set from_on = '2027-12-28', to_on = '2028-01-05' where from_on = '2027-12-29'");
        Assert.Equal("年末年始休業", (await CalendarAsync()).WhyClosed(new(2029, 12, 28))?.NameJa);
        Assert.Equal(new(2029, 1, 9), (await CalendarAsync()).ShiftToNext(new(2029, 1, 5)));

        // A turn the company has spoken of itself is its own; one that it took away stays away.
        await database.ArrangeAsync("insert into closures (from_on, to_on, name_ja, name_en) values ('2029-12-31', '2029-12-31', '大みそか', 'Last day')");
        Assert.True((await CalendarAsync()).IsBusinessDay(new(2029, 12, 28)));
        await database.ArrangeAsync("delete from closures where from_on = '2027-12-28'");
        Assert.True((await CalendarAsync()).IsBusinessDay(new(2028, 12, 29)));
        Assert.False((await CalendarAsync()).IsBusinessDay(new(2029, 12, 31)));

        async Task<AuditTracker.Calendar.BusinessCalendar> CalendarAsync()
        {
            await using var connection = await database.Db.OpenAsync();
            return await BusinessCalendars.LoadAsync(connection);
        }
    }

    [Fact]
    public async Task Beyond_the_announced_holidays_the_calendar_forecasts_and_says_that_it_does_not_know()
    {
        await using var connection = await database.Db.OpenAsync();
        var calendar = await BusinessCalendars.LoadAsync(connection);
        Assert.False(calendar.IsBusinessDay(new(2029, 9, 24)));
        Assert.Equal("振替休日", calendar.WhyClosed(new(2029, 9, 24))?.NameJa);
        Assert.False(calendar.IsKnown(new(2029, 9, 24)));
        Assert.True(calendar.IsKnown(new(2027, 12, 31)));
    }
}
