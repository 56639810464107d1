using System.Globalization;
using AuditTracker.Calendar;
using AuditTracker.Platform.Database;
using AuditTracker.Platform.Security;

namespace AuditTracker.Trail;

/// <summary>
/// Reads the trail for administrators, compliance managers and internal auditors; others find nothing (design §7a). Columns only
/// search: what is shown comes from the canonical bytes, and a personal value only when it is the one they commit to.
/// </summary>
public sealed class TrailStore(Db db, NameActors? nameActors = null, FindActors? findActors = null)
{
    public const int CountedTo = 10_000;
    public static IReadOnlyList<Role> Readers { get; } = [Role.Administrator, Role.ComplianceManager, Role.InternalAuditor];

    private sealed record Row(long Id, string Tx, DateTime At, DateTime RecordedAt, string Actor, string Request, string Kind, string What, string Subject, byte[] Canonical);

    private sealed record ValueRow(long EntryId, string Side, string Name, Guid Salt, string? Value, bool IsErased, bool IsGone);

    /// <summary>A part of the trail; its places are <c>time.ID</c>.</summary>
    public async Task<ListPage<TrailEntry>> ListAsync(CurrentUser user, TrailFilter filter, ListSlice slice, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = Parameters(user, filter);
        var behind = slice.Behind(parameters);
        parameters["limit"] = slice.Limit;
        var page = slice.Page(await connection.ListAsync<Row>($"""
            select id, tx::text as tx, at, recorded_at, actor, request, kind, what, subject, canonical from trail.entries
            where {Where(filter)} {behind} order by {slice.OrderBy} limit @limit
            """, parameters, ct), row => row.Id.ToString(CultureInfo.InvariantCulture));
        var values = page.Rows.Count == 0 ? [] : await connection.ListAsync<ValueRow>("""
            select entry_id, side, name, salt, case when @personal then value end as value,
                   value is null and exists (select from trail.entries a where a.subject = 'entry:' || v.entry_id || '/' || v.side || '/' || v.name and a.what = @Act and a.id > v.entry_id) as is_erased, value is null as is_gone
            from trail.entry_values v where entry_id = any(@ids) and @allowed
            """, new { ErasedValues.Act, ids = page.Rows.Select(row => row.Id).ToArray(), personal = user.SeesPersonalValues, allowed = MaySee(user) }, ct);
        var names = nameActors is null ? null : await nameActors([.. page.Rows.Select(row => row.Actor).Distinct()], ct);
        var byEntry = values.ToLookup(value => value.EntryId);
        return new([.. page.Rows.Select(row => Show(row, [.. byEntry[row.Id]], names, user.SeesPersonalValues))], page.Before, page.After);
    }

    /// <summary>Every entry of the list in its order, a thousand at a time.</summary>
    public async IAsyncEnumerable<TrailEntry> AllAsync(CurrentUser user, TrailFilter filter, ListSlice slice, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        var next = slice with { Size = 1000, After = null, Before = null };
        do
        {
            var page = await ListAsync(user, filter, next, ct);
            foreach (var entry in page.Rows)
            {
                yield return entry;
            }
            next = next with { After = page.After };
        }
        while (next.After is not null);
    }

    /// <summary>How many entries there are, counted to <see cref="CountedTo"/> + 1.</summary>
    public async Task<int> CountAsync(CurrentUser user, TrailFilter filter, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        var parameters = Parameters(user, filter);
        parameters["cap"] = CountedTo + 1;
        return (int)await connection.FirstAsync<long>($"select count(*) from (select 1 from trail.entries where {Where(filter)} limit @cap) counted", parameters, ct);
    }

    /// <summary>The newest entry, or null.</summary>
    public async Task<(long Id, DateTime At)?> HeadAsync(CurrentUser user, CancellationToken ct = default)
    {
        await using var connection = await db.OpenAsync(ct);
        return await connection.FirstAsync<(long, DateTime)?>("select id, at from trail.entries where @allowed order by id desc limit 1", new { allowed = MaySee(user) }, ct);
    }

    private sealed record SealRow(long? Number, byte[]? Head, DateTime? SealedAt, long? AnchoredNumber, DateTime? AnchoredAt, long Waiting, DateTime? WaitingSince, bool IsHeld, DateTime? HeldSince);

