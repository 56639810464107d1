using AuditTracker.Calendar;
using AuditTracker.Company;

namespace AuditTracker.Evidence;

/// <summary>A reminder that has become due for a collection still with its owner.</summary>
/// <param name="Step"><c>soon</c>, or how far overdue: <c>1</c>, <c>3</c>, <c>+7</c>, <c>+14</c> …; part of the notice's key, so each is told once.</param>
/// <param name="On">The business day it belongs to.</param>
/// <param name="ToManager">From the third business day on the owner's manager gets a notice of their own.</param>
public sealed record Reminder(string Step, DateOnly On, bool ToManager);

/// <summary>The cadence of the main job, by the company's rules: as shipped three business days before; one and three over; then every seven days.</summary>
public static class Reminders
{
    /// <summary>
    /// The newest reminder whose day has come, or null. "Its day has come" and not "is today": a worker that was down misses nothing, and
    /// after a pause only the newest is told. Before the due date the day must also lie after the opening.
    /// </summary>
    public static Reminder? Newest(DateOnly opensOn, DateOnly dueOn, DateOnly today, BusinessCalendar calendar, NoticeRules rules)
    {
        if (today <= dueOn)
        {
            var soon = calendar.AddBusinessDays(dueOn, -rules.DaysBefore);
            return today >= soon && soon > opensOn ? new Reminder("soon", soon, false) : null;
        }
        var second = calendar.AddBusinessDays(dueOn, rules.SecondAfter);
        if (today < second)
        {
            var first = calendar.AddBusinessDays(dueOn, rules.FirstAfter);
            return today >= first ? new Reminder($"{rules.FirstAfter}", first, false) : null;
        }
        // From the second one every so many days; one that falls on a closed day moves to the business day before it.
        var times = (today.DayNumber - second.DayNumber) / rules.RepeatDays + 1;
        for (; times > 0; times--)
        {
            var on = calendar.ShiftToPrevious(second.AddDays(rules.RepeatDays * times));
            if (on <= today && on > second)
            {
                return new Reminder($"+{rules.RepeatDays * times}", on, true);
            }
        }
        return new Reminder($"{rules.SecondAfter}", second, true);
    }
}
