using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class BusinessCalendarTests
{
    [Theory]
    [InlineData("2026-09-30", 10, "2026-10-15")]
    [InlineData("2026-12-31", 10, "2027-01-18")]
    [InlineData("2026-12-28", 1, "2027-01-04")]
    [InlineData("2027-01-04", -1, "2026-12-28")]
    [InlineData("2026-05-03", 1, "2026-05-07")]
    [InlineData("2026-11-22", 0, "2026-11-22")]
    public void The_nth_business_day_skips_closed_days(string from, int n, string expected) =>
        Assert.Equal(D(expected), Ours.AddBusinessDays(D(from), n));

    [Theory]
    [InlineData("2026-11-22", "2026-11-20", "2026-11-24")]
    [InlineData("2026-12-30", "2026-12-28", "2027-01-04")]
    [InlineData("2026-05-03", "2026-05-01", "2026-05-07")]
    [InlineData("2026-11-24", "2026-11-24", "2026-11-24")]
    public void A_closed_day_shifts_to_the_nearest_business_day(string day, string previous, string next) =>
        Assert.Equal((D(previous), D(next)), (Ours.ShiftToPrevious(D(day)), Ours.ShiftToNext(D(day))));

    [Fact]
    public void Adding_business_days_lands_on_them_rises_and_is_undone_by_counting()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 2_000; round++)
        {
            var calendar = round % 2 == 0 ? Ours : With([.. Enumerable.Range(0, 20).Select(_ => RandomDay(random))]);
            var day = RandomDay(random);
            var n = random.Next(-80, 81);
            var landed = calendar.AddBusinessDays(day, n);
            Assert.True(n == 0 || calendar.IsBusinessDay(landed), $"{day:O} {n}");
            Assert.Equal(n, calendar.BusinessDaysBetween(day, landed));
            Assert.True(calendar.AddBusinessDays(day, n + 1) > landed, $"{day:O} {n}");
            Assert.True(calendar.ShiftToPrevious(day) <= day && day <= calendar.ShiftToNext(day));
            Assert.Equal(calendar.IsBusinessDay(day), calendar.ShiftToNext(day) == calendar.ShiftToPrevious(day));
            Assert.Equal(calendar.IsBusinessDay(day), calendar.WhyClosed(day) is null);
        }
    }

    [Fact]
    public void A_make_up_day_is_worked_even_on_a_holiday_in_a_weekend()
    {
        var day = D("2026-05-03");
        Assert.False(Ours.IsBusinessDay(day));
        Assert.True(With(day).IsBusinessDay(day));
        Assert.Null(With(day).WhyClosed(day));
    }

    [Theory]
    [InlineData("2027-01-01", ClosedBecause.Holiday, "元日", "New Year's Day")]
    [InlineData("2026-12-29", ClosedBecause.Closure, "年末年始休業", "Year-end closure")]
    [InlineData("2026-11-21", ClosedBecause.Weekend, "土曜日", "Saturday")]
    public void A_closed_day_says_why(string day, ClosedBecause because, string ja, string en) =>
        Assert.Equal(new ClosedDay(because, ja, en), Ours.WhyClosed(D(day)));

    [Fact]
    public void A_calendar_that_could_search_for_ever_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new BusinessCalendar(4, [], [], [], KnownThrough, Enum.GetValues<DayOfWeek>()));
        Assert.Throws<ArgumentException>(() => new BusinessCalendar(4, [], [new(D("2026-12-29"), D("3027-01-03"), "", "")], [], KnownThrough));
        Assert.Throws<ArgumentException>(() => new BusinessCalendar(4, [], [new(D("2026-12-29"), D("2026-12-28"), "", "")], [], KnownThrough));
    }

    [Fact]
    public void Weekends_may_be_other_days()
    {
        var calendar = new BusinessCalendar(4, [], [], [], KnownThrough, [DayOfWeek.Wednesday]);
        Assert.True(calendar.IsBusinessDay(D("2026-11-22")));
        Assert.False(calendar.IsBusinessDay(D("2026-11-25")));
    }

    private static DateOnly RandomDay(Random random) => D("2024-12-01").AddDays(random.Next(0, 1_200));
}
