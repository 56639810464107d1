using System.Security.Cryptography;
using AuditTracker.Calendar;
using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;
using Npgsql;

namespace AuditTracker.Company;

/// <summary>A file between preview and apply, or applied.</summary>
public sealed record HolidayImport(long Id, string FileName, DateTime At, DateTime? AppliedAt);

/// <summary>Takes over the Cabinet Office's holidays: kept first, its differences shown, then applied. The turn of a year that is new is closed as that of the year before. Compliance managers only.</summary>
public sealed class ImportHolidays(Db db)
{
    /// <returns>The import's number.</returns>
    /// <exception cref="InvalidInput">The file is no list of holidays.</exception>
    public async Task<long> KeepAsync(CurrentUser user, string fileName, byte[] content, CancellationToken ct)
    {
        Allow(user);
        HolidayFile.Read(content);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        var id = await work.FirstAsync<long>("""
            insert into holiday_imports (file_name, content, sha256, by_actor, at) values (@fileName, @content, @sha256, @by, @Now) returning id
            """, new { fileName, content, sha256 = Convert.ToHexStringLower(SHA256.HashData(content)), by = work.Actor.Name, work.Now }, ct);
        await work.CommitAsync(ct);
        return id;
    }

    /// <summary>What the file would change now.</summary>
    /// <exception cref="NotFound">No such import that waits, or the caller may not.</exception>
    public async Task<(HolidayImport Import, IReadOnlyList<HolidayDifference> Differences)> PreviewAsync(CurrentUser user, long id, CancellationToken ct)
    {
        Allow(user);
        await using var connection = await db.OpenAsync(ct);
        var import = await connection.FirstAsync<HolidayImport>("select id, file_name, at, applied_at from holiday_imports where id = @id and applied_at is null", new { id }, ct) ?? throw new NotFound();
        return (import, await CompareAsync(connection, id, ct));
    }

    /// <returns>How many days changed.</returns>
    /// <exception cref="NotFound">No such import that waits, or the caller may not.</exception>
    public async Task<int> ApplyAsync(CurrentUser user, long id, CancellationToken ct)
    {
        Allow(user);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        if (await work.ExecuteAsync("update holiday_imports set applied_at = @Now where id = @id and applied_at is null", new { id, work.Now }, ct) == 0)
        {
            throw new NotFound();
        }
        var differences = await CompareAsync(work.Connection, id, ct);
        var said = differences.Where(difference => difference.After is not null).Select(difference => difference.After!).ToList();
        var gone = differences.Where(difference => difference.After is null).Select(difference => difference.On).ToArray();
        var years = said.Select(day => day.On.Year).Distinct().ToArray();
        await LoadHolidays.CloseTurnsAsync(work, await work.QueryAsync<int>("select year from unnest(@years) as year where year > (select coalesce(max(extract(year from held_on)), 0) from holidays)", new { years }, ct), ct);
        await work.ExecuteAsync("delete from holidays where held_on = any(@gone)", new { gone }, ct);
        await work.ExecuteAsync("""
            insert into holidays (held_on, name_ja, name_en, import_id) select h.*, @id from unnest(@on, @ja, @en) h
            on conflict (held_on) do update set name_ja = excluded.name_ja, name_en = excluded.name_en, import_id = excluded.import_id
            """, new { id, on = said.Select(day => day.On).ToArray(), ja = said.Select(day => day.NameJa).ToArray(), en = said.Select(day => day.NameEn).ToArray() }, ct);
        await work.ExecuteAsync("update holiday_imports set content = null, added = @added, changed = @changed, removed = @removed where id = @id", new
        {
            id,
            added = differences.Count(difference => difference.Before is null),
            changed = differences.Count(difference => difference is { Before: not null, After: not null }),
            removed = gone.Length,
        }, ct);
        if (differences.Count > 0)
        {
            await CalendarChanges.AddAsync(work, CalendarChange.Holidays, work.Today, ct);
        }
        await work.ActAsync("company.holidaysImported", "company:1", new Dictionary<string, string?> { ["count"] = $"{differences.Count}" }, ct: ct);
        await work.CommitAsync(ct);
        return differences.Count;
    }

    private static async Task<IReadOnlyList<HolidayDifference>> CompareAsync(NpgsqlConnection connection, long id, CancellationToken ct)
    {
        var content = await connection.FirstAsync<byte[]>("select content from holiday_imports where id = @id", new { id }, ct) ?? throw new NotFound();
        var table = await connection.ListAsync<Holiday>("""select held_on as "on", name_ja, name_en from holidays order by held_on""", ct: ct);
        return HolidayFile.Compare(table, HolidayFile.Read(content), table.Count == 0 ? 2021 : table[0].On.Year);
    }

    private static void Allow(CurrentUser user)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
    }
}
