using AuditTracker.Calendar;
using static AuditTracker.Tests.Calendar.Days;

namespace AuditTracker.Tests.Calendar;

public sealed class CollectionDatesTests
{
    [Theory]
    [InlineData("2026-07-01", "2026-09-30", 1, 10, OffsetUnit.BusinessDays, "2026-10-01", "2026-10-15")]
    [InlineData("2026-10-01", "2026-12-31", 1, 10, OffsetUnit.BusinessDays, "2027-01-01", "2027-01-18")]
    [InlineData("2026-10-01", "2026-10-31", 1, 22, OffsetUnit.Days, "2026-11-01", "2026-11-20")]
    [InlineData("2026-10-01", "2026-10-31", -10, 0, OffsetUnit.Days, "2026-10-21", "2026-10-30")]
    [InlineData("2026-10-01", "2026-10-31", -10, 0, OffsetUnit.BusinessDays, "2026-10-21", "2026-10-30")]
    [InlineData("2026-10-01", "2026-10-31", -20, -3, OffsetUnit.BusinessDays, "2026-10-11", "2026-10-28")]
    public void Opens_and_is_due_after_the_end_of_its_period(string from, string to, int opens, int due, OffsetUnit unit, string opensOn, string dueOn) =>
        Assert.Equal(new CollectionDates(D(opensOn), D(dueOn)), CollectionDates.For(P(from, to), opens, due, unit, Ours));

    [Theory]
    [InlineData("2026-10-01", "2026-10-31", 1, 1, "2026-11-01", "2026-11-02")]
    [InlineData("2026-10-01", "2026-12-31", 1, 2, "2027-01-01", "2027-01-04")]
    [InlineData("2026-10-01", "2026-10-31", 5, 2, "2026-11-05", "2026-11-05")]
    public void Due_before_the_opening_goes_to_the_next_business_day(string from, string to, int opens, int due, string opensOn, string dueOn) =>
        Assert.Equal(new CollectionDates(D(opensOn), D(dueOn)), CollectionDates.For(P(from, to), opens, due, OffsetUnit.Days, Ours));

    [Fact]
    public void Due_is_always_a_business_day_on_or_after_the_opening()
    {
        var random = new Random(7);
        for (var round = 0; round < 2_000; round++)
        {
            var period = Ours.Periods.Containing((PeriodKind)random.Next(4), D("2025-01-01").AddDays(random.Next(900)));
            var dates = CollectionDates.For(period, random.Next(-40, 15), random.Next(-10, 40), (OffsetUnit)random.Next(2), Ours);
            Assert.True(Ours.IsBusinessDay(dates.DueOn) && dates.DueOn >= dates.OpensOn, dates.ToString());
        }
    }
}
