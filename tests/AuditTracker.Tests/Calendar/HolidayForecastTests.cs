using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class HolidayForecastTests
{
    [Fact]
    public void It_forecasts_every_announced_year_exactly() =>
        Assert.Equal(Lines.Select(line => (D(line.Date), line.NameJa)), Lines.Select(line => D(line.Date).Year).Distinct().SelectMany(HolidayForecast.OfYear).Select(holiday => (holiday.On, holiday.NameJa)));

    [Theory]
    [InlineData("2029-02-12")]
    [InlineData("2029-04-30")]
    [InlineData("2029-09-24")]
    [InlineData("2032-09-21")]
    public void Substitute_and_sandwiched_days_are_found_years_ahead(string day) =>
        Assert.Contains(HolidayForecast.OfYear(D(day).Year), holiday => holiday.On == D(day));

    [Fact]
    public void No_holiday_of_2028_is_a_substitute() =>
        Assert.DoesNotContain(HolidayForecast.OfYear(2028), holiday => holiday.NameJa == "振替休日");

    [Fact]
    public void Every_year_keeps_the_sixteen_named_days_and_lists_no_day_twice() => Assert.All(Enumerable.Range(2021, 79), year =>
    {
        var days = HolidayForecast.OfYear(year);
        Assert.Equal(16, days.Count(holiday => holiday.NameJa is not ("振替休日" or "国民の休日")));
        Assert.Equal(days.Count, days.Select(holiday => holiday.On).Distinct().Count());
        Assert.All(days.Where(holiday => holiday.NameJa is "振替休日" or "国民の休日"), holiday => Assert.NotEqual(DayOfWeek.Sunday, holiday.On.DayOfWeek));
    });
}
