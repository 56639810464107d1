using AuditTracker.Calendar;

namespace AuditTracker.Evidence;

/// <summary>A reminder that has become due for a collection still with its owner.</summary>
/// <param name="Step"><c>soon</c>, or how far overdue: <c>1</c>, <c>3</c>, <c>+7</c>, <c>+14</c> …; part of the notice's key, so each is told once.</param>
/// <param name="On">The business day it belongs to.</param>
/// <param name="ToManager">From the third business day on the owner's manager gets a notice of their own.</param>
public sealed record Reminder(string Step, DateOnly On, bool ToManager);

/// <summary>The cadence of the main job: three business days before; one and three business days over; then every seven days.</summary>
public static class Reminders
{
    public const int DaysBefore = 3;

    /// <summary>
    /// The newest reminder whose day has come, or null. "Its day has come" and not "is today": a worker that was down misses nothing, and
    /// after a pause only the newest is told. Before the due date the day must also lie after the opening.
    /// </summary>
    public static Reminder? Newest(DateOnly opensOn, DateOnly dueOn, DateOnly today, BusinessCalendar calendar)
    {
        if (today <= dueOn)
        {
            var soon = calendar.AddBusinessDays(dueOn, -DaysBefore);
            return today >= soon && soon > opensOn ? new Reminder("soon", soon, false) : null;
        }
        var third = calendar.AddBusinessDays(dueOn, 3);
        if (today < third)
        {
            var first = calendar.AddBusinessDays(dueOn, 1);
            return today >= first ? new Reminder("1", first, false) : null;
        }
        // Every seven days from the third business day; one that falls on a closed day moves to the business day before it.
        var weeks = (today.DayNumber - third.DayNumber) / 7 + 1;
        for (; weeks > 0; weeks--)
        {
            var on = calendar.ShiftToPrevious(third.AddDays(7 * weeks));
            if (on <= today && on > third)
            {
                return new Reminder($"+{7 * weeks}", on, true);
            }
        }
        return new Reminder("3", third, true);
    }
}
