using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Trail;

/// <summary>
/// One entry as its canonical bytes say it (version 1, specified in <c>Trail/README.md</c>). The bytes are what is proved; the columns
/// beside them serve searching. <see cref="Decode"/> and <see cref="Encode"/> undo each other exactly.
/// </summary>
/// <param name="Tx">The database transaction; entries of one operation share it.</param>
/// <param name="AtMicros">The business instant, in microseconds since 1970-01-01T00:00:00Z.</param>
/// <param name="RecordedMicros">The server's instant, likewise.</param>
/// <param name="Kind"><c>act</c> or <c>row</c>.</param>
/// <param name="Before">Values before, by name; null for an act and for a row that was added.</param>
/// <param name="After">Values after, by name; null for a row that was deleted.</param>
public sealed record CanonicalEntry(
    long Id, ulong Tx, long AtMicros, long RecordedMicros, string Actor, string Request, string Kind, string What, string Subject,
    IReadOnlyList<CanonicalValue>? Before, IReadOnlyList<CanonicalValue>? After)
{
    private static readonly byte[] Version = "1;"u8.ToArray();

    public DateTime At => CanonicalText.Instant(AtMicros);
    public DateTime RecordedAt => CanonicalText.Instant(RecordedMicros);

    /// <summary>Reads canonical bytes.</summary>
    /// <exception cref="FormatException">A byte is not as the specification has it; the message names its place.</exception>
    public static CanonicalEntry Decode(ReadOnlySpan<byte> bytes)
    {
        var text = new CanonicalText(bytes);
        text.Expect(Version);
        var entry = new CanonicalEntry(text.Number(0), text.Unsigned(), text.Micros(), text.Micros(), text.String(), text.String(), text.OneOf("act", "row"), text.String(), text.String(), Map(ref text), Map(ref text));
        text.ExpectEnd();
        return entry.Before is null && entry.After is null ? throw new FormatException("An entry without any values.") : entry;
    }

    /// <summary>As <see cref="Decode"/>, null for bytes that are not canonical.</summary>
    public static CanonicalEntry? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Decode(bytes);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>The canonical bytes of this entry.</summary>
    public byte[] Encode()
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        bytes.Write(Version);
        foreach (var field in (ReadOnlySpan<string>)[Invariant(Id), Tx.ToString(CultureInfo.InvariantCulture), Invariant(AtMicros), Invariant(RecordedMicros), Actor, Request, Kind, What, Subject])
        {
            Put(bytes, field);
        }
        Put(bytes, Before);
        Put(bytes, After);
        return bytes.WrittenSpan.ToArray();
    }

    private static string Invariant(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static List<CanonicalValue>? Map(ref CanonicalText text)
    {
        if (text.Take("-{"u8) == '-')
        {
            return null;
        }
        var values = new List<CanonicalValue>();
        ReadOnlySpan<byte> last = default;
        while (text.Peek != '}')
        {
            var nameAt = text.Netstring();
            if (values.Count > 0 && nameAt.SequenceCompareTo(last) <= 0)
            {
                throw new FormatException($"Names out of order before byte {text.Place}.");
            }
            last = nameAt;
            var name = CanonicalText.Strict(nameAt);
            values.Add(text.Take("-=#"u8) switch
            {
                '-' => new CanonicalValue(name, null, null),
                '=' => new CanonicalValue(name, text.String(), null),
                _ => new CanonicalValue(name, null, text.Hash()),
            });
        }
        text.Take("}"u8);
        return values;
    }

    private static void Put(ArrayBufferWriter<byte> bytes, IReadOnlyList<CanonicalValue>? map)
    {
        if (map is null)
        {
            bytes.Write("-"u8);
            return;
        }
        bytes.Write("{"u8);
        foreach (var value in map)
        {
            Put(bytes, value.Name);
            bytes.Write(value.Commitment is not null ? "#"u8 : value.Plain is not null ? "="u8 : "-"u8);
            if ((value.Commitment ?? value.Plain) is { } text)
            {
                Put(bytes, text);
            }
        }
        bytes.Write("}"u8);
    }

    private static void Put(ArrayBufferWriter<byte> bytes, string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        bytes.Write(Encoding.ASCII.GetBytes(Invariant(utf8.Length)));
        bytes.Write(":"u8);
        bytes.Write(utf8);
        bytes.Write(","u8);
    }
}

/// <summary>One named value of an entry: plain, empty (both null), or the commitment to a personal value kept elsewhere.</summary>
/// <param name="Commitment">64 lower-case hex digits.</param>
public sealed record CanonicalValue(string Name, string? Plain, string? Commitment)
{
    public bool IsPersonal => Commitment is not null;

    /// <summary>Whether this is the commitment to the value: SHA-256 of the salt's 16 bytes and the value's UTF-8.</summary>
    public bool Commits(Guid salt, string value)
    {
        Span<byte> bytes = new byte[16 + Encoding.UTF8.GetByteCount(value)];
        salt.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(value, bytes[16..]);
        return Commitment == Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
