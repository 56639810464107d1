using AuditTracker.Platform.Database;

namespace AuditTracker.Company;

/// <summary>What about the company's days has changed.</summary>
public enum CalendarChange { Closure, MakeUpDay, Holidays, FiscalYear }

/// <summary>
/// Changes of the calendar wait here for the rooms above, whose plans were made with the calendar of before: nothing calls upward.
/// </summary>
public static class CalendarChanges
{
    /// <param name="dueOn">The day from which on plans must be made with it; a fiscal year may change in the future.</param>
    internal static Task<int> AddAsync(UnitOfWork work, CalendarChange kind, DateOnly dueOn, CancellationToken ct)
    {
        var wire = char.ToLowerInvariant(kind.ToString()[0]) + kind.ToString()[1..];
        return work.ExecuteAsync("insert into calendar_changes (kind, due_on, at) values (@wire, @dueOn, @Now)", new { wire, dueOn, work.Now }, ct);
    }

    /// <summary>Takes every change whose day has come, once, in the transaction of the one who plans anew. Load the calendar after it.</summary>
    /// <returns>How many there were.</returns>
    public static Task<int> TakeAsync(UnitOfWork work, CancellationToken ct = default) =>
        work.ExecuteAsync("update calendar_changes set taken_at = @Now where taken_at is null and due_on <= @Today", new { work.Now, work.Today }, ct);
}
