using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using Dapper;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>The company's days as rows: holidays, closures, days worked instead.</summary>
public static class BusinessCalendars
{
    // As far as plans may reach, and within the years for which the formula holds.
    private const int ForecastYears = 10, LastForecastYear = 2099;

    /// <summary>
    /// The calendar as the rows have it now; works on the connection of a unit of work too. Holidays are known through the end of the
    /// last year that has one; those of the years after it are a forecast by the law's rules, and their turns are closed as that of the last known year.
    /// </summary>
    public static async Task<BusinessCalendar> LoadAsync(NpgsqlConnection connection, CancellationToken ct = default)
    {
        // Nearly every page asks for it: one question to the server in the place of four.
        await using var all = await connection.QueryMultipleAsync(new CommandDefinition("""
            select fiscal_start_month from company;
            select held_on as "on", name_ja, name_en from holidays order by held_on;
            select from_on as "from", to_on as "to", name_ja, name_en from closures order by from_on, id;
            select worked_on from make_up_days
            """, cancellationToken: ct));
        var startMonth = await all.ReadFirstOrDefaultAsync<int>();
        var holidays = (await all.ReadAsync<Holiday>()).AsList();
        var closures = (await all.ReadAsync<Closure>()).AsList();
        var madeUp = (await all.ReadAsync<DateOnly>()).AsList();
        var knownThrough = holidays.Count == 0 ? DateOnly.MinValue : new DateOnly(holidays[^1].On.Year, 12, 31);
        var forecast = holidays.Count == 0 ? [] : Enumerable.Range(knownThrough.Year + 1, Math.Clamp(LastForecastYear - knownThrough.Year, 0, ForecastYears)).SelectMany(HolidayForecast.OfYear);
        var turns = holidays.Count == 0 ? [] : TurnOfYear.Onward(closures, knownThrough.Year, knownThrough.Year + 1, Math.Min(LastForecastYear, knownThrough.Year + ForecastYears));
        return new BusinessCalendar(startMonth, holidays.Concat(forecast), closures.Concat(turns), madeUp, knownThrough);
    }
}
