using System.Text;
using AuditTracker.Platform.Web;

namespace AuditTracker.Tests.Platform.Web;

/// <summary>Codes are read back by a reader that was written from the other side: it knows nothing of how they were drawn.</summary>
public sealed class QrCodeTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(14, 1)]
    [InlineData(15, 2)]
    [InlineData(106, 6)]
    [InlineData(107, 7)]
    [InlineData(180, 9)]
    [InlineData(213, 10)]
    [InlineData(412, 15)]
    public void What_was_written_is_read_and_its_checks_hold(int length, int version)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(at => (char)('!' + at * 7 % 90)));
        var code = QrCode.Of(text);
        Assert.Equal(version * 4 + 17, code.Size);
        Assert.Equal(text, Read(code, version));
    }

    [Fact]
    public void A_link_of_an_authenticator_app_is_a_code_of_a_phones_size_and_too_long_a_text_is_none()
    {
        var link = AuditTracker.Accounts.Totp.Link(new byte[20], "taro.yamada@hibari-net.example");
        var code = QrCode.Of(link);
        Assert.InRange(code.Size, 37, 53);
        Assert.Equal(link, Read(code, (code.Size - 17) / 4));
        Assert.Throws<ArgumentException>(() => QrCode.Of(new string('x', QrCode.MostBytes + 1)));
        Assert.DoesNotContain("-0", code.Path());
    }

    // Blocks of the standard's table 9 at M: (blocks, data bytes) of the shorter and longer ones, and check bytes.
    private static readonly Dictionary<int, (int Short, int ShortData, int Long, int Checks)> Table = new()
    {
        [1] = (1, 16, 0, 10),
        [2] = (1, 28, 0, 16),
        [5] = (2, 43, 0, 24),
        [6] = (4, 27, 0, 16),
        [7] = (4, 31, 0, 18),
        [8] = (2, 38, 2, 22),
        [9] = (3, 36, 2, 22),
        [10] = (4, 43, 1, 26),
        [15] = (5, 41, 5, 24),
    };

    // Centres of alignment patterns (annex E).
    private static readonly Dictionary<int, int[]> Centres = new()
    {
        [1] = [],
        [2] = [6, 18],
        [5] = [6, 30],
        [6] = [6, 34],
        [7] = [6, 22, 38],
        [8] = [6, 24, 42],
        [9] = [6, 26, 46],
        [10] = [6, 28, 50],
        [15] = [6, 26, 48, 70],
    };

    private static string Read(QrCode code, int version)
    {
        var size = code.Size;
        var format = 0;
        for (var bit = 14; bit >= 0; bit--)
        {
            format = format << 1 | (code[bit < 6 ? 8 : bit == 6 ? 8 : bit == 7 ? 8 : bit == 8 ? 7 : 14 - bit, bit < 6 ? bit : bit == 6 ? 7 : 8] ? 1 : 0);
        }
        format ^= 0b101010000010010;
        Assert.Equal(0, format >> 13); // level M
        var mask = format >> 10 & 7;
        bool IsData(int x, int y) => !(x == 6 || y == 6 || (x < 9 && (y < 9 || y >= size - 8)) || (x >= size - 8 && y < 9)
            || (version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6)))
            || Centres[version].Any(cx => Centres[version].Any(cy => !((cx == 6 && cy == 6) || (cx == 6 && cy == size - 7) || (cx == size - 7 && cy == 6)) && Math.Abs(cx - x) <= 2 && Math.Abs(cy - y) <= 2)));
        bool IsMasked(int i, int j) => mask switch
        {
            0 => (i + j) % 2 == 0,
            1 => i % 2 == 0,
            2 => j % 3 == 0,
            3 => (i + j) % 3 == 0,
            4 => (i / 2 + j / 3) % 2 == 0,
            5 => i * j % 2 + i * j % 3 == 0,
            6 => (i * j % 2 + i * j % 3) % 2 == 0,
            _ => ((i + j) % 2 + i * j % 3) % 2 == 0,
        };
        var bits = new List<bool>();
        var isUp = true;
        foreach (var right in Enumerable.Range(0, (size - 1) / 2).Select(pair => size - 1 - 2 * pair).Select(x => x <= 6 ? x - 1 : x))
        {
            for (var step = 0; step < size; step++)
            {
                var y = isUp ? size - 1 - step : step;
                bits.AddRange(new[] { right, right - 1 }.Where(x => IsData(x, y)).Select(x => code[x, y] ^ IsMasked(y, x)));
            }
            isUp = !isUp;
        }
        byte[] all = [.. bits.Chunk(8).Where(part => part.Length == 8).Select(part => (byte)part.Aggregate(0, (sum, bit) => sum * 2 + (bit ? 1 : 0)))];
        var (shorter, data, longer, checks) = Table[version];
        var blocks = Enumerable.Range(0, shorter + longer).Select(_ => new List<byte>()).ToArray();
        var at = 0;
        for (var row = 0; row < data + (longer > 0 ? 1 : 0); row++)
        {
            for (var block = row < data ? 0 : shorter; block < blocks.Length; block++)
            {
                blocks[block].Add(all[at++]);
            }
        }
        var content = blocks.SelectMany(block => block).ToArray();
        for (var row = 0; row < checks; row++)
        {
            foreach (var block in blocks)
            {
                block.Add(all[at++]);
            }
        }
        Assert.Equal(all.Length, at);
        // A block is right when the powers of 2 are roots of it.
        foreach (var block in blocks)
        {
            Assert.All(Enumerable.Range(0, checks), power => Assert.Equal(0, block.Aggregate(0, (sum, value) => Product(sum, Power(power)) ^ value)));
        }
        Assert.Equal(4, content[0] >> 4);
        var wide = version >= 10;
        var length = wide ? (content[0] & 15) << 12 | content[1] << 4 | content[2] >> 4 : (content[0] & 15) << 4 | content[1] >> 4;
        var first = wide ? 2 : 1;
        return Encoding.UTF8.GetString([.. Enumerable.Range(first, length).Select(place => (byte)(content[place] << 4 | content[place + 1] >> 4))]);
    }

    private static int Power(int exponent) => Enumerable.Range(0, exponent).Aggregate(1, (value, _) => Product(value, 2));

    private static int Product(int left, int right)
    {
        var sum = 0;
        for (; right > 0; right >>= 1, left = left << 1 ^ (left >= 128 ? 0x11D : 0))
        {
            sum ^= (right & 1) * left;
        }
        return sum;
    }
}
