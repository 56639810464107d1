using System.Globalization;
using System.Text;

namespace AuditTracker.Platform.Web;

/// <summary>A QR code (ISO/IEC 18004) of a text in UTF-8: byte mode, error correction M, the smallest version up to 15 that holds it.</summary>
public sealed class QrCode
{
    /// <summary>The longest text, in bytes.</summary>
    public const int MostBytes = 412;

    // By version from 1, at M (table 9): error correction codewords of a block, and blocks.
    private static readonly int[] CheckBytes = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
    private static readonly int[] Blocks = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];

    private readonly int version;
    private readonly bool[,] dark;
    private readonly bool[,] isFixed;

    private QrCode(int version)
    {
        this.version = version;
        Size = version * 4 + 17;
        (dark, isFixed) = (new bool[Size, Size], new bool[Size, Size]);
    }

    /// <summary>Modules of a side, without the quiet zone.</summary>
    public int Size { get; }

    /// <summary>Whether a module is dark; column, row.</summary>
    public bool this[int x, int y] => dark[x, y];

    /// <exception cref="ArgumentException">More than <see cref="MostBytes"/>.</exception>
    public static QrCode Of(string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var version = Enumerable.Range(1, CheckBytes.Length).FirstOrDefault(version => DataBytes(version) * 8 >= 4 + CountBits(version) + data.Length * 8);
        if (version == 0)
        {
            throw new ArgumentException($"A code holds at most {MostBytes} bytes.", nameof(text));
        }
        var code = new QrCode(version);
        code.DrawPatterns();
        code.DrawData(Codewords(data, version));
        code.Mask();
        return code;
    }

    /// <summary>The dark modules as one SVG path, a module one unit, behind a quiet zone of <paramref name="quiet"/> units.</summary>
    public string Path(int quiet = 4)
    {
        var path = new StringBuilder();
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                var from = x;
                while (x < Size && dark[x, y])
                {
                    x++;
                }
                if (x > from)
                {
                    path.Append(CultureInfo.InvariantCulture, $"M{from + quiet} {y + quiet}h{x - from}v1h{from - x}z");
                }
            }
        }
        return path.ToString();
    }

    private static int CountBits(int version) => version < 10 ? 8 : 16;

    /// <summary>Codewords a version holds, checks included.</summary>
    private static int AllBytes(int version)
    {
        var modules = (16 * version + 128) * version + 64;
        var along = version / 7 + 2;
        modules -= version < 2 ? 0 : (25 * along - 10) * along - 55;
        return (modules - (version < 7 ? 0 : 36)) / 8;
    }

    private static int DataBytes(int version) => AllBytes(version) - CheckBytes[version - 1] * Blocks[version - 1];

    private static byte[] Codewords(byte[] data, int version)
    {
        var bits = new List<bool>();
        void Put(int value, int count)
        {
            for (var bit = count - 1; bit >= 0; bit--)
            {
                bits.Add((value >> bit & 1) != 0);
            }
        }
        var room = DataBytes(version) * 8;
        Put(4, 4);
        Put(data.Length, CountBits(version));
        foreach (var value in data)
        {
            Put(value, 8);
        }
        Put(0, Math.Min(4, room - bits.Count));
        Put(0, (8 - bits.Count % 8) % 8);
        for (var pad = 0xEC; bits.Count < room; pad ^= 0xEC ^ 0x11)
        {
            Put(pad, 8);
        }
        byte[] bytes = [.. bits.Chunk(8).Select(part => (byte)part.Aggregate(0, (sum, bit) => sum << 1 | (bit ? 1 : 0)))];

        var (blocks, checks, all) = (Blocks[version - 1], CheckBytes[version - 1], AllBytes(version));
        var (shortBlocks, shortLength) = (blocks - all % blocks, all / blocks - checks);
        var parts = new List<(byte[] Data, byte[] Check)>();
        for (int block = 0, at = 0; block < blocks; block++)
        {
            var length = shortLength + (block < shortBlocks ? 0 : 1);
            parts.Add((bytes[at..(at + length)], Check(bytes.AsSpan(at, length), checks)));
            at += length;
        }
        var column = Enumerable.Range(0, shortLength + 1).SelectMany(at => parts.Where(part => at < part.Data.Length).Select(part => part.Data[at]));
        return [.. column, .. Enumerable.Range(0, checks).SelectMany(at => parts.Select(part => part.Check[at]))];
    }

    /// <summary>The Reed–Solomon remainder of a block.</summary>
    private static byte[] Check(ReadOnlySpan<byte> data, int count)
    {
        var divisor = new byte[count];
        divisor[^1] = 1;
        for (int root = 1, step = 0; step < count; step++, root = Times(root, 2))
        {
            for (var at = 0; at < count; at++)
            {
                divisor[at] = (byte)(Times(divisor[at], root) ^ (at + 1 < count ? divisor[at + 1] : 0));
            }
        }
        var rest = new byte[count];
        foreach (var value in data)
        {
            var factor = value ^ rest[0];
            for (var at = 0; at < count; at++)
            {
                rest[at] = (byte)((at + 1 < count ? rest[at + 1] : 0) ^ Times(divisor[at], factor));
            }
        }
        return rest;
    }

    /// <summary>Product in GF(256) modulo x⁸+x⁴+x³+x²+1.</summary>
    private static int Times(int left, int right)
    {
        var product = 0;
        for (var bit = 7; bit >= 0; bit--)
        {
            product = product << 1 ^ (product >> 7) * 0x11D;
            product ^= (right >> bit & 1) * left;
        }
        return product;
    }

    private void Set(int x, int y, bool isDark) => (dark[x, y], isFixed[x, y]) = (isDark, true);

    private void DrawPatterns()
    {
        for (var at = 0; at < Size; at++)
        {
            Set(6, at, at % 2 == 0);
            Set(at, 6, at % 2 == 0);
        }
        foreach (var (x, y) in new[] { (3, 3), (Size - 4, 3), (3, Size - 4) })
        {
            Ring(x, y, 4, distance => distance is not (2 or 4));
        }
        int[] centres = version == 1 ? [] : [6, .. Enumerable.Range(0, version / 7 + 1).Select(step => Size - 7 - step * Gap).Reverse()];
        foreach (var (x, y) in centres.SelectMany(x => centres.Select(y => (x, y))).Where(at => at != (6, 6) && at != (6, Size - 7) && at != (Size - 7, 6)))
        {
            Ring(x, y, 2, distance => distance != 1);
        }
        DrawFormat(0);
        if (version >= 7)
        {
            var rest = version;
            for (var step = 0; step < 12; step++)
            {
                rest = rest << 1 ^ (rest >> 11) * 0x1F25;
            }
            for (var bit = 0; bit < 18; bit++)
            {
                var isDark = ((version << 12 | rest) >> bit & 1) != 0;
                Set(Size - 11 + bit % 3, bit / 3, isDark);
                Set(bit / 3, Size - 11 + bit % 3, isDark);
            }
        }
    }

    private int Gap => (version * 8 + (version / 7 + 2) * 3 + 5) / ((version / 7 + 2) * 4 - 4) * 2;

    private void Ring(int centreX, int centreY, int radius, Func<int, bool> isDark)
    {
        for (var y = Math.Max(0, centreY - radius); y <= Math.Min(Size - 1, centreY + radius); y++)
        {
            for (var x = Math.Max(0, centreX - radius); x <= Math.Min(Size - 1, centreX + radius); x++)
            {
                Set(x, y, isDark(Math.Max(Math.Abs(x - centreX), Math.Abs(y - centreY))));
            }
        }
    }

    private void DrawFormat(int mask)
    {
        var rest = mask; // M is 00
        for (var step = 0; step < 10; step++)
        {
            rest = rest << 1 ^ (rest >> 9) * 0x537;
        }
        var format = (mask << 10 | rest) ^ 0x5412;
        bool Bit(int at) => (format >> at & 1) != 0;
        for (var at = 0; at < 15; at++)
        {
            var (x, y) = at switch { < 6 => (8, at), 6 => (8, 7), 7 => (8, 8), 8 => (7, 8), _ => (14 - at, 8) };
            Set(x, y, Bit(at));
            var (otherX, otherY) = at < 8 ? (Size - 1 - at, 8) : (8, Size - 15 + at);
            Set(otherX, otherY, Bit(at));
        }
        Set(8, Size - 8, true);
    }

    /// <summary>Up and down through pairs of columns from the right, past the column of the timing pattern.</summary>
    private void DrawData(byte[] codewords)
    {
        var at = 0;
        for (var right = Size - 1; right >= 1; right -= right == 8 ? 3 : 2)
        {
            for (var step = 0; step < Size; step++)
            {
                for (var x = right; x > right - 2; x--)
                {
                    var y = (right < 6 ? right + 1 : right) / 2 % 2 == Size / 2 % 2 ? Size - 1 - step : step;
                    if (!isFixed[x, y] && at < codewords.Length * 8)
                    {
                        dark[x, y] = (codewords[at / 8] >> 7 - at % 8 & 1) != 0;
                        at++;
                    }
                }
            }
        }
    }

    private static bool IsMasked(int mask, int x, int y) => mask switch
    {
        0 => (x + y) % 2,
        1 => y % 2,
        2 => x % 3,
        3 => (x + y) % 3,
        4 => (x / 3 + y / 2) % 2,
        5 => x * y % 2 + x * y % 3,
        6 => (x * y % 2 + x * y % 3) % 2,
        _ => ((x + y) % 2 + x * y % 3) % 2,
    } == 0;

    private void Mask()
    {
        var best = Enumerable.Range(0, 8).MinBy(mask =>
        {
            Apply(mask);
            var penalty = Penalty();
            Apply(mask);
            return penalty;
        });
        Apply(best);
    }

    private void Apply(int mask)
    {
        DrawFormat(mask);
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                dark[x, y] ^= !isFixed[x, y] && IsMasked(mask, x, y);
            }
        }
    }

    /// <summary>How hard it would be to read (§7.8.3): long runs, squares, what looks like a finder pattern, too much of one colour.</summary>
    private int Penalty()
    {
        var (penalty, count) = (0, 0);
        foreach (var turned in new[] { false, true })
        {
            for (var line = 0; line < Size; line++)
            {
                var (run, seen) = (0, 0);
                for (var at = 0; at < Size; at++)
                {
                    bool Module(int place) => turned ? dark[line, place] : dark[place, line];
                    run = at > 0 && Module(at) == Module(at - 1) ? run + 1 : 1;
                    penalty += run == 5 ? 3 : run > 5 ? 1 : 0;
                    seen = (seen << 1 | (Module(at) ? 1 : 0)) & 0x7FF;
                    penalty += at >= 10 && seen is 0b10111010000 or 0b00001011101 ? 40 : 0;
                }
            }
        }
        for (var y = 0; y < Size; y++)
        {
            for (var x = 0; x < Size; x++)
            {
                count += dark[x, y] ? 1 : 0;
                penalty += x > 0 && y > 0 && dark[x, y] == dark[x - 1, y] && dark[x, y] == dark[x, y - 1] && dark[x, y] == dark[x - 1, y - 1] ? 3 : 0;
            }
        }
        return penalty + Math.Abs(count * 20 - Size * Size * 10) / (Size * Size) * 10;
    }
}
