using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace AuditTracker.Evidence;

/// <summary>A row of a population as far as the drawing needs it.</summary>
/// <param name="High">The first half of its hash.</param>
/// <param name="Low">The second half.</param>
/// <param name="Number">Its number in the file, from 1.</param>
public readonly record struct RowMark(UInt128 High, UInt128 Low, int Number) : IComparable<RowMark>
{
    /// <summary>Of the row's line in the population's file, without its end of line; 64 lower-case hexadecimal digits.</summary>
    public string Sha256 => High.ToString("x32", CultureInfo.InvariantCulture) + Low.ToString("x32", CultureInfo.InvariantCulture);

    public static RowMark Of(ReadOnlySpan<byte> line, int number)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(line, hash);
        return new RowMark(System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash), System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(hash[16..]), number);
    }

    /// <summary>By hash, and equal rows by their number.</summary>
    public int CompareTo(RowMark other) => (High, Low, Number).CompareTo((other.High, other.Low, other.Number));

    public static bool operator <(RowMark one, RowMark other) => one.CompareTo(other) < 0;

    public static bool operator <=(RowMark one, RowMark other) => one.CompareTo(other) <= 0;

    public static bool operator >(RowMark one, RowMark other) => one.CompareTo(other) > 0;

    public static bool operator >=(RowMark one, RowMark other) => one.CompareTo(other) >= 0;
}

/// <summary>
/// Which rows a seed draws: pure, without culture, the same everywhere. A row's key is the SHA-256 of <c>seed LF hash-of-the-row LF n</c>, where n counts rows
/// that are equal to each other (1 unless there are any); rows are drawn by ascending key. So the order of the export says nothing, and neither does
/// who draws. The README of this folder tells outsiders how to repeat it.
/// </summary>
public static class SampleDraw
{
    /// <summary>Of the sorted hashes of the rows, one a line: the same for the same rows in any order.</summary>
    /// <param name="sorted">In order.</param>
    public static string HashOf(IEnumerable<RowMark> sorted)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> line = stackalloc byte[65];
        line[64] = (byte)'\n';
        foreach (var mark in sorted)
        {
            Encoding.ASCII.GetBytes(mark.Sha256, line);
            hash.AppendData(line);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>The numbers of the rows that are drawn, first drawn first.</summary>
    /// <param name="sorted">All rows of the population, in order.</param>
    /// <param name="count">How many; fewer come when there are fewer.</param>
    public static IReadOnlyList<int> Rows(string seed, IReadOnlyList<RowMark> sorted, int count)
    {
        // The largest of the smallest so far stands in front.
        var smallest = new PriorityQueue<int, RowMark>(count + 1, Comparer<RowMark>.Create((one, other) => other.CompareTo(one)));
        var same = 0;
        for (var at = 0; at < sorted.Count && count > 0; at++)
        {
            var mark = sorted[at];
            same = at > 0 && sorted[at - 1] is var before && (before.High, before.Low) == (mark.High, mark.Low) ? same + 1 : 1;
            var key = KeyOf(seed, mark, same);
            if (smallest.Count < count)
            {
                smallest.Enqueue(mark.Number, key);
            }
            else
            {
                smallest.EnqueueDequeue(mark.Number, key);
            }
        }
        var drawn = new int[smallest.Count];
        for (var place = drawn.Length; place > 0; place--)
        {
            drawn[place - 1] = smallest.Dequeue();
        }
        return drawn;
    }

    /// <summary>A seed nobody chose: 16 random bytes in hexadecimal.</summary>
    public static string NewSeed() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));

    private static RowMark KeyOf(string seed, RowMark mark, int same) =>
        RowMark.Of(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}\n{mark.Sha256}\n{same}")), mark.Number);
}
