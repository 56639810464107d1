using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace AuditTracker.Commands;

/// <summary>A printed page (PDF) and a traffic graph (PNG), as small as they can be.</summary>
internal static class DemoDrawings
{
    /// <summary>One page A4 in a Japanese font that readers bring along (not embedded).</summary>
    public static byte[] Pdf(string title, IReadOnlyList<string> lines)
    {
        static string Hex(string text) => Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text));
        var content = new StringBuilder().Append(CultureInfo.InvariantCulture, $"BT /F1 16 Tf 60 780 Td <{Hex(title)}> Tj ET\n");
        foreach (var (line, number) in lines.Select((line, number) => (line, number)))
        {
            content.Append(CultureInfo.InvariantCulture, $"BT /F1 11 Tf 60 {740 - 20 * number} Td <{Hex(line)}> Tj ET\n");
        }
        string[] objects =
        [
            "<< /Type /Catalog /Pages 2 0 R >>",
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 4 0 R >> >> /Contents 7 0 R >>",
            "<< /Type /Font /Subtype /Type0 /BaseFont /HeiseiKakuGo-W5-UniJIS-UTF16-H /Encoding /UniJIS-UTF16-H /DescendantFonts [5 0 R] >>",
            "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /HeiseiKakuGo-W5 /CIDSystemInfo << /Registry (Adobe) /Ordering (Japan1) /Supplement 6 >> /FontDescriptor 6 0 R /DW 1000 /W [1 94 500] >>",
            "<< /Type /FontDescriptor /FontName /HeiseiKakuGo-W5 /Flags 4 /FontBBox [-92 -250 1010 922] /ItalicAngle 0 /Ascent 752 /Descent -221 /CapHeight 737 /StemV 114 >>",
            $"<< /Length {content.Length} >>\nstream\n{content}endstream",
            $"<< /Title <FEFF{Hex(title)}> /Producer (Hibari Net) >>",
        ];
        var file = new StringBuilder("%PDF-1.4\n");
        var places = new List<int>();
        foreach (var (body, number) in objects.Select((body, number) => (body, number + 1)))
        {
            places.Add(file.Length);
            file.Append(CultureInfo.InvariantCulture, $"{number} 0 obj\n{body}\nendobj\n");
        }
        var table = file.Length;
        file.Append(CultureInfo.InvariantCulture, $"xref\n0 {objects.Length + 1}\n0000000000 65535 f \n");
        foreach (var place in places)
        {
            file.Append(CultureInfo.InvariantCulture, $"{place:0000000000} 00000 n \n");
        }
        file.Append(CultureInfo.InvariantCulture, $"trailer\n<< /Size {objects.Length + 1} /Root 1 0 R /Info 8 0 R >>\nstartxref\n{table}\n%%EOF\n");
        return Encoding.ASCII.GetBytes(file.ToString());
    }

    /// <summary>Traffic by day as monitoring draws it: green area, red line at the limit.</summary>
    public static byte[] TrafficGraph(Chance chance, int days)
    {
        const int width = 620, height = 200, limit = 40;
        var heights = Enumerable.Range(0, days + 1).Select(_ => chance.Next(60, 140)).ToArray();
        using var pixels = new MemoryStream();
        using (var packed = new ZLibStream(pixels, CompressionLevel.Optimal, leaveOpen: true))
        {
            for (var y = 0; y < height; y++)
            {
                packed.WriteByte(0); // no filter
                for (var x = 0; x < width; x++)
                {
                    var at = x * days / width;
                    var share = x * days % width;
                    var top = height - (heights[at] * (width - share) + heights[at + 1] * share) / width;
                    packed.WriteByte(y == limit ? (byte)3 : y >= top ? (byte)2 : y % 40 == 0 || x % (width / 10) == 0 ? (byte)1 : (byte)0);
                }
            }
        }
        Span<byte> header = stackalloc byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header[4..], height);
        (header[8], header[9]) = (8, 3); // eight bits, palette
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        Chunk(file, "IHDR", header);
        Chunk(file, "PLTE", [255, 255, 255, 221, 221, 221, 92, 184, 92, 204, 51, 51]);
        Chunk(file, "IDAT", pixels.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, ReadOnlySpan<byte> data)
    {
        var body = new byte[4 + data.Length];
        Encoding.ASCII.GetBytes(type, body);
        data.CopyTo(body.AsSpan(4));
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc(body));
        file.Write(number);
    }

    private static uint Crc(ReadOnlySpan<byte> data)
    {
        var sum = uint.MaxValue;
        foreach (var part in data)
        {
            sum ^= part;
            for (var bit = 0; bit < 8; bit++)
            {
                sum = (sum >> 1) ^ (0xEDB88320 & (0 - (sum & 1)));
            }
        }
        return ~sum;
    }
}
