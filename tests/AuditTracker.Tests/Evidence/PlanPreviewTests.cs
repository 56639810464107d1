using AuditTracker.Calendar;
using AuditTracker.Evidence;
using AuditTracker.Tests.Calendar;

namespace AuditTracker.Tests.Evidence;

public sealed class PlanPreviewTests
{
    private static readonly BusinessCalendar Company = new(4,
        [new(new(2026, 10, 12), "スポーツの日", "Sports Day"), new(new(2027, 1, 1), "元日", "New Year's Day"), new(new(2027, 1, 11), "成人の日", "Coming-of-Age Day")],
        [new(new(2026, 12, 29), new(2027, 1, 3), "年末年始", "New Year holidays")], [], new(2027, 12, 31));

    [Fact]
    public void Dates_are_those_that_will_be_planned_with_the_closed_days_they_passed_over()
    {
        var preview = PlanPreview.Of(PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new(2026, 7, 1), null, new(2026, 10, 1), Company);

        Assert.Equal([new(2026, 10, 15), new(2027, 1, 18), new(2027, 4, 14), new(2027, 7, 14), new(2027, 10, 14), new(2028, 1, 14)], preview.Next.Select(date => date.DueOn));
        Assert.Equal(["スポーツの日"], preview.Next[0].Skipped.Select(skipped => skipped.Day.NameJa));
        Assert.Equal(["元日", "年末年始", "成人の日"], preview.Next[1].Skipped.Select(skipped => skipped.Day.NameJa));
        Assert.Equal([false, false, false, false, false, true], preview.Next.Select(date => date.IsForecast));
        Assert.Equal(0, preview.Past);
    }

    [Fact]
    public void A_closed_day_that_was_counted_to_is_named()
    {
        var date = PlanPreview.Of(PeriodKind.Month, 1, 12, OffsetUnit.Days, new(2026, 9, 1), null, new(2026, 10, 1), Company).Next[0];

        Assert.Equal((new DateOnly(2026, 10, 12), new DateOnly(2026, 10, 9), "スポーツの日"), (date.CountedOn, date.DueOn, date.CountedClosed!.NameJa));
        Assert.Empty(date.Skipped);
    }

    [Fact]
    public void An_earlier_start_tells_how_many_periods_are_already_due_and_an_end_stops_it()
    {
        var preview = PlanPreview.Of(PeriodKind.Quarter, 1, 10, OffsetUnit.BusinessDays, new(2026, 4, 1), new(2026, 12, 31), new(2026, 11, 24), Company);

        Assert.Equal(2, preview.Past);
        Assert.Equal(new DateOnly(2027, 1, 18), Assert.Single(preview.Next).DueOn);
    }
}
