using System.Buffers.Text;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace AuditTracker.Trail;

/// <summary>An entry as it stands in the database.</summary>
/// <param name="ColumnsAgree">The columns beside the bytes say what the bytes say.</param>
internal sealed record SealedEntry(long Id, byte[] Canonical, bool ColumnsAgree);

/// <summary>Streams a range of entries in the order of their numbers, by binary copy: the fastest way out of the server.</summary>
internal sealed class EntryReader(NpgsqlBinaryExporter rows) : IAsyncDisposable
{
    private byte[] prefix = new byte[512];

    /// <summary>Null before the first and after the last.</summary>
    public SealedEntry? Current { get; private set; }

    public static async Task<EntryReader> OpenAsync(NpgsqlConnection connection, long first, long final, CancellationToken ct) =>
        new(await connection.BeginBinaryExportAsync(FormattableString.Invariant($"""
            copy (select id, tx::text, (extract(epoch from at) * 1000000)::bigint, (extract(epoch from recorded_at) * 1000000)::bigint, actor, request, kind, what, subject, canonical
                  from trail.entries where id between {first} and {final} order by id) to stdout (format binary)
            """), ct));

    public async Task ReadAsync(CancellationToken ct)
    {
        if (await rows.StartRowAsync(ct) < 0)
        {
            Current = null;
            return;
        }
        var id = await rows.ReadAsync<long>(NpgsqlDbType.Bigint, ct);
        var length = 0;
        Put(ref length, FormattableString.Invariant($"{id}"), "1;");
        Put(ref length, await rows.ReadAsync<string>(NpgsqlDbType.Text, ct));
        Put(ref length, FormattableString.Invariant($"{await rows.ReadAsync<long>(NpgsqlDbType.Bigint, ct)}"));
        Put(ref length, FormattableString.Invariant($"{await rows.ReadAsync<long>(NpgsqlDbType.Bigint, ct)}"));
        for (var i = 0; i < 5; i++)
        {
            Put(ref length, await rows.ReadAsync<string>(NpgsqlDbType.Text, ct));
        }
        var canonical = await rows.ReadAsync<byte[]>(NpgsqlDbType.Bytea, ct);
        Current = new SealedEntry(id, canonical, canonical.AsSpan().StartsWith(prefix.AsSpan(0, length)));
    }

    public ValueTask DisposeAsync() => rows.DisposeAsync();

    /// <summary>Builds what the bytes must begin with, netstring by netstring.</summary>
    private void Put(ref int length, string text, string before = "")
    {
        var size = Encoding.UTF8.GetByteCount(text);
        if (prefix.Length < length + size + 24)
        {
            Array.Resize(ref prefix, 2 * (length + size + 24));
        }
        length += Encoding.UTF8.GetBytes(before, prefix.AsSpan(length));
        Utf8Formatter.TryFormat(size, prefix.AsSpan(length), out var digits);
        length += digits;
        prefix[length++] = (byte)':';
        length += Encoding.UTF8.GetBytes(text, prefix.AsSpan(length));
        prefix[length++] = (byte)',';
    }
}
