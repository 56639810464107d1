using System.Buffers.Binary;
using System.Globalization;
using Npgsql;

namespace AuditTracker.Trail;

/// <summary>An entry as it stands in the database: one row of the server's binary copy, its fields one behind the other, each after its length.</summary>
internal readonly struct SealedEntry(ReadOnlyMemory<byte> row)
{
    // Binary copy counts instants from 2000-01-01, the canonical bytes from 1970-01-01.
    private const long MicrosTo2000 = 946_684_800_000_000;

    public long Id => BinaryPrimitives.ReadInt64BigEndian(row.Span[6..]);

    public ReadOnlySpan<byte> Canonical
    {
        get
        {
            var rest = row.Span[2..];
            for (var i = 0; i < 9; i++)
            {
                Take(ref rest);
            }
            return Take(ref rest);
        }
    }

    /// <summary>The columns beside the bytes say what the bytes say.</summary>
    public bool ColumnsAgree
    {
        get
        {
            var said = Canonical;
            if (!said.StartsWith("1;"u8))
            {
                return false;
            }
            said = said[2..];
            var rest = row.Span[2..];
            Span<byte> digits = stackalloc byte[20];
            for (var i = 0; i < 9; i++)
            {
                var isNull = BinaryPrimitives.ReadInt32BigEndian(rest) < 0;
                scoped var column = Take(ref rest);
                if (isNull || i < 4 && column.Length != sizeof(long))
                {
                    return false;
                }
                if (i < 4)
                {
                    var number = BinaryPrimitives.ReadInt64BigEndian(column);
                    var written = i == 1 ? Digits((ulong)number, digits) : Digits(i == 0 ? number : number + MicrosTo2000, digits);
                    column = digits[..written];
                }
                if (!Begins(ref said, column))
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>The length that a field begins with; a field that is null has no bytes.</summary>
    public static int Length(ReadOnlySpan<byte> field) => Math.Max(0, BinaryPrimitives.ReadInt32BigEndian(field));

    private static int Digits<T>(T number, Span<byte> to) where T : IUtf8SpanFormattable => number.TryFormat(to, out var written, default, CultureInfo.InvariantCulture) ? written : 0;

    /// <summary>Whether a netstring with this content comes next; steps over it.</summary>
    private static bool Begins(ref ReadOnlySpan<byte> said, scoped ReadOnlySpan<byte> content)
    {
        Span<byte> length = stackalloc byte[11];
        var digits = Digits(content.Length, length);
        length[digits++] = (byte)':';
        if (!said.StartsWith(length[..digits]) || !said[digits..].StartsWith(content) || !said[(digits + content.Length)..].StartsWith(","u8))
        {
            return false;
        }
        said = said[(digits + content.Length + 1)..];
        return true;
    }

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest)
    {
        var field = rest.Slice(4, Length(rest));
        rest = rest[(4 + field.Length)..];
        return field;
    }
}

/// <summary>Streams a range of entries in the order of their numbers, by raw binary copy: no value becomes an object before somebody asks for it.</summary>
internal sealed class EntryReader : IAsyncDisposable
{
    // Below what the runtime keeps apart as large objects.
    private const int Block = 1 << 16;
    private readonly NpgsqlRawCopyStream rows;
    private byte[] block = new byte[Block];
    private int start, end;

    private EntryReader(NpgsqlRawCopyStream rows) => this.rows = rows;

    public static async Task<EntryReader> OpenAsync(NpgsqlConnection connection, long first, long final, CancellationToken ct)
    {
        var reader = new EntryReader(await connection.BeginRawBinaryCopyAsync(FormattableString.Invariant($"""
            copy (select id, tx, at, recorded_at, actor, request, kind, what, subject, canonical
                  from trail.entries where id between {first} and {final} order by id) to stdout (format binary)
            """), ct));
        // Signature and flags, then the length of what may follow them.
        const int header = 19;
        while (reader.end < header)
        {
            await reader.FillAsync(ct);
        }
        reader.start = header + BinaryPrimitives.ReadInt32BigEndian(reader.block.AsSpan(header - 4));
        return reader;
    }

    /// <summary>The entries that come next, up to this number. They share the memory they were read into and stay as they are.</summary>
    public async Task<List<SealedEntry>> ReadThroughAsync(long final, CancellationToken ct)
    {
        var read = new List<SealedEntry>();
        while (true)
        {
            var size = Measure(block.AsSpan(start, end - start));
            if (size == 0)
            {
                await FillAsync(ct);
                continue;
            }
            var entry = size < 0 ? default : new SealedEntry(block.AsMemory(start, size));
            if (size < 0 || entry.Id > final)
            {
                return read;
            }
            read.Add(entry);
            start += size;
        }
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    /// <summary>Bytes of the row that stands at the beginning; 0 when not all of it has come yet, less at the end of the copy.</summary>
    private static int Measure(ReadOnlySpan<byte> seen)
    {
        if (seen.Length < 2)
        {
            return 0;
        }
        var size = 2;
        var fields = BinaryPrimitives.ReadInt16BigEndian(seen);
        for (; fields > 0 && seen.Length >= size + 4; fields--)
        {
            size += 4 + SealedEntry.Length(seen[size..]);
        }
        return fields < 0 ? -1 : fields > 0 || seen.Length < size ? 0 : size;
    }

    private async ValueTask FillAsync(CancellationToken ct)
    {
        if (end == block.Length)
        {
            // What was read stays where it is; only a row that has begun moves on.
            var next = new byte[Math.Max(Block, 2 * (end - start))];
            block.AsSpan(start, end - start).CopyTo(next);
            (block, start, end) = (next, 0, end - start);
        }
        var came = await rows.ReadAsync(block.AsMemory(end), ct);
        end += came > 0 ? came : throw new EndOfStreamException();
    }
}
