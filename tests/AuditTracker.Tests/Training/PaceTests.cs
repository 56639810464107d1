using AuditTracker.Training;

namespace AuditTracker.Tests.Training;

/// <summary>The plan line and the forecast of a campaign.</summary>
public sealed class PaceTests
{
    private static DateOnly Day(string iso) => School.Day(iso);

    private static Numbers Of(int completed, int open, int leave = 0) => new(completed, 0, 0, open, leave, 0, 0, 0, 0);

    [Fact]
    public void The_plan_is_a_straight_line_to_the_due_date_for_those_who_have_to_take_part()
    {
        var pace = Pace.Of(Day("2026-11-01"), Day("2026-11-11"), Of(30, 70, leave: 20), [new(Day("2026-11-02"), 10), new(Day("2026-11-05"), 20)], Day("2026-11-06"), isRunning: true);
        Assert.Equal((100, 30, 50), (pace.All, pace.Done, pace.Plan));
        Assert.Equal([0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100], pace.Days.Select(day => day.Plan));
        Assert.Equal([0, 10, 10, 10, 30, 30, null, null, null, null, null], pace.Days.Select(day => day.Done));
        Assert.Equal((0, 0.5, 1), (pace.Place(pace.Days[0]), pace.Place(pace.Days[5]), pace.Place(pace.Days[^1])));
    }

    [Fact]
    public void The_forecast_goes_on_as_the_last_seven_days_did_and_never_beyond_everybody()
    {
        // 21 in seven days: 3 a day, 70 to go: 24 days (23.3 rounded up).
        var pace = Pace.Of(Day("2026-11-01"), Day("2026-12-31"), Of(30, 70), [new(Day("2026-11-02"), 9), new(Day("2026-11-10"), 21)], Day("2026-11-15"), isRunning: true);
        Assert.Equal(Day("2026-12-09"), pace.EndsOn);
        Assert.All(pace.Days.Where(day => day.On < Day("2026-11-15")), day => Assert.Null(day.Forecast));
        Assert.Equal(30, pace.Days.Single(day => day.On == Day("2026-11-15")).Forecast);
        Assert.Equal(100, pace.Days[^1].Forecast);
    }

    [Theory]
    [InlineData("2026-11-30", 70, true)]  // nobody in the last seven days
    [InlineData("2026-11-11", 0, true)]   // nobody left
    [InlineData("2026-11-11", 70, false)] // over
    public void Without_a_pace_or_anybody_left_nothing_is_forecast(string last, int open, bool isRunning)
    {
        var pace = Pace.Of(Day("2026-11-01"), Day("2026-11-20"), Of(30, open), [new(Day("2026-11-10"), 30)], Day(last), isRunning);
        Assert.Null(pace.EndsOn);
        Assert.All(pace.Days, day => Assert.Null(day.Forecast));
    }

    [Theory]
    [InlineData("2026-11-02", "2026-11-02", "2026-11-02")] // one day
    [InlineData("2026-04-01", "2027-03-31", "2026-08-17")]
    [InlineData("2026-11-02", "2026-11-30", "2027-03-31")] // long past the due date
    public void Opening_today_and_due_date_are_among_at_most_sixteen_days(string opens, string due, string last)
    {
        var days = Pace.Of(Day(opens), Day(due), Of(1, 1), [], Day(last), isRunning: true).Days.Select(day => day.On).ToList();
        Assert.True(days.Count <= Pace.Most);
        Assert.Equal(days.Distinct().Order(), days);
        Assert.All(new[] { opens, due, last }, day => Assert.Contains(Day(day), days));
    }

    [Fact]
    public void A_large_roster_over_two_years_does_not_overflow()
    {
        var pace = Pace.Of(Day("2026-01-01"), Day("2027-12-31"), Of(900_000, 100_000), [new(Day("2027-12-20"), 900_000)], Day("2027-12-24"), isRunning: true);
        Assert.All(pace.Days, day => Assert.InRange(day.Plan, 0, 1_000_000));
        Assert.Equal(Day("2027-12-25"), pace.EndsOn);
    }
}
