using System.Data;
using System.Text;
using AuditTracker.Platform.Database;
using Npgsql;
using NpgsqlTypes;

namespace AuditTracker.Trail;

/// <summary>
/// Compares the rows of every watched table with what the trail says of them: whoever writes past the triggers leaves a row that the trail does not explain. Both sides are
/// streamed in the order of their subjects from one snapshot, so memory does not grow with them. Of a column the trail never spoke of (it came with a later migration, or is
/// exempt) nothing can be said; a personal value whose erasing an act tells is not compared either.
/// </summary>
internal sealed class VerifyRows(Db db)
{
    private sealed record Table(string Name, string Subject, string[] Columns);

    /// <param name="connection">In the transaction whose snapshot counts; nothing else may be read from it meanwhile.</param>
    /// <param name="erased">The values that need not be compared.</param>
    /// <param name="found">Told every difference: what it is, the row's subject, the column.</param>
    /// <returns>How many rows were compared.</returns>
    public async Task<long> RunAsync(NpgsqlConnection connection, ErasedValues erased, Action<FindingKind, string, string> found, CancellationToken ct)
    {
        var tables = await TablesAsync(connection, ct);
        var known = await KnownAsync(connection, ct);
        var snapshot = await connection.FirstAsync<string>("select pg_export_snapshot()", ct: ct);
        await using var other = await db.OpenAsync(ct);
        await using var same = await other.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // The triggers write every value as text under these two.
        await using (var set = new NpgsqlCommand($"set transaction snapshot '{snapshot}'; set local timezone = 'UTC'; set local datestyle = 'ISO, YMD'", other))
        {
            await set.ExecuteNonQueryAsync(ct);
        }
        var compared = 0L;
        await using var stories = await RowStories.OpenAsync(connection, erased, ct);
        await stories.ReadAsync(ct);
        foreach (var table in tables)
        {
            compared += await CompareAsync(other, table, stories, known, found, ct);
        }
        // Of tables that are no more nothing is missed.
        foreach (var gone in known.Where(subject => tables.Any(table => subject.StartsWith(table.Name + "/", StringComparison.Ordinal))))
        {
            found(FindingKind.RowMissing, gone, "");
        }
        return compared;
    }

    private static async Task<long> CompareAsync(NpgsqlConnection connection, Table table, RowStories stories, HashSet<string> known, Action<FindingKind, string, string> found, CancellationToken ct)
    {
        var compared = 0L;
        var prefix = Encoding.UTF8.GetBytes(table.Name + "/");
        // What the trail tells of tables that are no more.
        while (stories.Current is { } gone && !gone.Subject.AsSpan().StartsWith(prefix) && gone.Subject.AsSpan().SequenceCompareTo(prefix) < 0)
        {
            await stories.ReadAsync(ct);
        }
        await using var rows = await connection.BeginBinaryExportAsync($"""
            copy (select convert_to({table.Subject}, 'UTF8'){string.Concat(table.Columns.Select(column => $", {Quoted(column)}::text"))} from public.{Quoted(table.Name)} order by ({table.Subject}) collate "C") to stdout (format binary)
            """, ct);
        while (await rows.StartRowAsync(ct) >= 0)
        {
            compared++;
            var subject = await rows.ReadAsync<byte[]>(NpgsqlDbType.Bytea, ct);
            while (stories.Current is { } before && before.Subject.AsSpan().StartsWith(prefix) && before.Subject.AsSpan().SequenceCompareTo(subject) < 0)
            {
                TellMissing(before, known, found);
                await stories.ReadAsync(ct);
            }
            var name = Encoding.UTF8.GetString(subject);
            var story = stories.Current is { } here && here.Subject.AsSpan().SequenceEqual(subject) ? here : null;
            var isOlder = known.Remove(name);
            if (story is { Began: true } ? !story.IsAlive : !isOlder || story is { IsAlive: false })
            {
                found(FindingKind.RowAdded, name, "");
            }
            foreach (var column in table.Columns)
            {
                string? value = null;
                if (rows.IsNull)
                {
                    await rows.SkipAsync(ct);
                }
                else
                {
                    value = await rows.ReadAsync<string>(NpgsqlDbType.Text, ct);
                }
                if (story is { IsAlive: true } && !story.Agrees(column, value))
                {
                    found(FindingKind.RowChanged, name, column);
                }
            }
            if (story is not null)
            {
                await stories.ReadAsync(ct);
            }
        }
        for (; stories.Current is { } left && left.Subject.AsSpan().StartsWith(prefix); await stories.ReadAsync(ct))
        {
            TellMissing(left, known, found);
        }
        return compared;
    }

    private static void TellMissing(RowStory story, HashSet<string> known, Action<FindingKind, string, string> found)
    {
        var name = Encoding.UTF8.GetString(story.Subject);
        known.Remove(name);
        if (story.IsAlive)
        {
            found(FindingKind.RowMissing, name, "");
        }
    }

    /// <summary>The rows that were there before their table was watched, as migrations have written them down.</summary>
    private static async Task<HashSet<string>> KnownAsync(NpgsqlConnection connection, CancellationToken ct) =>
        [.. (await connection.ListAsync<byte[]>("select canonical from trail.entries where kind = 'act' and what = 'trail.rowsKnown' order by id", ct: ct))
            .SelectMany(act => CanonicalEntry.TryDecode(act)?.After?.FirstOrDefault(value => value.Name == "rows")?.Plain?.Split('\n') ?? [])];

    /// <summary>Every table but the owner's migrations and those of the exempt list, in the order of their subjects, with the columns that their trigger writes down; all columns where the trigger's function is gone.</summary>
    private static async Task<IReadOnlyList<Table>> TablesAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var rows = await connection.ListAsync<(string Name, string Column, bool IsKey)>("""
            select c.relname::text, a.attname::text, i.indkey is not null and a.attnum = any (i.indkey)
            from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
            join pg_index i on i.indrelid = c.oid and i.indisprimary
            left join pg_proc p on p.pronamespace = 'trail'::regnamespace and p.proname = c.relname || '_insert'
            where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> 'migrations' and not exists (select from trail.exempt_tables x where x.name = c.relname)
              and (a.attnum = any (i.indkey) or p.oid is null or strpos(p.prosrc, quote_literal(octet_length(a.attname::text) || ':' || a.attname || ',')) > 0)
            order by (c.relname || '/') collate "C", array_position(i.indkey::int[], a.attnum::int), a.attnum
            """, ct: ct);
        return [.. rows.GroupBy(row => row.Name).Select(table => new Table(table.Key,
            $"'{table.Key}/' || " + string.Join(" || '/' || ", table.Where(row => row.IsKey).Select(row => $"{Quoted(row.Column)}::text")), [.. table.Select(row => row.Column)]))];
    }

    private static string Quoted(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";
}
