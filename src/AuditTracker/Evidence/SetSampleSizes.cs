using AuditTracker.Platform;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;
using AuditTracker.Trail;

namespace AuditTracker.Evidence;

/// <summary>A table of sizes with its lines.</summary>
/// <param name="Reason">Null, as <paramref name="By"/> is, of the one that ships.</param>
public sealed record SampleSizeTable(DateOnly ValidFrom, string? Reason, string? By, DateTime? At, IReadOnlyList<SampleSizeLine> Lines);

/// <summary>Sets the table of sample sizes from a day to come on. What was drawn keeps the table it was drawn by.</summary>
public sealed class SetSampleSizes(Db db)
{
    private sealed record Head(DateOnly ValidFrom, string? Reason, string? By, DateTime? At);

    /// <summary>All tables, the newest first: those to come, the one that holds, those that held.</summary>
    public async Task<IReadOnlyList<SampleSizeTable>> TablesAsync(CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var heads = await connection.ListAsync<Head>("""
            select s.valid_from, t.reason, coalesce(p.name, nullif(a.name, ''), a.sign_in) as by, t.at
            from (select distinct valid_from from sample_sizes) s left join sample_size_tables t on t.valid_from = s.valid_from
            left join accounts a on a.id = t.by_account left join people p on p.id = a.person_id order by s.valid_from desc limit 100
            """, ct: ct);
        var lines = (await connection.ListAsync<SampleSizeLine>("select valid_from, basis, up_to, size from sample_sizes order by basis, up_to nulls last", ct: ct)).ToLookup(line => line.ValidFrom);
        return [.. heads.Select(head => new SampleSizeTable(head.ValidFrom, head.Reason, head.By, head.At, [.. lines[head.ValidFrom]]))];
    }

    /// <param name="lines">The whole table; their day is not read.</param>
    /// <param name="reason">Needed when any population would be drawn from less than by the table before.</param>
    /// <exception cref="NotFound">The user may not.</exception>
    /// <exception cref="InvalidInput">A day that is not to come or stands before another that is, lines that are no table, or no reason where one is needed.</exception>
    public async Task RunAsync(CurrentUser user, DateOnly? from, IReadOnlyList<SampleSizeLine> lines, string? reason, CancellationToken ct = default)
    {
        if (!user.Is(Role.ComplianceManager))
        {
            throw new NotFound();
        }
        SampleSizes.Check(lines);
        await using var work = await db.BeginAsync(Actor.Of(user), ct);
        await work.ExecuteAsync("select pg_advisory_xact_lock(hashtext('sample_sizes'))", ct: ct);
        if (from is not { } day || day <= work.Today)
        {
            throw InvalidInput.At<Words>("from", "SampleTableToCome");
        }
        if (await work.FirstAsync<DateOnly?>("select max(valid_from) from sample_sizes where valid_from > @day", new { day }, ct) is { } later)
        {
            throw InvalidInput.At<Words>("from", "SampleTableLater", Calendar.DateText.Plain(later));
        }
        var before = await work.QueryAsync<SampleSizeLine>(SampleStore.SizesSql, new { on = day.AddDays(-1) }, ct);
        var shrinks = SampleSizes.Shrinks(before, lines).Count > 0;
        var words = TakePopulation.Said(reason, "reason", TakePopulation.LongestWords, shrinks ? "SampleTableReason" : null);
        await work.ExecuteAsync("""
            delete from sample_sizes where valid_from = @day;
            insert into sample_size_tables (valid_from, reason, by_account, at) values (@day, @words, @AccountId, @Now)
            on conflict (valid_from) do update set reason = excluded.reason, by_account = excluded.by_account, at = excluded.at;
            insert into sample_sizes (valid_from, basis, up_to, size, by_account, at) select @day, basis, up_to, size, @AccountId, @Now from unnest(@bases, @upTo, @sizes) as n (basis, up_to, size);
            """, new { day, words, user.AccountId, work.Now, bases = lines.Select(line => line.Basis).ToArray(), upTo = lines.Select(line => line.UpTo).ToArray(), sizes = lines.Select(line => line.Size).ToArray() }, ct);
        await work.ActAsync("sample.sizesSet", $"sampleSizes:{day:yyyy-MM-dd}", new Dictionary<string, string?> { ["from"] = $"{day:yyyy-MM-dd}" }, words.Length > 0 ? words : null, ct);
        await work.CommitAsync(ct);
    }
}
