using Npgsql;
using NpgsqlTypes;

namespace AuditTracker.Trail;

/// <summary>What the trail says of one row at its end.</summary>
/// <param name="subject">UTF-8, as the bytes sort.</param>
internal sealed class RowStory(byte[] subject)
{
    private readonly Dictionary<string, (CanonicalValue Value, string? Salt, bool IsErased)> columns = [];

    public byte[] Subject => subject;

    /// <summary>It was not deleted last.</summary>
    public bool IsAlive { get; private set; }

    /// <summary>The trail tells of its beginning.</summary>
    public bool Began { get; private set; }

    /// <summary>Whether the row's column may have this value; true where the trail cannot say.</summary>
    public bool Agrees(string column, string? value) => !columns.TryGetValue(column, out var told)
        || (told.Value.IsPersonal
            ? told.IsErased || (value is not null && told.Salt is { } salt && told.Value.Commits(Guid.ParseExact(salt, "D"), value))
            : told.Value.Plain == value);

    /// <param name="kept">Name, salt and whether it is gone, of the personal values after; by tabs and line ends.</param>
    public void Add(CanonicalEntry entry, string? kept, ErasedValues erased)
    {
        Began |= entry.What.EndsWith(".insert", StringComparison.Ordinal);
        IsAlive = !entry.What.EndsWith(".delete", StringComparison.Ordinal);
        if (!entry.What.EndsWith(".update", StringComparison.Ordinal))
        {
            columns.Clear();
        }
        var salts = kept?.Split('\n').Select(line => line.Split('\t')).ToDictionary(parts => parts[0]);
        foreach (var value in entry.After ?? [])
        {
            columns[value.Name] = salts?.GetValueOrDefault(value.Name) is { } parts ? (value, parts[1], parts[2] == "t" && erased.Tells(entry.Id, "after", value.Name)) : (value, null, false);
        }
    }
}

/// <summary>Streams what the trail tells, row by row, in the order of the rows' subjects.</summary>
internal sealed class RowStories(NpgsqlBinaryExporter entries, ErasedValues erased) : IAsyncDisposable
{
    private (byte[] Subject, byte[] Canonical, string? Kept)? next;
    private bool began;

    /// <summary>Null before the first and after the last.</summary>
    public RowStory? Current { get; private set; }

    public static async Task<RowStories> OpenAsync(NpgsqlConnection connection, ErasedValues erased, CancellationToken ct) => new(await connection.BeginBinaryExportAsync("""
        copy (select convert_to(e.subject, 'UTF8'), e.canonical, v.kept from trail.entries e
              left join (select entry_id, string_agg(name || E'\t' || salt || E'\t' || case when value is null then 't' else 'f' end, E'\n') as kept from trail.entry_values where side = 'after' group by entry_id) v on v.entry_id = e.id
              where e.kind = 'row' order by e.subject collate "C", e.id) to stdout (format binary)
        """, ct), erased);

    public async Task ReadAsync(CancellationToken ct)
    {
        if (!began)
        {
            began = true;
            await NextAsync(ct);
        }
        Current = next is { } first ? new RowStory(first.Subject) : null;
        while (next is { } one && one.Subject.AsSpan().SequenceEqual(Current!.Subject))
        {
            // Bytes that cannot be read are found where the seals are checked.
            if (CanonicalEntry.TryDecode(one.Canonical) is { } entry)
            {
                Current.Add(entry, one.Kept, erased);
            }
            await NextAsync(ct);
        }
    }

    public ValueTask DisposeAsync() => entries.DisposeAsync();

    private async Task NextAsync(CancellationToken ct)
    {
        if (await entries.StartRowAsync(ct) < 0)
        {
            next = null;
            return;
        }
        var (subject, canonical) = (await entries.ReadAsync<byte[]>(NpgsqlDbType.Bytea, ct), await entries.ReadAsync<byte[]>(NpgsqlDbType.Bytea, ct));
        if (entries.IsNull)
        {
            await entries.SkipAsync(ct);
            next = (subject, canonical, null);
        }
        else
        {
            next = (subject, canonical, await entries.ReadAsync<string>(NpgsqlDbType.Text, ct));
        }
    }
}
