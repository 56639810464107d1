using AuditTracker.Calendar;
using AuditTracker.Evidence;

namespace AuditTracker.Tests.Evidence;

public sealed class CoverageTests
{
    private static readonly Period SecondQuarter = new(new(2026, 7, 1), new(2026, 9, 30));

    [Theory] // design §6: the first vector's quarter is covered through 2027-01-18, ageing 01-19…02-10, stale from 02-11
    [InlineData("2026-10-20", CoverageState.Covered)]
    [InlineData("2027-01-18", CoverageState.Covered)]
    [InlineData("2027-01-19", CoverageState.Ageing)]
    [InlineData("2027-02-10", CoverageState.Ageing)]
    [InlineData("2027-02-11", CoverageState.Stale)]
    public void An_accepted_quarter_covers_until_the_next_is_due_then_ages_then_is_stale(string today, CoverageState expected)
    {
        var coverage = Coverage.Of(1, "棚卸し", SecondQuarter, false, new DateOnly(2027, 1, 18), null, DateOnly.Parse(today));
        Assert.Equal(expected, coverage.State);
        Assert.Equal(new DateOnly(2027, 1, 18), coverage.CoveredThrough);
        Assert.Equal(new DateOnly(2027, 2, 10), coverage.AgeingThrough);
    }

    [Theory]
    [InlineData("2026-10-15", CoverageState.Collecting)]
    [InlineData("2026-10-16", CoverageState.Stale)]
    public void Nothing_accepted_is_collecting_through_the_first_due_date(string today, CoverageState expected) =>
        Assert.Equal(expected, Coverage.Of(1, "棚卸し", null, false, new DateOnly(2026, 10, 15), null, DateOnly.Parse(today)).State);

    [Theory]
    [InlineData("2027-05-30", CoverageState.Ageing)]
    [InlineData("2027-05-31", CoverageState.Stale)]
    public void A_yearly_period_ages_thirty_days(string today, CoverageState expected) =>
        Assert.Equal(expected, Coverage.Of(1, "年次", new Period(new(2025, 4, 1), new(2026, 3, 31)), true, new DateOnly(2027, 4, 30), null, DateOnly.Parse(today)).State);

    [Fact]
    public void An_item_is_as_good_as_its_worst_request_and_fresh_until_the_first_one_ends()
    {
        var good = Coverage.Of(1, "a", SecondQuarter, false, new DateOnly(2027, 1, 18), null, new DateOnly(2026, 11, 1));
        var better = good with { RequestId = 2, CoveredThrough = new DateOnly(2027, 4, 14) };
        var never = Coverage.Of(3, "c", null, false, new DateOnly(2026, 12, 1), null, new DateOnly(2026, 11, 1));
        Assert.Equal((CoverageState.Covered, new DateOnly(2027, 1, 18)), (Coverage.OfItem("f", "r", true, [better, good]).State, Coverage.OfItem("f", "r", true, [better, good]).FreshUntil));
        Assert.Equal((CoverageState.Collecting, null), (Coverage.OfItem("f", "r", true, [good, never]).State, Coverage.OfItem("f", "r", true, [good, never]).FreshUntil));
        // Nobody joined yet: asking on that event spoils nothing, and alone it shows nothing.
        var idle = never with { IsIdle = true };
        Assert.Equal(CoverageState.Covered, Coverage.OfItem("f", "r", true, [good, idle]).State);
        Assert.Equal(CoverageState.Collecting, Coverage.OfItem("f", "r", true, [idle]).State);
        Assert.Equal(CoverageState.Missing, Coverage.OfItem("f", "r", true, []).State);
        Assert.Equal(CoverageState.Excluded, Coverage.OfItem("f", "r", false, [never]).State);
    }
}
