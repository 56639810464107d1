using AuditTracker.Company;
using AuditTracker.Evidence;
using AuditTracker.Tests.Calendar;

namespace AuditTracker.Tests.Evidence;

public sealed class RemindersTests
{
    [Theory] // due Thu 2026-10-15; opened 10-01
    [InlineData("2026-10-08", null)]
    [InlineData("2026-10-09", "soon")] // three business days before: Mon 10-12 is a holiday
    [InlineData("2026-10-12", "soon")]
    [InlineData("2026-10-15", "soon")]
    [InlineData("2026-10-16", "1")]
    [InlineData("2026-10-19", "1")]
    [InlineData("2026-10-20", "3")]
    [InlineData("2026-10-26", "3")]
    [InlineData("2026-10-27", "+7")]
    [InlineData("2026-11-02", "+14")] // 11-03 is a holiday: the previous business day
    [InlineData("2026-11-10", "+21")]
    public void The_newest_step_whose_day_has_come(string today, string? step)
    {
        var reminder = Reminders.Newest(new(2026, 10, 1), new(2026, 10, 15), DateOnly.Parse(today), Days.Ours, NoticeRules.Standard);
        Assert.Equal(step, reminder?.Step);
        Assert.Equal(step is not null and not "soon" and not "1", reminder?.ToManager ?? false);
    }

    [Theory] // the same due date by a company's own rules: five before; two and four over; then every fourteen days
    [InlineData("2026-10-06", null)]
    [InlineData("2026-10-07", "soon")]
    [InlineData("2026-10-16", null)]
    [InlineData("2026-10-19", "2")]
    [InlineData("2026-10-21", "4")]
    [InlineData("2026-11-03", "4")]
    [InlineData("2026-11-04", "+14")]
    public void The_company_sets_the_cadence(string today, string? step)
    {
        var rules = new NoticeRules { DaysBefore = 5, FirstAfter = 2, SecondAfter = 4, RepeatDays = 14 };
        Assert.Equal(step, Reminders.Newest(new(2026, 10, 1), new(2026, 10, 15), DateOnly.Parse(today), Days.Ours, rules)?.Step);
    }
}
