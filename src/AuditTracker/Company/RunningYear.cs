using AuditTracker.Calendar;
using AuditTracker.Platform.Database;

namespace AuditTracker.Company;

/// <summary>The fiscal year of the business day, for dates that are typed without a year.</summary>
public static class RunningYear
{
    public static async Task<Period> LoadAsync(Db db, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var periods = (await BusinessCalendars.LoadAsync(connection, ct)).Periods;
        return periods.Year(periods.YearOf(await connection.FirstAsync<DateOnly>("select tokyo_date(business_now())", ct: ct)));
    }
}
