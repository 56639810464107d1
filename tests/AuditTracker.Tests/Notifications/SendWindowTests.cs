using AuditTracker.Calendar;
using AuditTracker.Notifications;
using AuditTracker.Tests.Support;

namespace AuditTracker.Tests.Notifications;

public sealed class SendWindowTests
{
    private static readonly SendWindow Window = new(new TimeOnly(9, 0), new TimeOnly(10, 0));

    private static readonly BusinessCalendar Calendar = new(
        4,
        [new Holiday(new DateOnly(2026, 11, 23), "勤労感謝の日", "Labor Thanksgiving Day")],
        [new Closure(new DateOnly(2026, 12, 29), new DateOnly(2027, 1, 3), "年末年始休業", "Year-end closure")],
        [],
        new DateOnly(2027, 12, 31));

    [Theory]
    [InlineData("2026-11-24T08:59", "2026-11-24T09:00")] // a Tuesday
    [InlineData("2026-11-24T09:00", "2026-11-24T09:00")]
    [InlineData("2026-11-24T09:59", "2026-11-24T09:59")]
    [InlineData("2026-11-24T10:00", "2026-11-25T09:00")]
    [InlineData("2026-11-27T18:30", "2026-11-30T09:00")] // Friday evening → Monday
    [InlineData("2026-11-28T09:30", "2026-11-30T09:00")] // Saturday, inside the hours
    [InlineData("2026-11-20T17:00", "2026-11-24T09:00")] // Friday → Monday is a holiday → Tuesday
    [InlineData("2026-11-23T09:30", "2026-11-24T09:00")]
    [InlineData("2026-12-28T10:00", "2027-01-04T09:00")] // the closure
    [InlineData("2027-01-01T09:15", "2027-01-04T09:00")]
    public void A_mail_leaves_at_the_next_opening_of_the_window(string now, string leaves)
    {
        Assert.Equal(At(leaves), Window.Next(At(now), Calendar));
        Assert.Equal(now == leaves, Window.IsOpen(At(now), Calendar));
    }

    [Fact]
    public void A_window_that_ends_where_it_begins_lasts_until_midnight() =>
        Assert.True(new SendWindow(new TimeOnly(9, 0), new TimeOnly(9, 0)).IsOpen(At("2026-11-24T23:59"), Calendar));

    [Theory]
    [InlineData(1, "2026-11-24T09:00", true, "2026-11-24T09:05")]
    [InlineData(4, "2026-11-24T09:50", true, "2026-11-24T10:20")]
    [InlineData(7, "2026-11-24T13:59", true, "2026-11-24T17:59")]
    [InlineData(7, "2026-11-24T14:00", true, "2026-11-25T09:00")]
    [InlineData(11, "2026-11-27T16:00", true, "2026-11-30T09:00")]
    [InlineData(7, "2026-11-27T22:00", false, "2026-11-28T02:00")]
    public void A_mail_that_was_turned_away_tries_again_later_that_day_and_then_with_the_window(int attempts, string now, bool ofTheDay, string next) =>
        Assert.Equal(At(next), Window.Retry(attempts, At(now), Calendar, ofTheDay));

    [Fact]
    public void After_so_many_attempts_a_mail_has_failed() =>
        Assert.Null(Window.Retry(SendWindow.MostAttempts, At("2026-11-24T09:00"), Calendar, true));

    private static DateTime At(string tokyo) => DateTimeOffset.Parse(tokyo + ":00+09:00").UtcDateTime;
}
