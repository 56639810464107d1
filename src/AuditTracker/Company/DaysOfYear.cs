using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>A closure as the table holds it.</summary>
public sealed record ClosureRow(long Id, DateOnly FromOn, DateOnly ToOn, string NameJa, string NameEn);

/// <summary>A day worked instead.</summary>
public sealed record MakeUpDayRow(DateOnly WorkedOn, string Reason);

/// <summary>A holiday and where it is from: shipped, or a file taken over on a day.</summary>
public sealed record HolidayRow(DateOnly HeldOn, string NameJa, string NameEn, string? FileName, DateTime? AppliedAt);

/// <summary>The days of a year as the page shows them.</summary>
public sealed record DaysOfYear(IReadOnlyList<ClosureRow> Closures, IReadOnlyList<MakeUpDayRow> MakeUpDays, IReadOnlyList<HolidayRow> Holidays)
{
    public static async Task<DaysOfYear> LoadAsync(NpgsqlConnection connection, Period year, CancellationToken ct)
    {
        var range = new { year.From, year.To };
        return new(
            await connection.ListAsync<ClosureRow>("select id, from_on, to_on, name_ja, name_en from closures where from_on <= @To and to_on >= @From order by from_on, id", range, ct),
            await connection.ListAsync<MakeUpDayRow>("select worked_on, reason from make_up_days where worked_on between @From and @To order by worked_on", range, ct),
            await connection.ListAsync<HolidayRow>("""
                select h.held_on, h.name_ja, h.name_en, i.file_name, i.applied_at from holidays h left join holiday_imports i on i.id = h.import_id
                where h.held_on between @From and @To order by h.held_on
                """, range, ct));
    }
}
