using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Files;

namespace AuditTracker.Company;

/// <summary>
/// Brings the public holidays that ship with the product, and the usual closure over the turn of the year, into a database that has
/// none for those years. A year that has holidays is left alone: what a person took out does not come back.
/// </summary>
public static class LoadHolidays
{
    /// <param name="templates">The folder of the shipped templates.</param>
    /// <returns>How many rows are new.</returns>
    public static async Task<int> RunAsync(Db db, string templates, CancellationToken ct = default)
    {
        var shipped = YamlFile.Read<HolidayFile>(Path.Combine(templates, "calendars", "japan-holidays.yaml")).Holidays
            .ConvertAll(entry => new Holiday(DateOnly.ParseExact(entry.Date, "yyyy-MM-dd", CultureInfo.InvariantCulture), entry.NameJa, entry.NameEn));
        var years = shipped.Select(holiday => holiday.On.Year).Distinct().ToArray();

        await using var work = await db.BeginAsync(Actor.Operator("calendar"), ct);
        var missing = await work.QueryAsync<int>(
            "select year from unnest(@years) as year where not exists (select from holidays where extract(year from held_on) = year)", new { years }, ct);
        var holidays = shipped.FindAll(holiday => missing.Contains(holiday.On.Year));
        var closures = await CloseTurnsAsync(work, missing, ct);

        var rows = await work.ExecuteAsync("""
            insert into holidays (held_on, name_ja, name_en)
            select * from unnest(@on, @ja, @en)
            on conflict (held_on) do nothing
            """, new { on = holidays.Select(h => h.On).ToArray(), ja = holidays.Select(h => h.NameJa).ToArray(), en = holidays.Select(h => h.NameEn).ToArray() }, ct);
        rows += closures;
        if (rows > 0)
        {
            // A newer version brings another year: what was planned without its holidays follows.
            await CalendarChanges.AddAsync(work, CalendarChange.Holidays, work.Today, ct);
        }
        await work.CommitAsync(ct);
        return rows;
    }

    /// <summary>
    /// Closes the turns of years that come in: as that of the last year before them, or as usual where there is none; then the turn into the first of them too. To be called before their holidays are there.
    /// </summary>
    /// <returns>How many closures are new.</returns>
    internal static async Task<int> CloseTurnsAsync(UnitOfWork work, IReadOnlyCollection<int> years, CancellationToken ct)
    {
        if (years.Count == 0)
        {
            return 0;
        }
        var known = await work.FirstAsync<int?>("select max(extract(year from held_on))::int from holidays where extract(year from held_on) < @first", new { first = years.Min() }, ct);
        var closures = known is not { } last ? [.. TurnOfYear.Usual(years.Min() - 1, years.Max())]
            : TurnOfYear.Onward(await work.QueryAsync<Closure>("select from_on as \"from\", to_on as \"to\", name_ja, name_en from closures", ct: ct), last, years.Min(), years.Max()).ToList();
        return await work.ExecuteAsync("""
            insert into closures (from_on, to_on, name_ja, name_en)
            select * from unnest(@from, @to, @ja, @en)
            on conflict on constraint closures_once do nothing
            """, new
        {
            from = closures.Select(c => c.From).ToArray(),
            to = closures.Select(c => c.To).ToArray(),
            ja = closures.Select(c => c.NameJa).ToArray(),
            en = closures.Select(c => c.NameEn).ToArray(),
        }, ct);
    }

    private sealed class HolidayFile
    {
        public List<Entry> Holidays { get; set; } = [];
    }

    private sealed class Entry
    {
        public string Date { get; set; } = "";
        public string NameJa { get; set; } = "";
        public string NameEn { get; set; } = "";
    }
}