    /// <summary>How far the trail is sealed. What waits is counted to <see cref="CountedTo"/> + 1; null for whoever may not read the trail.</summary>
    /// <remarks>What holds sealing back is the oldest transaction that still runs anywhere on the server; that there is one, any role sees, when it began only its own.</remarks>
    public async Task<SealState?> SealStateAsync(CurrentUser user, CancellationToken ct = default)
    {
        if (!MaySee(user))
        {
            return null;
        }
        await using var connection = await db.OpenAsync(ct);
        var row = (await connection.FirstAsync<SealRow>("""
            select s.number, s.head, s.sealed_at, a.number as anchored_number, a.stamped_at as anchored_at, w.entries as waiting, w.since as waiting_since,
                   h.oldest is not null as is_held,
                   coalesce((select min(xact_start) from pg_stat_activity where backend_xid::text::bigint = h.oldest), (select min(prepared) from pg_prepared_xacts where transaction::text::bigint = h.oldest), trail.began(h.oldest)) as held_since
            from (select 1) one
            left join lateral (select number, head, sealed_at, through_id from trail.seals order by number desc limit 1) s on true
            left join lateral (select number, stamped_at from trail.anchors order by number desc limit 1) a on true
            cross join lateral (select count(*) as entries, min(recorded_at) as since from (select recorded_at from trail.entries where id > coalesce(s.through_id, 0) limit @cap) waiting) w
            left join lateral (select pg_snapshot_xmin(pg_current_snapshot())::text::bigint % 4294967296 as oldest from trail.seal_mark m where w.entries > 0 and m.xid > pg_snapshot_xmin(pg_current_snapshot())) h on true
            """, new { cap = CountedTo + 1 }, ct))!;
        return new SealState(row.Number, row.Head, row.SealedAt, row.AnchoredNumber, row.AnchoredAt, row.Waiting, row.WaitingSince, row.IsHeld, row.HeldSince);
    }

    /// <summary>The actors a reader means: <c>account:5</c> itself, else whom the typed name or address finds.</summary>
    public async Task<IReadOnlyList<string>> ActorsAsync(CurrentUser user, string typed, CancellationToken ct = default) =>
        !MaySee(user) ? [] : typed.Contains(':', StringComparison.Ordinal) || findActors is null ? [typed] : await findActors(typed, ct);

    private static bool MaySee(CurrentUser user) => user.IsAny([.. Readers]);

    private static string Where(TrailFilter filter) => string.Join(" and ", new[]
    {
        "@allowed",
        filter.Subject is null ? null : "subject = @Subject",
        filter.Actors is null ? null : "actor = any(@actors)",
        filter.What is null ? null : "what = @What",
        filter.Kind switch { null => null, "act" => "kind = 'act'", _ => "kind = @Kind" },
        filter.From is null ? null : "at >= @from",
        filter.To is null ? null : "at < @until",
    }.Where(part => part is not null));

    private static Dictionary<string, object?> Parameters(CurrentUser user, TrailFilter filter) => new()
    {
        ["allowed"] = MaySee(user),
        ["Subject"] = filter.Subject,
        ["actors"] = filter.Actors?.ToArray(),
        ["What"] = filter.What,
        ["Kind"] = filter.Kind,
        ["from"] = filter.From is { } first ? JapanTime.StartOf(first) : null,
        ["until"] = filter.To is { } last && last < DateOnly.MaxValue ? JapanTime.StartOf(last.AddDays(1)) : DateTime.MaxValue,
    };

    private static TrailEntry Show(Row row, ValueRow[] values, IReadOnlyDictionary<string, string>? names, bool personal)
    {
        var name = names?.GetValueOrDefault(row.Actor);
        if (CanonicalEntry.TryDecode(row.Canonical) is not { } entry)
        {
            return new TrailEntry(row.Id, row.At, row.RecordedAt, row.Actor, name, row.Kind, row.What, row.Subject, false, null, null);
        }
        var isSound = (entry.Id, $"{entry.Tx}", entry.At, entry.RecordedAt, entry.Actor, entry.Request, entry.Kind, entry.What, entry.Subject)
            == (row.Id, row.Tx, row.At, row.RecordedAt, row.Actor, row.Request, row.Kind, row.What, row.Subject);
        return new TrailEntry(row.Id, entry.At, entry.RecordedAt, entry.Actor, entry.Actor == row.Actor ? name : null, entry.Kind, entry.What, entry.Subject, isSound,
            Side("before", entry.Before), Side("after", entry.After));

        TrailValue[]? Side(string side, IReadOnlyList<CanonicalValue>? map) =>
            map?.Select(value => value.IsPersonal ? Personal(value, values.FirstOrDefault(kept => kept.Side == side && kept.Name == value.Name)) : new TrailValue(value.Name, Showing.Plain, value.Plain)).ToArray();

        TrailValue Personal(CanonicalValue value, ValueRow? kept) => kept switch
        {
            { IsErased: true } => new(value.Name, Showing.Erased, null),
            { IsGone: true } => new(value.Name, Showing.Changed, null),
            _ when !personal => new(value.Name, Showing.Personal, null),
            { Value: { } text } when value.Commits(kept.Salt, text) => new(value.Name, Showing.Plain, text),
            _ => new(value.Name, Showing.Changed, null),
        };
    }
}
