using System.Buffers;
using System.Text;

namespace AuditTracker.Platform.Workbooks;

/// <summary>Bytes on their way out: a rented array that grows to the longest row and is written away between rows.</summary>
internal sealed class Utf8Buffer
{
    private byte[] bytes = ArrayPool<byte>.Shared.Rent(128 * 1024);

    internal int Length { get; private set; }

    internal ReadOnlyMemory<byte> Written => bytes.AsMemory(0, Length);

    internal void Clear() => Length = 0;

    /// <summary>Room for at least <paramref name="count"/> more bytes; tell with <see cref="Advance"/> how many were used.</summary>
    internal Span<byte> Reserve(int count)
    {
        if (bytes.Length - Length < count)
            Grow(count);
        return bytes.AsSpan(Length);
    }

    internal void Advance(int count) => Length += count;

    internal void Write(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Reserve(more.Length));
        Length += more.Length;
    }

    internal void Write(string xml)
    {
        var room = Reserve(Encoding.UTF8.GetMaxByteCount(xml.Length));
        Length += Encoding.UTF8.GetBytes(xml, room);
    }

    /// <summary>Puts bytes in before those already written from <paramref name="at"/> on.</summary>
    internal void Insert(int at, ReadOnlySpan<byte> more)
    {
        Reserve(more.Length);
        bytes.AsSpan(at, Length - at).CopyTo(bytes.AsSpan(at + more.Length));
        more.CopyTo(bytes.AsSpan(at));
        Length += more.Length;
    }

    /// <summary>Gives the memory back.</summary>
    internal void Return()
    {
        if (bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(bytes);
        bytes = [];
        Length = 0;
    }

    private void Grow(int count)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(bytes.Length * 2, Length + count));
        bytes.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(bytes);
        bytes = larger;
    }
}
